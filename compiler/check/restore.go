package check

import (
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/template"
)

// Restore gives a program of a graph whose nodes are known already; it has no SQL. Without bound their
// columns are those that sources declare.
func Restore(g *link.Graph, env Env, nodes []Node, bound bool) *Program {
	c := &checker{graph: g, env: env}
	c.program = &Program{Graph: g, Nodes: nodes, env: env, baseSchema: or(g.Project.Target.Schema, env.DefaultSchema)}
	c.program.schema = environmentSchema(c.program.baseSchema, g.Project.Target.Environment)
	for i, n := range g.Nodes {
		if !bound && n.Kind == link.Source {
			nodes[i].Columns = c.sourceColumns(n.Source)
		}
	}
	return c.program
}

// Timed reports whether some SQL holds the time of the run.
func (p *Program) Timed() bool {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		for _, r := range append(append([]*template.Rendered{n.SQL, n.Where, n.Increment}, n.Predicates...), n.Hooks.all()...) {
			if r == nil {
				continue
			}
			for k := range r.Holes {
				if r.Holes[k].Kind == template.HoleRunTime {
					return true
				}
			}
		}
	}
	return false
}
