//go:build cgo

package run_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/source"
)

// told gives every diagnostic of a run, notes below them.
func told(r *run.Results) []string {
	out := []string{}
	add := func(d *diag.Diagnostic) {
		if d == nil {
			return
		}
		out = append(out, stagetest.Line(d))
		for _, n := range d.Notes {
			out = append(out, "  "+n.Span.Path()+" "+n.Span.Text()+": "+n.Message)
		}
	}
	for _, s := range r.Steps {
		add(s.Diagnostic)
		for _, test := range s.Tests {
			add(test.Diagnostic)
		}
	}
	return out
}

func TestErrorsOfTheEngineInTheProjectsWords(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		files stagetest.Files
		want  []string
	}{
		{"a table that is a model", stagetest.Files{"models/orders.sql": "select 1 as id", "models/m.sql": "select * from orderz o"}, []string{
			`models/m.sql:1:15 E0302 table "orderz" not found [orderz] (did you mean {{ ref "orders" }}?)`,
		}},
		{"a model of another schema by its name", stagetest.Files{
			"models/orders.sql": "/* ---\nschema: marts\n--- */\nselect 1 as id", "models/m.sql": "select * from orders",
		}, []string{`models/m.sql:1:15 E0302 table "orders" not found [orders] (read it as {{ ref "orders" }})`}},
		{"a source by its name", stagetest.Files{
			"models/s.yml": "sources: [{name: raw, tables: [{name: orders}]}]", "models/m.sql": "select * from raw.orders",
		}, []string{`models/m.sql:1:15 E0315 the schema "raw" of "raw.orders" does not exist [raw.orders] (read it as {{ source "raw" "orders" }})`}},
		{"a source that is not there", stagetest.Files{
			"models/s.yml": "sources: [{name: raw, schema: main, tables: [{name: orders}]}]", "models/m.sql": "select * from {{ source \"raw\" \"orders\" }}",
		}, []string{`models/m.sql:1:15 E0302 table "orders" not found [{{ source "raw" "orders" }}] (load it, or correct where the source is declared)`}},
		{"a file that is not there", stagetest.Files{
			"models/s.yml": "sources: [{name: raw, tables: [{name: orders, files: 'in/*.csv'}]}]", "models/m.sql": "select * from {{ source \"raw\" \"orders\" }}",
		}, []string{`models/m.sql:1:15 E0318 no file matches "in/*.csv" [{{ source "raw" "orders" }}] (check the path under files of the source)`}},
		{"an unknown table", stagetest.Files{"models/m.sql": "select * from somewhere_else"}, []string{
			`models/m.sql:1:15 E0302 table "somewhere_else" not found [somewhere_else] (read models with {{ ref }}, and declare other tables as sources)`,
		}},
		{"a singular test", stagetest.Files{"models/m.sql": "select 1 as id", "tests/t.sql": "select *\nfrom {{ ref \"m\" }}\nwhere idd > 0"}, []string{
			`tests/t.sql:3:7 E0301 the test "t" cannot run: column "idd" not found in "m" [idd] (did you mean "id"?)`,
		}},
		{"a generic test of the project", stagetest.Files{
			"models/m.sql":               "/* ---\ncolumns: [{name: id, tests: [positive]}]\n--- */\nselect 'a' as id",
			"tests/generic/positive.sql": "/* ---\nargs: [model, column]\n--- */\nselect * from {{ .model }} where lowr({{ .column }}) < 0",
		}, []string{
			`models/m.sql:2:30 E0304 the test "positive_m_id" cannot run: function "lowr" not found [positive] (did you mean "lower"?)`,
			"  tests/generic/positive.sql lowr: the SQL comes from here",
		}},
		{"a built-in test of a column that is not there", stagetest.Files{"models/m.sql": "/* ---\nmaterialized: table\ncolumns: [{name: idd, tests: [not_null]}]\n--- */\nselect 1 as id"}, []string{
			`models/m.sql:3:31 E0301 the test "not_null_m_idd" cannot run: column "idd" not found in "m" [not_null] (did you mean "id"?)`,
		}},
		{"the other end of relationships", stagetest.Files{
			"models/a.sql": "select 1 as id", "models/b.sql": table + "select 1 as a_id",
			"models/m.yml": "models: [{name: b, columns: [{name: a_id, tests: [relationships: {to: a, field: idd}]}, {name: b_id, tests: [relationships: {to: a, field: id}]}]}]",
		}, []string{
			`models/m.yml:1:51 E0301 the test "relationships_b_a_id_23a2c8" cannot run: column "idd" not found in "a" [relationships] (did you mean "id"?)`,
			`models/m.yml:1:110 E0301 the test "relationships_b_b_id_557e10" cannot run: column "b_id" not found in "b" [relationships] (did you mean "a_id"?)`,
		}},
		{"a where", stagetest.Files{"models/m.sql": "/* ---\nmaterialized: table\ncolumns: [{name: id, tests: [not_null: {config: {where: idd > 0}}]}]\n--- */\nselect 1 as id"}, []string{
			`models/m.sql:3:57 E0301 the test "not_null_m_id_cbbff2" cannot run: column "idd" not found [idd] (did you mean "id"?)`,
		}},
		{"texts that end too early", stagetest.Files{
			"models/m.sql": "/* ---\nmaterialized: table\nassert: ['id >']\n--- */\nselect 1 as id",
			"models/m.yml": `models:
- name: m
  tests:
  - expression: {expression: "id + ", config: {where: id > 0}}
  - expression: {expression: "sum(id) * ", config: {name: s}}
  columns:
  - name: id
    tests:
    - not_null: {config: {where: "id = "}}
    - unique: {config: {name: c, where: "id = -- one"}}
    - unique: {config: {name: d, where: "id = = 2"}}
`,
		}, []string{
			`models/m.sql:3:14 E0303 the test "assert_m_67d59f" cannot run: the expression ends too early [>] (something is missing behind >)`,
			`models/m.yml:10:45 E0303 the test "c" cannot run: the where ends too early [=] (something is missing behind =)`,
			`models/m.yml:11:47 E0303 the test "d" cannot run: syntax error at "=" [=]`,
			`models/m.yml:4:34 E0303 the test "expression_m_fd8adb" cannot run: the expression ends too early [+] (something is missing behind +)`,
			`models/m.yml:9:38 E0303 the test "not_null_m_id_ac9c99" cannot run: the where ends too early [=] (something is missing behind =)`,
			`models/m.yml:5:39 E0303 the test "s" cannot run: the expression ends too early [*] (something is missing behind *)`,
		}},
		{"an ephemeral model, through its test", stagetest.Files{
			"models/e.sql": "/* ---\nmaterialized: ephemeral\ncolumns: [{name: id, tests: [not_null]}]\n--- */\nselect idd as id from {{ ref \"m\" }}", "models/m.sql": "select 1 as id",
		}, []string{
			`models/e.sql:5:8 E0301 the test "not_null_e_id" cannot run: column "idd" not found [idd] (did you mean "id"?)`,
		}},
		{"an ephemeral model, through its reader", stagetest.Files{
			"models/e.sql": "/* ---\nmaterialized: ephemeral\n--- */\nselect {{ bad }} as id", "models/m.sql": "select * from {{ ref \"e\" }}",
			"macros/bad.sql": "nothing_there",
		}, []string{
			`models/e.sql:4:8 E0307 column "nothing_there" is read without a table [{{ bad }}] (add a from clause, or write the text in single quotes)`,
			`  models/m.sql {{ ref "e" }}: it is read here`,
			"  macros/bad.sql nothing_there: in the macro, here",
		}},
		{"a value that breaks a view's test", stagetest.Files{
			"models/m.sql": "/* ---\ncolumns: [{name: id, tests: [not_null]}]\n--- */\nselect x::int as id from (values ('a')) v(x)",
		}, []string{
			`models/m.sql:4:9 E0312 the test "not_null_m_id" cannot run: could not convert string 'a' to INT32 when casting from source column x [::int] (try_cast gives NULL where a value does not fit)`,
		}},
		{"an error without a place", stagetest.Files{"models/m.sql": "/* ---\nmaterialized: table\n--- */\n-- a comment\nselect sqrt(-1 * x) from range(1, 3) r(x)"}, []string{
			`models/m.sql:5:1 E0313 cannot take square root of a negative number [select] (cast to a wider type first)`,
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, tc.files)
			if diff := cmp.Diff(tc.want, told(s.build())); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestModelThatWasNotBuiltBefore(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{"models/orders.sql": "select 1 as id", "models/m.sql": "select * from {{ ref \"orders\" }}"})
	p := s.plan(func(p *check.Program, o *plan.Options) { o.Selected = []int{p.Graph.ByID["model.m"].Index} })
	results, err := run.Execute(t.Context(), p, warehouse{s.engine}, nil, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`models/m.sql:1:15 E0302 "orders" has not been built yet [{{ ref "orders" }}] (build it first: quern build --select orders)`}
	if diff := cmp.Diff(want, told(results)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestDiagnoseAQueryOfNoStep(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{"models/m.sql": "select 1 as id"})
	p := s.program()
	q, diags := p.Inline(t.Context(), "select idd from {{ ref \"m\" }}")
	if len(diags) > 0 {
		t.Fatal(stagetest.Lines(diags))
	}
	session, err := s.engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	filled := p.Fill(q, check.FillOptions{Node: project.ID("")})
	wantDiagnosis := func(want string) {
		t.Helper()
		_, err := session.Query(t.Context(), filled.SQL, 1)
		if got := stagetest.Line(explain.Error(err, filled, source.Span{})); got != want {
			t.Errorf("Diagnose = %s, want %s", got, want)
		}
	}
	wantDiagnosis(`--inline:1:17 E0302 "m" has not been built yet [{{ ref "m" }}] (build it first: quern build --select m)`)
	s.build()
	wantDiagnosis(`--inline:1:8 E0301 column "idd" not found in "m" [idd] (did you mean "id"?)`)
}
