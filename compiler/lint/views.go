package lint

import (
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Limits of views upon views. An engine puts the text of each view where it is read, again and again.
const (
	manyViews = 200 // in all
	deepViews = 400 // one upon the other: at 500 DuckDB gives up
)

// chain says how many views a query is made of when all are put in, and how deep they stand.
type chain struct{ size, depth int }

// views reports queries that are made of very many views, where that begins.
func views(p *check.Program) diag.List {
	var diags diag.List
	chains := make([]chain, len(p.Graph.Nodes))
	for _, i := range p.Graph.Order {
		n := p.Graph.Nodes[i]
		if n.Kind != link.Model || !p.Nodes[i].Enabled {
			continue
		}
		reads, before, deepest := chain{}, chain{}, -1
		for _, parent := range n.Parents {
			c := chains[parent]
			reads.size = min(reads.size+c.size, 1<<30)
			before.size = max(before.size, c.size)
			if c.depth > reads.depth {
				reads.depth, deepest = c.depth, parent
			}
		}
		own := reads
		if expands(n) {
			own.size, own.depth = own.size+1, own.depth+1
			chains[i] = own
		}
		if deepest < 0 {
			continue
		}
		at := readingOf(p, n, p.Graph.Nodes[deepest])
		switch {
		case own.depth >= deepViews && reads.depth < deepViews:
			diags.Errorf(diag.TooDeep, at, "%q stands upon %d views, one upon the other; engines give up at about 500", n.Name, own.depth-1).
				Hintf("materialize one in the middle as a table")
		case own.size >= manyViews && before.size < manyViews && own.depth < deepViews:
			diags.Warnf(diag.DeepViews, at, "%q is made of %d views whenever it is read", n.Name, own.size).
				Hintf("materialize one that many others read as a table")
		}
	}
	return diags
}

// expands reports whether the query of a node is put in where the node is read.
func expands(n *link.Node) bool {
	return n.Model.Materialized == project.View || n.Model.Materialized == project.Ephemeral
}

// readingOf gives the place where a node reads another.
func readingOf(p *check.Program, n, parent *link.Node) source.Span {
	if known := &p.Nodes[n.Index]; known.SQL != nil {
		for _, hole := range known.SQL.Holes {
			if hole.Node == parent.ID && len(hole.At) > 0 {
				return hole.At[0]
			}
		}
	}
	return n.Properties().NameSpan
}
