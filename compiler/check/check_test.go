package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// narrow is a dialect whose identifiers are short.
type narrow struct{ duckdb.Dialect }

func (narrow) MaxIdentifier() int { return 20 }

func TestDiagnostics(t *testing.T) {
	t.Parallel()
	const frontMatter = "/* ---\n%s\n--- */\nselect 1 as id"
	with := func(keys string) string { return strings.Replace(frontMatter, "%s", keys, 1) }
	cases := []struct {
		name  string
		files stagetest.Files
		want  []string
	}{
		{"two models of one relation", stagetest.Files{
			"models/a.sql": with("alias: Orders"), "models/b.sql": with("{alias: orders, schema: MAIN}"),
		}, []string{
			`models/b.sql:2:9 E0250 model "a" and model "b" have one relation, MAIN.orders [orders] (give one of them another alias or schema; case does not count)`,
		}},
		{"a model on a source's relation", stagetest.Files{
			"models/a.sql": with("schema: raw"), "models/s.yml": "sources: [{name: raw, schema: raw, tables: [{name: a}]}]",
		}, []string{
			`models/a.sql:2:9 E0250 source "raw.a" and model "a" have one relation, raw.a [raw] (give one of them another alias or schema; case does not count)`,
		}},
		{"reserved name", stagetest.Files{"models/a.sql": with("alias: a__Candidate")}, []string{
			`models/a.sql:2:8 E0251 "a__Candidate" ends in "__candidate" [a__Candidate] (such names are reserved for relations that are not published yet; choose another one)`,
		}},
		{"too long", stagetest.Files{"models/a.sql": with("alias: a_name_that_is_far_too_long")}, []string{
			`models/a.sql:2:8 E0252 the name "a_name_that_is_far_too_long" has 27 bytes [a_name_that_is_far_too_long] (names in this target have at most 20 bytes)`,
		}},
		{"disabled", stagetest.Files{
			"models/a.sql": with("enabled: false"), "models/b.sql": "select * from {{ ref \"a\" }}",
			"models/c.sql": "select * from {{ ref \"b\" }}", "tests/t.sql": "select * from {{ ref \"a\" }}",
			"models/m.yml": "models: [{name: a, columns: [{name: id, tests: [unique]}]}]",
		}, []string{
			`models/b.sql:1:23 E0253 model "b" reads "a", which is disabled [a] (enable it, or remove what reads it)`,
			`tests/t.sql:1:23 E0253 test "t" reads "a", which is disabled [a] (enable it, or remove what reads it)`,
		}},
		{"enabled is neither", stagetest.Files{
			"quern.yml":    "name: x\ntarget: dev\nvars: {on: maybe}\ntargets: {dev: {type: duckdb}}",
			"models/a.sql": with("enabled: '{{ var \"on\" }}'"),
		}, []string{`models/a.sql:2:11 E0255 "enabled" is "maybe" [{{ var "on" }}] (it must come to true or false)`}},
		{"alias reads a model", stagetest.Files{
			"models/b.sql": "select 1", "models/a.sql": with("alias: '{{ ref \"b\" }}'"),
		}, []string{`models/a.sql:2:9 E0254 "alias" reads a relation or the run [{{ ref "b" }}] (only var, env_var and target may be used in it)`}},
		{"several statements", stagetest.Files{"models/a.sql": "select 1; -- one\nselect 2"}, []string{
			`models/a.sql:2:1 E0351 the model holds more than one statement [select] (keep one query and remove what follows the semicolon)`,
		}},
		{"a hole after the semicolon", stagetest.Files{"models/b.sql": "select 1", "models/a.sql": "select 1; {{ ref \"b\" }}"}, []string{
			`models/a.sql:1:11 E0351 the model holds more than one statement [{{ ref "b" }}] (keep one query and remove what follows the semicolon)`,
		}},
		{"no query", stagetest.Files{"models/a.sql": "-- nothing\n{{ if false }}select 1{{ end }}"}, []string{
			`models/a.sql:1:1 E0350 the model holds no query (write a select statement)`,
		}},
		{"not a query", stagetest.Files{"models/a.sql": "-- x\nDROP table y"}, []string{
			`models/a.sql:2:1 E0352 the model is a "drop" statement [DROP] (write a query; Quern makes the table or view of it)`,
		}},
		{"asserts", stagetest.Files{"models/a.sql": with("assert: ['', 'id > 0; id < 9', '(id > 0', 'id) or (id']")}, []string{
			`models/a.sql:2:11 E0353 the expression is empty (write a condition such as amount >= 0)`,
			`models/a.sql:2:23 E0351 the expression holds a semicolon [id] (write one condition; join several with and)`,
			`models/a.sql:2:33 E0354 the expression has an unbalanced "(" [(] (every parenthesis needs its counterpart)`,
			`models/a.sql:2:46 E0354 the expression has an unbalanced ")" [)] (every parenthesis needs its counterpart)`,
		}},
		{"this in a view", stagetest.Files{"models/a.sql": "-- {{ this }}\nselect '{{ this }}' as name\nfrom {{ this }}"}, []string{
			`models/a.sql:3:6 E0260 "a" is a view and cannot read itself [{{ this }}] (` + diag.ReadElse + `)`,
		}},
		{"this in an ephemeral model", stagetest.Files{"models/a.sql": "/* ---\nmaterialized: ephemeral\n--- */\nselect * from {{ this }}"}, []string{
			`models/a.sql:4:1 E0256 "a" is ephemeral and has no relation that {{ this }} could mean [select * from {{ this }}] (make it a view or a table, or remove {{ this }})`,
		}},
		{"share of a singular test", stagetest.Files{"tests/t.sql": "/* ---\nerror_if: '>1%'\n--- */\nselect 1"}, []string{
			`tests/t.sql:2:12 E0257 ">1%" is a share, and a singular test has no number of rows [>1%] (compare with a number, or write a generic test)`,
		}},
		{"a location that is no path", stagetest.Files{
			"models/a.sql": external("location: 's3://bucket/a.parquet'"), "models/b.sql": external("location: ~/b.parquet"),
		}, []string{
			`models/a.sql:3:12 E0258 locations such as s3:// are not available in this version [s3://bucket/a.parquet] (write a path of this machine)`,
			`models/b.sql:3:11 E0258 "location" starts with a ~, which is not expanded [~/b.parquet] (write an absolute path, or one that starts in the project folder)`,
		}},
		{"locations that overlap", stagetest.Files{
			"models/a.sql": external("location: out/a"), "models/b.sql": external("location: out/A/b.parquet"),
			"models/c.sql": external("location: ./out/../out/a"),
		}, []string{
			`models/b.sql:3:11 E0258 "b" is written to the location of "a", or inside it [out/A/b.parquet] (give each of them a location of its own)`,
			`models/c.sql:3:11 E0258 "c" is written to the location of "a", or inside it [./out/../out/a] (give each of them a location of its own)`,
		}},
		{"a location that contradicts the format", stagetest.Files{
			"models/a.sql": external("format: csv\nlocation: out/a.parquet"),
			"models/b.sql": external("location: out/b.parquet.gz"),
			"models/c.sql": external("format: csv\nlocation: out/c.csv.gz\noptions: {compression: zstd}"),
			"models/d.sql": external("format: csv\nlocation: out/d.csv.gz"),
		}, []string{
			`models/a.sql:4:11 E0258 the location ends in ".parquet" and the format is csv [out/a.parquet] (end it in .csv, or set the format)`,
			`models/b.sql:3:11 E0258 the location says that a Parquet file is packed with gzip [out/b.parquet.gz] (end it in .parquet; a Parquet file is compressed inside)`,
			`models/c.sql:4:11 E0258 the location says that the file is packed with gzip, and the option says zstd [out/c.csv.gz] (change one of them)`,
		}},
		{"partitions", stagetest.Files{
			"models/a.sql": external("partition_by: [x, y, X]"), "models/b.sql": external("format: json\npartition_by: x"),
		}, []string{
			`models/a.sql:3:22 E0259 the column "X" stands twice under partition_by [X] (keep one of them; case does not count)`,
			`models/b.sql:4:15 E0259 files of the format json cannot be partitioned [x] (remove partition_by, or write parquet or csv)`,
		}},
		{"share of a test of the whole relation", stagetest.Files{
			"models/a.sql": "select 1 as x",
			"models/a.yml": "models:\n- name: a\n  tests:\n  - row_count: {min: 1, config: {warn_if: '>1%'}}\n  - expression: {expression: sum(x) > 1, config: {error_if: '>2%'}}\n  - expression: {expression: x > 1, config: {error_if: '>2%'}}\n",
		}, []string{
			`models/a.yml:4:44 E0257 ">1%" is a share, and row_count tests the relation as a whole: there is no share of rows that are wrong [>1%] (compare with a number, or leave the threshold out)`,
			`models/a.yml:5:62 E0257 ">2%" is a share, and an expression with an aggregate tests the relation as a whole: there is no share of rows that are wrong [>2%] (compare with a number, or leave the threshold out)`,
		}},
		{"a broken parent is reported once", stagetest.Files{
			"models/a.sql": "select {{ var \"x\" }}", "models/b.sql": "select * from {{ ref \"a\" }}",
			"models/c.sql": "select * from {{ ref \"b\" }}",
		}, []string{`models/a.sql:1:16 E0409 variable "x" is not declared [x] (declare it under vars in quern.yml)`}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, diags := stagetest.Compile(t, tc.files.Write(t), narrow{})
			got := stagetest.Lines(diags)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	p := stagetest.Program(t, stagetest.Files{
		"quern.yml":          "name: x\ntarget: dev\nvars: {area: north}\ntargets: {dev: {type: duckdb, schema: base}}\nmodels: {marts: {schema: marts}}",
		"models/a.sql":       "select 1",
		"models/b.sql":       "/* ---\nschema: '{{ target \"schema\" }}_{{ var \"area\" }}'\nalias: bee\ndatabase: other\n--- */\nselect 1",
		"models/e.sql":       "/* ---\nmaterialized: ephemeral\n--- */\nselect 1",
		"models/marts/m.sql": "select 1",
		"seeds/s.csv":        "a\n1\n",
		"models/s.yml": "sources:\n- name: raw\n  tables: [{name: t}]\n- name: files\n  tables: [{name: f, files: 'data/*.csv'}]\n" +
			"- name: full\n  database: d\n  schema: s\n  tables: [{name: t, identifier: i}]",
	}.Write(t), duckdb.Dialect{})
	got := map[project.ID]relation.Name{}
	for i, n := range p.Graph.Nodes {
		got[n.ID] = p.Nodes[i].Relation
	}
	want := map[project.ID]relation.Name{
		"model.a":        {Schema: "base", Identifier: "a"},
		"model.b":        {Database: "other", Schema: "base_north", Identifier: "bee"},
		"model.e":        {},
		"model.m":        {Schema: "marts", Identifier: "m"},
		"seed.s":         {Schema: "base", Identifier: "s"},
		"source.raw.t":   {Schema: "raw", Identifier: "t"},
		"source.files.f": {},
		"source.full.t":  {Database: "d", Schema: "s", Identifier: "i"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	dir := stagetest.Files{
		"models/a.sql": "select 1 as id",
		"models/e.sql": "/* ---\nmaterialized: ephemeral\n--- */\nselect * from {{ ref \"a\" }} -- end\n",
		"models/f.sql": "/* ---\nmaterialized: ephemeral\n--- */\nselect * from {{ ref \"e\" }};\n",
		"models/m.sql": "/* ---\nmaterialized: table\n--- */\nselect {{ run_time }}, '{{ target \"schema\" }}' from {{ ref \"f\" }}, {{ source \"files\" \"x\" }}, {{ this }}",
		"models/s.yml": "sources: [{name: files, tables: [{name: x, files: 'data/*.csv'}]}]\nmodels:\n- name: a\n  columns: [{name: id, tests: [not_null: {config: {where: 'id > {{ var \"least\" }} -- x'}}]}]",
		"quern.yml":    "name: x\ntarget: dev\nvars: {least: 3}\ntargets: {dev: {type: duckdb}}",
		"data/x.csv":   "a\n",
	}.Write(t)
	p := stagetest.Program(t, dir, duckdb.Dialect{})
	at := time.Date(2024, 2, 3, 4, 5, 6, 7000, time.FixedZone("", 3600))

	got := p.Query("model.m", check.FillOptions{RunTime: at, RelativePaths: true}).SQL
	want := "select timestamp with time zone '2024-02-03 03:05:06.000007+00', 'main' from (\nselect * from (\nselect * from main.a -- end\n\n)\n)" +
		", read_csv('data/*.csv'), main.m"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("model (-want +got):\n%s", diff)
	}

	absolute := p.Query("model.m", check.FillOptions{
		Relations: map[project.ID]template.Filling{"model.e": {SQL: "inner_e"}},
	}).SQL
	if !strings.Contains(absolute, "read_csv('"+dir+"/data/*.csv')") || !strings.Contains(absolute, "from (\nselect * from inner_e\n)") {
		t.Errorf("absolute = %s", absolute)
	}

	var test project.ID
	for _, n := range p.Graph.Nodes {
		if n.Test != nil {
			test = n.ID
		}
	}
	candidate := check.FillOptions{Relations: map[project.ID]template.Filling{"model.a": {SQL: "a__candidate"}}}
	got = strings.TrimSpace(p.Query(test, candidate).SQL)
	want = "select * from (select * from a__candidate where (\nid > 3 -- x\n)) where \"id\" is null"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("test (-want +got):\n%s", diff)
	}
}

func TestAssertsBecomeQueriesForWrongRows(t *testing.T) {
	t.Parallel()
	cases := []struct{ expression, want string }{
		{"amount >= 0", "select * from main.m where not (\namount >= 0\n)"},
		{"count(*) > 0", "select * from (select (\ncount(*) > 0\n) as holds from main.m) as assertion where holds is not true"},
		{"row_number() over () > 0", "select * from (select *, (\nrow_number() over () > 0\n) as quern_holds from main.m) as assertion where not quern_holds"},
		{"note <> 'count(*)'", "select * from main.m where not (\nnote <> 'count(*)'\n)"},
		{"id in (select id from {{ ref \"a\" }})", "select * from main.m where not (\nid in (select id from main.a)\n)"},
		{"count(*) = (select count(*) from {{ ref \"a\" }})", "select * from (select (\ncount(*) = (select count(*) from main.a)\n) as holds from main.m) as assertion where holds is not true"},
	}
	for _, tc := range cases {
		assert := strings.ReplaceAll(tc.expression, "'", "''")
		p := stagetest.Program(t, stagetest.Files{
			"models/a.sql": "select 1 as id",
			"models/m.sql": "/* ---\nassert: ['" + assert + "']\n--- */\nselect 1",
			"models/e.yml": "models: [{name: m, tests: [expression: {expression: '" + assert + "'}]}]",
		}.Write(t), duckdb.Dialect{})
		for _, n := range p.Graph.Nodes {
			if n.Test == nil {
				continue
			}
			if diff := cmp.Diff(tc.want, strings.TrimSpace(p.Query(n.ID, check.FillOptions{}).SQL)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", n.ID, diff)
			}
		}
	}
}

func TestNestedEphemeralModelsAreBounded(t *testing.T) {
	t.Parallel()
	files := stagetest.Files{"models/e0.sql": "select 1 as id"}
	name := func(i int) string { return "e" + strings.Repeat("x", i) }
	files["models/e.sql"] = "/* ---\nmaterialized: ephemeral\n--- */\nselect 1 as id"
	for i := 1; i < 40; i++ {
		before := name(i - 1)
		files["models/"+name(i)+".sql"] = "/* ---\nmaterialized: ephemeral\n--- */\nselect a.id from {{ ref \"" + before + "\" }} a, {{ ref \"" + before + "\" }} b"
	}
	_, diags := stagetest.Compile(t, files.Write(t), duckdb.Dialect{})
	lines := stagetest.Lines(diags)
	if len(lines) != 1 || !strings.Contains(lines[0], "E0355") {
		t.Errorf("diagnostics = %v, want one for the first model that is too long", lines)
	}
}

func TestErrorsInExpressionsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	dir := stagetest.Files{
		"models/m.sql": "/* ---\nassert: [amount >= limitt]\n--- */\nselect 1 as amount",
		"models/e.yml": "models: [{name: m, tests: [expression: {expression: \"amount <> limitt\"}]}]",
	}.Write(t)
	p := stagetest.Program(t, dir, duckdb.Dialect{})
	var got []string
	for _, n := range p.Graph.Nodes {
		if n.Test == nil {
			continue
		}
		q := p.Query(n.ID, check.FillOptions{})
		at := strings.Index(q.SQL, "limitt")
		spans := q.Locate(at, at+len("limitt"))
		last := spans[len(spans)-1]
		got = append(got, last.Path()+" "+last.Text())
	}
	want := []string{"models/m.sql limitt", "models/e.yml limitt"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}
