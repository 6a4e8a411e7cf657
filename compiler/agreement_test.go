//go:build cgo

package compiler_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/link"
)

// Every column the compiler tells of a project is one that a build makes, with its type.
func TestCompiledColumnsAreTheBuiltOnes(t *testing.T) {
	t.Parallel()
	generated := func(files generate.Files) func(dir string) error { return files.Write }
	for name, tc := range map[string]struct {
		write    func(dir string) error
		compared int
	}{
		"showcase": {showcase, 22},
		"layered":  {generated(generate.Layered{Models: 60}.Files()), 61},
		"tables":   {generated(generate.Layered{Models: 20, Layers: 4, Materialized: "table"}.Files()), 21},
		"views":    {generated(generate.Layered{Models: 12, Layers: 3, Materialized: "view"}.Files()), 13},
		"trivial":  {generated(generate.Trivial(30)), 30},
		"wide":     {generated(generate.Wide(20, 30, 5)), 20},
		"untyped":  {generated(untyped), 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := tc.write(dir); err != nil {
				t.Fatal(err)
			}
			agrees(t, dir, tc.compared)
		})
	}
}

// untyped are views that have NULL without a type, and what reads them.
var untyped = generate.Files{
	"quern.yml":         "name: untyped\ntarget: dev\ntargets:\n  dev: {type: duckdb, path: untyped.duckdb}\n",
	"models/view.sql":   "select null as n, [null] as l, {'a': null} as s, 1 as one\n",
	"models/passed.sql": "select n as m, l, s from {{ ref \"view\" }} union all select null, [], null\n",
	"models/table.sql":  "/* ---\nmaterialized: table\n--- */\nselect * from {{ ref \"passed\" }}\n",
	"models/reads.sql":  "select coalesce(m, 'text') as t, coalesce(l, ['a']) as l, coalesce(s, {'a': date '2024-01-01'}) as s from {{ ref \"passed\" }}\n",
	"models/below.sql":  "select coalesce(m, '7') as t, coalesce(l, [1.5]) as l, s.a as a from {{ ref \"table\" }}\n",
}

// showcase copies the project at the root of the repository.
func showcase(dir string) error {
	var errs []error
	for _, folder := range []string{"models", "tests"} {
		errs = append(errs, os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join("..", folder))))
	}
	text, err := os.ReadFile(filepath.Join("..", "quern.yml"))
	return errors.Join(append(errs, err, os.WriteFile(filepath.Join(dir, "quern.yml"), text, 0o600))...)
}

// agrees compiles a project, builds it, and compares the columns of all relations.
func agrees(t *testing.T, dir string, least int) {
	t.Helper()
	result, diags := checkOnDuckDB(t, os.DirFS(dir), dir, 2)
	if diags.HasErrors() {
		t.Fatalf("compile:\n%s", describe(diags))
	}
	target, err := duckdb.Adapter().Open(t.Context(), adapters.Config{
		Dir: dir, Settings: result.Project.Target.Settings, Threads: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := target.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(session.Close(), target.Close()); err != nil {
			t.Error(err)
		}
	}()
	if results, found := resultsOn(t, target, os.DirFS(dir), dir); results == nil {
		t.Fatalf("compile to build:\n%s", describe(found))
	}
	compared := 0
	for i, n := range result.Graph.Nodes {
		node := &result.Program.Nodes[i]
		if n.Kind == link.Exposure {
			continue
		}
		if node.Unchecked != "" || node.Columns == nil && n.Kind != link.Test {
			t.Errorf("%s is not checked: %s", n.ID, node.Unchecked)
		}
		if n.Kind == link.Test || node.Relation.Identifier == "" {
			continue
		}
		columns, err := session.Columns(t.Context(), node.Relation)
		if err != nil {
			t.Errorf("%s: %v", n.ID, err)
			continue
		}
		compared++
		if diff := cmp.Diff(spelled(columns), spelled(node.Columns)); diff != "" {
			t.Errorf("columns of %s (-built +compiled):\n%s", n.ID, diff)
		}
	}
	if compared < least {
		t.Errorf("%d relations were compared, want at least %d", compared, least)
	}
}
