package link

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// connect resolves what every node reads and sets parents and children.
func (b *builder) connect() {
	shares := split(len(b.g.Nodes))
	readers := make([]reader, len(shares))
	inParallel(shares, func(i int, s share) {
		r := &readers[i]
		r.g, r.edges = b.g, make([]dag.Edge, 0, 3*(s.to-s.from))
		for _, n := range b.g.Nodes[s.from:s.to] {
			r.node(n)
		}
	})
	for i := range readers {
		r := &readers[i]
		b.edges = append(b.edges, r.edges...)
		b.diags = append(b.diags, r.diags...)
		for _, w := range r.wrong {
			b.wrong(w.node, w.read)
		}
	}
	b.setNeighbours()
}

func (b *builder) setNeighbours() {
	down := dag.New(len(b.g.Nodes), b.edges)
	up := down.Reverse()
	children, parents := make([]int, 0, down.Edges()), make([]int, 0, down.Edges())
	for i, n := range b.g.Nodes {
		n.Children, children = take(children, down.Out(i))
		n.Parents, parents = take(parents, up.Out(i))
	}
}

// take copies a row to the end of a block that all rows share.
func take(block []int, row []int32) (taken, rest []int) {
	start := len(block)
	for _, i := range row {
		block = append(block, int(i))
	}
	return block[start:len(block):len(block)], block
}

// read is one thing a node reads, and where that is written.
type read struct {
	name string // of a model or seed, or the table of a source
	// source says that group and name are those of a source.
	source bool
	group  string
	span   source.Span
	// in is the place inside a macro, zero where there is none.
	in source.Span
}

// reader gathers what some nodes read.
type reader struct {
	g     *Graph
	edges []dag.Edge
	diags diag.List
	// wrong are reads of names that do not exist, or of the node itself.
	wrong []wrongRead
}

type wrongRead struct {
	node *Node
	read read
}

func (r *reader) node(n *Node) {
	r.reads(n, func(one read) { r.connect(n, one) })
	if n.Kind != Test {
		return
	}
	slices.Sort(n.Test.Reads)
	if n.Test.tested != nil {
		r.edges = append(r.edges, dag.Edge{From: n.Test.tested.Index, To: n.Index})
	}
}

func (r *reader) connect(n *Node, one read) {
	parent := r.g.resolve(one)
	if parent == nil || parent == n {
		n.Broken = true
		r.wrong = append(r.wrong, wrongRead{n, one})
		return
	}
	r.edges = append(r.edges, dag.Edge{From: parent.Index, To: n.Index})
	if n.Kind == Test && parent != n.Test.tested && !slices.Contains(n.Test.Reads, parent.ID) {
		n.Test.Reads = append(n.Test.Reads, parent.ID)
	}
}

// reads gives everything the files of a node say that it reads, in their order.
func (r *reader) reads(n *Node, each func(read)) {
	switch n.Kind {
	case Model:
		unitReads(n.Unit, each)
		referenceReads(n.Model.DependsOn, each)
		r.hookReads(n, each)
	case Exposure:
		referenceReads(n.Exposure.DependsOn, each)
	case Test:
		r.testReads(n, each)
	case Seed, Source: // they read nothing of the project
	}
}

func unitReads(u *template.Unit, each func(read)) {
	if u != nil {
		templateReads(&u.Reads, each)
	}
}

func templateReads(reads *template.Reads, each func(read)) {
	for i := range reads.Refs {
		ref := &reads.Refs[i]
		each(read{name: ref.Name, span: ref.Span, in: ref.In})
	}
	for i := range reads.Sources {
		s := &reads.Sources[i]
		each(read{source: true, group: s.Source, name: s.Table, span: s.Span, in: s.In})
	}
}

func referenceReads(refs []project.Reference, each func(read)) {
	for _, ref := range refs {
		if group, table, dotted := strings.Cut(ref.Name, "."); dotted {
			each(read{source: true, group: group, name: table, span: ref.Span})
			continue
		}
		each(read{name: ref.Name, span: ref.Span})
	}
}

func (r *reader) testReads(n *Node, each func(read)) {
	t := n.Test
	switch {
	case t.Singular != nil:
		unitReads(t.Unit, each)
	case t.Assert != nil:
		r.textReads(n, *t.Assert, each)
	default:
		r.useReads(n, each)
	}
	r.textReads(n, t.Config.Where, each)
}

func (r *reader) useReads(n *Node, each func(read)) {
	t := n.Test
	if t.Unit == nil || n.Broken {
		n.Broken = true
		return
	}
	reads, diags := r.g.Parsed.TestReads(t.Unit, t.Use)
	r.diags = append(r.diags, diags...)
	n.Broken = diags.HasErrors()
	templateReads(&reads, each)
}

// textReads gives what a text from YAML reads; nearly all of them hold no template.
func (r *reader) textReads(n *Node, text project.Text, each func(read)) {
	if !strings.Contains(text.Value, "{{") {
		return
	}
	unit, diags := r.g.Parsed.ParseText(string(n.ID), text)
	r.diags = append(r.diags, diags...)
	n.Broken = n.Broken || diags.HasErrors()
	unitReads(unit, each)
}

func (g *Graph) resolve(r read) *Node {
	if r.source {
		return g.ByID[project.ID("source."+r.group+"."+r.name)]
	}
	id, _ := g.Resolve(r.name)
	return g.ByID[id]
}

// wrong reports a read that makes no edge.
func (b *builder) wrong(n *Node, r read) {
	if b.g.resolve(r) == n {
		b.selfRef(n, r)
		return
	}
	b.unknown(n, r)
}

func (b *builder) selfRef(n *Node, r read) {
	hint := "write {{ this }} for the model's own relation"
	if n.Kind == Model && n.Model.Materialized == project.View {
		hint = "a view cannot read itself: " + diag.ReadElse
	}
	d := b.diags.Errorf(diag.SelfRef, r.span, "model %q reads itself", n.Name).Hintf("%s", hint)
	noteInside(d, r)
}
