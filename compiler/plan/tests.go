package plan

import (
	"slices"

	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// chooseTests puts every selected test where it runs.
func (b *builder) chooseTests() {
	if b.opts.NoTests {
		return
	}
	for _, n := range b.g.Nodes {
		if n.Kind != link.Test || !b.selected[n.Index] {
			continue
		}
		b.place(&audit{node: n, blocking: n.Test.Blocks()})
	}
}

// place attaches a test to the step that builds what it tests, or gives it a step of its own.
func (b *builder) place(a *audit) {
	tested, ok := b.g.ByID[a.node.Test.Tested]
	if ok && !a.node.Test.Late && b.of[tested.Index] >= 0 && !b.seesBehind(a.node, tested) {
		if table := b.tableBelow(a, tested); table != nil && !b.areTogether(table, tested) {
			a.through = tested
			tested = table
		}
		w := b.work[b.of[tested.Index]]
		w.audits = append(w.audits, a)
		for _, parent := range a.node.Parents {
			if parent != tested.Index && (a.through == nil || parent != a.through.Index) {
				w.after = append(w.after, b.needs[parent]...)
			}
		}
		return
	}

	w := &work{node: a.node, audits: []*audit{a}}
	for _, parent := range a.node.Parents {
		w.after = append(w.after, b.needs[parent]...)
	}
	b.work = append(b.work, w)
	var blocked dag.Set
	switch {
	case !ok:
		a.why = "it runs after all it reads"
		blocked = b.belowAll(a.node.Parents)
	case a.node.Test.Late:
		a.why = "it is late: it runs after all it reads is published"
		blocked = b.belowAll(a.node.Parents)
	case tested.Kind == link.Source:
		a.why = "tests of sources run before their readers"
		blocked = b.belowAll([]int{tested.Index})
	default:
		a.why = "it tests what is published"
		blocked = b.belowAll([]int{tested.Index})
	}
	if a.blocking {
		b.block(len(b.work)-1, blocked)
	}
}

// belowAll gives what is downstream of every one of the nodes.
func (b *builder) belowAll(nodes []int) dag.Set {
	var out dag.Set
	for _, i := range nodes {
		below, ok := b.below[i]
		if !ok {
			from := dag.NewSet(len(b.g.Nodes))
			from.Add(i)
			below = b.reach.Reach(from, -1)
			below.Subtract(from)
			b.below[i] = below
		}
		if out == nil {
			out = below.Clone()
		} else {
			out.Intersect(below)
		}
	}
	return out
}

// block makes the first of the built nodes in a set wait for a test; the others wait for them.
func (b *builder) block(test int, set dag.Set) {
	b.notBefore(b.work[test], set)
	for i := range set.All() {
		if b.of[i] < 0 {
			continue
		}
		w := b.work[b.of[i]]
		first := !slices.ContainsFunc(w.after, func(before int) bool {
			return b.work[before].node.Kind != link.Test && set.Has(b.work[before].node.Index)
		})
		if first {
			w.after = append(w.after, test)
		}
	}
}

// tableBelow gives the one table or seed of this build that a view shows, if there is just one and
// the test reads nothing else that is built: then the test can run before the table is published.
func (b *builder) tableBelow(a *audit, view *link.Node) *link.Node {
	if !a.blocking || !isView(view) || len(a.node.Parents) != 1 {
		return nil
	}
	var table *link.Node
	queue := []*link.Node{view}
	seen := map[int]bool{view.Index: true}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, i := range n.Parents {
			parent := b.g.Nodes[i]
			built := b.of[i] >= 0
			switch {
			case seen[i]:
			case built && (parent.Kind == link.Seed || parent.Model.Materialized == project.Table):
				if table != nil {
					return nil
				}
				table = parent
			case built && !isView(parent), !built && isView(parent) && !parent.IsEphemeral() && len(b.needs[i]) > 0:
				// A file, or a view whose text in the target may be another one than the project's.
				return nil
			case isView(parent):
				queue = append(queue, parent)
			}
			seen[i] = true
		}
	}
	if table != nil && b.inlinedSize(view, map[int]int{}) > maxInlined {
		return nil
	}
	return table
}

// maxInlined bounds the text of a view with the views it reads in the place of their names.
const maxInlined = 256 << 10

func (b *builder) inlinedSize(n *link.Node, known map[int]int) int {
	if size, ok := known[n.Index]; ok {
		return size
	}
	size := 0
	if sql := b.p.Nodes[n.Index].SQL; sql != nil {
		size = len(sql.Text)
		for _, hole := range sql.Holes {
			if parent, ok := b.g.ByID[hole.Node]; ok && isView(parent) && size <= maxInlined {
				size += b.inlinedSize(parent, known)
			}
		}
	}
	known[n.Index] = size
	return size
}
