package check

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// renamed says of a column that was not found where a relation above has given it another name, and
// which of the columns there are is most like it.
func (w *bindWorker) renamed(q *bound, e *engine.Error, d *diag.Diagnostic) {
	name := e.Name[strings.LastIndexByte(e.Name, '.')+1:]
	if d.Code != diag.ColumnNotFound || name == "" {
		return
	}
	var names []string
	for _, i := range q.reads {
		columns := indexColumns(w.program.Nodes[i].Columns)
		if columns.find(name) >= 0 {
			continue
		}
		names = append(names, columns.names()...)
		if found, ok := w.program.successor(i, name); ok {
			d.Hintf("did you mean %q?", found.now)
			d.Notef(found.at, "%q %s %q here", name, found.verb, found.became)
			return
		}
	}
	if d.Hint == "" {
		d.Nearest(name, names)
	}
}

// successor is a column that came of another one.
type successor struct {
	now    string // its name in the relation that is read
	became string // its name where it came about
	verb   string
	at     source.Span
}

// successor finds the column of a node that was called otherwise above or, failing that, is made of the
// column of that name alone.
func (p *Program) successor(node int, name string) (successor, bool) {
	known := &p.Nodes[node]
	if known.Lineage == nil {
		return successor{}, false
	}
	var made *successor
	for k, column := range known.Columns {
		if k >= len(known.Lineage.Columns) {
			break
		}
		if found, ok := p.renaming(Input{Node: node, Column: column.Name}, name); ok {
			found.now = column.Name
			return found, true
		}
		from := known.Lineage.Columns[k]
		if made == nil && from.Kind == lineage.Derived && len(from.Inputs) == 1 && strings.EqualFold(from.Inputs[0].Column, name) {
			made = &successor{now: column.Name, became: column.Name, verb: "was made into", at: p.becomes(known, name, column.Name)}
		}
	}
	if made == nil {
		return successor{}, false
	}
	return *made, true
}

// mostRenamings bounds how far a column is followed up.
const mostRenamings = 50

// renaming follows a column up to where it was called by the name.
func (p *Program) renaming(at Input, name string) (successor, bool) {
	for range mostRenamings {
		from, ok := p.from(at)
		if !ok || len(from.Inputs) != 1 || from.Kind != lineage.Passthrough && from.Kind != lineage.Renamed {
			return successor{}, false
		}
		if input := from.Inputs[0]; from.Kind == lineage.Renamed && strings.EqualFold(input.Column, name) {
			return successor{
				became: at.Column, verb: "was renamed to", at: p.becomes(&p.Nodes[at.Node], input.Column, at.Column),
			}, true
		}
		at = from.Inputs[0]
	}
	return successor{}, false
}

// from gives where a column comes from.
func (p *Program) from(at Input) (ColumnLineage, bool) {
	known := &p.Nodes[at.Node]
	if known.Lineage == nil {
		return ColumnLineage{}, false
	}
	k := indexColumns(known.Columns).find(at.Column)
	if k < 0 || k >= len(known.Lineage.Columns) {
		return ColumnLineage{}, false
	}
	return known.Lineage.Columns[k], true
}

// becomes gives the place where a query makes a column of another: "old as new" where that stands in
// it, else the new name, else the query's first word.
func (p *Program) becomes(n *Node, old, now string) source.Span {
	if n.SQL == nil {
		return source.Span{}
	}
	text := n.SQL.Text
	toks := sqltoken.Code(text)
	called := func(i int, name string) bool {
		return i < len(toks) && toks[i].IsName() && strings.EqualFold(toks[i].Name(text), name)
	}
	for i := range toks {
		last := i + 1
		if last < len(toks) && toks[last].Is(text, "as") {
			last++
		}
		if !called(i, old) || !called(last, now) {
			continue
		}
		first, end := primary(n.SQL.Map, toks[i], source.Span{}), primary(n.SQL.Map, toks[last], source.Span{})
		if first.File != nil && first.File == end.File && end.End > first.Start {
			return first.File.Span(first.Start, end.End)
		}
		return first
	}
	return p.item(n, now, source.Span{})
}
