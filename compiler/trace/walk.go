package trace

import (
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
)

// Unlimited is the number of steps of a walk that goes as far as it can.
const Unlimited = -1

// Up gives columns and all they are made of, at most so many steps away.
func (g *Graph) Up(from []Column, steps int) dag.Set {
	return walk(g.Len(), from, steps, g.Inputs)
}

// Down gives columns and all that is made of them, at most so many steps away. Columns of tests are
// left out.
func (g *Graph) Down(from []Column, steps int) dag.Set {
	return walk(g.Len(), from, steps, g.ReadBy)
}

// ReadBy gives the columns that are made of a column, but for those of tests, and its own where a
// model reads itself.
func (g *Graph) ReadBy(c Column) []Column {
	uses := g.Uses(c)
	var out []Column
	for i, use := range uses {
		if skip := use == c || g.kind(g.Node(use)) == link.Test; skip && out == nil {
			out = append(make([]Column, 0, len(uses)), uses[:i]...)
		} else if !skip && out != nil {
			out = append(out, use)
		}
	}
	if out == nil {
		return uses
	}
	return out
}

// Ancestors gives nodes and all they read, at most so many steps away. Disabled nodes are left out.
func (g *Graph) Ancestors(from []int, steps int) dag.Set {
	return walk(len(g.Program.Nodes), from, steps, g.Parents)
}

// Descendants gives nodes and all that reads them, at most so many steps away. Tests and disabled
// nodes are left out.
func (g *Graph) Descendants(from []int, steps int) dag.Set {
	return walk(len(g.Program.Nodes), from, steps, g.Readers)
}

// Parents gives the nodes a node reads, but for disabled ones.
func (g *Graph) Parents(node int) []int {
	return g.only(g.Program.Graph.Nodes[node].Parents, func(n int) bool { return g.Program.Nodes[n].Enabled })
}

// Readers gives the nodes that read a node, but for tests and disabled ones.
func (g *Graph) Readers(node int) []int {
	return g.only(g.Program.Graph.Nodes[node].Children, func(n int) bool {
		return g.Program.Nodes[n].Enabled && g.kind(n) != link.Test
	})
}

func (g *Graph) only(nodes []int, keep func(int) bool) []int {
	out := make([]int, 0, len(nodes))
	for _, n := range nodes {
		if keep(n) {
			out = append(out, n)
		}
	}
	return out
}

func (g *Graph) kind(node int) link.Kind { return g.Program.Graph.Nodes[node].Kind }

// owners gives the nodes of columns.
func (g *Graph) owners(columns dag.Set) dag.Set {
	nodes := dag.NewSet(len(g.Program.Nodes))
	for c := range columns.All() {
		nodes.Add(g.Node(Column(c)))
	}
	return nodes
}

// walk gives what can be reached, and where it begins.
func walk[T int | Column](size int, from []T, steps int, next func(T) []T) dag.Set {
	seen := dag.NewSet(size)
	var now, then []T
	for _, t := range from {
		if !seen.Has(int(t)) {
			seen.Add(int(t))
			now = append(now, t)
		}
	}
	for ; len(now) > 0 && steps != 0; steps-- {
		then = then[:0]
		for _, t := range now {
			for _, to := range next(t) {
				if !seen.Has(int(to)) {
					seen.Add(int(to))
					then = append(then, to)
				}
			}
		}
		now, then = then, now
	}
	return seen
}
