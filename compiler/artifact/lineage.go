package artifact

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
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
	e := &encoder{w: bufio.NewWriterSize(w, 1<<16), g: p.Graph, ids: make([]string, len(p.Graph.Program.Nodes))}
	e.lineage(p)
	return e.w.Flush()
}

// encoder writes JSON piece by piece: a project can have a million columns. The writer keeps the
// first error.
type encoder struct {
	w *bufio.Writer
	g *trace.Graph
	// ids are the nodes' ids as JSON strings, once they were needed.
	ids []string
}

func (e *encoder) lineage(p *trace.Part) {
	e.raw(`{"version":1,"nodes":[`)
	for i, n := range p.Nodes {
		e.begin(i, `{"id":`)
		e.id(n)
		e.raw(`,"kind":"`)
		e.raw(e.g.Program.Graph.Nodes[n].Kind.String())
		e.raw(`","unchecked_reason":`)
		e.text(e.g.Unchecked(n))
		e.raw(`}`)
	}
	e.raw(`],"edges":[`)
	for i, edge := range p.Edges() {
		e.begin(i, `{"from":`)
		e.id(edge.From)
		e.raw(`,"to":`)
		e.id(edge.To)
		e.raw(`}`)
	}
	e.raw(`],"columns":[`)
	e.columns(p.Columns)
	e.raw(`],"influences":[`)
	for i, of := range p.Influences {
		e.begin(i, `{"node":`)
		e.id(of.Node)
		e.raw(`,"inputs":[`)
		for j, in := range of.Inputs {
			e.begin(j, "")
			e.input(in.Column)
			e.raw(`,"role":"`)
			e.raw(in.Role.String())
			e.raw(`"}`)
		}
		e.raw(`]}`)
	}
	e.raw("]}\n")
}

func (e *encoder) columns(columns []trace.Column) {
	written := 0
	for _, c := range columns {
		if e.g.Origin(c) == nil {
			continue
		}
		e.begin(written, "")
		written++
		e.input(c)
		e.raw(`,"type":`)
		e.text(e.g.Type(c))
		e.raw(`,"kind":"`)
		e.raw(e.g.Kind(c).String())
		e.raw(`","certainty":"`)
		e.raw(certainty(e.g.Opaque(c)))
		e.raw(`","inputs":[`)
		for i, in := range e.g.Inputs(c) {
			e.begin(i, "")
			e.input(in)
			e.raw(`}`)
		}
		e.raw(`]}`)
	}
}

func certainty(opaque bool) string {
	if opaque {
		return lineage.Opaque.String()
	}
	return lineage.Resolved.String()
}

// input writes the beginning of an object that names a column.
func (e *encoder) input(c trace.Column) {
	e.raw(`{"node":`)
	e.id(e.g.Node(c))
	e.raw(`,"column":`)
	e.text(e.g.Name(c))
}

func (e *encoder) begin(i int, text string) {
	if i > 0 {
		_ = e.w.WriteByte(',')
	}
	e.raw(text)
}

func (e *encoder) id(node int) {
	if e.ids[node] == "" {
		e.ids[node] = quoted(string(e.g.Program.Graph.Nodes[node].ID))
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
