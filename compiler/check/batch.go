package check

import (
	"strings"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// bound gives the start or the end of a window as a literal that can be compared with the event's time.
func (f *filler) bound(owner project.ID, kind template.HoleKind) string {
	w, typ := f.opts.Window, ""
	if n := f.p.Graph.Find(owner); n != nil && n.Model != nil {
		b := n.Model.Incremental.Batches
		if typ = f.p.eventType(owner); w.Start.IsZero() && b.Size != 0 {
			w = increment.Window{Start: b.Size.Start(b.Begin), End: b.Size.Window(f.opts.RunTime).End}
		}
	}
	if kind == template.HoleBatchEnd {
		return increment.Instant(w.End, typ)
	}
	return increment.Instant(w.Start, typ)
}

// eventType gives the type of the column that says in which window a row of a microbatch is; "" where it is not
// known.
func (p *Program) eventType(id project.ID) string {
	n := p.Graph.Find(id)
	if n == nil || n.Model == nil {
		return ""
	}
	for _, c := range p.Nodes[n.Index].Columns {
		if strings.EqualFold(c.Name, n.Model.Incremental.EventTime.Name) {
			return c.Type
		}
	}
	return ""
}

// OutsideQuery gives the query for how many rows of a microbatch are in none of its windows: those whose time is NULL,
// and those from before the first window. Of a query that asks for its window itself it is told those that it gives
// when it is asked for what was before.
func (p *Program) OutsideQuery(id project.ID, opts FillOptions) *template.Filled {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return nil
	}
	b := p.Graph.Find(id).Model.Incremental.Batches
	first := b.Size.Start(b.Begin)
	opts.Node, opts.Window = id, increment.Window{Start: increment.Earliest, End: first}
	column := p.env.Dialect.Quote(p.Graph.Find(id).Model.Incremental.EventTime.Name)
	before := "select count(*) - count(" + column + "), count(" + column + ") from "
	text := &template.Rendered{
		Text:  before + " as batch where " + column + " is null or " + column + " < " + increment.Instant(first, p.eventType(id)),
		Holes: []template.Hole{{Offset: len(before)}},
	}
	filled := p.Fill(n.SQL, opts)
	return text.Fill(func(template.Hole) template.Filling { return Subquery(filled) })
}

// BatchQuery gives the query for the rows of a window: of a table that is built whole, or of one that grows. What
// it gives besides those rows is left out.
func (p *Program) BatchQuery(id project.ID, whole bool, opts FillOptions) *template.Filled {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return nil
	}
	opts.Node = id
	query := n.increment()
	if whole {
		query = n.SQL
	}
	filled := p.Fill(query, opts)
	const before = "select * from "
	column := p.env.Dialect.Quote(p.Graph.Find(id).Model.Incremental.EventTime.Name)
	text := &template.Rendered{
		Text:  before + " as batch where " + increment.Within(column, p.eventType(id), opts.Window),
		Holes: []template.Hole{{Offset: len(before)}},
	}
	return text.Fill(func(template.Hole) template.Filling { return Subquery(filled) })
}
