package link_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/builtin"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

const quernYML = "name: shop\ntarget: dev\ntargets: {dev: {type: duckdb, path: shop.duckdb}}\n"

// linked loads, parses and links a project; what the stages before link find fails the test.
func linked(t *testing.T, files map[string]string) (*link.Graph, diag.List) {
	t.Helper()
	fsys := fstest.MapFS{"quern.yml": {Data: []byte(quernYML)}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, diags, err := project.Load(context.Background(), fsys, project.Options{})
	if err != nil || len(diags) > 0 {
		t.Fatalf("load: %v %s", err, texts(diags))
	}
	parsed, diags := template.Parse(context.Background(), p)
	if len(diags) > 0 {
		t.Fatalf("parse: %s", texts(diags))
	}
	g, diags := link.Build(p, parsed)
	return g, diags.Sorted()
}

func lateTests(g *link.Graph) []string {
	var late []string
	for _, n := range g.Nodes {
		if n.Kind == link.Test && n.Test.Late {
			late = append(late, n.Name)
		}
	}
	return late
}

// relationship tests a column against another model.
func relationship(name, to string) string {
	return "      - {name: id, tests: [{relationships: {to: " + to + ", field: id, config: {name: " + name + "}}}]}\n"
}

func columns(tests ...string) string { return "columns:\n" + strings.Join(tests, "") }

func frontMatter(yaml, body string) string { return "/* ---\n" + yaml + "--- */\n" + body }

func TestATestWaitsForWhatItReads(t *testing.T) {
	t.Parallel()
	g, diags := linked(t, map[string]string{
		"models/a_orders.sql":    frontMatter(columns(relationship("known", "z_customers")), "select 1 as id"),
		"models/z_customers.sql": `select * from {{ ref "z_raw" }}`,
		"models/z_raw.sql":       "select 1 as id",
	})
	wantTexts(t, diags)
	checkGraph(t, g)
	test := g.ByID["test.known"].Test
	if diff := cmp.Diff([]project.ID{"model.z_customers"}, test.Reads); diff != "" || test.Late {
		t.Errorf("late %v, reads (-want +got):\n%s", test.Late, diff)
	}
}

func TestTestsThatWouldCloseACycleAreLate(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"the other reads the tested one",
			map[string]string{
				"models/orders.sql":    frontMatter(columns(relationship("known", "customers")), "select 1 as id"),
				"models/customers.sql": `select * from {{ ref "middle" }}`,
				"models/middle.sql":    `select * from {{ ref "orders" }}`,
			},
			[]string{"known"},
		},
		{
			"each tests the other: the second is late",
			map[string]string{
				"models/a.sql": frontMatter(columns(relationship("one", "b")), "select 1 as id"),
				"models/b.sql": frontMatter(columns(relationship("two", "a")), "select 1 as id"),
			},
			[]string{"two"},
		},
		{
			"a late test makes no other late",
			map[string]string{
				"models/a.sql": frontMatter(columns(relationship("backwards", "c")), "select 1 as id"),
				"models/b.sql": frontMatter(columns(relationship("forwards", "a")), `select * from {{ ref "a" }}`),
				"models/c.sql": `select * from {{ ref "b" }}`,
			},
			[]string{"backwards"},
		},
		{
			"a source tested against its reader",
			map[string]string{
				"models/s.yml":      "sources:\n  - name: raw\n    tables:\n    - name: orders\n      " + columns(relationship("known", "orders")),
				"models/orders.sql": `select * from {{ source "raw" "orders" }}`,
			},
			[]string{"known"},
		},
		{
			"itself",
			map[string]string{
				"models/a.sql": frontMatter(columns(relationship("tree", "a")), "select 1 as id"),
			},
			nil,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g, diags := linked(t, tc.files)
			checkGraph(t, g)
			if diff := cmp.Diff(tc.want, lateTests(g)); diff != "" {
				t.Errorf("late tests (-want +got):\n%s", diff)
			}
			if len(diags) != len(tc.want) {
				t.Errorf("diagnostics %s", texts(diags))
			}
		})
	}
}

func TestALateTestWarnsUnlessItOnlyReports(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"models/orders.sql":    frontMatter("tests: [{toothless: {to: customers}}]\n", "select 1 as id"),
		"models/customers.sql": `select * from {{ ref "orders" }}`,
		"tests/generic/toothless.sql": frontMatter("args: [model, to]\n",
			`select * from {{ .model }} where id not in (select id from {{ ref .to }})`),
	}
	_, diags := linked(t, files)
	wantTexts(t, diags, `models/orders.sql:2:10: W0201 test "toothless_orders_7ff9fe" runs after "orders" is published: `+
		`it reads "customers", which needs "orders" first; a failure stops only what is below "customers"; set severity: warn if that is enough`)

	files["models/orders.sql"] = frontMatter("tests: [{toothless: {to: customers, config: {severity: warn}}}]\n", "select 1 as id")
	g, diags := linked(t, files)
	wantTexts(t, diags)
	if diff := cmp.Diff([]string{"toothless_orders_7ff9fe"}, lateTests(g)); diff != "" {
		t.Errorf("late tests (-want +got):\n%s", diff)
	}
}

func TestReadsOfWhereAssertAndExpressionAreEdges(t *testing.T) {
	t.Parallel()
	g, diags := linked(t, map[string]string{
		"models/limits.sql": "select 1 as n",
		"models/orders.sql": frontMatter(`assert: ['n < (select max(n) from {{ ref "limits" }})']
columns:
  - {name: n, tests: [{not_null: {config: {where: 'n in (select n from {{ ref "limits" }})'}}}]}
tests: [{expression: {expression: 'n <> (select min(n) from {{ ref "limits" }})'}}]
`, "select 1 as n"),
	})
	wantTexts(t, diags)
	tests := 0
	for _, n := range g.Nodes {
		if n.Kind != link.Test {
			continue
		}
		tests++
		if diff := cmp.Diff([]project.ID{"model.limits"}, n.Test.Reads); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", n.ID, diff)
		}
	}
	if tests != 3 {
		t.Errorf("found %d tests, want 3", tests)
	}
}

func TestMistakesPointAtTheirPlace(t *testing.T) {
	t.Parallel()
	_, diags := linked(t, map[string]string{
		"models/orders.sql": `select 1 as id, {{ cents "a" }}`,
		"models/a.sql": frontMatter(`columns:
  - name: id
    tests:
      - not_nul
      - relationships: {to: order, field: id}
      - accepted_values: {values: one}
      - between: {mim: 1}
depends_on: [ordres, raw.ordres]
`, "select *\nfrom {{ ref \"Orders\" }}\njoin {{ source \"raw\" \"oders\" }}\n"),
		"models/s.yml":      "sources: [{name: raw, tables: [{name: orders}]}]\n",
		"macros/cents.sql":  "/* ---\nargs: [column]\n--- */\n{{ .column }} / (select 100 from {{ ref \"factor\" }})",
		"tests/nothing.sql": "select * from {{ ref \"nothing\" }}",
	})
	const keyword = `; did you mean `
	wantTexts(t, diags,
		`models/a.sql:5:9: E0206 unknown test "not_nul"`+keyword+`"not_null"?`,
		`models/a.sql:6:29: E0203 unknown model "order"`+keyword+`"orders"?`,
		`models/a.sql:7:35: E0207 the argument "values" of test "accepted_values" must be a list of single values, not text; write - accepted_values: {values: […], quote: …}`,
		`models/a.sql:8:19: E0207 test "between" has no argument "mim"`+keyword+`"min"?`,
		`models/a.sql:9:14: E0203 unknown model "ordres"`+keyword+`"orders"?`,
		`models/a.sql:9:22: E0204 unknown source "raw.ordres"`+keyword+`"raw.orders"?`,
		`models/a.sql:12:14: E0203 unknown model "Orders"; names tell upper from lower case: did you mean "orders"?`,
		`models/a.sql:13:17: E0204 unknown source "raw.oders"`+keyword+`"raw.orders"?`,
		`models/orders.sql:1:20: E0203 unknown model "factor"; write it as models/factor.sql, or read something that is there`,
		`  macros/cents.sql:4:42: it is read here`,
		`tests/nothing.sql:1:23: E0203 "nothing" is a test, not a model or a seed`,
	)
}

// The tables of built-in tests in this package name tests and arguments that exist.
func TestBuiltInTestsAreUsedAsTheyAreDeclared(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(builtin.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	g, _ := linked(t, map[string]string{"models/a.sql": "select 1 as id"})
	args := map[string][]string{}
	for _, test := range g.Project.GenericTests {
		for _, arg := range test.Args {
			args[test.Name] = append(args[test.Name], arg.Name)
		}
	}
	if len(args) != len(files) {
		t.Errorf("%d built-in tests of %d files", len(args), len(files))
	}
	for test, names := range link.BuiltInArguments() {
		for _, name := range names {
			if !slices.Contains(args[test], name) {
				t.Errorf("built-in test %q has no argument %q", test, name)
			}
		}
	}
}
