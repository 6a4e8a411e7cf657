package compiler_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Every archive is a project; its want/ files are what each stage made of it. A stage without a
// golden is not compared.
func TestStages(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/stages/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found %d cases, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			stagesCase(t, path)
		})
	}
}

func stagesCase(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, file := range archive.Files {
		if !strings.HasPrefix(file.Name, "want/") {
			files[file.Name] = &fstest.MapFile{Data: file.Data}
		}
	}
	stages := dumpStages(t, files)
	for i, file := range archive.Files {
		stage, ok := strings.CutPrefix(file.Name, "want/")
		if !ok {
			continue
		}
		got := stages[stage]
		if *update {
			archive.Files[i].Data = []byte(got)
			continue
		}
		if diff := cmp.Diff(string(file.Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpStages compiles a project and writes the value of each stage as text, by the stage's name.
func dumpStages(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	dialect := duckdb.Dialect{}
	result, diags, err := compiler.Compile(context.Background(), compiler.Options{
		FS:      fsys,
		Project: project.Options{Dir: "/project"},
		Check: func(*project.Project) (check.Env, error) {
			return check.Env{Dialect: dialect, DefaultSchema: "main"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"diagnostics": describe(diags)}
	if result.Program == nil {
		return out
	}
	var parse, graph, sql strings.Builder
	for _, node := range result.Graph.Nodes {
		fmt.Fprintf(&graph, "%s", node.ID)
		for _, parent := range node.Parents {
			fmt.Fprintf(&graph, " <- %s", result.Graph.Nodes[parent].ID)
		}
		if node.Test != nil && node.Test.Late {
			fmt.Fprint(&graph, " (late)")
		}
		fmt.Fprintln(&graph)
		if node.Unit != nil {
			fmt.Fprintf(&parse, "%s%s\n", node.ID, reads(node.Unit.Reads))
		}
		if known := result.Program.Nodes[node.Index]; known.SQL != nil {
			fmt.Fprintf(&sql, "%s = %s\n%s\n", node.ID, known.Relation, withHoles(known.SQL))
		}
	}
	out["parse"], out["link"], out["check"] = parse.String(), graph.String(), sql.String()
	if !diags.HasErrors() {
		out["plan"] = dumpPlan(t, result, dialect)
	}
	return out
}

func reads(r template.Reads) string {
	var b strings.Builder
	for _, ref := range r.Refs {
		fmt.Fprintf(&b, "\n  ref %s at %s", ref.Name, place(ref.Span))
	}
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "\n  source %s.%s at %s", s.Source, s.Table, place(s.Span))
	}
	for name, list := range map[string][]string{"vars": r.Vars, "env": r.EnvVars, "macros": r.Macros} {
		if len(list) > 0 {
			fmt.Fprintf(&b, "\n  %s %s", name, strings.Join(list, ", "))
		}
	}
	lines := strings.Split(b.String(), "\n")
	slices.Sort(lines[min(1, len(lines)):])
	return strings.Join(lines, "\n")
}

// withHoles writes rendered SQL with its holes in angle brackets.
func withHoles(r *template.Rendered) string {
	names := map[template.HoleKind]string{
		template.HoleThis: "this", template.HoleModel: "model",
		template.HoleRunTime: "run_time", template.HoleTargetSchema: "schema",
	}
	return r.Fill(func(h template.Hole) template.Filling {
		if h.Kind == template.HoleRelation {
			return template.Filling{SQL: "<" + string(h.Node) + ">"}
		}
		return template.Filling{SQL: "<" + names[h.Kind] + ">"}
	}).SQL
}

func dumpPlan(t *testing.T, result compiler.Result, dialect duckdb.Dialect) string {
	t.Helper()
	var all []int
	for i := range result.Graph.Nodes {
		all = append(all, i)
	}
	p, diags := plan.Build(result.Program, plan.Options{Selected: all, Dialect: dialect})
	if len(diags) > 0 {
		t.Errorf("plan:\n%s", describe(diags))
	}
	var b strings.Builder
	for _, step := range p.Steps {
		fmt.Fprintf(&b, "%s %s: %s\n", step.Action, step.ID, step.Reason)
		for _, after := range step.After {
			fmt.Fprintf(&b, "  after %s\n", p.Steps[after].ID)
		}
		for _, audit := range step.Audits {
			how := "reports"
			if audit.Blocking {
				how = "blocks"
			}
			fmt.Fprintf(&b, "  %s %s: %s\n", how, audit.ID, strings.Join(strings.Fields(audit.Query.SQL), " "))
		}
	}
	return b.String()
}
