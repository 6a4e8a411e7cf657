package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// bindWorker binds one node after the other in a scratch of its own.
type bindWorker struct {
	*binder
	scratch Scratch
	// spare is for queries that are bound alone; nil until one was.
	spare Scratch
	// defined are the nodes whose tables are in the scratch.
	defined map[int]bool
	// ahead are the queries of nodes that were looked at before their turn.
	ahead map[int]*bound
	diags diag.List
}

func (w *bindWorker) work(ctx context.Context, self int) (diag.List, error) {
	for {
		nodes := w.queue.next(self)
		if len(nodes) == 0 {
			return w.diags, nil
		}
		w.together(ctx, nodes)
		for _, i := range nodes {
			err := ctx.Err()
			if err == nil {
				err = w.node(ctx, w.graph.Nodes[i])
			}
			if err != nil {
				w.queue.stop()
				return nil, err
			}
			w.queue.done(self, i)
		}
	}
}

func (w *bindWorker) close() {
	if w.scratch != nil {
		w.scratch.Close()
		w.scratch, w.defined = nil, nil
	}
}

// end closes all the worker has.
func (w *bindWorker) end() {
	w.close()
	w.closeSpare()
}

func (w *bindWorker) closeSpare() {
	if w.spare != nil {
		w.spare.Close()
		w.spare = nil
	}
}

// node gives a node its turn. The error is trouble that is nobody's mistake, such as the end of the
// context.
func (w *bindWorker) node(ctx context.Context, n *link.Node) error {
	out := &w.program.Nodes[n.Index]
	if !out.Enabled || out.Broken {
		return nil
	}
	for _, p := range n.Parents {
		out.Broken = out.Broken || w.program.Nodes[p].Broken
	}
	if out.Broken {
		return w.below(ctx, n, out)
	}
	if w.late[n.Index] {
		found := w.checker.node(ctx, n)
		out.Broken = out.Broken || found.HasErrors()
		w.diags = append(w.diags, found...)
		if out.Broken {
			return ctx.Err()
		}
	}
	var err error
	switch n.Kind {
	case link.Source:
		err = w.source(ctx, n, out)
	case link.Seed:
		err = w.seedColumns(ctx, n, out)
	case link.Model:
		if err = w.hooks(ctx, n, out); err == nil {
			err = w.model(ctx, n, out)
		}
	case link.Test:
		return w.test(ctx, n, out)
	default:
	}
	w.settle(n, out)
	return err
}

// below looks at a node that stands upon a broken one: only mistakes of syntax are sure to be its own.
func (w *bindWorker) below(ctx context.Context, n *link.Node, out *Node) error {
	if out.SQL == nil || w.late[n.Index] || n.Kind != link.Model || w.env.OnDemand {
		return nil
	}
	return w.parse(ctx, n, out, w.query(n, out.SQL, nil))
}

// settle makes what was found of a node ready for its readers.
func (w *bindWorker) settle(n *link.Node, out *Node) {
	switch {
	case out.Broken:
		return
	case out.Columns == nil || out.Unchecked != "":
		found, ok := w.assume(n, out)
		w.report(found)
		if !ok {
			return
		}
	default:
		w.notNullColumns(n, out)
		w.report(w.described(n, out))
		w.report(w.contract(n, out))
		w.report(w.oneColumn(n, out))
		w.report(growthColumns(n, out))
	}
	if out.Broken {
		return
	}
	w.known[n.Index] = true
	w.digest[n.Index] = columnsKey(out.Columns)
}

// report adds what was found of a node. Where only some nodes are bound, for the sake of others, what
// there is to say of their columns would not be all.
func (w *bindWorker) report(found diag.List) {
	if !w.env.OnDemand {
		w.diags = append(w.diags, found...)
	}
}

// notNullColumns marks the columns that blocking tests keep from being NULL.
func (w *bindWorker) notNullColumns(n *link.Node, out *Node) {
	for _, column := range w.notNull[n.Index] {
		for k := range out.Columns {
			if strings.EqualFold(out.Columns[k].Name, column) {
				out.Columns[k].Nullable = relation.NeverNull
			}
		}
	}
}

func (w *bindWorker) model(ctx context.Context, n *link.Node, out *Node) error {
	if out.SQL == nil {
		return nil
	}
	q := w.queryOf(n, out)
	if out.Unchecked = w.unknown(n, q); out.Unchecked != "" {
		return w.parse(ctx, n, out, q)
	}
	answer, err := w.describe(ctx, q)
	if err == nil {
		err = tableless(n, answer)
	}
	if err == nil {
		err = repeats(n, answer)
	}
	if err == nil {
		err = viewless(n, answer)
	}
	if err != nil {
		return w.refuse(n, out, q, err)
	}
	// The answer may be the store's; a blocking test says more of a column than it does.
	out.Columns, out.Unchecked, out.Facts = slices.Clone(answer.Columns), answer.Unknown, answer.Facts
	if out.Unchecked != "" {
		out.Unchecked = fmt.Sprintf("in %s %s", n.Name, out.Unchecked)
	}
	typed(n, out.Columns)
	out.Lineage = w.lineage(q, answer)
	if out.Unchecked == "" {
		out.Unchecked = hugeType(out.Columns)
	}
	if n.Unit.Incremental {
		if err := w.increment(ctx, n, out); err != nil {
			return err
		}
	}
	w.history(n, out)
	return w.predicates(ctx, n, out)
}

// test binds the query for the wrong rows of a test.
func (w *bindWorker) test(ctx context.Context, n *link.Node, out *Node) error {
	if out.SQL == nil || w.isPlain(n, out) {
		return nil
	}
	if w.lacksColumn(n) {
		out.Broken = true
		return nil
	}
	q := w.queryOf(n, out)
	if out.Unchecked = w.unknown(n, q); out.Unchecked != "" {
		return w.parse(ctx, n, out, q)
	}
	answer, err := w.describe(ctx, q)
	if err != nil {
		return w.refuse(n, out, q, err)
	}
	out.Lineage = w.lineage(q, answer)
	return nil
}

// NeedsColumnOnly reports whether a test can be done on any relation that has its column.
func NeedsColumnOnly(t *link.TestNode) bool {
	return t.Generic != nil && t.Generic.BuiltIn && t.Column != "" && len(t.Use.Args) == 0 && t.Config.Where.IsZero() &&
		(t.Use.Test == "not_null" || t.Use.Test == "unique")
}

// isPlain reports whether a test is one of those that need nothing but their column.
func (w *bindWorker) isPlain(n *link.Node, out *Node) bool {
	t := n.Test
	if !NeedsColumnOnly(t) {
		return false
	}
	tested := w.graph.Find(t.Tested).Index
	if !w.known[tested] {
		out.Unchecked = w.reason(tested)
		return true
	}
	for _, column := range w.program.Nodes[tested].Columns {
		if strings.EqualFold(column.Name, t.Column) {
			out.Unchecked = ""
			return true
		}
	}
	return false
}

// bound is a query as it is bound: with what it reads in it.
type bound struct {
	node   *link.Node
	filled *template.Filled
	// reads are the nodes whose tables the query needs, by index, without repetitions.
	reads []int
	// answer is what the query came to, where that is known already.
	answer *lineage.Query
}

// query fills the holes of a node's text with what stands for nodes in a scratch.
func (w *bindWorker) query(n *link.Node, text, where *template.Rendered) *bound {
	q := &bound{node: n}
	add := func(i int) {
		for _, known := range q.reads {
			if known == i {
				return
			}
		}
		q.reads = append(q.reads, i)
	}
	for _, r := range []*template.Rendered{text, where} {
		if r == nil {
			continue
		}
		for _, hole := range r.Holes {
			switch hole.Kind {
			case template.HoleRelation:
				add(w.graph.Find(hole.Node).Index)
			case template.HoleThis:
				add(n.Index)
			case template.HoleModel:
				add(w.graph.Find(n.Test.Tested).Index)
			default:
			}
		}
	}
	f := filler{p: w.program, stand: w.sql}
	q.filled = f.fill(text, n.ID)
	return q
}

// unknown says why a query cannot be bound; "" where it can.
func (w *bindWorker) unknown(n *link.Node, q *bound) string {
	if w.level < lineage.LevelColumns {
		return ""
	}
	for _, i := range q.reads {
		switch {
		case i == n.Index:
			return fmt.Sprintf("%s reads its own table", n.Name)
		case !w.known[i]:
			return w.reason(i)
		}
	}
	return ""
}

// reason says why the readers of a node cannot be checked: for what its own columns are not known.
func (w *bindWorker) reason(i int) string { return w.program.Nodes[i].Unchecked }

// parse looks for mistakes of syntax where nothing else can be found.
func (w *bindWorker) parse(ctx context.Context, n *link.Node, out *Node, q *bound) error {
	switch err := w.open(ctx); {
	case errors.Is(err, errNoScratch):
		return nil // which is said already
	case err != nil:
		return err
	}
	if err := w.scratch.Parse(ctx, q.filled.SQL); err != nil {
		return w.refuse(n, out, q, err)
	}
	return nil
}

// refuse reports what the engine says against a query.
func (w *bindWorker) refuse(n *link.Node, out *Node, q *bound, err error) error {
	e, ok := errors.AsType[*engine.Error](err)
	if errors.Is(err, errNoScratch) {
		w.mu.Lock()
		defer w.mu.Unlock()
		out.Unchecked = w.refused.Message
		return nil
	}
	if !ok || e.Class == engine.Cancelled {
		return err
	}
	if errors.Is(err, errUndefined) {
		out.Unchecked = e.Message
		return nil
	}
	if name := w.ofFiles(q, e); name != "" {
		out.Unchecked = fmt.Sprintf("it reads %q, which the engine adds to the rows of files", name)
		return nil
	}
	out.Broken = true
	known := *e
	if e.Kind == "Catalog" && explain.Meant(e).Code == diag.TableNotFound {
		known.Candidates = nil // those of a scratch are there by chance
	}
	d := w.explained(n, q, &known)
	w.renamed(q, &known, d)
	w.diags = append(w.diags, d)
	return nil
}

func (w *bindWorker) explained(n *link.Node, q *bound, e *engine.Error) *diag.Diagnostic {
	context := *w.program.Explain()
	context.Bound = true
	if n.Kind != link.Test {
		return context.Query(n.ID, q.filled, e, n.Unit.Span)
	}
	return context.Test(testWords(n), q.filled, e)
}

// testWords gives what explanations have to know of a test.
func testWords(n *link.Node) *explain.Test {
	t := n.Test
	out := &explain.Test{Name: n.Name, Tested: t.Tested, Column: t.Column, Span: t.Span, Where: t.Config.Where.Span}
	if t.Tested != "" {
		out.Of = t.Tested.Name()
	}
	if t.Use != nil {
		for _, arg := range t.Use.Args {
			out.Args = append(out.Args, texts(arg.Value, arg.ValueSpan)...)
		}
	}
	return out
}

// texts gives the texts of an argument, which may be a list.
func texts(value any, at source.Span) (out []explain.Arg) {
	switch v := value.(type) {
	case string:
		return []explain.Arg{{Value: v, Span: at}}
	case []any:
		for _, item := range v {
			out = append(out, texts(item, at)...)
		}
	}
	return out
}
