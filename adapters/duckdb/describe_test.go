//go:build cgo

package duckdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

func describer(t testing.TB, more settings) adapters.Describer {
	t.Helper()
	all := settings{"path": "t.duckdb"}
	for k, v := range more {
		all[k] = v
	}
	d := duckdb.Adapter().Describer(adapters.Config{Dir: t.TempDir(), Settings: all})
	t.Cleanup(func() { d.Close() })
	return d
}

func scratch(t testing.TB, more settings) adapters.Scratch {
	t.Helper()
	s, err := describer(t, more).Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// written gives what was told of a query as text.
func written(q *lineage.Query) string {
	var b strings.Builder
	for i, c := range q.Columns {
		fmt.Fprintf(&b, "%s %s", c.Name, c.Type)
		if c.Nullable == relation.NeverNull {
			b.WriteString(" not null")
		}
		from := q.From[i]
		fmt.Fprintf(&b, " = %s", from.Kind)
		if from.Certainty == lineage.Opaque {
			b.WriteString(" opaque")
		}
		for _, in := range from.Inputs {
			fmt.Fprintf(&b, " %s.%s", in.Relation, in.Column)
		}
		b.WriteString("\n")
	}
	for role := lineage.Filter; role <= lineage.Window; role++ {
		var list []string
		for _, in := range q.Influences {
			if in.Role == role {
				list = append(list, in.Relation.String()+"."+in.Column)
			}
		}
		if len(list) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", role, strings.Join(list, " "))
		}
	}
	b.WriteString("reads:")
	for _, r := range q.Reads {
		if r.Function != "" {
			fmt.Fprintf(&b, " %s()", r.Function)
			continue
		}
		fmt.Fprintf(&b, " %s", r.Relation)
	}
	b.WriteString("\n")
	return b.String()
}

func TestDescribeTellsColumnsAndWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	err := s.Define(t.Context(), []lineage.Table{
		{Name: named("t"), Columns: []relation.Column{
			{Name: "id", Type: "INTEGER", Nullable: relation.NeverNull},
			{Name: "a", Type: "DECIMAL(10,2)"},
			{Name: "s", Type: "VARCHAR"},
			{Name: "l", Type: "INTEGER[]"},
			{Name: "d", Type: "DATE"},
		}},
		{Name: relation.Name{Schema: "raw", Identifier: "u"}, View: true, Columns: []relation.Column{{Name: "id", Type: "BIGINT"}, {Name: "b", Type: "DATE"}, {Name: "c", Type: "VARCHAR"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Describe(t.Context(), "select t.id, s as name, sum(a) x, (select max(b) from raw.u where u.id = t.id) m from t where a > 3 group by all order by id")
	if err != nil {
		t.Fatal(err)
	}
	want := `id INTEGER not null = passthrough t.id
name VARCHAR = renamed t.s
x DECIMAL(38,2) = aggregated t.a
m DATE = aggregated raw.u.b
filter: t.a t.id raw.u.id
group: t.id t.s raw.u.b
order: t.id
reads: t raw.u
`
	if got := written(q); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
