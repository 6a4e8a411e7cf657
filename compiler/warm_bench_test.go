//go:build cgo && unix

package compiler_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/internal/generate"
)

// warmProject writes a project and compiles it until its cache is as good as it gets: the times of files
// that were written just before are not trusted.
func warmProject(b *testing.B, files generate.Files, args ...string) (dir, quern string) {
	b.Helper()
	dir, quern = b.TempDir(), quernBinary(b)
	if err := files.Write(dir); err != nil {
		b.Fatal(err)
	}
	for range 3 {
		command := exec.Command(quern, args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
		time.Sleep(2100 * time.Millisecond)
	}
	return dir, quern
}

// The commands that are measured. A listing of everything takes longer than finding out what there is.
var (
	compileArgs = []string{"compile", "-q"}
	listArgs    = []string{"ls", "-s", "kind:seed", "--tests", "none"}
)

// BenchmarkWarmCompile10k is a quern compile of 10,000 models with 20,000 tests of which nothing changed: to
// stay under 60 ms.
func BenchmarkWarmCompile10k(b *testing.B) {
	dir, quern := warmProject(b, generate.Layered{Models: 10_000}.Files(), compileArgs...)
	measure(b, dir, quern, compileArgs...)
}

// BenchmarkWarmList10k is a quern ls of the same: to stay under 60 ms.
func BenchmarkWarmList10k(b *testing.B) {
	dir, quern := warmProject(b, generate.Layered{Models: 10_000}.Files(), listArgs...)
	measure(b, dir, quern, listArgs...)
}

// BenchmarkWarmCompile2k is a quern compile of the classic project of 2,000 models and 6,000 tests of which
// nothing changed: to stay under 30 ms.
func BenchmarkWarmCompile2k(b *testing.B) {
	dir, quern := warmProject(b, generate.Classic(), compileArgs...)
	measure(b, dir, quern, compileArgs...)
}

// BenchmarkWarmList2k is a quern ls of the same: to stay under 30 ms.
func BenchmarkWarmList2k(b *testing.B) {
	dir, quern := warmProject(b, generate.Classic(), listArgs...)
	measure(b, dir, quern, listArgs...)
}

// BenchmarkWarmLeaf10k is a quern compile of 10,000 models after one that nobody reads was edited: to stay
// under 100 ms.
func BenchmarkWarmLeaf10k(b *testing.B) {
	benchmarkEdit(b, 9_995, edit{"'unknown')", "'not known')"})
}

// BenchmarkWarmMiddle10k is the same after a model in the middle was edited that keeps its columns: to stay
// under 100 ms.
func BenchmarkWarmMiddle10k(b *testing.B) {
	benchmarkEdit(b, 5_003, edit{"'unknown')", "'not known')"})
}

// BenchmarkWarmColumn10k is the same after a column was added, so that all below is bound again. It is
// proportional to what is below, above what it takes to render everything.
func BenchmarkWarmColumn10k(b *testing.B) {
	benchmarkEdit(b, 5_003, edit{"l.id,\n", "l.id, 1 as more,\n"})
}

// edit puts one text in the place of another, and the next time back.
type edit struct{ old, by string }

func benchmarkEdit(b *testing.B, model int, e edit) {
	b.Helper()
	dir, quern := warmProject(b, generate.Layered{Models: 10_000}.Files(), compileArgs...)
	name := generate.LayeredPath(model)
	full := filepath.Join(dir, name)
	var wall time.Duration
	for i := range b.N + 1 {
		text, err := os.ReadFile(full)
		if err != nil {
			b.Fatal(err)
		}
		old, by := e.old, e.by
		if !strings.Contains(string(text), old) {
			old, by = by, old
		}
		changed := strings.Replace(string(text), old, by, 1)
		if changed == string(text) {
			b.Fatalf("%s holds no %q", name, old)
		}
		if err := os.WriteFile(full, []byte(changed), 0o600); err != nil {
			b.Fatal(err)
		}
		command := exec.Command(quern, compileArgs...)
		command.Dir = dir
		start := time.Now()
		if out, err := command.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		if i > 0 {
			wall += time.Since(start)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(wall.Seconds()*1000/float64(b.N), "ms/run")
}
