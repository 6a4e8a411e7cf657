// Package trace follows columns through a checked program: up to where they come from, down to what
// is made of them, and to what changes with them.
//
// It takes a Program and gives a Graph in which columns have numbers, and walks over it. It is pure:
// it reads no file and asks no engine. It refuses nothing; what the program does not know is said in
// Unchecked and in the columns' certainty, and what is not there is not found.
package trace

import (
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

// Column is the number of a column in a Graph. Numbers are sorted by node, then by place.
type Column int32

// Graph is a program whose columns have numbers. It is never changed after New gave it, and safe for
// concurrent use.
type Graph struct {
	Program *check.Program

	// first holds, per node, the number of its first known column, and at the end how many there are.
	first []Column
	// owner holds the node of each known column.
	owner []int32
	// extra are columns that are read of nodes whose columns are not all known; their numbers follow.
	extra []check.Input
	// inputs and uses are the edges between columns, decides those from a column to the nodes whose
	// rows it decides about, decided the other way round.
	inputs, uses lists[Column]
	decided      lists[Influence]
	decides      lists[Decision]
}

// Influence is a column that decides about rows.
type Influence struct {
	Column Column
	Role   lineage.Role
}

// Decision is a node about whose rows a column decides.
type Decision struct {
	Node int
	Role lineage.Role
}

// New numbers the columns of a program.
func New(p *check.Program) *Graph {
	g := &Graph{Program: p, first: make([]Column, len(p.Nodes)+1)}
	total := Column(0)
	for i := range p.Nodes {
		g.first[i] = total
		total += Column(width(&p.Nodes[i]))
	}
	g.first[len(p.Nodes)] = total
	g.owner = make([]int32, total)
	for i := range p.Nodes {
		for c, end := g.Columns(i); c < end; c++ {
			g.owner[c] = int32(i)
		}
	}
	f := &finder{g: g, maps: make(map[int]map[string]Column), extra: make(map[check.Input]Column)}
	g.connect(f)
	return g
}

// width gives how many columns of a node are known. Those of tests have no names.
func width(n *check.Node) int {
	if n.Columns == nil && n.Lineage != nil {
		return len(n.Lineage.Columns)
	}
	return len(n.Columns)
}

// connect makes the edges.
func (g *Graph) connect(f *finder) {
	total := g.known()
	g.inputs.start = make([]int32, 0, int(total)+1)
	for i := range g.Program.Nodes {
		n := &g.Program.Nodes[i]
		for c := range width(n) {
			g.inputs.open()
			if n.Lineage == nil || c >= len(n.Lineage.Columns) {
				continue
			}
			for _, in := range n.Lineage.Columns[c].Inputs {
				g.inputs.items = append(g.inputs.items, f.number(in))
			}
		}
		g.decided.open()
		if n.Lineage != nil {
			for _, in := range n.Lineage.Influences {
				g.decided.items = append(g.decided.items, Influence{f.number(in.Input), in.Role})
			}
		}
	}
	for range g.extra {
		g.inputs.open()
	}
	g.inputs.close()
	g.decided.close()
	g.uses = turned(&g.inputs, g.Len(), func(from int, in Column) (int, Column) { return int(in), Column(from) })
	g.decides = turned(&g.decided, g.Len(), func(node int, in Influence) (int, Decision) {
		return int(in.Column), Decision{node, in.Role}
	})
}

// Len gives how many columns there are.
func (g *Graph) Len() int { return int(g.known()) + len(g.extra) }

func (g *Graph) known() Column { return g.first[len(g.first)-1] }

// Columns gives the numbers of a node's known columns, from first to before end. Those of tests have
// no names.
func (g *Graph) Columns(node int) (first, end Column) { return g.first[node], g.first[node+1] }

// Find gives a node's column by its name: as it is spelled, or else in another case, where only one
// fits.
func (g *Graph) Find(node int, name string) (Column, bool) {
	found, others := Column(-1), 0
	first, end := g.Columns(node)
	for c := first; c < end; c++ {
		switch known := g.Name(c); {
		case known == name:
			return c, true
		case strings.EqualFold(known, name):
			found = c
			others++
		}
	}
	for i, in := range g.extra {
		switch c := g.known() + Column(i); {
		case in.Node != node:
		case in.Column == name:
			return c, true
		case strings.EqualFold(in.Column, name):
			found = c
			others++
		}
	}
	return found, others == 1
}

// Node gives the node a column belongs to.
func (g *Graph) Node(c Column) int {
	if c >= g.known() {
		return g.extra[c-g.known()].Node
	}
	return int(g.owner[c])
}

// Name gives a column's name.
func (g *Graph) Name(c Column) string {
	if c >= g.known() {
		return g.extra[c-g.known()].Column
	}
	column := g.column(c)
	return column.Name
}

// Type gives a column's type, "" where it is not known.
func (g *Graph) Type(c Column) string {
	column := g.column(c)
	return column.Type
}

func (g *Graph) column(c Column) relation.Column {
	if c >= g.known() {
		return relation.Column{}
	}
	node := g.Node(c)
	columns, at := g.Program.Nodes[node].Columns, int(c-g.first[node])
	if at >= len(columns) {
		return relation.Column{}
	}
	return columns[at]
}

// Origin says what a column is made of; nil for columns of sources and seeds, and where that is not
// known.
func (g *Graph) Origin(c Column) *check.ColumnLineage {
	if c >= g.known() {
		return nil
	}
	node := g.Node(c)
	of := g.Program.Nodes[node].Lineage
	if at := int(c - g.first[node]); of != nil && at < len(of.Columns) {
		return &of.Columns[at]
	}
	return nil
}

// Kind says how a column is made: 0 for columns of sources and seeds and where nothing is known, and
// Derived where an engine says that it does not know.
func (g *Graph) Kind(c Column) lineage.Kind {
	of := g.Origin(c)
	switch {
	case of == nil:
		return 0
	case of.Kind == 0:
		return lineage.Derived
	default:
		return of.Kind
	}
}

// Opaque reports whether an engine does not know all a column is made of.
func (g *Graph) Opaque(c Column) bool {
	of := g.Origin(c)
	return of != nil && of.Certainty != lineage.Resolved
}

// Inputs gives the columns a column is made of.
func (g *Graph) Inputs(c Column) []Column { return g.inputs.at(int(c)) }

// Uses gives the columns that are made of a column, sorted. Those of tests are among them.
func (g *Graph) Uses(c Column) []Column { return g.uses.at(int(c)) }

// Influences gives the columns that decide about a node's rows.
func (g *Graph) Influences(node int) []Influence { return g.decided.at(node) }

// Decisions gives the nodes about whose rows a column decides, sorted. Tests are among them.
func (g *Graph) Decisions(c Column) []Decision { return g.decides.at(int(c)) }

// Origins reports whether columns begin at a node: it is a source or a seed.
func (g *Graph) Origins(node int) bool {
	kind := g.Program.Graph.Nodes[node].Kind
	return kind == link.Source || kind == link.Seed
}

// Unchecked says why it is not known where a node's columns come from; "" where it is known, or where
// a node has no columns or is where columns begin.
func (g *Graph) Unchecked(node int) string { return Unchecked(g.Program, node) }

// Unchecked is Graph.Unchecked of a program whose columns need no numbers.
func Unchecked(p *check.Program, node int) string {
	n, known := p.Graph.Nodes[node], &p.Nodes[node]
	origin := n.Kind == link.Source || n.Kind == link.Seed
	switch {
	case n.Kind == link.Exposure || known.Lineage != nil && (known.Columns != nil || n.Kind == link.Test):
		return ""
	case origin && known.Columns != nil:
		return ""
	case known.Unchecked != "":
		return known.Unchecked
	case known.Broken:
		return "it has an error, or reads what has one"
	case n.Kind == link.Test: // it looks at its column, and no more
		return ""
	case known.Columns != nil:
		return "the engine does not tell where columns come from"
	default:
		return "its columns are not known"
	}
}

// finder numbers inputs.
type finder struct {
	g     *Graph
	last  Column                    // the one found before
	maps  map[int]map[string]Column // of wide nodes
	extra map[check.Input]Column
}

// wide is from how many columns on a map is faster than a look at each.
const wide = 16

func (f *finder) number(in check.Input) Column {
	first, _ := f.g.Columns(in.Node)
	columns := f.g.Program.Nodes[in.Node].Columns
	if next := f.last + 1; next >= first && int(next-first) < len(columns) && columns[next-first].Name == in.Column {
		f.last = next // as in "select *"
		return next
	}
	c, ok := f.look(in, first)
	if !ok {
		if c, ok = f.extra[in]; !ok {
			c = f.g.known() + Column(len(f.g.extra))
			f.g.extra = append(f.g.extra, in)
			f.extra[in] = c
		}
	}
	f.last = c
	return c
}

func (f *finder) look(in check.Input, first Column) (Column, bool) {
	columns := f.g.Program.Nodes[in.Node].Columns
	if len(columns) < wide {
		for i := range columns {
			if columns[i].Name == in.Column {
				return first + Column(i), true
			}
		}
		return 0, false
	}
	byName := f.maps[in.Node]
	if byName == nil {
		byName = make(map[string]Column, len(columns))
		for i := range columns {
			byName[columns[i].Name] = first + Column(i)
		}
		f.maps[in.Node] = byName
	}
	c, ok := byName[in.Column]
	return c, ok
}
