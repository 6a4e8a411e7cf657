package view

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/trace"
)

// Lineage is a part of a program, and how it is to be shown.
type Lineage struct {
	Part *trace.Part
	// Roots are what was asked for; none means the part as a whole.
	Roots []LineageRoot
	// Up and Down limit the steps from a root; trace.Unlimited is no limit.
	Up, Down int
	// Format is mermaid or dot; anything else is text, or JSON where the view writes that.
	Format string
	// About says in a word what a node is.
	About func(*link.Node) string
}

// LineageRoot is a node or one of its columns.
type LineageRoot struct {
	Node int
	// Column is less than 0 for the node itself. Name is the column as it was written, where the
	// node's columns are not known.
	Column trace.Column
	Name   string
}

// The formats of drawings.
const (
	Mermaid = "mermaid"
	DOT     = "dot"
)

// Lineage shows a part of a program.
func (v *View) Lineage(l Lineage) error {
	if v.IsJSON() {
		// Piece by piece: of a large project this is many megabytes. Where the stream is closed or full
		// there is nowhere left to say so.
		v.mu.Lock()
		defer v.mu.Unlock()
		_ = artifact.WriteLineage(v.out.w, l.Part)
		_ = v.out.w.Flush()
		return nil
	}
	d := &drawn{v: v, Lineage: l, g: l.Part.Graph}
	switch {
	case l.Format == Mermaid:
		text, arrows := d.mermaid()
		v.print(v.out, text)
		if arrows > mermaidArrows {
			v.Note("Mermaid draws at most %s arrows unless it is told otherwise, and here are %s: name a node, or use --select, --up or --down",
				comma(mermaidArrows), comma(int64(arrows)))
		}
	case l.Format == DOT:
		v.print(v.out, d.dot())
	case len(l.Roots) == 0:
		v.print(v.out, d.listing())
	default:
		var texts []string
		for _, root := range l.Roots {
			texts = append(texts, d.root(root))
		}
		v.print(v.out, strings.Join(texts, "\n"))
	}
	return nil
}

// drawn is a lineage being shown.
type drawn struct {
	v *View
	Lineage
	g *trace.Graph
}

func (d *drawn) node(n int) *link.Node { return d.g.Program.Graph.Nodes[n] }

// name gives the name of a node as it is written on the command line.
func (d *drawn) name(n int) string { return d.node(n).ID.Name() }

// column gives the name of a column as it is written on the command line.
func (d *drawn) column(c trace.Column) string { return d.name(d.g.Node(c)) + "#" + d.g.Name(c) }

// paint gives masked and cleaned text in a style.
func (d *drawn) paint(s style, text string) string {
	return d.v.out.paint(s, d.v.secrets.maskText(clean(text)))
}

// root gives the text of what was asked for.
func (d *drawn) root(r LineageRoot) string {
	n := d.node(r.Node)
	head := []string{d.paint(bold, n.ID.Name())}
	switch {
	case r.Name != "":
		head[0] = d.paint(bold, n.ID.Name()+"#"+r.Name)
	case r.Column >= 0:
		head[0] = d.paint(bold, d.column(r.Column))
		for _, word := range []string{d.g.Type(r.Column), d.made(r.Column)} {
			if word != "" {
				head = append(head, d.paint(dim, word))
			}
		}
		if d.g.Opaque(r.Column) {
			head = append(head, d.paint(yellow, "opaque"))
		}
	default:
		head = append(head, d.paint(dim, d.About(n)), d.paint(dim, n.Path))
	}
	text := d.v.out.wrapped(strings.Join(head, "  ")) + "\n"
	if reason := d.g.Unchecked(r.Node); reason != "" && (r.Column < 0 || r.Name != "") {
		text += d.v.out.wrapped(d.paint(yellow, "not checked: "+reason)) + "\n"
	}
	if r.Column >= 0 {
		return text + d.columnSections(r.Column)
	}
	if r.Name != "" {
		return text + d.section("may be used by", d.nodesBelow(r.Node), d.Down)
	}
	if d.Up != 0 && !d.g.Origins(r.Node) {
		text += d.section("reads", d.nodesAbove(r.Node), d.Up)
	}
	if d.Down != 0 && n.Kind != link.Test && n.Kind != link.Exposure {
		text += d.section("is read by", d.nodesBelow(r.Node), d.Down)
	}
	return text
}

// section gives an empty line, a title and the tree below it.
func (d *drawn) section(title string, branches []branch, steps int) string {
	if len(branches) == 0 {
		return "\n" + d.paint(bold, title) + " " + d.paint(dim, "nothing") + "\n"
	}
	return "\n" + d.paint(bold, title) + "\n" + d.v.grow(branches, steps).text()
}

func (d *drawn) nodesAbove(n int) []branch {
	parents := d.g.Parents(n)
	return d.branches(parents, d.nodesAbove)
}

// nodesBelow puts exposures behind models.
func (d *drawn) nodesBelow(n int) []branch {
	readers := d.g.Readers(n)
	slices.SortStableFunc(readers, func(a, b int) int { return d.late(a) - d.late(b) })
	return d.branches(readers, d.nodesBelow)
}

func (d *drawn) late(n int) int {
	if d.node(n).Kind == link.Exposure {
		return 1
	}
	return 0
}

func (d *drawn) branches(nodes []int, below func(int) []branch) []branch {
	out := make([]branch, 0, len(nodes))
	for _, n := range nodes {
		b := branch{key: n, name: d.name(n), about: d.About(d.node(n)), below: func() []branch { return below(n) }}
		if reason := d.g.Unchecked(n); reason != "" {
			b.note, b.noteStyle = "not checked: "+reason, yellow
		}
		out = append(out, b)
	}
	return out
}

// made says how a column is made.
func (d *drawn) made(c trace.Column) string {
	if kind := d.g.Kind(c); kind != 0 {
		if kind != lineage.Constant && len(d.g.Inputs(c)) == 0 && !d.g.Opaque(c) {
			return kind.String() + " from rows alone"
		}
		return kind.String()
	}
	if n := d.node(d.g.Node(c)); n.Kind == link.Seed || n.Kind == link.Source {
		return n.Kind.String()
	}
	return ""
}

// listing gives the part as a whole: its nodes, parents first, with what they read.
func (d *drawn) listing() string {
	reads := make(map[int][]string)
	for _, edge := range d.Part.Edges() {
		reads[edge.To] = append(reads[edge.To], d.name(edge.From))
	}
	nodes := slices.Clone(d.Part.Nodes)
	level := d.g.Program.Graph.Level
	slices.SortStableFunc(nodes, func(a, b int) int {
		if d.late(a) != d.late(b) {
			return d.late(a) - d.late(b)
		}
		return level[a] - level[b]
	})
	var rows []listRow
	for _, n := range nodes {
		row := listRow{cells: []string{d.name(n), d.About(d.node(n))}}
		if from := reads[n]; len(from) > 0 {
			row.last = "reads " + strings.Join(from, ", ")
		}
		if reason := d.g.Unchecked(n); reason != "" {
			row.note = "not checked: " + reason
		}
		rows = append(rows, row)
	}
	return d.list(rows, "", 0)
}
