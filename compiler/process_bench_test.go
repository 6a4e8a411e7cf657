//go:build cgo && unix

package compiler_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/internal/generate"
)

// quernBinary builds the command once for a benchmark.
func quernBinary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "quern")
	build := exec.Command("go", "build", "-o", path, "../cmd/quern")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build quern: %v\n%s", err, out)
	}
	return path
}

// measure runs a command b.N times as a whole process and gives the wall time of a run. It reports
// that and the largest resident memory, after a run that warms the page cache. The system counts the
// memory of the process that starts another one too, so the figure is never below the benchmark's own.
func measure(b *testing.B, dir, name string, args ...string) time.Duration {
	b.Helper()
	var wall time.Duration
	var memory int64
	for i := range b.N + 1 {
		command := exec.Command(name, args...)
		command.Dir = dir
		start := time.Now()
		if out, err := command.CombinedOutput(); err != nil {
			b.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		if i == 0 {
			continue
		}
		wall += time.Since(start)
		if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
			memory = max(memory, usage.Maxrss)
		}
	}
	wall /= time.Duration(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(wall.Seconds()*1000, "ms/run")
	b.ReportMetric(float64(memory)/1024, "MB-peak")
	return wall
}

// BenchmarkProcessVersion is the start-up: to stay under 15 ms and 30 MB.
func BenchmarkProcessVersion(b *testing.B) {
	measure(b, b.TempDir(), quernBinary(b), "version")
}

// BenchmarkProcessNothing is the time this machine takes to start a process that does nothing, to
// compare the others with.
func BenchmarkProcessNothing(b *testing.B) {
	path, err := exec.LookPath("true")
	if err != nil {
		b.Fatal(err)
	}
	measure(b, os.TempDir(), path)
}

// BenchmarkProcessList10k is a whole quern ls on 10,000 models with 20,000 tests, which loads, parses,
// links and renders all of them: to stay under 600 ms on two processors and 150 MB. The ratio is to
// reading the same files one by one and doing nothing with them.
func BenchmarkProcessList10k(b *testing.B) {
	benchmarkList(b, generate.Layered{Models: 10_000}.Files())
}

// BenchmarkProcessList2k is the same on the classic project of 2,000 models, 6,000 tests and 13,656
// refs: to stay under 500 ms.
func BenchmarkProcessList2k(b *testing.B) { benchmarkList(b, generate.Classic()) }

func benchmarkList(b *testing.B, files generate.Files) {
	b.Helper()
	dir := b.TempDir()
	if err := files.Write(dir); err != nil {
		b.Fatal(err)
	}
	list := measure(b, dir, quernBinary(b), "ls", "--no-cache", "-s", "kind:seed", "--tests", "none")
	b.ReportMetric(list.Seconds()/readAll(b, dir, files).Seconds(), "x-read")
}

// BenchmarkProcessCompile10k is a whole quern compile of 10,000 models with 20,000 tests, cold, which
// binds all of them for types and lineage: to stay under 12 s on two processors and 400 MB.
func BenchmarkProcessCompile10k(b *testing.B) {
	benchmarkCompile(b, generate.Layered{Models: 10_000}.Files())
}

// BenchmarkProcessCompileWide is the same on 200 models of 300 columns, ten deep, with select *: to stay
// under 3 s.
func BenchmarkProcessCompileWide(b *testing.B) { benchmarkCompile(b, generate.Wide(200, 300, 10)) }

func benchmarkCompile(b *testing.B, files generate.Files) {
	b.Helper()
	dir := b.TempDir()
	if err := files.Write(dir); err != nil {
		b.Fatal(err)
	}
	compile := measure(b, dir, quernBinary(b), "compile", "--no-cache", "-q")
	b.ReportMetric(compile.Seconds()/readAll(b, dir, files).Seconds(), "x-read")
}

// readAll reads every file of a project and gives the time of the second round.
func readAll(b *testing.B, dir string, files generate.Files) time.Duration {
	b.Helper()
	var start time.Time
	for range 2 {
		start = time.Now()
		for name := range files {
			if _, err := os.ReadFile(filepath.Join(dir, name)); err != nil {
				b.Fatal(err)
			}
		}
	}
	return time.Since(start)
}

// BenchmarkPlanOfUnchanged10k is a whole quern plan after a build of 10,000 models, 1,000 of them tables, in which
// nothing changed: to stay under 150 ms. Their build takes half a minute; "database-MB" is the file then, state and all.
func BenchmarkPlanOfUnchanged10k(b *testing.B) {
	dir, binary := built(b, generate.Shallow(1000, 9000))
	info, err := os.Stat(filepath.Join(dir, "shallow.duckdb"))
	if err != nil {
		b.Fatal(err)
	}
	measure(b, dir, binary, "plan", "-q")
	b.ReportMetric(float64(info.Size())/(1<<20), "database-MB")
}

// BenchmarkBuildOfUnchanged10k is a whole quern build after that, which does nothing.
func BenchmarkBuildOfUnchanged10k(b *testing.B) {
	dir, binary := built(b, generate.Shallow(1000, 9000))
	measure(b, dir, binary, "build", "-q")
}

// BenchmarkBuildOfUnchangedShowcase is a whole quern build of this repository's own project after a first one: to stay
// under 150 ms.
func BenchmarkBuildOfUnchangedShowcase(b *testing.B) {
	files := generate.Files{}
	for _, name := range []string{"quern.yml", "models", "tests"} {
		err := filepath.WalkDir(filepath.Join("..", name), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			files[strings.TrimPrefix(filepath.ToSlash(path), "../")] = string(text)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	dir, binary := built(b, files)
	measure(b, dir, binary, "build", "-q")
}

// built writes a project and builds it; it gives its folder and the command.
func built(b *testing.B, files generate.Files) (dir, binary string) {
	b.Helper()
	dir, binary = b.TempDir(), quernBinary(b)
	if err := files.Write(dir); err != nil {
		b.Fatal(err)
	}
	command := exec.Command(binary, "build", "-q")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out[max(0, len(out)-2000):])
	}
	return dir, binary
}
