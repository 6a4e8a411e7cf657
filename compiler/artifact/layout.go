package artifact

import (
	"io"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/link"
)

// The lists of a document, in their order. What is written of a node stands together in each: a piece.
const (
	listNodes = iota
	listEdges
	listColumns
	listInfluences
	lists
)

// Layout says how long the pieces of a file are that WriteProject wrote.
type Layout struct {
	// nodes are those that are written, sorted; sizes is parallel to it.
	nodes []int
	sizes [lists][]int
}

// WriteProject writes all that WriteLineage writes of a whole program, and says where it stands.
func WriteProject(w io.Writer, p *check.Program) (*Layout, error) {
	c := &counter{w: w}
	e := newEncoder(c, p)
	l := newLayout(p)
	for list := range lists {
		e.raw(opening[list])
		first := true
		for k, n := range l.nodes {
			if !has(p, list, n) {
				continue
			}
			if !first {
				_ = e.w.WriteByte(',')
			}
			first = false
			begin := c.size + e.w.Buffered()
			e.piece(list, n)
			l.sizes[list][k] = c.size + e.w.Buffered() - begin
		}
	}
	e.raw(closing)
	return l, e.w.Flush()
}

// counter counts what was written.
type counter struct {
	w    io.Writer
	size int
}

func (c *counter) Write(p []byte) (int, error) {
	c.size += len(p)
	return c.w.Write(p)
}

// newLayout gives the nodes of a whole program: all but tests and disabled ones.
func newLayout(p *check.Program) *Layout {
	l := &Layout{}
	for i := range p.Nodes {
		if written(p, i) {
			l.nodes = append(l.nodes, i)
		}
	}
	for list := range l.sizes {
		l.sizes[list] = make([]int, len(l.nodes))
	}
	return l
}

func written(p *check.Program, n int) bool {
	return p.Nodes[n].Enabled && p.Graph.Nodes[n].Kind != link.Test
}

// has reports whether something of a node stands in a list.
func has(p *check.Program, list, n int) bool {
	node := &p.Nodes[n]
	switch list {
	case listEdges:
		for _, parent := range p.Graph.Nodes[n].Parents {
			if written(p, parent) {
				return true
			}
		}
		return false
	case listColumns:
		return known(node) > 0
	case listInfluences:
		return node.Lineage != nil && len(node.Lineage.Influences) > 0
	}
	return true
}

// known is how many columns of a node are known to be made of something.
func known(n *check.Node) int {
	switch {
	case n.Lineage == nil:
		return 0
	case n.Columns == nil:
		return len(n.Lineage.Columns)
	}
	return min(len(n.Columns), len(n.Lineage.Columns))
}

// piece writes what stands of a node in a list.
func (e *encoder) piece(list, n int) {
	switch list {
	case listNodes:
		e.node(n)
	case listEdges:
		count := 0
		for _, parent := range e.p.Graph.Nodes[n].Parents {
			if written(e.p, parent) {
				e.begin(count)
				e.edge(parent, n)
				count++
			}
		}
	case listColumns:
		for i := range known(&e.p.Nodes[n]) {
			e.begin(i)
			e.column(n, i)
		}
	case listInfluences:
		all := e.p.Nodes[n].Lineage.Influences
		e.influences(n, len(all), func(i int) check.Influence { return all[i] })
	}
}

// Encode writes a layout.
func (l *Layout) Encode() string {
	var e cache.Encoder
	e.Uint(uint64(len(l.nodes)))
	for list := range l.sizes {
		for _, size := range l.sizes[list] {
			e.Uint(uint64(size))
		}
	}
	return string(e.Bytes())
}

// DecodeLayout reads what Layout.Encode wrote of the same nodes; it is nil where that makes no sense.
func DecodeLayout(data string, p *check.Program) *Layout {
	d := cache.NewDecoder(data)
	l := newLayout(p)
	if d.Count(lists) != len(l.nodes) {
		return nil
	}
	for list := range l.sizes {
		for k := range l.sizes[list] {
			l.sizes[list][k] = int(d.Uint() & (1<<40 - 1))
		}
	}
	if !d.Done() {
		return nil
	}
	return l
}

// size is that of the whole file.
func (l *Layout) size() int64 {
	total := len(closing)
	for list := range lists {
		total += len(opening[list])
		pieces := 0
		for _, size := range l.sizes[list] {
			if size > 0 {
				pieces++
			}
			total += size
		}
		total += max(pieces-1, 0)
	}
	return int64(total)
}
