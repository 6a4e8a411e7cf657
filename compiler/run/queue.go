package run

import (
	"sync"

	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// queue tells which steps are ready. Handing out all steps takes time linear in steps and edges, but
// for the heap. Its lock is the executor's affair, its condition wakes those who wait for work.
type queue struct {
	wake    *sync.Cond
	ready   []int     // a heap, the longest way to the end first
	way     []float64 // seconds, or steps, on the longest path from a step to the end
	waits   []int     // steps that a step still waits for
	readers [][]int
	cause   []int // per step, the root of why it is skipped, or -1
	active  int
	stopped bool
}

// newQueue takes how many seconds nodes took before, as far as anybody knows.
func newQueue(p *plan.Plan, seconds map[project.ID]float64) *queue {
	n := len(p.Steps)
	q := &queue{way: make([]float64, n), waits: make([]int, n), readers: make([][]int, n), cause: make([]int, n)}
	for i, s := range p.Steps {
		q.waits[i], q.cause[i] = len(s.After), -1
		for _, before := range s.After {
			q.readers[before] = append(q.readers[before], i)
		}
	}
	// Steps stand in graph order: the readers of a step come after it.
	takes := weights(p, seconds)
	for i := n - 1; i >= 0; i-- {
		for _, reader := range q.readers[i] {
			q.way[i] = max(q.way[i], q.way[reader])
		}
		q.way[i] += takes[i]
	}
	for i := range p.Steps {
		if q.waits[i] == 0 {
			q.push(i)
		}
	}
	return q
}

// weights gives how long each step may take: what it took before, or the mean of the others where nobody knows. Without
// any of that each takes the same.
func weights(p *plan.Plan, seconds map[project.ID]float64) []float64 {
	sum, known := 0.0, 0
	for _, s := range p.Steps {
		if took, ok := seconds[s.ID]; ok {
			sum, known = sum+took, known+1
		}
	}
	mean := 1.0
	if known > 0 {
		mean = sum / float64(known)
	}
	out := make([]float64, len(p.Steps))
	for i, s := range p.Steps {
		took, ok := seconds[s.ID]
		switch {
		case s.Action == plan.Skip && known > 0: // which takes no time
		case ok:
			out[i] = took
		default:
			out[i] = mean
		}
	}
	return out
}

// settle takes a step off those that readers of it wait for. It gives the readers that are ready now and
// must be skipped, because something before them did not succeed.
func (q *queue) settle(i int, readers []int, succeeded bool) (skipped []int) {
	root := q.cause[i]
	if root < 0 && !succeeded {
		root = i
	}
	for _, reader := range readers {
		if root >= 0 && (q.cause[reader] < 0 || root < q.cause[reader]) {
			q.cause[reader] = root
		}
		q.waits[reader]--
		if q.waits[reader] > 0 {
			continue
		}
		if q.cause[reader] >= 0 {
			skipped = append(skipped, reader)
		} else {
			q.push(reader)
		}
	}
	return skipped
}

func (q *queue) before(a, b int) bool {
	if q.way[a] != q.way[b] {
		return q.way[a] > q.way[b]
	}
	return a < b
}

func (q *queue) push(i int) {
	q.ready = append(q.ready, i)
	at := len(q.ready) - 1
	for at > 0 {
		up := (at - 1) / 2
		if !q.before(q.ready[at], q.ready[up]) {
			return
		}
		q.ready[at], q.ready[up] = q.ready[up], q.ready[at]
		at = up
	}
}

func (q *queue) pop() int {
	top := q.ready[0]
	last := len(q.ready) - 1
	q.ready[0] = q.ready[last]
	q.ready = q.ready[:last]
	at := 0
	for {
		first := at
		for _, child := range [2]int{2*at + 1, 2*at + 2} {
			if child < last && q.before(q.ready[child], q.ready[first]) {
				first = child
			}
		}
		if first == at {
			return top
		}
		q.ready[at], q.ready[first] = q.ready[first], q.ready[at]
		at = first
	}
}
