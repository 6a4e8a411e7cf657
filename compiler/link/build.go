package link

import (
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Build links a project.
func Build(p *project.Project, t *template.Parsed) (*Graph, diag.List) {
	return &Graph{Project: p, Parsed: t}, nil
}

// Resolve gives the model or seed of a name.
func (g *Graph) Resolve(name string) (project.ID, bool) {
	for _, id := range []project.ID{project.ID("model." + name), project.ID("seed." + name)} {
		if _, ok := g.ByID[id]; ok {
			return id, true
		}
	}
	return "", false
}

// ResolveSource gives the source of a name and table.
func (g *Graph) ResolveSource(name, table string) (project.ID, bool) {
	id := project.ID("source." + name + "." + table)
	_, ok := g.ByID[id]
	return id, ok
}
