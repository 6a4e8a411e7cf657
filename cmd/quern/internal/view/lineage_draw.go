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

// drawId gives an identifier for a node in drawings: letters, digits and _ only, the same in every
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

// arrow is an edge of a drawing between columns, or from a column to a node.
type arrow struct {
	from  trace.Column
	to    trace.Column // less than 0 where it goes to a node
	node  int
	label string
	// faint says that no value flows, or that it is not known.
	faint bool
}

// arrows gives the edges of a drawing by columns, where both ends are in it.
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
			a := arrow{from: from, to: c, label: d.made(c), faint: d.g.Opaque(c)}
			if a.faint {
				a.label += ", opaque"
			}
			out = append(out, a)
		}
	}
	for _, of := range d.Part.Influences {
		for _, influence := range of.Inputs {
			if in[influence.Column] && d.g.Node(influence.Column) != of.Node {
				out = append(out, arrow{from: influence.Column, to: -1, node: of.Node, label: influence.Role.String(), faint: true})
			}
		}
	}
	for _, n := range d.Part.Nodes {
		if d.node(n).Kind != link.Exposure {
			continue
		}
		for _, parent := range d.g.Parents(n) {
			for _, c := range columns[parent] {
				out = append(out, arrow{from: c, to: -1, node: n})
			}
		}
	}
	return out
}

// mermaid gives the part as a Mermaid flowchart.
func (d *drawn) mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	if d.Part.ByColumn {
		d.mermaidColumns(&b)
		return b.String()
	}
	for _, n := range d.Part.Nodes {
		b.WriteString("  " + d.mermaidNode(n) + "\n")
	}
	for _, edge := range d.Part.Edges() {
		fmt.Fprintf(&b, "  %s --> %s\n", drawID(d.node(edge.From).ID), drawID(d.node(edge.To).ID))
	}
	return b.String()
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

func (d *drawn) mermaidColumns(b *strings.Builder) {
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
	for _, a := range d.arrows(columns) {
		to := drawID(d.node(a.node).ID)
		if a.to >= 0 {
			to = drawColumnID(d.node(d.g.Node(a.to)).ID, d.g.Name(a.to))
		}
		line, label := "-->", ""
		if a.faint {
			line = "-.->"
		}
		if a.label != "" {
			label = `|"` + mermaidText(a.label) + `"|`
		}
		fmt.Fprintf(b, "  %s %s%s %s\n", drawColumnID(d.node(d.g.Node(a.from)).ID, d.g.Name(a.from)), line, label, to)
	}
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
