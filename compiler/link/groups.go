package link

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/project"
)

// together is what is published in one step: whoever reads one model of a group waits for all of them.
type together struct {
	*builder
	// of gives, per node, the node that stands for its publish group, the node itself where it is in none. An
	// ephemeral model between two of a group is a part of the query of one of them, and of the group.
	of []int
	// in is the group of every node that has one itself.
	in []string
	// component is that of every node of the graph in which groups are one node.
	component []int32
}

// together looks for groups of several models; nil means that there are none.
func (b *builder) together() *together {
	t := &together{builder: b, of: make([]int, len(b.g.Nodes)), in: make([]string, len(b.g.Nodes))}
	first := map[string]int{}
	some := false
	for i, n := range b.g.Nodes {
		t.of[i] = i
		if n.Kind != Model || n.Model.PublishGroup() == "" || n.Model.Enabled.Value == "false" {
			continue
		}
		t.in[i] = n.Model.PublishGroup()
		at, ok := first[t.in[i]]
		if !ok {
			first[t.in[i]] = i
			continue
		}
		t.of[i], some = at, true
	}
	if !some {
		return nil
	}
	t.contractEphemeral()
	return t
}

// contractEphemeral finds the ephemeral models that stand between two of a group.
func (t *together) contractEphemeral() {
	nodes := t.g.Nodes
	above, below := map[int]map[int]bool{}, map[int]map[int]bool{}
	collect := func(i int, next []int, known map[int]map[int]bool) {
		if !nodes[i].IsEphemeral() {
			return
		}
		known[i] = map[int]bool{}
		for _, k := range next {
			if t.in[k] != "" {
				known[i][t.of[k]] = true
			}
			for group := range known[k] {
				known[i][group] = true
			}
		}
	}
	for _, i := range t.g.Order {
		collect(i, nodes[i].Parents, above)
	}
	for _, i := range slices.Backward(t.g.Order) {
		collect(i, nodes[i].Children, below)
	}
	for _, i := range t.g.Order {
		at := len(nodes)
		for group := range above[i] {
			if below[i][group] {
				at = min(at, group)
			}
		}
		if at < len(nodes) {
			t.of[i] = at
		}
	}
}

// contracted gives edges between groups, and what is in none.
func (t *together) contracted(edges []dag.Edge) []dag.Edge {
	out := make([]dag.Edge, 0, len(edges))
	for _, e := range edges {
		if from, to := t.of[e.From], t.of[e.To]; from != to {
			out = append(out, dag.Edge{From: from, To: to})
		}
	}
	return out
}

// order reports groups that cannot be published in one step, and finds tests that are late because of groups: what
// such a test reads comes after what is published with what it tests.
func (t *together) order() {
	edges := t.contracted(t.edges)
	graph := dag.New(len(t.g.Nodes), edges)
	t.component, _ = graph.Components()
	t.growing()
	if t.torn() {
		return
	}
	all := edges
	for _, n := range t.g.Nodes {
		if n.Kind == Test && !n.Test.Late {
			all = append(all, t.contracted(t.edgesOf(n))...)
		}
	}
	of, _ := dag.New(len(t.g.Nodes), all).Components()
	orderer := dag.NewOrderer(graph)
	for _, n := range t.g.Nodes {
		if n.Kind != Test || n.Test.Late {
			continue
		}
		for _, e := range t.edgesOf(n) {
			from, to := t.of[e.From], t.of[e.To]
			if from == to && t.readsGrowing(n) || from != to && of[from] == of[to] && !orderer.Add(dag.Edge{From: from, To: to}) {
				t.lateInGroup(n, t.g.Nodes[e.From])
				break
			}
		}
	}
}

func (t *together) lateInGroup(test, read *Node) {
	if test.Test.Blocks() {
		tested := test.Test.tested
		t.diags.Warnf(diag.LateTest, test.Test.Span,
			"test %q runs after %q is published: it reads %q, which is there only after what is published with %q",
			test.Name, tested.Name, read.Name, tested.Name).
			Hintf("a failure stops only what is below %q; set severity: warn if that is enough", read.Name)
	}
	test.Test.Late = true
}

// readsGrowing reports whether a test reads another model of the group of the one it tests whose table grows.
func (t *together) readsGrowing(test *Node) bool {
	tested := test.Test.tested
	return slices.ContainsFunc(t.withoutEphemeral(test), func(i int) bool {
		return i != tested.Index && t.isBeside(i, tested.Index) && grows(t.g.Nodes[i])
	})
}

// grows reports whether new rows come into a model's table when it is published.
func grows(n *Node) bool {
	return n.Kind == Model && (n.Model.Materialized == project.Incremental || n.Model.Materialized == project.Snapshot)
}

// isBeside reports whether two nodes are in one group.
func (t *together) isBeside(i, k int) bool { return t.in[i] != "" && t.in[i] == t.in[k] }

// withoutEphemeral gives what a node reads, where that is an ephemeral model what that reads, sorted.
func (t *together) withoutEphemeral(n *Node) []int {
	queue, out := slices.Clone(n.Parents), []int{}
	seen := map[int]bool{}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if seen[i] {
			continue
		}
		seen[i] = true
		if parent := t.g.Nodes[i]; parent.IsEphemeral() {
			queue = append(queue, parent.Parents...)
			continue
		}
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// growing reports models that read new rows of their own group.
func (t *together) growing() {
	for i, n := range t.g.Nodes {
		if t.in[i] == "" {
			continue
		}
		for _, k := range t.withoutEphemeral(n) {
			read := t.g.Nodes[k]
			if !t.isBeside(i, k) || !grows(read) {
				continue
			}
			d := t.diags.Errorf(diag.GroupGrows, n.Model.PublishAt, "%q reads %q, whose new rows come into its table only when both are published",
				n.Name, read.Name).
				Hintf("take %q out of the publish group %q: it is built when these rows are there", n.Name, t.in[i])
			if n.Model.Materialized == project.View {
				d.Hintf("take %q out of the publish group %q: a view shows these rows in the same moment", n.Name, t.in[i])
			}
			d.Notef(t.readSpan(n, read), "%s reads %s", n.Name, read.Name)
			break
		}
	}
}

// torn reports models of which something they read has to wait until they are published.
func (t *together) torn() bool {
	some := false
	for i, n := range t.g.Nodes {
		if t.in[i] == "" {
			continue
		}
		for _, k := range t.withoutEphemeral(n) {
			if t.of[k] != t.of[i] && t.component[t.of[k]] == t.component[t.of[i]] {
				t.tear(n, t.g.Nodes[k])
				some = true
				break
			}
		}
	}
	return some
}

// tear reports a model that reads what comes after its group.
func (t *together) tear(n, read *Node) {
	path, group := t.path(read.Index, t.of[n.Index], false), ""
	if path == nil {
		path = t.path(read.Index, t.of[n.Index], true)
	}
	first := t.g.Nodes[path[len(path)-1]]
	for k, i := range path[:len(path)-1] {
		if group == "" && t.isBeside(i, path[k+1]) {
			group = t.in[i]
		}
	}
	d := t.diags.Errorf(diag.GroupTorn, n.Model.PublishAt, "%q stands between %q and %q, which are published together", read.Name, first.Name, n.Name).
		Hintf("give what stands between them publish_group: %s, too, or take %q out of the group", t.in[n.Index], n.Name)
	if group != "" {
		d.Message = "the publish groups \"" + t.in[n.Index] + "\" and \"" + group + "\" wait for each other"
		d.Hintf("make them one group, or take one of these models out of its group")
	}
	for reader := n.Index; len(path) > 0; path = path[1:] {
		if !t.isBeside(reader, path[0]) || reader == n.Index {
			from, to := t.g.Nodes[reader], t.g.Nodes[path[0]]
			d.Notef(t.readSpan(from, to), "%s reads %s", from.Name, to.Name)
		}
		reader = path[0]
	}
}

// path leads from a node up to one of a group: each step to what is read or, where that is asked for, to another model
// of the same group.
func (t *together) path(from, group int, jumps bool) []int {
	before := map[int]int{from: from}
	queue := []int{from}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if t.of[i] == group {
			out := []int{i}
			for ; i != from; i = before[i] {
				out = append(out, before[i])
			}
			slices.Reverse(out)
			return out
		}
		next := t.g.Nodes[i].Parents
		if jumps && t.in[i] != "" {
			for k := range t.g.Nodes {
				if t.isBeside(i, k) {
					next = append(next[:len(next):len(next)], k)
				}
			}
		}
		for _, k := range next {
			if _, seen := before[k]; !seen && t.component[t.of[k]] == t.component[group] {
				before[k] = i
				queue = append(queue, k)
			}
		}
	}
	return nil
}
