package dag

// Components gives the strongly connected component of every node, numbered from 0, and how many
// there are. A component is numbered after all those that can be reached from it.
//
// The algorithm is Tarjan's, with a stack of its own: the depth of a graph is the user's affair.
func (g *Graph) Components() (of []int32, count int) {
	t := &tarjan{
		g:     g,
		of:    make([]int32, g.Len()),
		index: make([]int32, g.Len()),
		low:   make([]int32, g.Len()),
	}
	for i := range t.of {
		t.of[i] = -1
	}
	for i := range t.of {
		if t.index[i] == 0 {
			t.visit(int32(i))
		}
	}
	return t.of, int(t.count)
}

type tarjan struct {
	g *Graph
	// index is the order of the visit from 1, 0 before it; of is -1 until the component is closed.
	of, index, low []int32
	open           []int32
	calls          []call
	visits, count  int32
}

type call struct {
	node, next int32
}

func (t *tarjan) visit(root int32) {
	t.enter(root)
	for len(t.calls) > 0 {
		top := &t.calls[len(t.calls)-1]
		node, out := top.node, t.g.Out(int(top.node))
		if int(top.next) == len(out) {
			t.leave(node)
			continue
		}
		child := out[top.next]
		top.next++
		switch {
		case t.index[child] == 0:
			t.enter(child)
		case t.of[child] < 0:
			t.low[node] = min(t.low[node], t.index[child])
		}
	}
}

func (t *tarjan) enter(node int32) {
	t.visits++
	t.index[node], t.low[node] = t.visits, t.visits
	t.open = append(t.open, node)
	t.calls = append(t.calls, call{node: node})
}

func (t *tarjan) leave(node int32) {
	t.calls = t.calls[:len(t.calls)-1]
	if len(t.calls) > 0 {
		parent := t.calls[len(t.calls)-1].node
		t.low[parent] = min(t.low[parent], t.low[node])
	}
	if t.low[node] != t.index[node] {
		return
	}
	for {
		last := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.of[last] = t.count
		if last == node {
			break
		}
	}
	t.count++
}

// Cycles gives cycles that together hold every edge that lies on one: for each such edge a shortest
// cycle through it, unless a cycle given before holds it already. A cycle begins at its smallest
// node and names each once; a self-loop is a cycle of one node. The search ends at the limit, which
// keeps it linear; complete says that every edge was reached.
func (g *Graph) Cycles(limit int) (cycles [][]int, complete bool) {
	of, _ := g.Components()
	f := &finder{g: g, of: of, covered: make([]bool, len(g.to)), seen: make([]int32, g.Len()), from: make([]int32, g.Len())}
	for i := range g.Len() {
		for k, child := range g.Out(i) {
			if of[child] != of[i] || f.covered[int(g.start[i])+k] {
				continue
			}
			if len(cycles) == limit {
				return cycles, false
			}
			cycles = append(cycles, f.through(int32(i), child))
		}
	}
	return cycles, true
}

type finder struct {
	g       *Graph
	of      []int32
	covered []bool
	// seen is the number of the search that last saw a node, from the node it came from then.
	seen, from []int32
	search     int32
	queue      []int32
}

// through gives a shortest cycle over an edge that lies on one, and covers its edges.
func (f *finder) through(parent, child int32) []int {
	f.search++
	f.seen[child] = f.search
	f.queue = append(f.queue[:0], child)
	for at := 0; f.seen[parent] != f.search; at++ {
		node := f.queue[at]
		for _, next := range f.g.Out(int(node)) {
			if f.of[next] == f.of[child] && f.seen[next] != f.search {
				f.seen[next], f.from[next] = f.search, node
				f.queue = append(f.queue, next)
			}
		}
	}
	var backwards []int
	for node := parent; ; node = f.from[node] {
		backwards = append(backwards, int(node))
		if node == child {
			break
		}
	}
	cycle := turn(backwards)
	for i, node := range cycle {
		f.cover(node, cycle[(i+1)%len(cycle)])
	}
	return cycle
}

func (f *finder) cover(from, to int) {
	for k, child := range f.g.Out(from) {
		if int(child) == to {
			f.covered[int(f.g.start[from])+k] = true
			return
		}
	}
}

// turn reverses a cycle and begins it at its smallest node.
func turn(backwards []int) []int {
	first := 0
	for i, node := range backwards {
		if node < backwards[first] {
			first = i
		}
	}
	n := len(backwards)
	cycle := make([]int, n)
	for i := range cycle {
		cycle[i] = backwards[(first-i+n)%n]
	}
	return cycle
}
