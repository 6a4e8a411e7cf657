package check

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

// increment binds a model once more as it is rendered when its table exists. It must give the columns
// of the full variant, which the table has.
func (w *bindWorker) increment(ctx context.Context, n *link.Node, out *Node) error {
	if out.Columns == nil || out.Unchecked != "" {
		return nil
	}
	rendered := out.Increment
	if rendered == nil { // of a model that never grows
		var found diag.List
		rendered, found = w.variant(ctx, n)
		w.diags = append(w.diags, found...)
		if rendered == nil {
			out.Broken = true
			return ctx.Err()
		}
	}
	q := w.query(n, rendered, nil)
	// The model's own table has the columns of the full variant while this one is bound.
	w.known[n.Index], w.digest[n.Index] = true, columnsKey(out.Columns)
	defer func() { w.known[n.Index] = false }()
	if reason := w.unknown(n, &bound{reads: others(q.reads, n.Index)}); reason != "" {
		return w.parse(ctx, n, out, q)
	}
	answer, err := w.describe(ctx, q)
	delete(w.defined, n.Index)
	if err != nil {
		return w.refuse(n, out, q, err)
	}
	if d := differs(n, out.Columns, answer.Columns); d != nil {
		out.Broken = true
		w.diags = append(w.diags, d)
		return nil
	}
	if out.Grows = nil; engine.HashColumns(out.Columns) != engine.HashColumns(answer.Columns) {
		out.Grows = slices.Clone(answer.Columns)
		typed(n, out.Grows)
	}
	if out.Lineage != nil {
		out.Lineage.merge(w.lineage(q, answer))
	}
	return nil
}

func others(reads []int, self int) (out []int) {
	for _, i := range reads {
		if i != self {
			out = append(out, i)
		}
	}
	return out
}

// differs reports that the variants of an incremental model give different columns.
func differs(n *link.Node, full, increment []relation.Column) *diag.Diagnostic {
	var list diag.List
	names := func(columns []relation.Column) string {
		out := make([]string, len(columns))
		for i, c := range columns {
			out[i] = c.Name
		}
		return strings.Join(out, ", ")
	}
	same := len(full) == len(increment)
	for i := 0; same && i < len(full); i++ {
		same = strings.EqualFold(full[i].Name, increment[i].Name)
	}
	if same {
		return nil
	}
	return list.Errorf(diag.IncrementDiffers, n.Properties().NameSpan,
		"the query of %q gives other columns when it is incremental: %s instead of %s", n.Name, names(increment), names(full)).
		Hintf("select the same columns in both branches of {{ if incremental }}")
}
