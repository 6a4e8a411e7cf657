package dag_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/dag"
)

func TestOutIsSortedAndWithoutRepetitions(t *testing.T) {
	t.Parallel()
	g := dag.New(4, []dag.Edge{{2, 3}, {0, 3}, {0, 1}, {0, 3}, {0, 2}, {2, 3}})
	want := [][]int32{{1, 2, 3}, {}, {3}, {}}
	for i, row := range want {
		if diff := cmp.Diff(row, g.Out(i), cmp.Transformer("copy", slices.Clone[[]int32])); diff != "" && len(row)+len(g.Out(i)) > 0 {
			t.Errorf("Out(%d) (-want +got):\n%s", i, diff)
		}
	}
	if got := g.Edges(); got != 4 {
		t.Errorf("Edges() = %d, want 4", got)
	}
}

func TestOrderIsByLevelThenNumber(t *testing.T) {
	t.Parallel()
	// 4 → 1 → 0, 4 → 0, 3 alone, 2 → 0.
	g := dag.New(5, []dag.Edge{{4, 1}, {1, 0}, {4, 0}, {2, 0}})
	order, level := g.Order()
	if diff := cmp.Diff([]int{2, 3, 4, 1, 0}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 1, 0, 0, 0}, level); diff != "" {
		t.Errorf("level (-want +got):\n%s", diff)
	}
}

func TestOrderLeavesOutWhatIsBehindACycle(t *testing.T) {
	t.Parallel()
	g := dag.New(5, []dag.Edge{{0, 1}, {1, 2}, {2, 1}, {2, 3}, {0, 4}})
	order, level := g.Order()
	if diff := cmp.Diff([]int{0, 4}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, -1, -1, -1, 1}, level); diff != "" {
		t.Errorf("level (-want +got):\n%s", diff)
	}
}

func TestCyclesHoldEveryEdgeOnACycle(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		n     int
		edges []dag.Edge
		want  [][]int
	}{
		{"none", 3, []dag.Edge{{0, 1}, {1, 2}, {0, 2}}, nil},
		{"self-loop", 2, []dag.Edge{{1, 1}, {0, 1}}, [][]int{{1}}},
		{"of two", 3, []dag.Edge{{2, 1}, {1, 2}, {0, 1}}, [][]int{{1, 2}}},
		{"of five", 5, []dag.Edge{{0, 3}, {3, 1}, {1, 4}, {4, 2}, {2, 0}}, [][]int{{0, 3, 1, 4, 2}}},
		{"begins at the smallest", 4, []dag.Edge{{3, 1}, {1, 2}, {2, 3}}, [][]int{{1, 2, 3}}},
		{"two that share an edge", 3, []dag.Edge{{0, 1}, {1, 0}, {1, 2}, {2, 0}}, [][]int{{0, 1}, {0, 1, 2}}},
		{"two that share a node", 3, []dag.Edge{{0, 1}, {1, 0}, {0, 2}, {2, 0}}, [][]int{{0, 1}, {0, 2}}},
		{"two apart", 4, []dag.Edge{{0, 1}, {1, 0}, {2, 3}, {3, 2}, {1, 2}}, [][]int{{0, 1}, {2, 3}}},
		{"the shorter way", 5, []dag.Edge{{0, 1}, {1, 2}, {2, 3}, {3, 0}, {1, 3}}, [][]int{{0, 1, 3}, {0, 1, 2, 3}}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, complete := dag.New(tc.n, tc.edges).Cycles(10)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Cycles (-want +got):\n%s", diff)
			}
			if !complete {
				t.Error("Cycles says that it stopped early")
			}
		})
	}
}

func TestCyclesStopAtTheLimit(t *testing.T) {
	t.Parallel()
	var edges []dag.Edge
	for i := range 20 {
		edges = append(edges, dag.Edge{From: 2 * i, To: 2*i + 1}, dag.Edge{From: 2*i + 1, To: 2 * i})
	}
	got, complete := dag.New(40, edges).Cycles(7)
	if len(got) != 7 || complete {
		t.Errorf("Cycles(7) gave %d cycles, complete %v", len(got), complete)
	}
}

func TestDeepGraphsNeedNoDeepStack(t *testing.T) {
	t.Parallel()
	const n = 300_000
	edges := make([]dag.Edge, 0, n)
	for i := range n {
		edges = append(edges, dag.Edge{From: i, To: (i + 1) % n})
	}
	g := dag.New(n, edges)
	if _, count := g.Components(); count != 1 {
		t.Errorf("a ring has %d components", count)
	}
	if cycles, _ := g.Cycles(5); len(cycles) != 1 || len(cycles[0]) != n {
		t.Errorf("a ring has %d cycles", len(cycles))
	}
}

// matrix is the naive graph: reach[i][j] is the length of the shortest path of one or more steps.
type matrix [][]int

const far = 1 << 20

func distances(n int, edges []dag.Edge) matrix {
	m := make(matrix, n)
	for i := range m {
		m[i] = slices.Repeat([]int{far}, n)
	}
	for _, e := range edges {
		m[e.From][e.To] = 1
	}
	for k := range n {
		for i := range n {
			for j := range n {
				m[i][j] = min(m[i][j], m[i][k]+m[k][j])
			}
		}
	}
	return m
}

func random(r *rand.Rand, acyclic bool) (int, []dag.Edge) {
	n := 1 + r.IntN(12)
	edges := make([]dag.Edge, r.IntN(3*n))
	for i := range edges {
		a, b := r.IntN(n), r.IntN(n)
		if acyclic {
			a, b = min(a, b), max(a, b)+1
		}
		edges[i] = dag.Edge{From: a, To: b}
	}
	if acyclic {
		n++
	}
	return n, edges
}

func TestOrderAgreesWithPaths(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		n, edges := random(r, true)
		order, level := dag.New(n, edges).Order()
		if len(order) != n {
			t.Fatalf("order of %d nodes has %d: %v", n, len(order), edges)
		}
		at := make([]int, n)
		for i, node := range order {
			at[node] = i
		}
		for _, e := range edges {
			if at[e.From] >= at[e.To] || level[e.From] >= level[e.To] {
				t.Fatalf("edge %v: order %v, levels %v", e, order, level)
			}
		}
		for i := 1; i < n; i++ {
			a, b := order[i-1], order[i]
			if level[a] > level[b] || level[a] == level[b] && a > b {
				t.Fatalf("order %v is not by level and number: %v", order, level)
			}
		}
	}
}

func TestComponentsAndCyclesAgreeWithPaths(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for range 500 {
		n, edges := random(r, false)
		g, paths := dag.New(n, edges), distances(n, edges)
		of, _ := g.Components()
		for i := range n {
			for j := range n {
				together := i == j || paths[i][j] < far && paths[j][i] < far
				if together != (of[i] == of[j]) {
					t.Fatalf("nodes %d and %d: together %v, components %v of %v", i, j, together, of, edges)
				}
				if paths[i][j] < far && of[i] < of[j] {
					t.Fatalf("component of %d is numbered before that of %d, which it reaches", i, j)
				}
			}
		}
		checkCycles(t, g, edges, paths)
	}
}

func checkCycles(t *testing.T, g *dag.Graph, edges []dag.Edge, paths matrix) {
	t.Helper()
	cycles, complete := g.Cycles(1000)
	if !complete {
		t.Fatal("a thousand cycles were not enough")
	}
	covered := map[dag.Edge]bool{}
	for _, cycle := range cycles {
		if slices.Min(cycle) != cycle[0] || len(slices.Compact(slices.Sorted(slices.Values(cycle)))) != len(cycle) {
			t.Fatalf("cycle %v repeats a node or does not begin at the smallest", cycle)
		}
		shortest := false
		for i, node := range cycle {
			e := dag.Edge{From: node, To: cycle[(i+1)%len(cycle)]}
			if !slices.Contains(edges, e) {
				t.Fatalf("cycle %v: no edge %v", cycle, e)
			}
			back := paths[e.To][e.From]
			if e.From == e.To {
				back = 0
			}
			shortest = shortest || back+1 == len(cycle)
			covered[e] = true
		}
		if !shortest {
			t.Fatalf("cycle %v is not the shortest through any of its edges", cycle)
		}
	}
	for _, e := range edges {
		if onCycle := e.From == e.To || paths[e.To][e.From] < far; onCycle != covered[e] {
			t.Fatalf("edge %v: on a cycle %v, covered %v", e, onCycle, covered[e])
		}
	}
}

func TestReachAgreesWithPaths(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		n, edges := random(r, false)
		g, paths := dag.New(n, edges), distances(n, edges)
		depth := r.IntN(6) - 1
		from := dag.NewSet(n)
		for range 1 + r.IntN(3) {
			from.Add(r.IntN(n))
		}
		down, up := g.Reach(from, depth), g.Reverse().Reach(from, depth)
		for i := range n {
			wantDown, wantUp := from.Has(i), from.Has(i)
			for root := range from.All() {
				limit := far - 1
				if depth >= 0 {
					limit = depth
				}
				wantDown = wantDown || paths[root][i] <= limit
				wantUp = wantUp || paths[i][root] <= limit
			}
			if down.Has(i) != wantDown || up.Has(i) != wantUp {
				t.Fatalf("depth %d from %v, node %d: down %v want %v, up %v want %v, edges %v",
					depth, from.Sorted(), i, down.Has(i), wantDown, up.Has(i), wantUp, edges)
			}
		}
	}
}

func TestOrdererRefusesJustWhatClosesACycle(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 500 {
		n, edges := random(r, true)
		o := dag.NewOrderer(dag.New(n, edges))
		for range 3 * n {
			e := dag.Edge{From: r.IntN(n), To: r.IntN(n)}
			want := e.From != e.To && distances(n, edges)[e.To][e.From] == far
			if got := o.Add(e); got != want {
				t.Fatalf("Add(%v) to %v = %v, want %v", e, edges, got, want)
			}
			if want {
				edges = append(edges, e)
			}
		}
	}
}

func TestSetAlgebra(t *testing.T) {
	t.Parallel()
	of := func(nodes ...int) dag.Set {
		s := dag.NewSet(130)
		for _, i := range nodes {
			s.Add(i)
		}
		return s
	}
	union := of(0, 63, 64)
	union.Union(of(64, 129))
	both := of(0, 63, 64)
	both.Intersect(of(63, 129))
	less := of(0, 63, 64)
	less.Subtract(of(63, 129))
	for _, tc := range []struct {
		name string
		got  dag.Set
		want []int
	}{
		{"union", union, []int{0, 63, 64, 129}}, {"intersection", both, []int{63}}, {"difference", less, []int{0, 64}},
	} {
		if diff := cmp.Diff(tc.want, tc.got.Sorted()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		if tc.got.Len() != len(tc.want) || tc.got.IsEmpty() {
			t.Errorf("%s: Len %d, IsEmpty %v", tc.name, tc.got.Len(), tc.got.IsEmpty())
		}
	}
	if empty := of(); !empty.IsEmpty() || empty.Has(-1) || empty.Has(1000) {
		t.Error("an empty set holds something")
	}
}

func BenchmarkOrder(b *testing.B) {
	const n = 30_000
	r := rand.New(rand.NewPCG(5, 5))
	var edges []dag.Edge
	for i := 1; i < n; i++ {
		edges = append(edges, dag.Edge{From: r.IntN(i), To: i}, dag.Edge{From: r.IntN(i), To: i})
	}
	for b.Loop() {
		g := dag.New(n, edges)
		if order, _ := g.Order(); len(order) != n {
			b.Fatal("not acyclic")
		}
		if cycles, _ := g.Cycles(100); len(cycles) != 0 {
			b.Fatal("found a cycle")
		}
	}
}
