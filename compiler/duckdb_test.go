//go:build cgo

package compiler_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
)

// warehouse lets a run use an adapter's engine.
type warehouse struct{ adapters.Engine }

func (w warehouse) Session(ctx context.Context) (run.Session, error) { return w.Engine.Session(ctx) }

// buildOnDuckDB compiles and builds everything in the project on a DuckDB of its own, and gives all
// diagnostics: the compiler's or, where it found none, the run's.
func buildOnDuckDB(t *testing.T, fsys fs.FS) diag.List {
	t.Helper()
	results, diags := resultsOnDuckDB(t, fsys, t.TempDir())
	if results == nil {
		return diags
	}
	for _, step := range results.Steps {
		if step.Diagnostic != nil {
			diags = append(diags, step.Diagnostic)
		}
		for _, test := range step.Tests {
			if test.Diagnostic != nil {
				diags = append(diags, test.Diagnostic)
			}
		}
	}
	return diags.Sorted()
}

// resultsOnDuckDB is buildOnDuckDB for a project folder; its results are nil where the compiler finds
// errors.
func resultsOnDuckDB(t *testing.T, fsys fs.FS, dir string) (*run.Results, diag.List) {
	t.Helper()
	return resultsOn(t, nil, fsys, dir)
}

// resultsOn builds a project on an opened engine or, without one, on that of the project's target.
func resultsOn(t *testing.T, target adapters.Engine, fsys fs.FS, dir string) (*run.Results, diag.List) {
	t.Helper()
	ctx := t.Context()
	dialect := duckdb.Dialect{}
	result, diags, err := compiler.Compile(ctx, compiler.Options{
		FS:      fsys,
		Project: project.Options{Dir: dir},
		Check: func(*project.Project) (check.Env, error) {
			return check.Env{Dialect: dialect, DefaultSchema: "main"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() {
		return nil, diags
	}
	var all []int
	for i := range result.Graph.Nodes {
		all = append(all, i)
	}
	p, diags := plan.Build(result.Program, plan.Options{Selected: all, Dialect: dialect})
	if diags.HasErrors() {
		return nil, diags
	}
	if target == nil {
		target, err = duckdb.Adapter().Open(ctx, adapters.Config{
			Dir: dir, Settings: result.Project.Target.Settings, Threads: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := target.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	results, err := run.Execute(ctx, p, warehouse{target}, silent{}, run.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	return results, diags
}

// describer lets a check use an adapter's describer.
type describer struct{ adapters.Describer }

func (d describer) Scratch(ctx context.Context) (check.Scratch, error) {
	return d.Describer.Scratch(ctx)
}

// checkOnDuckDB compiles a project folder as quern compile does: every node is bound.
func checkOnDuckDB(t *testing.T, fsys fs.FS, dir string, workers int) (compiler.Result, diag.List) {
	t.Helper()
	var opened []adapters.Describer
	result, diags, err := compiler.Compile(t.Context(), compiler.Options{
		FS:      fsys,
		Project: project.Options{Dir: dir},
		Check: func(p *project.Project) (check.Env, error) {
			d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: p.Target.Settings})
			opened = append(opened, d)
			return check.Env{
				Dialect: duckdb.Dialect{}, DefaultSchema: "main", Workers: workers,
				Describer: describer{d}, Files: describer{d},
			}, nil
		},
	})
	for _, d := range opened {
		err = errors.Join(err, d.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return result, diags
}

// silent is an observer that says nothing.
type silent struct{}

func (silent) Observe(run.Event) {}
