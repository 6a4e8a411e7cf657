//go:build cgo

package duckdb_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/relation"
)

// A view keeps a NULL without a type, and a table gives it one.
func TestDescribeTellsTypesThatViewsKeep(t *testing.T) {
	t.Parallel()
	s := lineageScratch(t)
	for query, want := range map[string][]string{
		"select null as a, [null] as b, {'x': null, 'y': 1} as c, [] as d, map {} as e": {
			`"NULL"`, `"NULL"[]`, `STRUCT(x "NULL", y INTEGER)`, `"NULL"[]`, `MAP("NULL", "NULL")`,
		},
		"select null::integer as a, 1 as b, coalesce(null, 2) as c, case when id > 1 then 2 end as d from orders": {"", "", "", ""},
		"with a as (select null as n, id from orders) select n, id from a order by id limit 1":                    {"", ""}, // as the engine has it
		"select null as n union all select null":                                                                  {`"NULL"`},
		"select null as n union all select 1":                                                                     {""},
		"select * from (values (null, 1), (null, 2)) as v(n, i)":                                                  {`"NULL"`, ""},
		"values (null, 1)": {`"NULL"`, ""},
		"select distinct n from (select null as n, id from orders) order by id": {`"NULL"`},
		"select max(null) as m, (select null) as s, first(null) as f":           {`"NULL"`, `"NULL"`, `"NULL"`},
		"select null as n, count(*) as c from orders group by all having c > 1": {`"NULL"`, ""},
		"from (select null as n) limit 1":                                       {`"NULL"`},
	} {
		q, err := s.Describe(t.Context(), query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		got := make([]string, len(q.Columns))
		for i, c := range q.Columns {
			got[i] = c.Bare
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestRandomQueriesHaveTheTypesThatTheirViewsKeep(t *testing.T) {
	t.Parallel()
	s, c := scratch(t, typeSettings), session(t, open(t, typeSettings))
	defineLineageTables(t, s, c)
	r := randomQueries{rand.New(rand.NewPCG(4, 4))}
	bare := 0
	for range 1000 {
		query := r.query()
		q, err := s.Describe(t.Context(), query)
		if err != nil || c.CreateView(t.Context(), relation.Name{Identifier: "kept"}, query) != nil {
			continue
		}
		rows, err := c.Query(t.Context(), "select type from pragma_table_info('kept')", 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows.Values {
			want, _ := row[0].(string)
			if !strings.Contains(want, `"NULL"`) {
				want = ""
			}
			if want != "" {
				bare++
			}
			if q.Columns[i].Bare != want {
				t.Errorf("%s\n%s is %q, want %q", query, q.Columns[i].Name, q.Columns[i].Bare, want)
			}
		}
	}
	if bare < 100 {
		t.Errorf("%d columns have no type, want 100 at least", bare)
	}
}
