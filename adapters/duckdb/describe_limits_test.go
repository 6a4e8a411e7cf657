//go:build cgo

package duckdb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// TestLargeQueriesAreDescribedOrRefused has queries that are larger than people write. None may take
// the process down, or long; those that DuckDB refuses, it refuses when they run, too.
func TestLargeQueriesAreDescribedOrRefused(t *testing.T) {
	t.Parallel()
	list := func(n int, format string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(parts, ", ")
	}
	// Every part reads the one before twice.
	doubling := "with c0 as (select a from t)"
	for i := range 200 {
		doubling += fmt.Sprintf(", c%d as not materialized (select x.a from c%d x join c%d y using (a))", i+1, i, i)
	}
	cases := []struct {
		name, query string
		columns     int // zero means refused
	}{
		{"columns", "select " + list(10000, "a + %[1]d as c%[1]d") + " from t", 10000},
		{"a megabyte", "select 'x" + strings.Repeat("ä", 1<<19) + "' as long, a from t", 2},
		{"parts", "with " + list(500, "c%d as (select a from t)") + " select * from c499", 1},
		{"many parts", "with " + list(2000, "c%d as (select a from t)") + " select * from c1999", 0},
		{"parts read twice", doubling + " select a from c200", 1},
		{"unions", "select a from t" + strings.Repeat(" union all select a from t", 2000), 1},
		{"conditions", "select a from t where a = 0" + strings.Repeat(" or a = 1", 5000), 1},
		{"values", "select * from (values (1)" + strings.Repeat(", (2)", 5000) + ")", 1},
		{"joins", "select t.a from t" + strings.ReplaceAll(" "+list(100, "join t as t%[1]d on t%[1]d.a = t.a"), ", join", " join"), 1},
		{"parentheses", "select " + strings.Repeat("(", 1000) + "a" + strings.Repeat(")", 1000) + " from t", 1},
		{"queries", strings.Repeat("select * from (", 1000) + "select a from t" + strings.Repeat(")", 1000), 0},
		{"calls", "select " + strings.Repeat("abs(", 5000) + "a" + strings.Repeat(")", 5000) + " from t", 0},
		{"cases", "select " + strings.Repeat("case when a = 1 then 1 else ", 1000) + "0" + strings.Repeat(" end", 1000) + " from t", 0},
		{"exists", strings.Repeat("select a from t where exists (", 1000) + "select 1" + strings.Repeat(")", 1000), 0},
		{"comments", "select " + strings.Repeat("/*", 1000) + strings.Repeat("*/", 1000) + " a from t", 1},
	}
	s := scratch(t, nil)
	define(t, s, lineage.Table{Name: named("t"), Columns: columns("a INTEGER", "b INTEGER")})
	for _, tc := range cases {
		q, err := s.Describe(t.Context(), tc.query)
		if tc.columns == 0 {
			if e, ok := errors.AsType[*engine.Error](err); !ok || e.Message == "" || len(e.Message) > 500 {
				t.Errorf("%s: %v, want an error", tc.name, err)
			}
			continue
		}
		if err != nil || len(q.Columns) != tc.columns {
			t.Errorf("%s: %v, want %d columns", tc.name, err, tc.columns)
			continue
		}
		if q.From[0].Certainty != lineage.Resolved || len(q.Reads) > 1 {
			t.Errorf("%s: %v of %v", tc.name, q.From[0], q.Reads)
		}
	}
	if q, err := s.Describe(t.Context(), "select a from t"); err != nil || q.From[0].Inputs[0].Relation != (relation.Name{Identifier: "t"}) {
		t.Errorf("the scratch is not as before: %v", err)
	}
}

// TestManyTablesAreDefined shows that a scratch takes many tables, however they come.
func TestManyTablesAreDefined(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	for at := 0; at < 1000; at += 50 {
		tables := make([]lineage.Table, 50)
		for i := range tables {
			tables[i] = layeredTable(at+i, i%2 == 0)
		}
		define(t, s, tables...)
	}
	if got := told(t, s, "select count(*) as n from model_00999, model_00000"); got != "n BIGINT, from model_00000from model_00999" {
		t.Error(got)
	}
}
