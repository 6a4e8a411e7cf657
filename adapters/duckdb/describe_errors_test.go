//go:build cgo

package duckdb_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/lineage/lineagetest"
	"github.com/quernsql/quern/compiler/relation"
)

// wrongQueries have the place of the mistake between « and »; without, the engine names none.
var wrongQueries = []string{
	"select «amout» from orders",
	"select o.id, «o.amout» from orders o",
	"select 'it''s ''quoted''' as q, «amout» from orders",
	"select 'ä€𝄞' as \"ü\", «amout» from orders",
	"-- a comment\nselect id,\r\n\t«amout»\nfrom orders -- more",
	"select id from «nowhere»",
	"select id from «raw.nowhere»",
	"select * from orders o join customers c on «cc.id» = o.id",
	"select «nonsense(id)» from orders",
	"select «lenght(status)» from orders",
	"select id frm «orders» where id = 1",
	"select 'ä€𝄞', id frm «orders» where id = 1",
	"select id from orders where (id = 1«»",
	"select id, from orders where «where»",
	"select id as «1» from orders",
	"select id, sum(amount) from orders group «x»",
	"select id + day «+» status from orders",
	"select sum(amount), «status» from orders",
	"select «id» from orders o join customers c on o.id = c.id",
	"select 'x'::«integr» from orders",
	"select id from orders union select id, status from orders",
	"select * exclude (amout) from orders",
	"select columns('nothing.*') from orders",
	"select max(«sum(amount)») from orders",
	"select id from orders where «sum(amount)» > 3",
	"select id from orders limit «'x'»",
	"with a as (select «amout» from orders) select * from a",
	"select * from (select id from orders where «amout» > 1) x",
	"select id from orders where id in (select «x.nope» from customers x)",
	"select ? from orders",
	"select $1 from orders",
	"insert into orders values (1)",
	"",
	"select 1; «select 2»",
	"select id from orders;;",
	"select cast('x' as integer[2) from orders",
	"pivot orders on «statuss» using sum(amount)",
	"select 'never closed",
	"select /* never closed",
	"select {'a': 1, 'a': 2} as s",
	"select date '2024-13-01' as d",
	"select list_transform(tags, lambda x: «amout») as l from orders",
	"select row_number() over (partition by «amout») from orders",
	"select * from range(1, 'x')",
	"select 1 as a order by «b»",
	"from orders select «amout»",
	"select interval '3 nonsense'",
	"values (1, 2), (3)",
}

// TestErrorsAreThoseOfTheSession compares every part of an error with what a session says, so that a
// mistake is told in the same words at the same place, however the query is looked at.
func TestErrorsAreThoseOfTheSession(t *testing.T) {
	t.Parallel()
	s, c := scratch(t, nil), session(t, open(t, nil))
	defineLineageTables(t, s, c)
	for _, marked := range wrongQueries {
		query := strings.NewReplacer("«", "", "»", "").Replace(marked)
		_, wantErr := c.Describe(t.Context(), query)
		_, err := s.Describe(t.Context(), query)
		want, _ := errors.AsType[*engine.Error](wantErr)
		got, _ := errors.AsType[*engine.Error](err)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(engine.Error{}, "Cause")); diff != "" {
			t.Errorf("%s (-session +scratch):\n%s", query, diff)
		}
		at := strings.Index(marked, "«")
		if got == nil && at < 0 {
			continue
		}
		if got == nil || at >= 0 && got.Position != at {
			t.Errorf("%s: %#v, want the place %d", query, got, at)
		}
	}
	// None of these leaves anything behind.
	if _, err := s.Describe(t.Context(), "select id from orders"); err != nil {
		t.Error(err)
	}
}

func TestParseFindsMistakesOfSyntaxOnly(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	cases := []struct {
		query string
		at    int // -2 where there is no mistake
	}{
		{"select nothing, f(x) from nowhere", -2},
		{"from nowhere", -2},
		{"pivot nowhere on a using sum(b)", -2},
		{"with a as (select 1) select * from a, b;", -2},
		{"select nothing frm nowhere where x", 19},
		{"select 'ä''', from where", 20},
		{"select a from b where", 21},
		{"", -1},
		{"select 1; select 2", 10},
	}
	for _, tc := range cases {
		err := s.Parse(t.Context(), tc.query)
		e, ok := errors.AsType[*engine.Error](err)
		if ok != (tc.at > -2) || ok && (e.Position != tc.at || e.Kind != "Parser") {
			t.Errorf("Parse(%s) = %#v, want the place %d", tc.query, err, tc.at)
		}
	}
}

// TestQueriesWithoutAPlanHaveColumns has queries whose plan DuckDB cannot write.
func TestQueriesWithoutAPlanHaveColumns(t *testing.T) {
	t.Parallel()
	s := lineageScratch(t)
	cases := []struct{ query, want string }{
		{
			"select * from range(3) with ordinality",
			"range BIGINT = derived opaque\nordinality BIGINT = derived opaque\nreads:\n",
		},
		{
			"with tree as (select amount as a from main.orders) select sum(a) export_state as s, (select max(paid) from raw.payments) as p from tree",
			"s AGGREGATE_STATE<sum(DECIMAL(10,2))::DECIMAL(38,2)> = derived opaque\np DECIMAL(10,2) = derived opaque\nreads: orders raw.payments\n",
		},
		{
			"pivot orders on status using sum(amount)",
			"reads:\nunknown: the columns of PIVOT come from the data: list the values, on … in (…)\nfrom data: at 0\n",
		},
		{
			"select * from (pivot orders on status in ('paid') using sum(amount)), (pivot_wider orders on id using sum(amount))",
			"reads:\nunknown: the columns of PIVOT come from the data: list the values, on … in (…)\nfrom data: at 71\n",
		},
	}
	for _, tc := range cases {
		q, err := s.Describe(t.Context(), tc.query)
		if err != nil {
			t.Errorf("%s: %v", tc.query, err)
			continue
		}
		if diff := cmp.Diff(tc.want, lineagetest.Text(q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.query, diff)
		}
	}
}

func TestWideTablesAreDescribed(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	wide := lineage.Table{Name: named("wide")}
	for i := range 2000 {
		wide.Columns = append(wide.Columns, relation.Column{Name: "column_" + strings.Repeat("x", i%40) + string(rune('a'+i%26)) + strings.Repeat("y", i/40), Type: "INTEGER"})
	}
	define(t, s, wide)
	q, err := s.Describe(t.Context(), "with a as (select * from wide), b as (select * from a) select l.* from b l join b r using (column_a)")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range q.From {
		if c.Kind != lineage.Passthrough || len(c.Inputs) != 1 || c.Inputs[0].Column != wide.Columns[i].Name {
			t.Fatalf("column %d is %v", i, c)
		}
	}
}
