package link

import (
	"cmp"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Build links a project. The graph holds every node that has a name of its own, and the edges whose
// two ends exist; the rest is in the list.
func Build(p *project.Project, t *template.Parsed) (*Graph, diag.List) {
	b := newBuilder(p, t)
	b.addNodes()
	b.addTests()
	b.number()
	b.connect()
	b.order()
	return b.g, b.diags
}

// Resolve gives the model or seed of a name.
func (g *Graph) Resolve(name string) (project.ID, bool) {
	if id := project.ID("model." + name); g.Find(id) != nil {
		return id, true
	}
	id := project.ID("seed." + name)
	return id, g.Find(id) != nil
}

// ResolveSource gives the source of a name and table.
func (g *Graph) ResolveSource(name, table string) (project.ID, bool) {
	id := project.ID("source." + name + "." + table)
	return id, g.Find(id) != nil
}

type builder struct {
	g     *Graph
	diags diag.List
	// generic are the generic tests by name.
	generic map[string]*project.GenericTest
	names   *names
	edges   []dag.Edge
	// nodes is the block that the graph's latest nodes are parts of.
	nodes []Node
}

func newBuilder(p *project.Project, t *template.Parsed) *builder {
	b := &builder{
		g:       &Graph{Project: p, Parsed: t, ByID: make(map[project.ID]*Node, 4*len(p.Models))},
		generic: make(map[string]*project.GenericTest, len(p.GenericTests)),
	}
	for _, test := range p.GenericTests {
		b.generic[test.Name] = test
	}
	b.names = &names{g: b.g}
	return b
}

// add puts a node into the graph, unless there is one of its id: load has reported that.
func (b *builder) add(n Node) {
	if b.g.ByID[n.ID] != nil {
		return
	}
	if len(b.nodes) == cap(b.nodes) {
		b.makeRoom(1)
	}
	b.nodes = append(b.nodes, n)
	node := &b.nodes[len(b.nodes)-1]
	b.g.ByID[n.ID] = node
	b.g.Nodes = append(b.g.Nodes, node)
}

// makeRoom begins a new block for that many nodes; those of the old one stay where they are.
func (b *builder) makeRoom(count int) {
	b.nodes = make([]Node, 0, count)
	b.g.Nodes = slices.Grow(b.g.Nodes, count)
}

func (b *builder) addNodes() {
	p, t := b.g.Project, b.g.Parsed
	b.makeRoom(len(p.Models) + len(p.Seeds) + len(p.Sources) + len(p.Exposures))
	for _, m := range p.Models {
		b.add(Node{ID: m.ID, Name: m.Name, Kind: Model, Path: m.File.Path, Model: m, Unit: t.Models[m.Name], Broken: m.Broken})
	}
	for _, s := range p.Seeds {
		b.add(Node{ID: s.ID, Name: s.Name, Kind: Seed, Path: s.Path, Seed: s})
	}
	for _, s := range p.Sources {
		b.add(Node{ID: s.ID, Name: s.SourceName + "." + s.Name, Kind: Source, Path: s.NameSpan.Path(), Source: s})
	}
	for _, e := range p.Exposures {
		b.add(Node{ID: e.ID, Name: e.Name, Kind: Exposure, Path: e.NameSpan.Path(), Exposure: e})
	}
}

// number sorts the nodes by id and gives them their places.
func (b *builder) number() {
	slices.SortFunc(b.g.Nodes, func(x, y *Node) int { return cmp.Compare(x.ID, y.ID) })
	for i, n := range b.g.Nodes {
		n.Index = i
	}
}
