//go:build cgo

package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// allTypes are types as people write them.
var allTypes = []string{
	"boolean", "tinyint", "smallint", "int", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
	"uhugeint", "float", "double", "real", "decimal", "decimal(18,3)", "decimal(38,0)", "numeric(4)", "varchar", "text",
	"varchar(10)", "varchar collate nocase", "char", "blob", "bit", "uuid", "date", "time", "timetz", "time_ns",
	"timestamp", "timestamptz", "timestamp_s", "timestamp_ms", "timestamp_ns", "interval", "json", "bignum", "variant",
	"geometry", "int[]", "int[3]", "decimal(10,2)[][]", "varchar[2][]", "json[]", "enum('a', 'it''s', 'b, c')",
	"struct(a int, b varchar)", `struct("a b" int, "select" date, "Upper" time, "name" int, "q""q" int, "year" int, "value" int, "key" int, "äh" int)`,
	"struct(s struct(t struct(u decimal(5,1))), l json[])", "map(varchar, int)", "map(date, struct(x int[]))",
	`union(n int, "s t" varchar)`, "mood", "mood[]", "struct(m mood)", "point", "money", "map(mood, point)", "label",
}

var typeSettings = settings{"init_sql": []any{
	"create type mood as enum ('sad', 'glad'); create type point as struct(x double, y double)",
	"create type money as decimal(12,2); create type label as varchar",
}}

func TestTypesAreSpelledAsDescribeSpellsThem(t *testing.T) {
	t.Parallel()
	columns := make([]string, len(allTypes))
	for i, word := range allTypes {
		columns[i] = fmt.Sprintf("null::%s as c%d", word, i)
	}
	checkDescribed(t, scratch(t, typeSettings), session(t, open(t, typeSettings)), "select "+strings.Join(columns, ",\n"))
}

// checkDescribed compares what a scratch tells of a query with what a session tells.
func checkDescribed(t *testing.T, s adapters.Scratch, c adapters.Session, query string) *lineage.Query {
	t.Helper()
	want, wantErr := c.Describe(t.Context(), query)
	q, err := s.Describe(t.Context(), query)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%s:\nthe scratch says %v, the session %v", query, err, wantErr)
		return nil
	}
	if err != nil {
		if diff := cmp.Diff(wantErr, err, cmpopts.IgnoreFields(engine.Error{}, "Cause")); diff != "" {
			t.Errorf("%s: (-session +scratch):\n%s", query, diff)
		}
		return nil
	}
	got := make([]relation.Column, len(q.Columns))
	for i, c := range q.Columns {
		got[i] = relation.Column{Name: c.Name, Type: c.Type}
		want[i].Nullable = 0
	}
	for _, r := range q.Facts.Renamed {
		for i := range got {
			if got[i].Name == r.To {
				got[i].Name = want[i].Name
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: (-session +scratch):\n%s", query, diff)
	}
	return q
}

// TestTablesHaveTheTypesTheyWereDefinedWith goes through Define with what Describe gave.
func TestTablesHaveTheTypesTheyWereDefinedWith(t *testing.T) {
	t.Parallel()
	s := scratch(t, typeSettings)
	columns := make([]string, len(allTypes))
	for i, word := range allTypes {
		columns[i] = fmt.Sprintf("null::%s as c%d", word, i)
	}
	first, err := s.Describe(t.Context(), "select "+strings.Join(columns, ", "))
	if err != nil {
		t.Fatal(err)
	}
	for _, view := range []bool{false, true} {
		if err := s.Define(t.Context(), []lineage.Table{{Name: named("all types"), Columns: first.Columns, View: view}}); err != nil {
			t.Fatal(err)
		}
		again, err := s.Describe(t.Context(), `select * from "all types"`)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.Columns, again.Columns); diff != "" {
			t.Errorf("view %t (-first +again):\n%s", view, diff)
		}
	}
}

// randomQueries writes queries over the tables of the lineage cases.
type randomQueries struct{ *rand.Rand }

func (r randomQueries) of(list ...string) string { return list[r.IntN(len(list))] }

func (r randomQueries) expression(depth int) string {
	column := r.of("id", "customer_id", "amount", "status", "day", "tags", "info", "extra", "null", "1", "1.5", "'x'", "[]", "info.zip")
	if depth == 0 {
		return column
	}
	a, b := r.expression(depth-1), r.expression(depth-1)
	switch r.IntN(16) {
	case 0:
		return "(" + a + r.of(" + ", " * ", " || ", " / ", " = ", " < ") + b + ")"
	case 1:
		return "coalesce(" + a + ", " + b + ")"
	case 2:
		return "case when " + a + " is null then " + b + " else " + a + " end"
	case 3:
		return "[" + a + ", " + b + "]"
	case 4:
		return "{'a': " + a + ", 'b c': " + b + "}"
	case 5:
		return r.of("max", "count", "list", "any_value", "sum", "histogram") + "(" + a + ")"
	case 6:
		return r.of("lag", "first_value") + "(" + a + ") over (partition by status order by id)"
	case 7:
		return a + "::" + r.of("varchar", "double", "json", "decimal(20,4)", "int[]")
	case 8:
		return "try_cast(" + a + " as " + r.of("int", "date", "mood") + ")"
	case 9:
		return "(select " + r.of("max(id)", "label", "count(*)") + " from tree where tree.id = orders.id)"
	case 10:
		return r.of("lower", "length", "year", "date_trunc('month', day) + interval 1 day --\n") + "(" + a + ")"
	case 11:
		return "exists (from tree where parent = orders.id)"
	case 12:
		return "map {" + a + ": " + b + "}"
	}
	return column
}

func (r randomQueries) query() string {
	list := make([]string, 1+r.IntN(4))
	for i := range list {
		list[i] = r.expression(r.IntN(3)) + r.of("", "", fmt.Sprint(" as c", r.IntN(3)))
	}
	q := "select " + r.of("", "", "distinct ", "*, ") + strings.Join(list, ", ") + " from orders" +
		r.of("", "", " left join raw.payments on order_id = id", " where amount > 3", " group by all", " order by all", " limit 3")
	switch r.IntN(8) {
	case 0:
		return q + " union all " + q
	case 1:
		return "with a as (" + q + ") select * from a"
	case 2:
		return "select columns(*) from (" + q + ")"
	}
	return q
}

func TestRandomQueriesAreDescribedAsTheEngineDescribesThem(t *testing.T) {
	t.Parallel()
	s, c := scratch(t, typeSettings), session(t, open(t, typeSettings))
	defineLineageTables(t, s, c)
	r := randomQueries{rand.New(rand.NewPCG(3, 7))}
	described, opaque := 0, 0
	for range 800 {
		query := r.query()
		q := checkDescribed(t, s, c, query)
		if t.Failed() {
			return
		}
		if q == nil {
			continue
		}
		described++
		for _, from := range q.From {
			if from.Certainty == lineage.Opaque {
				opaque++
				t.Logf("opaque: %s", query)
				break
			}
		}
	}
	if described < 250 || opaque > 0 {
		t.Errorf("%d queries were described, want 250 at least; %d of them are opaque", described, opaque)
	}
}
