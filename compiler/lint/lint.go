// Package lint finds queries that work and may not mean what they say.
//
// It takes a checked program and gives warnings with codes W0380 to W0399, at their places in the
// templates. It knows SQL as tokens and what an engine told of each query; where that does not suffice
// to be sure it says nothing, so that no warning is false. It refuses one thing: views that stand so
// deep upon views that an engine cannot read them.
package lint

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
)

// All gives what is to be said of a program, node by node.
func All(p *check.Program) diag.List {
	u := newUniqueness(p, p.Graph.Nodes)
	size := len(p.Graph.Nodes)
	workers := min(runtime.GOMAXPROCS(0), 1+size/64)
	lists := make([]diag.List, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < size; i = int(next.Add(1)) - 1 {
				lists[w] = append(lists[w], node(p, u, i)...)
			}
		})
	}
	wg.Wait()
	diags := views(p)
	for _, list := range lists {
		diags = append(diags, list...)
	}
	return diags
}

// Some gives what is to be said of some nodes, where the queries of the others need not be known. What is
// said of the others is not all there is to say.
func Some(p *check.Program, nodes []int) diag.List {
	u := newUniqueness(p, testsAbove(p.Graph, nodes))
	diags := views(p)
	for _, i := range nodes {
		diags = append(diags, node(p, u, i)...)
	}
	return diags
}

// testsAbove gives the tests of nodes and of all above them, which is as far as keys are followed.
func testsAbove(g *link.Graph, nodes []int) []*link.Node {
	var tests []*link.Node
	seen := make(map[int]bool, 64)
	for todo := slices.Clone(nodes); len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		todo = append(todo, g.Nodes[i].Parents...)
		for _, child := range g.Nodes[i].Children {
			if n := g.Nodes[child]; n.Kind == link.Test {
				tests = append(tests, n)
			}
		}
	}
	return tests
}

// node gives what is to be said of one node. It depends on the node's query, the columns and tests of
// what it reads, on where these columns come from, and on nothing else.
func node(p *check.Program, u *uniqueness, i int) diag.List {
	n, known := p.Graph.Nodes[i], &p.Nodes[i]
	own := n.Kind == link.Model || n.Kind == link.Test && n.Test.Singular != nil
	if !own || known.SQL == nil || known.Broken || !known.Enabled {
		return nil
	}
	l := linter{query: newQuery(p, n, known), unique: u}
	l.unusedCTEs()
	l.captured()
	l.groupedByColumn()
	l.crossJoins()
	l.casts()
	l.fanOut()
	if n.Kind == link.Model {
		l.star()
		l.volatile()
		l.ordered()
		l.renamed()
		l.unnamed()
	}
	return l.diags
}

// linter collects what is to be said of a query.
type linter struct {
	*query
	unique *uniqueness
	diags  diag.List
}

// warn adds a warning at a range of tokens.
func (l *linter) warn(code diag.Code, at tokens, format string, args ...any) *diag.Diagnostic {
	return l.diags.Warnf(code, l.place(at), format, args...)
}
