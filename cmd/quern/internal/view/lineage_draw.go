package view

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/trace"
)

// drawID gives an identifier for a node in drawings: letters, digits and _ only, the same in every
// drawing, and another one for every node.
func drawID(id project.ID) string {
	parts := strings.Split(string(id), ".")
	for i, part := range parts {
		parts[i] = drawName(part)
	}
	return strings.Join(parts, "__")
}

// drawColumnID gives an identifier for a column; no node's has three _ in a row.
func drawColumnID(id project.ID, column string) string {
	return drawID(id) + "___" + drawName(column)
}

// drawName gives a name as a part of an identifier. One with other characters, or with _ where they
// would be read as a separator, gets the beginning of its hash.
func drawName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if safe == name && name != "" && name == strings.Trim(name, "_") && !strings.Contains(name, "__") {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	for strings.Contains(safe, "__") {
		safe = strings.ReplaceAll(safe, "__", "_")
	}
	return strings.TrimLeft(strings.Trim(safe, "_")+"_"+hex.EncodeToString(sum[:6]), "_")
}

// label gives what a node's box says.
func (d *drawn) label(n int) string { return d.v.secrets.maskText(clean(d.name(n))) }

// columnsByNode gives the part's columns by node.
func (d *drawn) columnsByNode() map[int][]trace.Column {
	out := make(map[int][]trace.Column)
	for _, c := range d.Part.Columns {
		n := d.g.Node(c)
		out[n] = append(out[n], c)
	}
	return out
}

// end is one end of an arrow: a column, or a node where the column is less than 0.
type end struct {
	node   int
	column trace.Column
}

// arrow is an edge of a drawing by columns.
type arrow struct {
	from, to end
	label    string
	// faint says that no value flows, or that it is not known.
	faint bool
}

// arrows gives the edges of a drawing by columns. What decides about rows without being in the
// drawing itself goes from its node.
func (d *drawn) arrows(columns map[int][]trace.Column) []arrow {
	in := make(map[trace.Column]bool)
	for _, c := range d.Part.Columns {
		in[c] = true
	}
	var out []arrow
	for _, c := range d.Part.Columns {
		for _, from := range d.g.Inputs(c) {
			if !in[from] || from == c {
				continue
			}
			a := arrow{from: d.end(from), to: d.end(c), label: d.made(c), faint: d.g.Opaque(c)}
			if a.faint {
				a.label += ", opaque"
			}
			out = append(out, a)
		}
	}
	for _, of := range d.Part.Influences {
		out = append(out, d.influences(of, in)...)
	}
	for _, n := range d.Part.Nodes {
		if d.node(n).Kind != link.Exposure {
			continue
		}
		for _, parent := range d.g.Parents(n) {
			for _, c := range columns[parent] {
				out = append(out, arrow{from: d.end(c), to: end{n, -1}})
			}
		}
	}
	return out
}

func (d *drawn) end(c trace.Column) end { return end{d.g.Node(c), c} }

// influences gives the arrows to what a node's rows depend on, one from each end.
func (d *drawn) influences(of trace.NodeInfluences, in map[trace.Column]bool) []arrow {
	var order []end
	byEnd := make(map[end][]trace.Influence)
	for _, influence := range of.Inputs {
		from := d.end(influence.Column)
		if !in[influence.Column] {
			from.column = -1
		}
		if from.node == of.Node {
			continue
		}
		if byEnd[from] == nil {
			order = append(order, from)
		}
		byEnd[from] = append(byEnd[from], influence)
	}
	var out []arrow
	for _, from := range order {
		var words []string
		for _, role := range roles(byEnd[from]) {
			words = append(words, role.String())
		}
		out = append(out, arrow{from: from, to: end{of.Node, -1}, label: strings.Join(words, ", "), faint: true})
	}
	return out
}

// mermaidArrows is how many edges Mermaid draws where nobody set another limit.
const mermaidArrows = 500

// mermaid gives the part as a Mermaid flowchart, and how many arrows it has.
func (d *drawn) mermaid() (text string, arrows int) {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	if d.Part.ByColumn {
		arrows = d.mermaidColumns(&b)
		return b.String(), arrows
	}
	for _, n := range d.Part.Nodes {
		b.WriteString("  " + d.mermaidNode(n) + "\n")
	}
	edges := d.Part.Edges()
	for _, edge := range edges {
		fmt.Fprintf(&b, "  %s --> %s\n", drawID(d.node(edge.From).ID), drawID(d.node(edge.To).ID))
	}
	return b.String(), len(edges)
}

// mermaidShapes are the brackets around a label, by kind.
var mermaidShapes = map[link.Kind][2]string{
	link.Source: {"[(", ")]"}, link.Seed: {"[(", ")]"}, link.Model: {"[", "]"},
	link.Test: {"{{", "}}"}, link.Exposure: {"([", "])"},
}

func (d *drawn) mermaidNode(n int) string {
	shape := mermaidShapes[d.node(n).Kind]
	label := mermaidText(d.label(n))
	if d.g.Unchecked(n) != "" {
		label += "<br/>not checked"
	}
	return drawID(d.node(n).ID) + shape[0] + `"` + label + `"` + shape[1]
}

func (d *drawn) mermaidColumns(b *strings.Builder) (arrows int) {
	columns := d.columnsByNode()
	for _, n := range d.Part.Nodes {
		id := d.node(n).ID
		if len(columns[n]) == 0 {
			b.WriteString("  " + d.mermaidNode(n) + "\n")
			continue
		}
		fmt.Fprintf(b, "  subgraph %s[\"%s\"]\n", drawID(id), mermaidText(d.label(n)))
		for _, c := range columns[n] {
			name := d.g.Name(c)
			fmt.Fprintf(b, "    %s[\"%s\"]\n", drawColumnID(id, name), mermaidText(d.v.secrets.maskText(clean(name))))
		}
		b.WriteString("  end\n")
	}
	all := d.arrows(columns)
	for _, a := range all {
		line, label := "-->", ""
		if a.faint {
			line = "-.->"
		}
		if a.label != "" {
			label = `|"` + mermaidText(a.label) + `"|`
		}
		fmt.Fprintf(b, "  %s %s%s %s\n", d.mermaidEnd(a.from), line, label, d.mermaidEnd(a.to))
	}
	return len(all)
}

func (d *drawn) mermaidEnd(e end) string {
	if e.column < 0 {
		return drawID(d.node(e.node).ID)
	}
	return drawColumnID(d.node(e.node).ID, d.g.Name(e.column))
}

// mermaidText gives text between the double quotes of a label: what Mermaid or HTML would act on is
// written as a number.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\"#&;<>`\\|{}[]()*_~$", r) && r != '_' {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return " "
	}
	return b.String()
}
