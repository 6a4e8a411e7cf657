package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/source"
)

const (
	// maxCycles bounds the cycles that are reported at once.
	maxCycles = 50
	// maxCycleShown bounds the nodes of one cycle that a message names.
	maxCycleShown = 12
)

// order finds cycles and late tests, and sets the graph's order and levels.
func (b *builder) order() {
	n := len(b.g.Nodes)
	graph := dag.New(n, b.edges)
	order, level := graph.Order()
	b.g.Order, b.g.Level = order, level
	if len(order) < n {
		b.cycles()
		return
	}
	extra := b.testEdges(graph)
	if groups := b.together(); groups != nil {
		groups.order()
		extra = b.edgesOfTests()
	}
	if len(extra) > 0 {
		b.g.Order, _ = dag.New(n, append(b.edges, extra...)).Order()
	}
}

// cycles reports cycles, and marks what is on one. A path is told as it is read in the files: an
// arrow leads from a model to what it reads.
func (b *builder) cycles() {
	turned := make([]dag.Edge, len(b.edges))
	for i, e := range b.edges {
		turned[i] = dag.Edge{From: e.To, To: e.From}
	}
	reads := dag.New(len(b.g.Nodes), turned)
	of, count := reads.Components()
	size := make([]int, count)
	for _, component := range of {
		size[component]++
	}
	for i, component := range of {
		if size[component] > 1 {
			b.g.Nodes[i].Broken = true
		}
	}
	cycles, complete := reads.Cycles(maxCycles)
	for _, cycle := range cycles {
		b.cycle(cycle)
	}
	if !complete {
		last := b.diags[len(b.diags)-1]
		last.Notef(source.Span{}, "there are more cycles than the %d shown", maxCycles)
	}
}

func (b *builder) cycle(cycle []int) {
	names := make([]string, 0, len(cycle)+1)
	for _, i := range cycle {
		names = append(names, b.g.Nodes[i].Name)
	}
	names = append(names, names[0])
	shown := len(cycle)
	if left := len(cycle) - maxCycleShown; left > 0 {
		shown = maxCycleShown - 2
		names = slices.Concat(names[:shown], []string{fmt.Sprintf("%d more", left+1)}, names[len(names)-2:])
	}
	first := b.g.Nodes[cycle[0]]
	d := b.diags.Errorf(diag.Cycle, b.readSpan(first, b.g.Nodes[cycle[1]]),
		"models depend on each other in a circle: %s", strings.Join(names, " → "))
	d.Hintf("take one of these refs out, or move what both need into a model of its own")
	for k, i := range cycle[:shown] {
		from, to := b.g.Nodes[i], b.g.Nodes[cycle[(k+1)%len(cycle)]]
		d.Notef(b.readSpan(from, to), "%s reads %s", from.Name, to.Name)
	}
}

// readSpan gives the first place where a node reads another.
func (b *builder) readSpan(n, parent *Node) source.Span {
	var span source.Span
	reader := reader{g: b.g}
	reader.reads(n, func(r read) {
		if span.IsZero() && b.g.resolve(r) == parent {
			span = r.span
		}
	})
	return span
}

// testEdges gives the edges from what tests read to what they test: the tested relation is published
// after the test has passed, and the test needs the others. A test whose edge would close a cycle
// gets none and is late.
func (b *builder) testEdges(graph *dag.Graph) []dag.Edge {
	extra := b.edgesOfTests()
	if len(extra) == 0 {
		return nil
	}
	// An edge between two components of the whole lies on no cycle. Of the others, those go in that
	// close none with what is in before them; the tests stand in the order of their ids.
	of, _ := dag.New(graph.Len(), append(b.edges[:len(b.edges):len(b.edges)], extra...)).Components()
	orderer := dag.NewOrderer(graph)
	extra = extra[:0]
	for _, n := range b.g.Nodes {
		if n.Kind != Test {
			continue
		}
		for _, e := range b.edgesOf(n) {
			if of[e.From] == of[e.To] && !orderer.Add(e) {
				b.late(n, b.g.Nodes[e.From])
			}
		}
		if !n.Test.Late {
			extra = append(extra, b.edgesOf(n)...)
		}
	}
	return extra
}

// edgesOfTests gives the edges of all tests that are not late.
func (b *builder) edgesOfTests() (edges []dag.Edge) {
	for _, n := range b.g.Nodes {
		if n.Kind == Test && !n.Test.Late {
			edges = append(edges, b.edgesOf(n)...)
		}
	}
	return edges
}

func (b *builder) edgesOf(test *Node) []dag.Edge {
	if test.Test.tested == nil || len(test.Test.Reads) == 0 {
		return nil
	}
	edges := make([]dag.Edge, len(test.Test.Reads))
	for i, id := range test.Test.Reads {
		edges[i] = dag.Edge{From: b.g.ByID[id].Index, To: test.Test.tested.Index}
	}
	return edges
}

func (b *builder) late(test, read *Node) {
	t := test.Test
	if !t.Late && t.Blocks() {
		tested := t.tested
		b.diags.Warnf(diag.LateTest, t.Span,
			"test %q runs after %q is published: it reads %q, which needs %q first",
			test.Name, tested.Name, read.Name, tested.Name).
			Hintf("a failure stops only what is below %q; set severity: warn if that is enough", read.Name)
	}
	t.Late = true
}
