//go:build cgo && unix

package compiler_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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

// measure runs a command b.N times as a whole process and reports the wall time and the largest
// resident memory of one run, after a run that warms the page cache.
func measure(b *testing.B, dir, name string, args ...string) {
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
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(wall.Milliseconds())/float64(b.N), "ms/run")
	b.ReportMetric(float64(memory)/1024, "MB-peak")
}

// BenchmarkProcessVersion is the start-up: to stay under 15 ms and 30 MB.
func BenchmarkProcessVersion(b *testing.B) {
	measure(b, b.TempDir(), quernBinary(b), "version")
}

// BenchmarkProcessLoop is the time this machine takes to start a process that does nothing, to
// compare the others with.
func BenchmarkProcessLoop(b *testing.B) {
	path, err := exec.LookPath("true")
	if err != nil {
		b.Fatal(err)
	}
	measure(b, os.TempDir(), path)
}
