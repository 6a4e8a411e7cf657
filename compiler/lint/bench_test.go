//go:build cgo

package lint_test

import (
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/lint"
	"github.com/quernsql/quern/compiler/project"
)

// BenchmarkAll lints a checked project of 2,000 models.
func BenchmarkAll(b *testing.B) {
	dir := b.TempDir()
	if err := (generate.Layered{Models: 2000}).Files().Write(dir); err != nil {
		b.Fatal(err)
	}
	p, diags := stagetest.CompileWith(b, dir, func(p *project.Project) check.Env {
		d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: p.Target.Settings})
		b.Cleanup(func() { d.Close() })
		return check.Env{Dialect: duckdb.Dialect{}, Describer: describer{d}, Files: describer{d}}
	})
	if len(diags) > 0 {
		b.Fatalf("%d diagnostics, the first: %s", len(diags), stagetest.Line(diags[0]))
	}
	b.ReportAllocs()
	for b.Loop() {
		lint.All(p)
	}
}
