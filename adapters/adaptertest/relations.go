package adaptertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/relation"
)

func schemas(t *testing.T, x *target) {
	if got := x.list(t, "not_there"); len(got) != 0 {
		t.Errorf("List of a schema that is not there: %v", got)
	}
	for range 2 {
		x.ensure(t, "landing")
	}
	for _, id := range []string{"b", "a", "C"} {
		x.table(t, relation.Name{Schema: "landing", Identifier: id}, "select 1 as id", 1)
	}
	x.view(t, relation.Name{Schema: "landing", Identifier: "d"}, "select 2 as id")
	x.table(t, x.name("elsewhere"), "select 1 as id", 1)
	var got []string
	for _, o := range x.list(t, "landing") {
		got = append(got, o.Name.String()+" "+o.Kind.String())
	}
	want := []string{"landing.a table", "landing.b table", "landing.C table", "landing.d view"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
}

func tables(t *testing.T, x *target) {
	none, some := x.name("none"), x.name("some")
	x.table(t, none, "select 1 as id, 'x' as word where 1 = 0", 0)
	if columns, err := x.session.Columns(t.Context(), none); err != nil || len(columns) != 2 || columns[1].Name != "word" {
		t.Errorf("Columns of an empty table: %v, %v", columns, err)
	}
	x.table(t, some, "select 1 as id union all select 2 -- with a comment at the end", 2)
	x.table(t, some, "select 'other' as columns_now;", 1)
	if got := x.one(t, "select columns_now"+x.from(some)); got != "other" {
		t.Errorf("replaced table holds %v", got)
	}
	for range 2 {
		if err := x.session.Drop(t.Context(), some); err != nil {
			t.Errorf("Drop: %v", err)
		}
	}
	gone := relation.Name{Schema: "no_such_schema", Identifier: "x"}
	if err := x.session.Drop(t.Context(), gone); err != nil {
		t.Errorf("Drop in a schema that is not there: %v", err)
	}
	_, err := x.session.Columns(t.Context(), some)
	typed(t, "Columns of a dropped table", err)
}

func thousandColumns(t *testing.T, x *target) {
	columns := make([]string, 1000)
	for i := range columns {
		columns[i] = fmt.Sprintf("%d as c%d", i, i)
	}
	x.table(t, x.name("wide"), "select "+strings.Join(columns, ", "), 1)
	rows := x.rows(t, "select *"+x.from(x.name("wide")))
	if len(rows) != 1 || len(rows[0]) != 1000 || rows[0][999] != int64(999) {
		t.Errorf("a row of 1,000 columns came back as %d", len(rows[0]))
	}
}

// trickyNames are names people really give, and names nobody should.
var trickyNames = []string{
	"with space", "with.dot", `quo"te`, "it's", "ünïcödé 😀 表", "select", "Order", "table", "1st", "semi;colon",
	"--dash", "/*", `back\slash`, "CamelCase", "$1", "?", "%s", "tab\there", "line\nbreak", "a]b", "{{x}}", "null",
	strings.Repeat("long", 50),
}

func names(t *testing.T, x *target) {
	for _, n := range trickyNames {
		if limit := x.MaxIdentifier(); limit > 0 && len(n) > limit {
			continue
		}
		x.ensure(t, n)
		table := relation.Name{Schema: n, Identifier: n}
		query := "select 1 as " + x.Quote(n)
		x.table(t, table, query, 1)
		if got := x.one(t, "select "+x.Quote(n)+x.from(table)); got != int64(1) {
			t.Errorf("%q: read %v", n, got)
		}
		columns, err := x.session.Columns(t.Context(), table)
		if err != nil || len(columns) != 1 || columns[0].Name != n {
			t.Errorf("Columns %q: %v, %v", n, columns, err)
		}
		described, err := x.session.Describe(t.Context(), "select *"+x.from(table))
		if err != nil || len(described) != 1 || described[0].Name != n {
			t.Errorf("Describe %q: %v, %v", n, described, err)
		}
		view := relation.Name{Schema: n, Identifier: n + " view"}
		x.view(t, view, "select *"+x.from(table))
		want := []relation.Object{{Name: table, Kind: relation.Table}, {Name: view, Kind: relation.View}}
		if diff := cmp.Diff(want, x.list(t, n)); diff != "" {
			t.Errorf("List %q (-want +got):\n%s", n, diff)
		}
		for _, name := range []relation.Name{view, table} {
			if err := x.session.Drop(t.Context(), name); err != nil {
				t.Errorf("Drop %q: %v", name, err)
			}
		}
	}
}

func views(t *testing.T, x *target) {
	name := x.name("v")
	x.view(t, name, "select 1 as id, 'x' as word")
	x.view(t, name, "select 'new' as word, 2 as other, 3 as id")
	want := [][]any{{"new", int64(2), int64(3)}}
	if diff := cmp.Diff(want, x.rows(t, "select *"+x.from(name))); diff != "" {
		t.Errorf("view with changed columns (-want +got):\n%s", diff)
	}
	x.table(t, x.name("base"), "select 1 as id", 1)
	x.view(t, x.name("over"), "select *"+x.from(x.name("base")))
	x.table(t, x.name("base"), "select 2 as id", 1)
	if got := x.one(t, "select id"+x.from(x.name("over"))); got != int64(2) {
		t.Errorf("a view over a replaced table gives %v", got)
	}
}

func kindsChange(t *testing.T, x *target) {
	name := x.name("n")
	for i := range 2 {
		x.table(t, name, fmt.Sprintf("select %d as id", i), 1)
		x.view(t, name, fmt.Sprintf("select %d as id", 10+i))
		if got := x.one(t, "select id"+x.from(name)); got != int64(10+i) {
			t.Errorf("the view that replaced a table gives %v", got)
		}
	}
	x.table(t, name, "select 42 as id", 1)
	want := []relation.Object{{Name: name, Kind: relation.Table}}
	if diff := cmp.Diff(want, x.list(t, name.Schema)); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	x.view(t, name, "select 1 as id")
	if err := x.session.Drop(t.Context(), name); err != nil {
		t.Errorf("Drop of a view: %v", err)
	}
}

func describe(t *testing.T, x *target) {
	x.table(t, x.name("t"), "select 1 as id, 'x' as word", 1)
	query := "select id, word, count(*) as n" + x.from(x.name("t")) + " group by id, word"
	columns, err := x.session.Describe(t.Context(), query)
	if err != nil {
		t.Fatalf("Describe: %v", err)
	}
	got := make([]string, len(columns))
	for i, c := range columns {
		got[i] = c.Name
		if c.Type == "" {
			t.Errorf("column %q has no type", c.Name)
		}
	}
	if diff := cmp.Diff([]string{"id", "word", "n"}, got); diff != "" {
		t.Errorf("Describe (-want +got):\n%s", diff)
	}
	// This would run for longer than the test may.
	if _, err := x.session.Describe(t.Context(), x.Endless); err != nil {
		t.Errorf("Describe of an endless query: %v", err)
	}
}

func limits(t *testing.T, x *target) {
	query := "select 1 as id union all select 2 union all select 3 order by id"
	for limit, want := range map[int]int{0: 3, 1: 1, 2: 2, 3: 3, 4: 3} {
		rows, err := x.session.Query(t.Context(), query, limit)
		if err != nil {
			t.Fatalf("Query: %v", err)
		}
		if len(rows.Values) != want || rows.More != (want < 3) || rows.Values[0][0] != int64(1) {
			t.Errorf("limit %d: %v, more %t", limit, rows.Values, rows.More)
		}
	}
}
