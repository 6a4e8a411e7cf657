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
	if q.Columns == nil {
		fmt.Fprintf(&b, "unknown: %s\n", q.Unknown)
	}
	writeFacts(&b, q.Facts)
	return b.String()
}

func writeFacts(b *strings.Builder, f lineage.Facts) {
	if f.CrossJoins > 0 {
		fmt.Fprintf(b, "cross joins: %d\n", f.CrossJoins)
	}
	input := func(in lineage.Input) string { return in.Relation.String() + "." + in.Column }
	for _, c := range f.Casts {
		fmt.Fprintf(b, "cast: %s %s, %s %s\n", input(c.Left), c.LeftType, input(c.Right), c.RightType)
	}
	for _, j := range f.Joins {
		b.WriteString("joined:")
		for i := range j.Left {
			fmt.Fprintf(b, " %s = %s", input(j.Left[i]), input(j.Right[i]))
		}
		if j.Outer {
			b.WriteString(" outer")
		}
		b.WriteString("\n")
	}
	if f.Ordered {
		b.WriteString("ordered\n")
	}
	for _, r := range f.Renamed {
		fmt.Fprintf(b, "renamed: %s to %s\n", r.From, r.To)
	}
	if len(f.Volatile) > 0 {
		fmt.Fprintf(b, "volatile: %s\n", strings.Join(f.Volatile, " "))
	}
}
