package check

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// Landing gives the source whose files a model loads once each; nil where it does not.
func (p *Program) Landing(n *link.Node) *link.Node {
	if !isLanding(n) {
		return nil
	}
	if sources := fileSources(p.Graph, n); len(sources) == 1 {
		return sources[0]
	}
	return nil
}

func isLanding(n *link.Node) bool {
	return n.Kind == link.Model && n.Model.Materialized == project.Incremental && n.Model.Incremental.NewFiles
}

// SomeFiles gives what stands for a source in a query that is to read some of its files, by their paths.
func (p *Program) SomeFiles(source *link.Node, all, some []string) template.Filling {
	return template.Filling{SQL: p.env.Dialect.SomeFiles(all, some, source.Source.Format, p.Nodes[source.Index].Columns)}
}

// SkipsFiles reports the query of a model, when its table is there or when it is not, that does not read the source
// whose files count as loaded then; nil where both do.
func (p *Program) SkipsFiles(n, source *link.Node) *diag.Diagnostic {
	out := &p.Nodes[n.Index]
	if out.SQL == nil || p.readsIn(out.SQL, source, 0) && p.readsIn(out.increment(), source, 0) {
		return nil
	}
	var list diag.List
	return list.Errorf(diag.NoLanding, n.Model.Incremental.NewFilesAt, "%q does not always read the files of %q, which count as loaded", n.Name, source.ID.Name()).
		Hintf("read the source in both branches of {{ if incremental }}")
}

// readsIn reports whether a query reads a source itself or in an ephemeral model.
func (p *Program) readsIn(r *template.Rendered, source *link.Node, depth int) bool {
	return slices.ContainsFunc(r.Holes, func(hole template.Hole) bool {
		if hole.Kind != template.HoleRelation || hole.Node == source.ID {
			return hole.Kind == template.HoleRelation
		}
		n := p.Graph.Find(hole.Node)
		if n == nil || !n.IsEphemeral() || p.Nodes[n.Index].SQL == nil || depth > len(p.Nodes) {
			return false
		}
		return p.readsIn(p.Nodes[n.Index].SQL, source, depth+1)
	})
}

// feedsLanding reports whether the files of a source are loaded once each by a model.
func feedsLanding(g *link.Graph, source *link.Node) bool {
	nodes := []*link.Node{source}
	for k := 0; k < len(nodes); k++ {
		for _, i := range nodes[k].Children {
			n := g.Nodes[i]
			if isLanding(n) {
				return true
			}
			if n.IsEphemeral() && !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
	}
	return false
}

// landings checks that models that load new files only read one source of files, of which they can read some.
func (c *checker) landings() diag.List {
	var diags diag.List
	for _, n := range c.graph.Nodes {
		out := &c.program.Nodes[n.Index]
		if !isLanding(n) || !out.Enabled || out.Broken {
			continue
		}
		if d := c.landing(n); d != nil {
			out.Broken = true
			diags = append(diags, d)
		}
	}
	return diags
}

func (c *checker) landing(n *link.Node) *diag.Diagnostic {
	var list diag.List
	at := n.Model.Incremental.NewFilesAt
	sources := fileSources(c.graph, n)
	switch len(sources) {
	case 0:
		if view, source := fileView(c.graph, n); view != nil {
			return list.Errorf(diag.NoLanding, at, "%q reads the files of %q through the view %q, which shows all of them", n.Name, source.ID.Name(), view.Name).
				Hintf("make %q ephemeral, or read the source itself", view.Name)
		}
		return list.Errorf(diag.NoLanding, at, "%q reads no source of files, of which some could be new", n.Name).
			Hintf("read a source with the key files, or select only new rows where {{ if incremental }} is true")
	case 1:
		return c.program.SkipsFiles(n, sources[0])
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.ID.Name()
	}
	return list.Errorf(diag.NoLanding, at, "%q reads the files of several sources: %s", n.Name, strings.Join(names, ", ")).
		Hintf("load each of them with a model of its own, and read those")
}

// fileSources gives the sources of files that a node reads itself or in ephemeral models.
func fileSources(g *link.Graph, n *link.Node) []*link.Node {
	var out []*link.Node
	through(g, n, (*link.Node).IsEphemeral, func(parent *link.Node) {
		if parent.Kind == link.Source && parent.Source.Files != "" {
			out = append(out, parent)
		}
	})
	return out
}

// fileView gives a view that a node reads and that shows the files of a source; nil where there is none.
func fileView(g *link.Graph, n *link.Node) (view, source *link.Node) {
	isView := func(n *link.Node) bool {
		return n.Kind == link.Model && !n.Model.Materialized.IsTable() && n.Model.Materialized != project.External
	}
	through(g, n, (*link.Node).IsEphemeral, func(parent *link.Node) {
		if view != nil || !isView(parent) || parent.IsEphemeral() {
			return
		}
		through(g, parent, isView, func(above *link.Node) {
			if above.Kind == link.Source && above.Source.Files != "" && source == nil {
				view, source = parent, above
			}
		})
	})
	return view, source
}

// through visits what a node reads, each once, and what that reads where it is looked through.
func through(g *link.Graph, n *link.Node, looked func(*link.Node) bool, visit func(*link.Node)) {
	nodes := []*link.Node{n}
	for k := 0; k < len(nodes); k++ {
		if k > 0 {
			visit(nodes[k])
		}
		if k > 0 && !looked(nodes[k]) {
			continue
		}
		for _, i := range nodes[k].Parents {
			if !slices.Contains(nodes, g.Nodes[i]) {
				nodes = append(nodes, g.Nodes[i])
			}
		}
	}
}

// Subject gives the name under which the state keeps a relation.
func (p *Program) Subject(name relation.Name) string { return p.env.Dialect.Relation(name.Fold()) }
