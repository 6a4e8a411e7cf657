package compiler_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

func compileAll(ctx context.Context, fsys fs.FS) (compiler.Result, diag.List, error) {
	return compiler.Compile(ctx, compiler.Options{
		FS:      fsys,
		Project: project.Options{Dir: "/project"},
		Check: func(*project.Project) (check.Env, error) {
			return check.Env{Dialect: duckdb.Dialect{}, DefaultSchema: "main"}, nil
		},
	})
}

// first gives the first diagnostic of a list that should be empty.
func first(diags diag.List) string {
	if len(diags) == 0 {
		return "no diagnostics"
	}
	at := diags[0].Span.Position()
	return fmt.Sprintf("%s:%d:%d: %s", diags[0].Span.Path(), at.Line, at.Column, diags[0].Message)
}

func TestGeneratedProjectsCompile(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]generate.Files{
		"layered": generate.Layered{Models: 300}.Files(),
		"classic": generate.Classic(),
		"trivial": generate.Trivial(100),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, diags, err := compileAll(t.Context(), files.FS())
			if err != nil || len(diags) > 0 {
				t.Fatalf("compile: %v\n%s", err, first(diags))
			}
			for i, n := range result.Program.Nodes {
				kind := result.Graph.Nodes[i].Kind
				if (kind == link.Model || kind == link.Test) && (n.SQL == nil || n.Broken) {
					t.Errorf("%s has no SQL", result.Graph.Nodes[i].ID)
				}
			}
		})
	}
}

// written writes a project into a folder and gives it as a file system.
func written(b *testing.B, files generate.Files) fs.FS {
	b.Helper()
	dir := b.TempDir()
	if err := files.Write(dir); err != nil {
		b.Fatal(err)
	}
	return os.DirFS(dir)
}

// each runs the work b.N times and reports milliseconds and the most memory that was in use at once.
func each(b *testing.B, work func()) {
	b.Helper()
	var wall time.Duration
	var peak uint64
	for range b.N {
		debug.FreeOSMemory()
		stop := watchMemory()
		start := time.Now()
		work()
		wall += time.Since(start)
		peak = max(peak, stop())
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(wall.Microseconds())/1000/float64(b.N), "ms/op")
	b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
}

// watchMemory looks every few milliseconds at the memory the process holds; stop gives the most it saw.
func watchMemory() (stop func() uint64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	var peak uint64
	look := func() {
		metrics.Read(samples)
		peak = max(peak, samples[0].Value.Uint64()-samples[1].Value.Uint64())
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(3 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				look()
			}
		}
	})
	return func() uint64 {
		close(done)
		wg.Wait()
		look()
		return peak
	}
}

// BenchmarkCompile10k loads, parses, links and renders 10,000 models with 20,000 tests: to stay under
// 600 ms on two processors and 150 MB.
func BenchmarkCompile10k(b *testing.B) {
	fsys := written(b, generate.Layered{Models: 10_000}.Files())
	each(b, func() {
		result, diags, err := compileAll(b.Context(), fsys)
		if err != nil || len(diags) > 0 {
			b.Fatalf("compile: %v\n%s", err, first(diags))
		}
		if len(result.Graph.Nodes) != 30_001 {
			b.Fatalf("compiled %d nodes", len(result.Graph.Nodes))
		}
	})
}

// BenchmarkParse2k loads, parses and links the classic project: to stay under 500 ms.
func BenchmarkParse2k(b *testing.B) {
	fsys := written(b, generate.Classic())
	each(b, func() {
		g, _ := stages(b, fsys)
		if len(g.Nodes) != 8000 {
			b.Fatalf("linked %d nodes", len(g.Nodes))
		}
	})
}

func stages(b *testing.B, fsys fs.FS) (*link.Graph, [3]time.Duration) {
	b.Helper()
	var took [3]time.Duration
	start := time.Now()
	p, diags, err := project.Load(b.Context(), fsys, project.Options{})
	took[0] = time.Since(start)
	if err != nil || len(diags) > 0 {
		b.Fatalf("load: %v\n%s", err, first(diags))
	}
	parsed, diags := template.Parse(b.Context(), p)
	took[1] = time.Since(start) - took[0]
	if len(diags) > 0 {
		b.Fatalf("parse:\n%s", first(diags))
	}
	g, diags := link.Build(p, parsed)
	took[2] = time.Since(start) - took[0] - took[1]
	if len(diags) > 0 {
		b.Fatalf("link:\n%s", first(diags))
	}
	return g, took
}

// BenchmarkStages10k tells how the stages before check share the time.
func BenchmarkStages10k(b *testing.B) {
	fsys := written(b, generate.Layered{Models: 10_000}.Files())
	var sums [3]time.Duration
	for range b.N {
		_, took := stages(b, fsys)
		for i := range sums {
			sums[i] += took[i]
		}
	}
	b.ReportMetric(0, "ns/op")
	for i, name := range []string{"ms-load", "ms-parse", "ms-link"} {
		b.ReportMetric(float64(sums[i].Microseconds())/1000/float64(b.N), name)
	}
}

// BenchmarkLink10k links 30,000 nodes.
func BenchmarkLink10k(b *testing.B) {
	p, _, err := project.Load(b.Context(), generate.Layered{Models: 10_000}.Files().FS(), project.Options{})
	if err != nil {
		b.Fatal(err)
	}
	parsed, _ := template.Parse(b.Context(), p)
	b.ReportAllocs()
	for b.Loop() {
		if g, diags := link.Build(p, parsed); len(g.Order) != 30_001 || len(diags) > 0 {
			b.Fatalf("linked %d nodes: %s", len(g.Order), first(diags))
		}
	}
}
