//go:build cgo

package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// nestedValues writes nested values, of which one leaf is taken again.
type nestedValues struct {
	*rand.Rand
	lambdas int
}

func (r *nestedValues) column() string {
	return []string{"id", "customer_id", "amount", "status", "day"}[r.IntN(5)]
}

// value gives a value, what takes its leaf of it, and the column that the leaf is.
func (r *nestedValues) value(depth int) (sql string, take func(string) string, leaf string) {
	if depth == 0 {
		c := r.column()
		return c, func(v string) string { return v }, c
	}
	in, takeIn, leaf := r.value(depth - 1)
	other, _, _ := r.value(r.IntN(depth))
	r.lambdas++
	name := fmt.Sprint("p", r.lambdas)
	shapes := [][2]string{
		{"{'p': @, 'q': #}", "(@).p"},
		{"struct_pack(q := #, p := @)", "struct_extract(@, 'p')"},
		{"row(#, @)", "(@)[2]"},
		{"row(@, #)", "struct_extract_at(@, 1)"},
		{"[@]", "(@)[1]"},
		{"[@, @]", "list_extract(@, -1)"},
		{"map {'k': @}", "(@)['k']"},
		{"struct_insert({'z': #}, p := @)", "(@)['p']"},
		{"coalesce({'p': @, 'q': #}, {'p': @, 'q': #})", "(@).p"},
		{"case when 1 < 2 then {'p': #, 'q': @} end", "(@).q"},
		{"list_transform([{'p': @, 'q': #}], lambda " + name + ": " + name + ".p)", "(@)[1]"},
		{"list_transform([@], lambda " + name + ": {'p': " + name + ", 'q': #})", "(@)[1].p"},
		{"list_filter([@], lambda " + name + ": true)", "(@)[1]"},
		{"map_values(map([#], [@]))", "(@)[1]"},
	}
	shape := shapes[r.IntN(len(shapes))]
	sql = strings.ReplaceAll(strings.ReplaceAll(shape[0], "@", in), "#", other)
	return sql, func(v string) string { return takeIn(strings.ReplaceAll(shape[1], "@", v)) }, leaf
}

// query hands a nested value on before its leaf is taken.
func (r *nestedValues) query() (sql, leaf string) {
	value, take, leaf := r.value(1 + r.IntN(4))
	forms := []string{
		"select $ as c from (select @ as v from orders)",
		"with a as (select @ as v from orders) select $ as c from a",
		"with a as materialized (select @ as v from orders) select $ as c from a order by 1",
		"select $ as c from (select @ as v from orders union all select @ from orders)",
		"select $ as c from (select unnest([@]) as v from orders)",
		"select $ as c from (select distinct @ as v from orders)",
		"select $ as c from (select any_value(@) as v from orders group by id)",
		"select $ as c from customers left join (select @ as v from orders) on true",
		"select $ as c from orders o, (select @ as v)",
	}
	form := forms[r.IntN(len(forms))]
	return strings.ReplaceAll(strings.ReplaceAll(form, "@", value), "$", take("v")), leaf
}

// TestLineageOfALeafIsItsColumn builds values of columns and takes one of them again: its lineage is that
// column alone.
func TestLineageOfALeafIsItsColumn(t *testing.T) {
	t.Parallel()
	s := lineageScratch(t)
	c, tables := lineageData(t)
	r := nestedValues{Rand: rand.New(rand.NewPCG(2, 9))}
	for range 300 {
		query, leaf := r.query()
		q, err := s.Describe(t.Context(), query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		want := []lineage.Input{{Relation: relation.Name{Identifier: "orders"}, Column: leaf}}
		if diff := cmp.Diff(want, q.From[0].Inputs); diff != "" || q.From[0].Certainty != lineage.Resolved {
			t.Errorf("%s\n%v (-want +got):\n%s", query, q.From[0].Certainty, diff)
		}
		checkComplete(t, c, query, q, tables)
	}
}
