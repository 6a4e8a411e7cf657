//go:build cgo

package compiler_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// A verdict is what is to become of a statement.
type verdict string

const (
	accepted   verdict = "ok"         // by both, with equal columns
	refused    verdict = "no"         // by both
	late       verdict = "late"       // as a view, by both; no row can ever be made of it, which a build finds
	tableless  verdict = "tableless"  // as a view, by both; as a table by none
	undeclared verdict = "undeclared" // by the compiler alone: it reads what the project does not declare
	unchecked  verdict = "unchecked"  // by neither before it runs: a source's columns are not known
	unseen     verdict = "unseen"     // by DuckDB; the compiler says that it cannot tell
)

// statement is one of testdata/soundness: a query, what is to become of it, and, where it is refused,
// the «marked» place a person would point at.
type statement struct {
	verdict
	title, sql string
	// start and end are the marked place in sql.
	start, end int
}

// Every statement is compiled as a table and as a view, which another model reads, against parents of every kind. A DuckDB in which
// the parents were really built then has to say the same: the statement can be made, with the same
// columns, or it cannot.
//
//nolint:paralleltest // One session answers all statements.
func TestCompileAgreesWithDuckDB(t *testing.T) {
	t.Parallel()
	parents, dir := soundnessParents(t)
	session := builtParents(t, parents, dir)
	paths, err := filepath.Glob("testdata/soundness/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]statement{}
	files := maps.Clone(parents)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		all[name] = statements(t, path)
		for i, st := range all[name] {
			for _, kind := range kinds(i, st.verdict) {
				files["models/"+modelName(name, i, kind)+".sql"] = &fstest.MapFile{Data: []byte(modelHead(kind) + st.sql)}
			}
			if st.verdict == accepted {
				below := fmt.Sprintf("select *, 1 as more from {{ ref %q }}\n", modelName(name, i, project.View))
				files["models/"+modelName(name, i, project.View)+"_below.sql"] = &fstest.MapFile{Data: []byte(below)}
			}
		}
	}
	s := soundness{session: session, checked: newChecked(checkOnDuckDB(t, files, dir, 2)), plain: rendered(t, files, dir)}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for i := range all[name] {
			st := &all[name][i]
			t.Run(name+"/"+st.title, func(t *testing.T) {
				for _, kind := range kinds(i, st.verdict) {
					s.compare(t, st, modelName(name, i, kind), map[project.Materialization]relation.Kind{
						project.Table: relation.Table, project.View: relation.View,
					}[kind])
				}
				if st.verdict == accepted {
					s.compareBelow(t, modelName(name, i, project.View))
				}
			})
		}
		if *update {
			writeStatements(t, "testdata/soundness/"+name+".sql", all[name])
		}
	}
	enough(t, all)
}

// enough makes sure that the statements are as many as the test is for.
func enough(t *testing.T, all map[string][]statement) {
	t.Helper()
	counts := map[verdict]int{}
	for _, list := range all {
		for _, st := range list {
			counts[st.verdict]++
		}
	}
	if counts[accepted] < 250 || counts[refused] < 225 {
		t.Errorf("there are too few statements: %v", counts)
	}
}

// kinds are what a statement is made as. What is refused is so as both: one of them is enough.
func kinds(i int, v verdict) []project.Materialization {
	both := []project.Materialization{project.Table, project.View}
	if v == refused || v == undeclared {
		return both[i%2:][:1]
	}
	return both
}

func modelName(file string, i int, kind project.Materialization) string {
	return fmt.Sprintf("%s_%03d_%s", file, i, kind)
}

func modelHead(kind project.Materialization) string {
	return "/* ---\nmaterialized: " + kind.String() + "\n--- */\n"
}

// checked is what the compiler said of each model.
type checked struct {
	program *check.Program
	errors  map[string]diag.List // by path
}

func newChecked(result compiler.Result, diags diag.List) checked {
	c := checked{program: result.Program, errors: map[string]diag.List{}}
	for _, d := range diags {
		if d.Severity == diag.Error {
			c.errors[d.Span.Path()] = append(c.errors[d.Span.Path()], d)
		}
	}
	return c
}

type soundness struct {
	session adapters.Session
	checked
	// plain is the project before anything is bound, so that all its queries can be filled.
	plain *check.Program
}

func (s soundness) compare(t *testing.T, st *statement, model string, kind relation.Kind) {
	id := project.ID("model." + model)
	node, _ := s.program.Node(id)
	path := "models/" + model + ".sql"
	diags := s.errors[path]
	text, _ := s.plain.Node(id)
	columns, err := []relation.Column(nil), errors.New("it has no SQL")
	if text.SQL != nil {
		sql := s.plain.Fill(text.SQL, check.FillOptions{Node: id}).SQL
		columns, err = s.create(t.Context(), relation.Name{Identifier: model}, sql, kind)
	}
	can := st.verdict
	switch {
	case can == tableless && kind == relation.Table:
		can = refused
	case can == tableless || can == late && kind == relation.View:
		can = accepted
	}
	if got, want := err == nil, can == accepted || can == undeclared || can == unseen; got != want && can != unchecked {
		t.Errorf("DuckDB accepts it as a %s: %v, which is not %q: %v", kind, got, st.verdict, err)
	}
	switch can {
	case late:
		if len(diags) > 0 || node.Unchecked != "" {
			t.Errorf("the compiler knows of data that it has not seen: %s\n%s", node.Unchecked, describe(diags))
		}
	case accepted:
		if len(diags) > 0 || node.Unchecked != "" {
			t.Fatalf("the compiler refuses it as a %s, or does not check it: %s\n%s", kind, node.Unchecked, describe(diags))
		}
		if diff := cmp.Diff(spelled(columns), spelled(node.Columns)); diff != "" {
			t.Errorf("columns of the %s (-DuckDB +compiler):\n%s", kind, diff)
		}
	case refused, undeclared:
		if len(diags) != 1 {
			t.Fatalf("the compiler has %d errors, want 1; as a %s DuckDB says: %v\n%s", len(diags), kind, err, describe(diags))
		}
		d := diags[0]
		if says := slices.Contains(notDeclared, d.Code); can == undeclared && !says || can == refused && d.Code == diag.Undeclared {
			t.Errorf("that something is not declared is said: %v\n%s", says, describe(diags))
		}
		offset := len(d.Span.File.Text) - len(st.sql)
		start, end := d.Span.Start-offset, d.Span.End-offset
		if start < 0 || end <= start || end > len(st.sql) {
			t.Fatalf("it points at %s, %q, which is nothing of the statement", place(d.Span), d.Span.Text())
		}
		if *update {
			st.start, st.end = start, end
		}
		if start != st.start || end != st.end {
			t.Errorf("it points at %q at %d, want %q at %d\n%s", st.sql[start:end], start, st.sql[st.start:st.end], st.start, describe(diags))
		}
	case unchecked, unseen:
		if len(diags) > 0 || node.Unchecked == "" {
			t.Errorf("it is checked: %q\n%s", node.Unchecked, describe(diags))
		}
	}
}

// notDeclared are the codes for what a query reads without a ref: a table that is there, or one that is
// not there as far as the compiler knows.
var notDeclared = []diag.Code{diag.Undeclared, diag.TableNotFound, diag.SchemaNotFound}

// create makes a relation as a build would, and gives the columns it has.
func (s soundness) create(ctx context.Context, name relation.Name, sql string, kind relation.Kind) ([]relation.Column, error) {
	var err error
	if kind == relation.Table {
		_, err = s.session.CreateTable(ctx, name, sql)
	} else {
		err = s.session.CreateView(ctx, name, sql)
	}
	if err != nil {
		return nil, err
	}
	return s.session.Columns(ctx, name)
}

// compareBelow compares what is made of a statement's view by the model that reads it.
func (s soundness) compareBelow(t *testing.T, view string) {
	t.Helper()
	name := view + "_below"
	node, _ := s.program.Node(project.ID("model." + name))
	columns, err := s.create(t.Context(), relation.Name{Identifier: name}, "select *, 1 as more from "+view, relation.View)
	if err != nil || node.Unchecked != "" || node.Broken {
		t.Fatalf("what reads the view: %v; the compiler: %q\n%s", err, node.Unchecked, describe(s.errors["models/"+name+".sql"]))
	}
	if diff := cmp.Diff(spelled(columns), spelled(node.Columns)); diff != "" {
		t.Errorf("columns of what reads the view (-DuckDB +compiler):\n%s", diff)
	}
}

func spelled(columns []relation.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name + " " + c.Type
	}
	return out
}

// soundnessParents writes the parents of all statements into a folder.
func soundnessParents(t *testing.T) (fstest.MapFS, string) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/soundness/parents.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := fstest.MapFS{}
	for _, file := range archive.Files {
		files[file.Name] = &fstest.MapFile{Data: file.Data}
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "landing", "prices"), 0o755); err != nil {
		t.Fatal(err)
	}
	return files, dir
}

// builtParents makes the sources, builds the models and seeds that the statements read, and gives a
// session that sees them.
func builtParents(t *testing.T, files fstest.MapFS, dir string) adapters.Session {
	t.Helper()
	ctx := t.Context()
	target, err := duckdb.Adapter().Open(ctx, adapters.Config{
		Dir: dir, Settings: map[string]any{"path": "soundness.duckdb"}, Threads: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := target.Session(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(session.Close(), target.Close()); err != nil {
			t.Error(err)
		}
	})
	setup := strings.ReplaceAll(string(files["setup.sql"].Data), "{{dir}}", dir)
	if err := session.Exec(ctx, setup); err != nil {
		t.Fatal(err)
	}
	results, diags := resultsOn(t, target, files, dir)
	if results == nil {
		t.Fatalf("compile the parents:\n%s", describe(diags))
	}
	for _, step := range results.Steps {
		if step.Diagnostic != nil {
			t.Fatalf("build the parents:\n%s", describe(diag.List{step.Diagnostic}))
		}
	}
	return session
}

// rendered compiles a project without binding anything.
func rendered(t *testing.T, files fstest.MapFS, dir string) *check.Program {
	t.Helper()
	result, _, err := compiler.Compile(t.Context(), compiler.Options{
		FS: files, Project: project.Options{Dir: dir},
		Check: func(*project.Project) (check.Env, error) {
			return check.Env{Dialect: duckdb.Dialect{}, DefaultSchema: "main"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return result.Program
}

// statements reads a file of statements, each below its verdict and its title.
func statements(t *testing.T, path string) []statement {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []statement
	titles := map[string]bool{}
	for _, part := range strings.Split("\n"+string(text), "\n-- ")[1:] {
		head, sql, _ := strings.Cut(part, "\n")
		word, title, ok := strings.Cut(head, ": ")
		if !ok || titles[title] {
			t.Fatalf("%s: %q is no verdict with a title of its own", path, head)
		}
		titles[title] = true
		st := statement{verdict: verdict(word), title: title, sql: strings.TrimRight(sql, "\n") + "\n"}
		if start := strings.Index(st.sql, "«"); start >= 0 {
			st.sql = strings.Replace(st.sql, "«", "", 1)
			st.start, st.end = start, strings.Index(st.sql, "»")
			st.sql = strings.Replace(st.sql, "»", "", 1)
		}
		out = append(out, st)
	}
	return out
}

// writeStatements writes a file of statements with the places the compiler points at.
func writeStatements(t *testing.T, path string, list []statement) {
	t.Helper()
	texts := make([]string, len(list))
	for i, st := range list {
		sql := st.sql
		if st.end > 0 {
			sql = sql[:st.start] + "«" + sql[st.start:st.end] + "»" + sql[st.end:]
		}
		texts[i] = "-- " + string(st.verdict) + ": " + st.title + "\n" + sql
	}
	if err := os.WriteFile(path, []byte(strings.Join(texts, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}
