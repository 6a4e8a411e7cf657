package view

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/trace"
)

// dot gives the part in the language of Graphviz.
func (d *drawn) dot() string {
	var b strings.Builder
	b.WriteString("digraph lineage {\n  rankdir=LR;\n" +
		"  node [shape=box, fontname=\"Helvetica\", fontsize=11];\n" +
		"  edge [fontname=\"Helvetica\", fontsize=9];\n")
	if d.Part.ByColumn {
		d.dotColumns(&b)
	} else {
		for _, n := range d.Part.Nodes {
			b.WriteString(d.dotNode(n))
		}
		for _, edge := range d.Part.Edges() {
			fmt.Fprintf(&b, "  %s -> %s;\n", dotID(string(d.node(edge.From).ID)), dotID(string(d.node(edge.To).ID)))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// dotShapes are the shapes of nodes, by kind.
var dotShapes = map[link.Kind]string{
	link.Source: "cylinder", link.Seed: "cylinder", link.Model: "box", link.Test: "hexagon", link.Exposure: "oval",
}

func (d *drawn) dotNode(n int) string {
	label, more := dotText(d.label(n)), ""
	if d.g.Unchecked(n) != "" {
		label, more = label+`\nnot checked`, ", style=dashed"
	}
	node := d.node(n)
	return fmt.Sprintf("  %s [label=\"%s\", shape=%s%s];\n", dotID(string(node.ID)), label, dotShapes[node.Kind], more)
}

func (d *drawn) dotColumns(b *strings.Builder) {
	columns := d.columnsByNode()
	for _, n := range d.Part.Nodes {
		if len(columns[n]) == 0 {
			b.WriteString(d.dotNode(n))
			continue
		}
		fmt.Fprintf(b, "  %s [shape=plain, label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\">"+
			"<tr><td port=\"rows\" bgcolor=\"#eeeeee\"><b>%s</b></td></tr>", dotID(string(d.node(n).ID)), dotHTML(d.label(n)))
		for _, c := range columns[n] {
			name := d.g.Name(c)
			fmt.Fprintf(b, "<tr><td port=\"c_%s\" align=\"left\">%s</td></tr>", drawName(name), dotHTML(d.v.secrets.maskText(clean(name))))
		}
		b.WriteString("</table>>];\n")
	}
	for _, a := range d.arrows(columns) {
		var attributes []string
		if a.label != "" {
			attributes = append(attributes, `label="`+dotText(a.label)+`"`)
		}
		if a.faint {
			attributes = append(attributes, "style=dashed")
		}
		list := ""
		if len(attributes) > 0 {
			list = " [" + strings.Join(attributes, ", ") + "]"
		}
		fmt.Fprintf(b, "  %s -> %s%s;\n", d.dotEnd(a.from, columns), d.dotEnd(a.to, columns), list)
	}
}

// dotEnd names a column's row in the table of its node, or the head of the table.
func (d *drawn) dotEnd(e end, columns map[int][]trace.Column) string {
	id := dotID(string(d.node(e.node).ID))
	switch {
	case e.column >= 0:
		return id + ":c_" + drawName(d.g.Name(e.column))
	case len(columns[e.node]) > 0:
		return id + ":rows"
	default:
		return id
	}
}

// dotID gives a text as an identifier of Graphviz, which knows no escape but that of quotes.
func dotID(text string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(clean(text), `\`, `\\`), `"`, `\"`) + `"`
}

// dotText gives text between the double quotes of a label, in which backslashes and entities act.
func dotText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(text)
}

// dotHTML gives text within a label like HTML.
func dotHTML(text string) string {
	if text == "" {
		return " "
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}
