package artifact

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/trace"
)

// LineageFile is the name of the whole project's lineage below target/.
const LineageFile = "lineage.json"

// WriteLineage writes a part of a program as `quern lineage --output json` gives it:
//
//	{"version":1,"nodes":[{"id","kind","unchecked_reason"}],"edges":[{"from","to"}],
//	 "columns":[{"node","column","type","kind","certainty","inputs":[{"node","column"}]}],
//	 "influences":[{"node","inputs":[{"node","column","role"}]}]}
//
// Columns are those that are made of something: columns of sources and seeds stand in inputs alone.
func WriteLineage(w io.Writer, p *trace.Part) error {
	e := newEncoder(w, p.Graph.Program)
	e.part(p)
	return e.w.Flush()
}

// encoder writes JSON piece by piece: a project can have a million columns. The writer keeps the
// first error.
type encoder struct {
	w *bufio.Writer
	p *check.Program
	// ids are the nodes' ids as JSON strings, once they were needed.
	ids []string
}

func newEncoder(w io.Writer, p *check.Program) *encoder {
	return &encoder{w: bufio.NewWriterSize(w, 1<<16), p: p, ids: make([]string, len(p.Nodes))}
}

// opening is what stands before each of the document's lists, closing what stands behind the last one.
var opening = [lists]string{`{"version":1,"nodes":[`, `],"edges":[`, `],"columns":[`, `],"influences":[`}

const closing = "]}\n"

func (e *encoder) part(p *trace.Part) {
	e.raw(opening[listNodes])
	for i, n := range p.Nodes {
		e.begin(i)
		e.node(n)
	}
	e.raw(opening[listEdges])
	for i, edge := range p.Edges() {
		e.begin(i)
		e.edge(edge.From, edge.To)
	}
	e.raw(opening[listColumns])
	written := 0
	for _, c := range p.Columns {
		if p.Graph.Origin(c) == nil {
			continue
		}
		e.begin(written)
		written++
		n := p.Graph.Node(c)
		first, _ := p.Graph.Columns(n)
		e.column(n, int(c-first))
	}
	e.raw(opening[listInfluences])
	for i, of := range p.Influences {
		e.begin(i)
		e.influences(of.Node, len(of.Inputs), func(i int) check.Influence {
			in := of.Inputs[i]
			return check.Influence{Input: check.Input{Node: p.Graph.Node(in.Column), Column: p.Graph.Name(in.Column)}, Role: in.Role}
		})
	}
	e.raw(closing)
}

func (e *encoder) node(n int) {
	e.raw(`{"id":`)
	e.id(n)
	e.raw(`,"kind":"`)
	e.raw(e.p.Graph.Nodes[n].Kind.String())
	e.raw(`","unchecked_reason":`)
	e.text(trace.Unchecked(e.p, n))
	e.raw(`}`)
}

func (e *encoder) edge(from, to int) {
	e.raw(`{"from":`)
	e.id(from)
	e.raw(`,"to":`)
	e.id(to)
	e.raw(`}`)
}

// column writes a column that is made of something.
func (e *encoder) column(n, i int) {
	node := &e.p.Nodes[n]
	var column relation.Column
	if i < len(node.Columns) {
		column = node.Columns[i]
	}
	of := &node.Lineage.Columns[i]
	e.input(n, column.Name)
	e.raw(`,"type":`)
	e.text(column.Type)
	e.raw(`,"kind":"`)
	e.raw(cmp.Or(of.Kind, lineage.Derived).String())
	e.raw(`","certainty":"`)
	e.raw(certainty(of.Certainty))
	e.raw(`","inputs":[`)
	for i, in := range of.Inputs {
		e.begin(i)
		e.input(in.Node, in.Column)
		e.raw(`}`)
	}
	e.raw(`]}`)
}

// certainty gives what an engine said; where it said nothing, it does not know all.
func certainty(c lineage.Certainty) string {
	if c != lineage.Resolved {
		return lineage.Opaque.String()
	}
	return c.String()
}

func (e *encoder) influences(n, count int, at func(i int) check.Influence) {
	e.raw(`{"node":`)
	e.id(n)
	e.raw(`,"inputs":[`)
	for i := range count {
		in := at(i)
		e.begin(i)
		e.input(in.Node, in.Column)
		e.raw(`,"role":"`)
		e.raw(in.Role.String())
		e.raw(`"}`)
	}
	e.raw(`]}`)
}

// input writes the beginning of an object that names a column.
func (e *encoder) input(n int, column string) {
	e.raw(`{"node":`)
	e.id(n)
	e.raw(`,"column":`)
	e.text(column)
}

func (e *encoder) begin(i int) {
	if i > 0 {
		_ = e.w.WriteByte(',')
	}
}

func (e *encoder) id(node int) {
	if e.ids[node] == "" {
		e.ids[node] = quoted(string(e.p.Graph.Nodes[node].ID))
	}
	e.raw(e.ids[node])
}

func (e *encoder) raw(text string) { _, _ = e.w.WriteString(text) }

func (e *encoder) text(text string) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			e.raw(quoted(text))
			return
		}
	}
	_ = e.w.WriteByte('"')
	e.raw(text)
	_ = e.w.WriteByte('"')
}

// quoted gives a text as JSON, as the other outputs have it.
func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // text: this cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
