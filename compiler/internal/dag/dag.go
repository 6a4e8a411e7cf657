// Package dag holds graph algorithms over the integers from 0 to n-1.
//
// It takes edges, gives orders, levels, components, readable cycles and reachable sets, all in time
// linear in nodes and edges and always the same for the same edges. It knows nothing of what the
// integers stand for. An edge with an end outside the graph is a bug of the caller and panics.
package dag

// Edge leads from a parent to a child: From comes before To.
type Edge struct {
	From, To int
}

// Graph is a directed graph in compressed rows: the children of node i are to[start[i]:start[i+1]].
// It is never changed and safe for concurrent use.
type Graph struct {
	start, to []int32
}

// New gives the graph of n nodes and the edges; repeated edges count once.
func New(n int, edges []Edge) *Graph {
	// Two counting sorts, by To and then, stably, by From, leave every row sorted.
	byTo := make([]Edge, len(edges))
	scatter(n, edges, byTo, func(e Edge) int { return e.To })
	sorted := make([]Edge, len(edges))
	scatter(n, byTo, sorted, func(e Edge) int { return e.From })

	g := &Graph{start: make([]int32, n+1), to: make([]int32, 0, len(edges))}
	next := 0
	for i := range n {
		for ; next < len(sorted) && sorted[next].From == i; next++ {
			to, row := int32(sorted[next].To), g.to[g.start[i]:]
			if len(row) == 0 || row[len(row)-1] != to {
				g.to = append(g.to, to)
			}
		}
		g.start[i+1] = int32(len(g.to))
	}
	return g
}

func scatter(n int, from, into []Edge, key func(Edge) int) {
	at := make([]int32, n+1)
	for _, e := range from {
		at[key(e)+1]++
	}
	for i := range n {
		at[i+1] += at[i]
	}
	for _, e := range from {
		k := key(e)
		into[at[k]] = e
		at[k]++
	}
}

// Len gives the number of nodes.
func (g *Graph) Len() int { return len(g.start) - 1 }

// Edges gives the number of edges.
func (g *Graph) Edges() int { return len(g.to) }

// Out gives the children of a node, sorted. The caller must not change them.
func (g *Graph) Out(i int) []int32 { return g.to[g.start[i]:g.start[i+1]] }

// Reverse gives the graph with every edge turned round.
func (g *Graph) Reverse() *Graph {
	n := g.Len()
	r := &Graph{start: make([]int32, n+1), to: make([]int32, len(g.to))}
	for _, child := range g.to {
		r.start[child+1]++
	}
	for i := range n {
		r.start[i+1] += r.start[i]
	}
	at := append([]int32(nil), r.start...)
	for i := range n {
		for _, child := range g.Out(i) {
			r.to[at[child]] = int32(i)
			at[child]++
		}
	}
	return r
}

// Order gives the nodes sorted by level and then by number, so that parents come before children,
// and every node's level: the length of the longest path that leads to it. Nodes on a cycle, and
// those behind one, are not in the order; their level is -1.
func (g *Graph) Order() (order, level []int) {
	n := g.Len()
	level = make([]int, n)
	waits := make([]int32, n)
	for _, child := range g.to {
		waits[child]++
	}
	queue := make([]int32, 0, n)
	for i := range n {
		if waits[i] == 0 {
			queue = append(queue, int32(i))
		}
	}
	for at := 0; at < len(queue); at++ {
		node := int(queue[at])
		for _, child := range g.Out(node) {
			level[child] = max(level[child], level[node]+1)
			if waits[child]--; waits[child] == 0 {
				queue = append(queue, child)
			}
		}
	}
	for i, w := range waits {
		if w > 0 {
			level[i] = -1
		}
	}
	return byLevel(level, len(queue)), level
}

// byLevel sorts the nodes that have a level by it and then by number.
func byLevel(level []int, count int) []int {
	at := make([]int, count+2)
	for _, l := range level {
		if l >= 0 {
			at[l+1]++
		}
	}
	for l := range count {
		at[l+1] += at[l]
	}
	order := make([]int, count)
	for i, l := range level {
		if l >= 0 {
			order[at[l]] = i
			at[l]++
		}
	}
	return order
}

// Reach gives the nodes that can be reached from a set in at most depth steps, the set included. A
// negative depth means any number of steps.
func (g *Graph) Reach(from Set, depth int) Set {
	seen := from.Clone()
	var frontier, next []int32
	for i := range from.All() {
		frontier = append(frontier, int32(i))
	}
	for ; len(frontier) > 0 && depth != 0; depth-- {
		next = next[:0]
		for _, node := range frontier {
			for _, child := range g.Out(int(node)) {
				if !seen.Has(int(child)) {
					seen.Add(int(child))
					next = append(next, child)
				}
			}
		}
		frontier, next = next, frontier
	}
	return seen
}
