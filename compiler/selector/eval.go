package selector

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// pair is what a selection means: the nodes and tests it holds whatever else is selected, and those
// together with every test that reads one of the nodes. The tests that only the second set has come
// in at the end, where the whole selection holds enough of what they read.
type pair struct {
	sure, near dag.Set
}

func (p pair) isNil() bool { return p.sure == nil }

type evaluator struct {
	g     *link.Graph
	mode  Mode
	diags diag.List
	// down leads to children that are no tests, up to all parents; both are nil until they are needed.
	down, up *dag.Graph
	tests    []*link.Node
	isTest   dag.Set
	// open are the named selectors at work, done those that are known.
	open []string
	done map[string]pair
	// results gives how nodes and tests ended in the last run; ended is what it gave.
	results func() map[project.ID]string
	ended   map[project.ID]string
	// vocabulary is made when a name is wrong.
	vocabulary *vocabulary
}

func newEvaluator(g *link.Graph, mode Mode) *evaluator {
	e := &evaluator{g: g, mode: mode, isTest: dag.NewSet(len(g.Nodes)), done: map[string]pair{}}
	if e.mode == 0 {
		e.mode = Eager
	}
	for i, n := range g.Nodes {
		if n.Kind == link.Test {
			e.tests = append(e.tests, n)
			e.isTest.Add(i)
		}
	}
	return e
}

// children leads to children that are no tests. It is made when somebody goes down.
func (e *evaluator) children() *dag.Graph {
	if e.down == nil {
		e.down = e.edges(func(n *link.Node, parent int) (dag.Edge, bool) {
			return dag.Edge{From: parent, To: n.Index}, n.Kind != link.Test
		})
	}
	return e.down
}

// parents leads to all parents. It is made when somebody goes up.
func (e *evaluator) parents() *dag.Graph {
	if e.up == nil {
		e.up = e.edges(func(n *link.Node, parent int) (dag.Edge, bool) { return dag.Edge{From: n.Index, To: parent}, true })
	}
	return e.up
}

func (e *evaluator) edges(edge func(n *link.Node, parent int) (dag.Edge, bool)) *dag.Graph {
	var edges []dag.Edge
	for _, n := range e.g.Nodes {
		for _, parent := range n.Parents {
			if one, ok := edge(n, parent); ok {
				edges = append(edges, one)
			}
		}
	}
	return dag.New(len(e.g.Nodes), edges)
}

func (e *evaluator) none() dag.Set { return dag.NewSet(len(e.g.Nodes)) }

func (e *evaluator) nothing() pair { return pair{sure: e.none(), near: e.none()} }

func (e *evaluator) everything() pair {
	all := e.none()
	for i := range e.g.Nodes {
		all.Add(i)
	}
	if e.mode == None {
		all.Subtract(e.isTest)
	}
	return pair{sure: all, near: all.Clone()}
}

// union evaluates a text; one without words gives the nil pair.
func (e *evaluator) union(t text) pair {
	words, diags := parse(t)
	e.diags = append(e.diags, diags...)
	var all pair
	for _, w := range words {
		one := e.intersection(w)
		if all.isNil() {
			all = one
			continue
		}
		all.sure.Union(one.sure)
		all.near.Union(one.near)
	}
	return all
}

func (e *evaluator) intersection(w word) pair {
	all := e.atom(&w[0])
	for i := range w[1:] {
		one := e.atom(&w[i+1])
		all.sure.Intersect(one.sure)
		all.near.Intersect(one.near)
	}
	return all
}

// subtract takes away what is excluded, and every test that reads some of it.
func (e *evaluator) subtract(from, excluded pair) {
	if excluded.isNil() {
		return
	}
	from.sure.Subtract(excluded.near)
	from.near.Subtract(excluded.near)
}

// settle brings in the tests that the whole selection holds enough of.
func (e *evaluator) settle(p pair) dag.Set {
	if e.mode == Cautious || e.mode == Buildable {
		more := e.testsWithin(e.ground(p.sure))
		more.Intersect(p.near)
		p.sure.Union(more)
	}
	return p.sure
}

// atom evaluates method and value, then the operators, then brings the tests along.
func (e *evaluator) atom(a *atom) pair {
	if a.method == "selector" {
		p := e.named(a.value, a.at)
		if !a.around && a.up == 0 && a.down == 0 {
			return pair{sure: p.sure.Clone(), near: p.near.Clone()}
		}
		return e.withTests(e.operators(a, p.sure))
	}
	return e.withTests(e.operators(a, e.match(a)))
}

func (e *evaluator) operators(a *atom, nodes dag.Set) dag.Set {
	out := nodes.Clone()
	if a.around {
		out.Union(e.parents().Reach(e.children().Reach(nodes, endless), endless))
	}
	if a.up != 0 {
		out.Union(e.parents().Reach(nodes, a.up))
	}
	if a.down != 0 {
		out.Union(e.children().Reach(nodes, a.down))
	}
	return out
}

func (e *evaluator) withTests(nodes dag.Set) pair {
	near := nodes.Clone()
	for _, n := range e.tests {
		if slices.ContainsFunc(n.Parents, nodes.Has) {
			near.Add(n.Index)
		}
	}
	switch e.mode {
	case Eager:
		return pair{sure: near.Clone(), near: near}
	case Cautious, Buildable:
		sure := e.testsWithin(e.ground(nodes))
		sure.Intersect(near)
		sure.Union(nodes)
		return pair{sure: sure, near: near}
	default:
		return pair{sure: nodes, near: near}
	}
}

// ground is what a test may read to come along: the nodes, when buildable with their ancestors.
func (e *evaluator) ground(nodes dag.Set) dag.Set {
	if e.mode == Buildable {
		return e.parents().Reach(nodes, endless)
	}
	return nodes
}

// testsWithin gives the tests that read something, and nothing but these nodes.
func (e *evaluator) testsWithin(nodes dag.Set) dag.Set {
	within := e.none()
	for _, n := range e.tests {
		outside := slices.ContainsFunc(n.Parents, func(p int) bool { return !nodes.Has(p) })
		if !outside && len(n.Parents) > 0 {
			within.Add(n.Index)
		}
	}
	return within
}

// named evaluates a selector of the project. The pair belongs to the evaluator: clone it to change it.
func (e *evaluator) named(name string, at source.Span) pair {
	if p, ok := e.done[name]; ok {
		return p
	}
	all := e.g.Project.Selectors
	i := slices.IndexFunc(all, func(s *project.Selector) bool { return s.Name == name })
	if i < 0 {
		e.unknownSelector(name, at)
		return e.nothing()
	}
	if first := slices.Index(e.open, name); first >= 0 {
		path := append(slices.Clone(e.open[first:]), name)
		e.diags.Errorf(diag.SelectorRecursion, at, "selector %q selects itself: %s", name, strings.Join(path, " → ")).
			Hintf("take one of these selectors out of another's selection")
		return e.nothing()
	}
	e.open = append(e.open, name)
	p := e.union(fromYAML(all[i].Select))
	if p.isNil() {
		p = e.everything()
	}
	e.subtract(p, e.union(fromYAML(all[i].Exclude)))
	e.open = e.open[:len(e.open)-1]
	e.done[name] = p
	return p
}

func fromYAML(t project.Text) text { return text{value: t.Value, span: t.Span, exact: t.Exact} }
