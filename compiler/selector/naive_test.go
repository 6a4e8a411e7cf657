package selector_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/selector"
)

// expr is a selection as a tree, which knows how it is written and what it means.
type expr struct {
	around   bool
	up, down int // -1 is endless
	// tag and the rest: one of them is set.
	tag, name, kind string
}

func (x expr) String() string {
	var b strings.Builder
	if x.around {
		b.WriteString("@")
	}
	switch {
	case x.up < 0:
		b.WriteString("+")
	case x.up > 0:
		fmt.Fprintf(&b, "%d+", x.up)
	}
	switch {
	case x.tag != "":
		b.WriteString("tag:" + x.tag)
	case x.kind != "":
		b.WriteString("kind:" + x.kind)
	default:
		b.WriteString(x.name)
	}
	switch {
	case x.down < 0:
		b.WriteString("+")
	case x.down > 0:
		fmt.Fprintf(&b, "+%d", x.down)
	}
	return b.String()
}

// naive evaluates by the definitions, with maps and recursion.
type naive struct {
	g    *link.Graph
	mode selector.Mode
}

type nodes map[int]bool

func (v naive) own(x expr) nodes {
	out := nodes{}
	for i, n := range v.g.Nodes {
		switch {
		case x.tag != "":
			out[i] = slices.Contains(n.Properties().Tags, x.tag)
		case x.kind != "":
			out[i] = n.Kind.String() == x.kind
		default:
			out[i] = n.Name == x.name
		}
	}
	return out
}

// walk adds what is at most depth steps away.
func (v naive) walk(from nodes, depth int, step func(*link.Node) []int) nodes {
	out := nodes{}
	var visit func(i, left int)
	seen := map[[2]int]bool{}
	visit = func(i, left int) {
		if seen[[2]int{i, left}] {
			return
		}
		seen[[2]int{i, left}] = true
		out[i] = true
		if left == 0 {
			return
		}
		for _, next := range step(v.g.Nodes[i]) {
			visit(next, left-1)
		}
	}
	if depth < 0 {
		depth = len(v.g.Nodes)
	}
	for i, in := range from {
		if in {
			visit(i, depth)
		}
	}
	return out
}

func (v naive) parents(n *link.Node) []int { return n.Parents }

func (v naive) children(n *link.Node) []int {
	var out []int
	for _, c := range n.Children {
		if v.g.Nodes[c].Kind != link.Test {
			out = append(out, c)
		}
	}
	return out
}

// atom gives the nodes of an atom with the tests that come along surely, and with all that are near.
func (v naive) atom(x expr) (sure, near nodes) {
	own := v.own(x)
	base := nodes{}
	add := func(more nodes) {
		for i, in := range more {
			base[i] = base[i] || in
		}
	}
	add(own)
	add(v.walk(own, x.up, v.parents))
	add(v.walk(own, x.down, v.children))
	if x.around {
		add(v.walk(v.walk(own, -1, v.children), -1, v.parents))
	}
	sure, near = nodes{}, nodes{}
	for i, n := range v.g.Nodes {
		touches := n.Kind == link.Test && slices.ContainsFunc(n.Parents, func(p int) bool { return base[p] })
		near[i] = base[i] || touches
		sure[i] = base[i] || touches && v.holds(n, base)
	}
	return sure, near
}

// holds reports whether a test that reads one of the nodes comes along with them.
func (v naive) holds(test *link.Node, with nodes) bool {
	switch v.mode {
	case selector.Eager:
		return true
	case selector.None:
		return false
	case selector.Buildable:
		with = v.walk(with, -1, v.parents)
	case selector.Cautious:
	}
	return !slices.ContainsFunc(test.Parents, func(p int) bool { return !with[p] })
}

func (v naive) selectAll(include, exclude [][]expr) []int {
	sure, near := v.union(include)
	_, out := v.union(exclude)
	left := nodes{}
	for i := range v.g.Nodes {
		left[i] = sure[i] && !out[i]
	}
	var result []int
	for i, n := range v.g.Nodes {
		late := n.Kind == link.Test && near[i] && !out[i] && v.mode != selector.Eager &&
			slices.ContainsFunc(n.Parents, func(int) bool { return true }) && v.holds(n, left)
		if left[i] || late {
			result = append(result, i)
		}
	}
	return result
}

func (v naive) union(words [][]expr) (sure, near nodes) {
	sure, near = nodes{}, nodes{}
	for _, w := range words {
		for i := range v.g.Nodes {
			allSure, allNear := true, true
			for _, x := range w {
				s, n := v.atom(x)
				allSure, allNear = allSure && s[i], allNear && n[i]
			}
			sure[i] = sure[i] || allSure
			near[i] = near[i] || allNear
		}
	}
	return sure, near
}

func randomGraph(r *rand.Rand) *link.Graph {
	var lines, readable []string
	for i := range 2 + r.IntN(9) {
		id := fmt.Sprintf("model.m%d", i)
		lines = append(lines, id+randomReads(r, readable)+randomTags(r))
		readable = append(readable, id)
	}
	for i := range r.IntN(6) {
		lines = append(lines, fmt.Sprintf("test.t%d%s%s", i, randomReads(r, readable), randomTags(r)))
	}
	return graph(append(lines, "exposure.e"+randomReads(r, readable))...)
}

func randomReads(r *rand.Rand, readable []string) string {
	reads := " <-"
	for _, at := range r.Perm(len(readable))[:min(len(readable), r.IntN(3))] {
		reads += " " + readable[at]
	}
	return reads
}

func randomTags(r *rand.Rand) string {
	tags := " |"
	for _, tag := range []string{"a", "b", "c"} {
		if r.IntN(3) == 0 {
			tags += " tag=" + tag
		}
	}
	return tags
}

func randomWords(r *rand.Rand, g *link.Graph) (words [][]expr, written string) {
	for range 1 + r.IntN(3) {
		var w []expr
		var parts []string
		for range 1 + r.IntN(2) {
			x := expr{around: r.IntN(6) == 0, up: r.IntN(4) - 1, down: r.IntN(4) - 1}
			switch r.IntN(4) {
			case 0:
				x.kind = []string{"model", "test", "exposure"}[r.IntN(3)]
			case 1:
				n := g.Nodes[r.IntN(len(g.Nodes))]
				if tags := n.Properties().Tags; len(tags) > 0 {
					x.tag = tags[0]
					break
				}
				x.name = n.Name
			default:
				x.name = g.Nodes[r.IntN(len(g.Nodes))].Name
			}
			w, parts = append(w, x), append(parts, x.String())
		}
		words, written = append(words, w), written+" "+strings.Join(parts, ",")
	}
	return words, written
}

func TestSelectAgreesWithTheDefinitions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	for range 800 {
		g := randomGraph(r)
		include, selected := randomWords(r, g)
		exclude, without := randomWords(r, g)
		if r.IntN(2) == 0 {
			exclude, without = nil, ""
		}
		mode := selector.Mode(1 + r.IntN(4))
		s, diags := selector.Select(g, selector.Options{Select: []string{selected}, Exclude: []string{without}, Tests: mode})
		if diags.HasErrors() {
			t.Fatalf("select %q exclude %q: %s", selected, without, texts(diags))
		}
		want := naive{g, mode}.selectAll(include, exclude)
		if !slices.Equal(want, s.Nodes) {
			t.Fatalf("%s: select %q exclude %q\n got %v\nwant %v\n in %s", mode, selected, without, s.Nodes, want, written(g))
		}
	}
}

func written(g *link.Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "%d %s %v %v; ", n.Index, n.ID, n.Parents, n.Properties().Tags)
	}
	return b.String()
}

func FuzzSelect(f *testing.F) {
	for _, seed := range []string{
		"orders", "@1+tag:nightly+2,kind:model customers", `owner:"Finance Team"`, "[a-", "config.materialized:table",
		"selector:one", "path:models/**/x.sql", "état:ü+", "a,,b", "++", "1+2+3", `\`, "{a,b}/c", "file:*.sql", "..", "/",
	} {
		f.Add(seed, "customers")
	}
	g := shop()
	f.Fuzz(func(t *testing.T, include, exclude string) {
		s, diags := selector.Select(g, selector.Options{Select: []string{include}, Exclude: []string{exclude}})
		for _, d := range diags {
			if d.Span.IsZero() || d.Span.Start < 0 || d.Span.End > len(d.Span.File.Text) || d.Span.Start > d.Span.End {
				t.Errorf("%q: span %d to %d of %q", d.Message, d.Span.Start, d.Span.End, d.Span.Path())
			}
			if d.Message == "" || d.Hint == "" {
				t.Errorf("%s has message %q and hint %q", d.Code, d.Message, d.Hint)
			}
		}
		if diags.HasErrors() && len(s.Nodes) > 0 {
			t.Errorf("%q has errors and selects %v", include, s.Nodes)
		}
		if !slices.IsSorted(s.Nodes) {
			t.Errorf("%v is not sorted", s.Nodes)
		}
	})
}

func bigGraph(models, tests int) *link.Graph {
	r := rand.New(rand.NewPCG(7, 7))
	lines := make([]string, 0, models+tests)
	for i := range models {
		line := fmt.Sprintf("model.m%d <-", i)
		for range min(i, 2) {
			line += fmt.Sprintf(" model.m%d", max(0, i-1-r.IntN(200)))
		}
		lines = append(lines, fmt.Sprintf("%s | tag=t%d path=models/f%d/m%d.sql", line, i%10, i/20, i))
	}
	for i := range tests {
		lines = append(lines, fmt.Sprintf("test.t%d <- model.m%d", i, i%models))
	}
	return graph(lines...)
}

// BenchmarkFiveNestedExcludes selects all but what is selected but for what is selected, five deep.
func BenchmarkFiveNestedExcludes(b *testing.B) {
	g := bigGraph(10_000, 20_000)
	for i := range 5 {
		exclude := fmt.Sprintf("tag:t%d+", i)
		if i > 0 {
			exclude += fmt.Sprintf(" selector:s%d", i-1)
		}
		g.Project.Selectors = append(g.Project.Selectors, named(fmt.Sprintf("s%d", i), "path:models", exclude))
	}
	b.ReportAllocs()
	for b.Loop() {
		s, diags := selector.Select(g, selector.Options{Select: []string{"+m9000+"}, Exclude: []string{"selector:s4"}})
		if len(s.Nodes) == 0 || len(diags) > 0 {
			b.Fatalf("selected %d nodes, %s", len(s.Nodes), texts(diags))
		}
	}
}
