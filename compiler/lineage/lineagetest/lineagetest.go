// Package lineagetest writes what an adapter tells of a query as text, for the golden files of tests.
package lineagetest

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// Text gives a line for every column and one for every kind of influence and fact there is.
func Text(q *lineage.Query) string {
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
			b.WriteString(" " + input(in))
		}
		b.WriteString("\n")
	}
	for role := lineage.Filter; role <= lineage.Window; role++ {
		var list []string
		for _, in := range q.Influences {
			if in.Role == role {
				list = append(list, input(in.Input))
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
	facts(&b, q.Facts)
	return b.String()
}

func facts(b *strings.Builder, f lineage.Facts) {
	if f.CrossJoins > 0 {
		fmt.Fprintf(b, "cross joins: %d\n", f.CrossJoins)
	}
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
	for _, r := range f.Repeated {
		fmt.Fprintf(b, "repeated: %s at %d\n", r.Name, r.Position)
	}
	for _, at := range f.FromData {
		fmt.Fprintf(b, "from data: at %d\n", at)
	}
	if len(f.Volatile) > 0 {
		fmt.Fprintf(b, "volatile: %s\n", strings.Join(f.Volatile, " "))
	}
}

func input(in lineage.Input) string { return in.Relation.String() + "." + in.Column }
