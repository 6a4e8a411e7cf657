package trace

import (
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
)

// Part is what is shown of a program.
type Part struct {
	Graph *Graph
	// Nodes are sorted.
	Nodes []int
	// Columns are those of the nodes, or only some of them, sorted. Columns of sources and seeds are
	// among them.
	Columns []Column
	// Influences are sorted by node.
	Influences []NodeInfluences
	// ByColumn says that the part was chosen by columns, and is to be drawn by them.
	ByColumn bool

	set dag.Set
}

// NodeInfluences are columns that decide about the rows of a node.
type NodeInfluences struct {
	Node   int
	Inputs []Influence
}

// Edge says that a node reads another one.
type Edge struct{ From, To int }

// All gives a program whole, but for tests and disabled nodes.
func (g *Graph) All() *Part {
	var nodes []int
	for i := range g.Program.Nodes {
		if g.Program.Nodes[i].Enabled && g.kind(i) != link.Test {
			nodes = append(nodes, i)
		}
	}
	return g.Of(nodes)
}

// Of gives nodes with all their columns, but those of tests, which have no names. The nodes are
// sorted; disabled ones are left out.
func (g *Graph) Of(nodes []int) *Part {
	p := &Part{Graph: g, set: dag.NewSet(len(g.Program.Nodes))}
	for _, n := range nodes {
		if !g.Program.Nodes[n].Enabled {
			continue
		}
		p.set.Add(n)
		p.Nodes = append(p.Nodes, n)
		for c, end := g.Columns(n); c < end && g.kind(n) != link.Test; c++ {
			p.Columns = append(p.Columns, c)
		}
		if in := g.Influences(n); len(in) > 0 {
			p.Influences = append(p.Influences, NodeInfluences{n, in})
		}
	}
	return p
}

// Around gives columns with what they are made of and what is made of them, at most so many steps
// away, and what decides about the rows on the way.
func (g *Graph) Around(columns []Column, up, down int) *Part {
	above, below := g.Up(columns, up), g.Down(columns, down)
	both := above.Clone()
	both.Union(below)
	p := &Part{Graph: g, ByColumn: true, set: g.owners(both)}
	for c := range both.All() {
		p.Columns = append(p.Columns, Column(c))
	}
	decided := dag.NewSet(len(g.Program.Nodes))
	if up != 0 {
		decided = g.owners(g.Up(columns, fewer(up)))
	}
	inner := dag.NewSet(g.Len())
	if down != 0 {
		inner = g.Down(columns, fewer(down))
	}
	touched := dag.NewSet(len(g.Program.Nodes))
	for c := range inner.All() {
		for _, d := range g.Decisions(Column(c)) {
			if g.kind(d.Node) != link.Test {
				touched.Add(d.Node)
			}
		}
		for _, reader := range g.Readers(g.Node(Column(c))) {
			if g.kind(reader) == link.Exposure {
				p.set.Add(reader)
			}
		}
	}
	for n := range g.Program.Nodes {
		var inputs []Influence
		switch {
		case decided.Has(n):
			inputs = g.Influences(n)
		case touched.Has(n):
			inputs = kept(g.Influences(n), inner)
		}
		p.influence(n, inputs)
	}
	p.Nodes = p.set.Sorted()
	return p
}

// influence adds what decides about a node's rows, and the nodes that it takes.
func (p *Part) influence(node int, inputs []Influence) {
	if len(inputs) == 0 {
		return
	}
	p.Influences = append(p.Influences, NodeInfluences{node, inputs})
	p.set.Add(node)
	for _, in := range inputs {
		p.set.Add(p.Graph.Node(in.Column))
	}
}

func fewer(steps int) int {
	if steps == Unlimited {
		return Unlimited
	}
	return steps - 1
}

func kept(all []Influence, columns dag.Set) []Influence {
	var out []Influence
	for _, in := range all {
		if columns.Has(int(in.Column)) {
			out = append(out, in)
		}
	}
	return out
}

// Has reports whether a node is in the part.
func (p *Part) Has(node int) bool { return p.set.Has(node) }

// Edges gives the edges between the part's nodes, by the node that reads.
func (p *Part) Edges() []Edge {
	var out []Edge
	for _, n := range p.Nodes {
		for _, parent := range p.Graph.Parents(n) {
			if p.set.Has(parent) {
				out = append(out, Edge{parent, n})
			}
		}
	}
	return out
}
