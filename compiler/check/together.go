package check

import (
	"context"

	"github.com/quernsql/quern/compiler/link"
)

// mostText is how much text is bound at once, so that the plans of large queries are not in memory
// together; a column of what a query reads counts as many bytes as columnText.
const (
	mostText   = 128 << 10
	columnText = 32
)

// together binds the queries of nodes at once, because every call of the engine costs time of its own.
// What it finds out is kept for the turn of each node. Whatever goes wrong is left to that turn, which
// says the same of a query whichever others there are.
func (w *bindWorker) together(ctx context.Context, nodes []int) {
	clear(w.ahead)
	if len(nodes) < 2 {
		return
	}
	if w.ahead == nil {
		w.ahead = make(map[int]*bound, len(nodes))
	}
	var queries []*bound
	text := 0
	for _, i := range nodes {
		q := w.lookAhead(w.graph.Nodes[i])
		if q == nil {
			continue
		}
		w.ahead[i] = q
		if q.answer != nil || w.rowIDs(q) {
			continue
		}
		text += w.weight(q)
		if len(queries) > 0 && text > mostText {
			w.bindAll(ctx, queries)
			queries, text = queries[:0], w.weight(q)
		}
		queries = append(queries, q)
	}
	w.bindAll(ctx, queries)
}

// lookAhead gives the query of a node, with its answer where the store has it; nil where the node's turn
// may come to something else than to bind it.
func (w *bindWorker) lookAhead(n *link.Node) *bound {
	out := &w.program.Nodes[n.Index]
	if !out.Enabled || out.Broken || out.SQL == nil || w.late[n.Index] {
		return nil
	}
	for _, p := range n.Parents {
		if w.program.Nodes[p].Broken {
			return nil
		}
	}
	switch n.Kind {
	case link.Model:
	case link.Test:
		if NeedsColumnOnly(n.Test) || w.lacksColumn(n) {
			return nil
		}
	default:
		return nil
	}
	q := w.query(n, out.SQL, out.Where)
	if w.unknown(n, q) != "" {
		return nil
	}
	if w.env.Store != nil {
		q.answer, _ = w.env.Store.Get(w.key(q))
	}
	return q
}

func (w *bindWorker) weight(q *bound) int {
	size := len(q.filled.SQL)
	for _, i := range q.reads {
		size += columnText * len(w.program.Nodes[i].Columns)
	}
	return size
}

func (w *bindWorker) bindAll(ctx context.Context, queries []*bound) {
	if len(queries) < 2 || w.open(ctx) != nil || w.define(ctx, queries...) != nil {
		return
	}
	texts := make([]string, len(queries))
	for k, q := range queries {
		texts[k] = q.filled.SQL
	}
	for k, answer := range w.scratch.DescribeAll(ctx, texts) {
		q := queries[k]
		if answer.Err != nil || w.undeclared(q, answer.Query) != nil {
			continue
		}
		q.answer = answer.Query
		if w.env.Store != nil {
			w.env.Store.Put(w.key(q), q.answer)
		}
	}
}

// queryOf gives the query of a model or a test.
func (w *bindWorker) queryOf(n *link.Node, out *Node) *bound {
	if q, ok := w.ahead[n.Index]; ok {
		return q
	}
	return w.query(n, out.SQL, out.Where)
}
