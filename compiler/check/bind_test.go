//go:build cgo

package check_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// describer is DuckDB's as package check sees it.
type describer struct{ adapters.Describer }

func (d describer) Scratch(ctx context.Context) (check.Scratch, error) {
	return d.Describer.Scratch(ctx)
}

// bound compiles a folder and binds it with DuckDB.
func bound(tb testing.TB, dir string, change ...func(*check.Env)) (*check.Program, diag.List) {
	tb.Helper()
	return stagetest.CompileWith(tb, dir, func(p *project.Project) check.Env {
		d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: p.Target.Settings})
		tb.Cleanup(func() { d.Close() })
		env := check.Env{Dialect: duckdb.Dialect{}, Describer: describer{d}, Files: describer{d}}
		for _, f := range change {
			f(&env)
		}
		return env
	})
}

// columnsOf gives a line per column of a node: name, type, and ! where it is never NULL.
func columnsOf(p *check.Program, id project.ID) []string {
	out := []string{}
	n, ok := p.Node(id)
	if !ok {
		return []string{"no such node"}
	}
	if n.Unchecked != "" {
		return []string{"unchecked: " + n.Unchecked}
	}
	for _, c := range n.Columns {
		line := c.Name + " " + c.Type
		if c.Nullable == relation.NeverNull {
			line += " !"
		}
		out = append(out, line)
	}
	return out
}

// lineageOf gives a line per column and influence of a node.
func lineageOf(p *check.Program, id project.ID) []string {
	out := []string{}
	n, _ := p.Node(id)
	if n.Lineage == nil {
		return out
	}
	name := func(in check.Input) string { return p.Graph.Nodes[in.Node].ID.Name() + "." + in.Column }
	for i, c := range n.Lineage.Columns {
		var inputs []string
		for _, in := range c.Inputs {
			inputs = append(inputs, name(in))
		}
		out = append(out, fmt.Sprintf("%s: %s %s %s", n.Columns[i].Name, c.Kind, c.Certainty, strings.Join(inputs, " ")))
	}
	for _, in := range n.Lineage.Influences {
		out = append(out, fmt.Sprintf("%s %s", in.Role, name(in.Input)))
	}
	return out
}

func TestColumnsTypesAndLineageOverTheGraph(t *testing.T) {
	t.Parallel()
	p, diags := bound(t, stagetest.Files{
		"seeds/s.csv":      "id,amount,day\n1,1.5,2024-01-01\n2,,2024-01-02\n",
		"data/f.csv":       "id,name\n1,a\n",
		"models/src.yml":   "sources:\n- {name: landing, tables: [{name: names, files: 'data/*.csv'}]}\nseeds: []\nmodels: [{name: base, columns: [{name: id, tests: [not_null]}]}]\n",
		"models/base.sql":  "select id, amount as cents, day from {{ ref \"s\" }}",
		"models/eph.sql":   "/* ---\nmaterialized: ephemeral\n--- */\nselect id, sum(cents) as total from {{ ref \"base\" }} where day > date '2020-01-01' group by id",
		"models/mart.sql":  "select e.id, n.name, e.total * 2 as double, 1 as one, read_csv.id as again from {{ ref \"eph\" }} e left join {{ source \"landing\" \"names\" }} n on n.id = e.id, {{ source \"landing\" \"names\" }}",
		"models/star.sql":  "select * exclude (one) from {{ ref \"mart\" }}",
		"macros/twice.sql": "/* ---\nargs: [x]\n--- */\n2 * {{ .x }}",
		"models/m.sql":     "select {{ twice \"cents\" }} as c from {{ ref \"base\" }}",
	}.Write(t))
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %v", stagetest.Lines(diags))
	}
	wantColumns := map[project.ID][]string{
		"seed.s":               {"id BIGINT", "amount DECIMAL(18,3)", "day DATE"},
		"source.landing.names": {"id BIGINT", "name VARCHAR"},
		"model.base":           {"id BIGINT !", "cents DECIMAL(18,3)", "day DATE"},
		"model.eph":            {"id BIGINT !", "total DECIMAL(38,3)"},
		"model.mart":           {"id BIGINT !", "name VARCHAR", "double DECIMAL(38,3)", "one INTEGER !", "again BIGINT"},
		"model.star":           {"id BIGINT !", "name VARCHAR", "double DECIMAL(38,3)", "again BIGINT"},
		"model.m":              {"c DECIMAL(18,3)"},
	}
	got := map[project.ID][]string{}
	for id := range wantColumns {
		got[id] = columnsOf(p, id)
	}
	// The type of a CSV's numbers is the loader's choice, and its own test's.
	amount := strings.TrimPrefix(got["seed.s"][1], "amount ")
	for id, lines := range wantColumns {
		for i := range lines {
			if amount == "DOUBLE" {
				lines[i] = strings.NewReplacer("DECIMAL(18,3)", "DOUBLE", "DECIMAL(38,3)", "DOUBLE").Replace(lines[i])
			}
		}
		wantColumns[id] = lines
	}
	if diff := cmp.Diff(wantColumns, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	wantLineage := map[project.ID][]string{
		"model.base": {"id: passthrough resolved s.id", "cents: renamed resolved s.amount", "day: passthrough resolved s.day"},
		"model.eph":  {"id: passthrough resolved base.id", "total: aggregated resolved base.cents", "filter base.day", "group base.id"},
		"model.mart": {
			"id: passthrough resolved eph.id", "name: passthrough resolved landing.names.name", "double: derived resolved eph.total",
			"one: constant resolved ", "again: renamed resolved landing.names.id", "join eph.id", "join landing.names.id",
		},
		"model.star": {
			"id: passthrough resolved mart.id", "name: passthrough resolved mart.name", "double: passthrough resolved mart.double",
			"again: passthrough resolved mart.again",
		},
		"model.m": {"c: derived resolved base.cents"},
		"seed.s":  {},
	}
	lines := map[project.ID][]string{}
	for id := range wantLineage {
		lines[id] = lineageOf(p, id)
		slices.Sort(lines[id])
		slices.Sort(wantLineage[id])
	}
	if diff := cmp.Diff(wantLineage, lines); diff != "" {
		t.Errorf("lineage (-want +got):\n%s", diff)
	}
}

func TestBindFindsCausesAndNoEchoes(t *testing.T) {
	t.Parallel()
	with := func(keys, sql string) string { return "/* ---\n" + keys + "\n--- */\n" + sql }
	orders := "select 1 as id, 10 as amount, 'ok' as status"
	cases := []struct {
		name  string
		files stagetest.Files
		want  []string
	}{
		{"a typo, with readers and tests below it", stagetest.Files{
			"models/a.sql": orders, "models/b.sql": "select id, amuont from {{ ref \"a\" }}",
			"models/c.sql": "select amuont from {{ ref \"b\" }}", "models/d.sql": with("assert: [nope > 0]", "select * from {{ ref \"c\" }}"),
			"tests/t.sql": "select nope from {{ ref \"d\" }}",
		}, []string{`models/b.sql:1:12 E0301 column "amuont" not found in "a" [amuont] (did you mean "amount"?)`}},
		{"all errors in one run", stagetest.Files{
			"models/a.sql": orders, "models/b.sql": "select amuont from {{ ref \"a\" }}", "models/c.sql": "select stauts from {{ ref \"a\" }}",
			"models/y.yml": "models: [{name: a, columns: [{name: idd, tests: [unique]}]}]",
		}, []string{
			`models/b.sql:1:8 E0301 column "amuont" not found in "a" [amuont] (did you mean "amount"?)`,
			`models/c.sql:1:8 E0301 column "stauts" not found in "a" [stauts] (did you mean "status"?)`,
			`models/y.yml:1:37 E0301 column "idd" is tested and not found in "a" [idd] (did you mean "id"?)`,
		}},
		{"a relation of the project by its name", stagetest.Files{
			"models/a.sql": orders, "models/b.sql": "select * from {{ ref \"a\" }} where id in (select id from main.a)", "models/c.sql": "select * from a",
		}, []string{`models/c.sql:1:15 E0302 table "a" not found [a] (read it as {{ ref "a" }})`}},
		{"what the project does not declare", stagetest.Files{
			"models/a.sql": "select * from duckdb_settings()", "models/b.sql": "select * from 'x.parquet'", "models/c.sql": "select * from read_csv('x.csv')",
			"models/d.sql": "select * from information_schema.tables",
		}, []string{
			`models/a.sql:1:15 E0360 "duckdb_settings" reads what the project does not declare [duckdb_settings] (declare a source, with files for files, and read it with {{ source }})`,
			`models/b.sql:1:15 E0360 the file "x.parquet" is not declared ['x.parquet'] (declare the file as a source, with its path from the project folder under files, and read it with {{ source }})`,
			`models/c.sql:1:15 E0360 "read_csv" reads what the project does not declare [read_csv] (declare a source, with files for files, and read it with {{ source }})`,
			`models/d.sql:1:15 E0360 "information_schema" reads what the project does not declare [information_schema.tables] (declare a source, with files for files, and read it with {{ source }})`,
		}},
		{"a view has no row ids", stagetest.Files{
			"models/a.sql": orders, "models/t.sql": with("materialized: table", orders),
			"models/b.sql": "select rowid from {{ ref \"t\" }}", "models/c.sql": "select rowid from {{ ref \"a\" }}",
		}, []string{`models/c.sql:1:8 E0301 column "rowid" not found in "a" [rowid] (the nearest column is "amount")`}},
		{"an ephemeral model has no name in a query", stagetest.Files{
			"models/e.sql": with("materialized: ephemeral", orders), "models/b.sql": "select e.id from {{ ref \"e\" }}", "models/c.sql": "select id from {{ ref \"e\" }}",
		}, []string{`models/b.sql:1:8 E0302 no table or alias "e" is in the from clause [e.id] (give {{ ref "e" }} an alias)`}},
		{"a bad row of a seed", stagetest.Files{
			"seeds/s.csv": "a,b\n1,2\n3\n", "models/b.sql": "select * from {{ ref \"s\" }}",
		}, []string{`seeds/s.csv:3:1 E0501 the row has 1 value, the header has 2 columns [3] (add 1 delimiter)`}},
		{"the branches of an increment", stagetest.Files{
			"models/a.sql": with("materialized: table", "select 1 as id{{ if incremental }}, 2 as more from {{ this }}{{ end }}"),
			"models/b.sql": with("materialized: table", "select 1 as id {{ if incremental }} where 1 > (select max(idd) from {{ this }}){{ end }}"),
		}, []string{
			`models/a.sql:1:1 E0361 the query of "a" gives other columns when it is incremental: id, more instead of id (select the same columns in both branches of {{ if incremental }})`,
			`models/b.sql:4:59 E0301 column "idd" not found [idd] (did you mean "id"?)`,
		}},
		{"columns that a template asks for", stagetest.Files{
			"models/a.sql": orders, "models/b.sql": "select {{ columns \"a\" \"exclude\" \"id\" }} from {{ ref \"a\" }}",
			"models/c.sql": "select amount, status from {{ ref \"b\" }}", "models/d.sql": "select id from {{ ref \"b\" }}",
		}, []string{`models/d.sql:1:8 E0301 column "id" not found in "b" [id] (the nearest column is "amount")`}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, diags := bound(t, tc.files.Write(t))
			if diff := cmp.Diff(tc.want, stagetest.Lines(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNotKnownIsNotCheckedAndNoAlarm(t *testing.T) {
	t.Parallel()
	p, diags := bound(t, stagetest.Files{
		"models/s.yml": "sources:\n- name: raw\n  tables:\n  - {name: t}\n  - {name: partly, columns: [{name: id, type: bigint}]}\n" +
			"  - {name: full, columns_complete: true, columns: [{name: id, type: bigint}]}\n" +
			"- {name: landing, tables: [{name: gone, files: 'none/*.csv'}]}",
		"models/a.sql":    "select anything, goes from {{ source \"raw\" \"t\" }}",
		"models/b.sql":    "select other from {{ source \"raw\" \"partly\" }}",
		"models/c.sql":    "select id from {{ source \"raw\" \"full\" }}",
		"models/d.sql":    "select * from {{ ref \"a\" }} join {{ ref \"c\" }} using (id)",
		"models/e.sql":    "select selct from from {{ source \"raw\" \"t\" }}",
		"models/f.sql":    "select x from {{ source \"landing\" \"gone\" }}",
		"models/n.sql":    "select null as n, 1 as one",
		"models/n2.sql":   "select n as m, one from {{ ref \"n\" }}",
		"models/n3.sql":   "select upper(m) as u from {{ ref \"n2\" }}",
		"models/n4.sql":   "select m from {{ ref \"n2\" }}",
		"models/self.sql": "/* ---\nmaterialized: table\n--- */\nselect 1 as id union select id from {{ this }}",
	}.Write(t))
	want := []string{`models/e.sql:1:19 E0303 syntax error at "from" [from]`}
	if diff := cmp.Diff(want, stagetest.Lines(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	got := map[project.ID][]string{}
	wantColumns := map[project.ID][]string{
		"model.a":    {"unchecked: source raw.t declares no columns"},
		"model.b":    {"unchecked: source raw.partly does not declare all its columns"},
		"model.c":    {"id BIGINT"},
		"model.d":    {"unchecked: source raw.t declares no columns"},
		"model.f":    {`unchecked: the files of source landing.gone cannot be read: no file matches "none/*.csv"`},
		"model.self": {"unchecked: self reads its own table"},
		"model.n3":   {"u VARCHAR"},
		"model.n4":   {"m INTEGER"},
	}
	for id := range wantColumns {
		got[id] = columnsOf(p, id)
	}
	if diff := cmp.Diff(wantColumns, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestWorkersFindTheSame binds a project of layers, with mistakes in it, with one and with many workers.
func TestWorkersFindTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := generate.Layered{Models: 120, Layers: 6}.Files()
	if err := files.Write(dir); err != nil {
		t.Fatal(err)
	}
	breakSome(t, dir)
	describe := func(workers int) []string {
		p, diags := bound(t, dir, func(env *check.Env) { env.Workers = workers })
		out := stagetest.Lines(diags)
		for _, n := range p.Graph.Nodes {
			out = append(out, string(n.ID))
			out = append(out, columnsOf(p, n.ID)...)
			if n.Test == nil {
				out = append(out, lineageOf(p, n.ID)...)
			}
		}
		return out
	}
	want := describe(1)
	for _, workers := range []int{2, 5} {
		if diff := cmp.Diff(want, describe(workers)); diff != "" {
			t.Errorf("with %d workers (-one +many):\n%s", workers, diff)
		}
	}
}

// breakSome puts mistakes into every tenth model.
func breakSome(t *testing.T, dir string) {
	t.Helper()
	count := 0
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	entries := stagetest.SQLFiles(t, dir)
	for i, path := range entries {
		if i%10 != 9 {
			continue
		}
		text, err := root.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		broken := strings.Replace(string(text), "select", "select no_such_column as quern_broken,", 1)
		if err := root.WriteFile(path, []byte(broken), 0o666); err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count == 0 {
		t.Fatal("nothing was broken")
	}
}

func TestTheEndOfTheContextEndsAllWorkers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := generate.Layered{Models: 200}.Files()
	if err := files.Write(dir); err != nil {
		t.Fatal(err)
	}
	p, _ := bound(t, dir, func(env *check.Env) { env.Describer, env.Files = nil, nil })
	d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: p.Graph.Project.Target.Settings})
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, _, err := check.All(ctx, p.Graph, check.Env{Dialect: duckdb.Dialect{}, DefaultSchema: "main", Describer: describer{d}, Workers: 4})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want the context's", err)
	}
}
