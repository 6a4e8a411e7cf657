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
	for _, n := range b.g.Nodes {
		b.reads(n, func(r read) { b.connectOne(n, r) })
		if n.Kind == Test {
			b.finishReads(n)
		}
	}
	down := dag.New(len(b.g.Nodes), b.edges)
	up := down.Reverse()
	children, parents := make([]int, 0, down.Edges()), make([]int, 0, down.Edges())
	for i, n := range b.g.Nodes {
		n.Children, children = take(children, down.Out(i))
		n.Parents, parents = take(parents, up.Out(i))
	}
}

func (b *builder) finishReads(n *Node) {
	slices.Sort(n.Test.Reads)
	if n.Test.tested != nil {
		b.edges = append(b.edges, dag.Edge{From: n.Test.tested.Index, To: n.Index})
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

// reads gives everything the files of a node say that it reads, in their order.
func (b *builder) reads(n *Node, each func(read)) {
	switch n.Kind {
	case Model:
		unitReads(n.Unit, each)
		referenceReads(n.Model.DependsOn, each)
	case Exposure:
		referenceReads(n.Exposure.DependsOn, each)
	case Test:
		b.testReads(n, each)
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

func (b *builder) testReads(n *Node, each func(read)) {
	t := n.Test
	switch {
	case t.Singular != nil:
		unitReads(t.Unit, each)
	case t.Assert != nil:
		b.textReads(n, *t.Assert, each)
	default:
		b.useReads(n, each)
	}
	b.textReads(n, t.Config.Where, each)
}

func (b *builder) useReads(n *Node, each func(read)) {
	t := n.Test
	if t.Unit == nil || n.Broken {
		n.Broken = true
		return
	}
	reads, diags := b.g.Parsed.TestReads(t.Unit, t.Use)
	b.diags = append(b.diags, diags...)
	n.Broken = diags.HasErrors()
	templateReads(&reads, each)
}

// textReads gives what a text from YAML reads; nearly all of them hold no template.
func (b *builder) textReads(n *Node, text project.Text, each func(read)) {
	if !strings.Contains(text.Value, "{{") {
		return
	}
	unit, diags := b.g.Parsed.ParseText(string(n.ID), text)
	b.diags = append(b.diags, diags...)
	n.Broken = n.Broken || diags.HasErrors()
	unitReads(unit, each)
}

func (b *builder) connectOne(n *Node, r read) {
	parent := b.resolve(r)
	switch parent {
	case nil:
		n.Broken = true
		b.unknown(n, r)
	case n:
		n.Broken = true
		b.selfRef(n, r)
	default:
		b.edges = append(b.edges, dag.Edge{From: parent.Index, To: n.Index})
		if n.Kind == Test && parent.ID != n.Test.Tested && !slices.Contains(n.Test.Reads, parent.ID) {
			n.Test.Reads = append(n.Test.Reads, parent.ID)
		}
	}
}

func (b *builder) resolve(r read) *Node {
	if r.source {
		id, _ := b.g.ResolveSource(r.group, r.name)
		return b.g.ByID[id]
	}
	return b.model(r.name)
}

func (b *builder) selfRef(n *Node, r read) {
	d := b.diags.Errorf(diag.SelfRef, r.span, "model %q reads itself", n.Name).
		Hintf("write {{ this }} for the model's own relation")
	noteInside(d, r)
}
