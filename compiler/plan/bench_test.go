package plan_test

import (
	"testing"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
)

// BenchmarkBuild10k plans 10,000 models with 20,000 tests.
func BenchmarkBuild10k(b *testing.B) {
	dir := b.TempDir()
	if err := (generate.Layered{Models: 10_000}).Files().Write(dir); err != nil {
		b.Fatal(err)
	}
	p := stagetest.Program(b, dir, duckdb.Dialect{})
	opts := plan.Options{Dialect: duckdb.Dialect{}}
	for i := range p.Graph.Nodes {
		opts.Selected = append(opts.Selected, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		out, diags := plan.Build(p, opts)
		if len(diags) > 0 || len(out.Steps) < 10_000 {
			b.Fatalf("%d steps, %v", len(out.Steps), stagetest.Lines(diags))
		}
	}
}
