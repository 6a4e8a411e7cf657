package check

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// untyped says that a query may have been refused for a NULL without a type: in a view it takes the type
// of what reads it, and in the table that stands for the view it has one. It gives "" where the refusal
// has another reason.
func (w *bindWorker) untyped(q *bound, e *engine.Error) string {
	switch explain.Meant(e).Code {
	case diag.ArgumentTypes, diag.TypeMismatch, diag.EngineRefused:
	default:
		return ""
	}
	for _, i := range q.reads {
		for k, c := range w.program.Nodes[i].Columns {
			if w.isUntyped(i, k) && len(sqltoken.Find(q.filled.SQL, c.Name)) > 0 {
				return fmt.Sprintf("the column %q of %s is NULL without a type; cast it there", c.Name, w.graph.Nodes[i].Name)
			}
		}
	}
	return ""
}

// isUntyped reports whether a column may be a NULL without a type. A constant is one unless it is known
// never to be NULL; a view that passes such a column on has one too.
func (w *bindWorker) isUntyped(i, column int) bool {
	n, out := w.graph.Nodes[i], &w.program.Nodes[i]
	if n.Kind != link.Model || !isView(n) || out.Lineage == nil || column >= len(out.Lineage.Columns) {
		return false
	}
	switch from := out.Lineage.Columns[column]; from.Kind {
	case lineage.Constant:
		c := out.Columns[column]
		return c.Nullable != relation.NeverNull && c.Type == "INTEGER"
	case lineage.Passthrough, lineage.Renamed:
		if len(from.Inputs) != 1 || from.Inputs[0].Node == i {
			return false
		}
		for k, c := range w.program.Nodes[from.Inputs[0].Node].Columns {
			if strings.EqualFold(c.Name, from.Inputs[0].Column) {
				return w.isUntyped(from.Inputs[0].Node, k)
			}
		}
	default:
	}
	return false
}
