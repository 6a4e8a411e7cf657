package dag

import "slices"

// Orderer keeps a topological order while edges are added, and refuses an edge that would close a
// cycle. It looks only at the part of the order that an edge puts in question, as Pearce and Kelly
// describe in "A dynamic topological sort algorithm for directed acyclic graphs" (2006).
type Orderer struct {
	out, in           *Graph
	moreOut, moreIn   map[int32][]int32
	position          []int32
	seen              []int32
	search            int32
	forward, backward []int32
	slots             []int32
}

// NewOrderer begins with a graph that has no cycle.
func NewOrderer(g *Graph) *Orderer {
	o := &Orderer{
		out: g, in: g.Reverse(),
		moreOut: map[int32][]int32{}, moreIn: map[int32][]int32{},
		position: make([]int32, g.Len()), seen: make([]int32, g.Len()),
	}
	order, _ := g.Order()
	for at, node := range order {
		o.position[node] = int32(at)
	}
	return o
}

// Add adds an edge, or reports false and leaves it out where it would close a cycle.
func (o *Orderer) Add(e Edge) bool {
	from, to := int32(e.From), int32(e.To)
	if from == to {
		return false
	}
	if low, high := o.position[to], o.position[from]; low < high {
		o.search++
		o.forward = o.collect(o.forward[:0], to, o.children, func(at int32) bool { return at <= high })
		if o.seen[from] == o.search {
			return false
		}
		o.backward = o.collect(o.backward[:0], from, o.parents, func(at int32) bool { return at >= low })
		o.reorder()
	}
	o.moreOut[from] = append(o.moreOut[from], to)
	o.moreIn[to] = append(o.moreIn[to], from)
	return true
}

func (o *Orderer) children(node int32) (base, more []int32) {
	return o.out.Out(int(node)), o.moreOut[node]
}

func (o *Orderer) parents(node int32) (base, more []int32) {
	return o.in.Out(int(node)), o.moreIn[node]
}

// collect gives the nodes that can be reached over positions within the bound.
func (o *Orderer) collect(
	into []int32, root int32, next func(int32) (base, more []int32), within func(int32) bool,
) []int32 {
	o.seen[root] = o.search
	into = append(into, root)
	for at := 0; at < len(into); at++ {
		base, more := next(into[at])
		for _, nodes := range [2][]int32{base, more} {
			for _, node := range nodes {
				if o.seen[node] != o.search && within(o.position[node]) {
					o.seen[node] = o.search
					into = append(into, node)
				}
			}
		}
	}
	return into
}

// reorder puts what leads to the edge before what follows from it, in the places both had.
func (o *Orderer) reorder() {
	byPosition := func(a, b int32) int { return int(o.position[a] - o.position[b]) }
	slices.SortFunc(o.forward, byPosition)
	slices.SortFunc(o.backward, byPosition)
	nodes := append(o.backward, o.forward...)
	o.slots = o.slots[:0]
	for _, node := range nodes {
		o.slots = append(o.slots, o.position[node])
	}
	slices.Sort(o.slots)
	for i, node := range nodes {
		o.position[node] = o.slots[i]
	}
}
