package artifact_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/trace"
	"github.com/quernsql/quern/compiler/trace/tracetest"
)

func project(t testing.TB, p *check.Program) (string, *artifact.Layout) {
	t.Helper()
	var b strings.Builder
	l, err := artifact.WriteProject(&b, p)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), l
}

// rewrite gives what is written in the place of an old file.
func rewrite(t testing.TB, old string, l *artifact.Layout, p *check.Program, changed []int) (string, *artifact.Rewritten) {
	t.Helper()
	if l = artifact.DecodeLayout(l.Encode(), p); l == nil {
		t.Fatal("a layout cannot be read after it was written")
	}
	r, err := l.Rewrite(strings.NewReader(old), int64(len(old)), p, changed)
	if err != nil || r == nil {
		t.Fatalf("Rewrite() = %v, %v", r, err)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String(), r
}

// small is a program of models that read a source or each other; width says how many columns each has, a
// negative one that they are not known.
func small(t testing.TB, r *rand.Rand, widths []int) *check.Program {
	t.Helper()
	lines := []string{"source.raw.orders: c0 c1 c2", "test.few of model.m0 | filter source.raw.orders#c0", "exposure.board reads model.m0", "model.x: c0=constant() disabled"}
	for i, width := range widths {
		from := "source.raw.orders"
		if i > 0 && width%2 == 0 {
			from = fmt.Sprint("model.m", i-1)
		}
		var line strings.Builder
		fmt.Fprintf(&line, "model.m%d reads %s", i, from)
		if width < 0 {
			lines = append(lines, line.String()+" unchecked so")
			continue
		}
		line.WriteString(":")
		for c := range width {
			fmt.Fprintf(&line, " c%d=derived(%s#c%d)", c, from, r.IntN(3))
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&line, " | filter %s#c%d", from, r.IntN(3))
		}
		lines = append(lines, line.String())
	}
	return tracetest.Program(t, lines...)
}

// What is rewritten is what is written anew, whatever a project's models become.
func TestRewriteIsWriteProject(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		widths := make([]int, 6)
		for i := range widths {
			widths[i] = r.IntN(6) - 1
		}
		before := small(t, r, widths)
		old, layout := project(t, before)
		if diff := cmp.Diff(text(t, trace.New(before).All()), old); diff != "" {
			t.Fatalf("WriteProject (-WriteLineage +got):\n%s", diff)
		}
		var changed []int
		after := small(t, r, widths)
		for i := range after.Nodes {
			if r.IntN(3) == 0 {
				changed = append(changed, i)
			} else {
				after.Nodes[i] = before.Nodes[i]
			}
		}
		// The edges stay; columns may come and go.
		for _, i := range changed {
			if r.IntN(4) == 0 {
				after.Nodes[i].Columns, after.Nodes[i].Lineage = nil, nil
			}
		}
		want, wantLayout := project(t, after)
		got, rewritten := rewrite(t, old, layout, after, changed)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Rewrite of %v (-WriteProject +got):\n%s", changed, diff)
		}
		if rewritten.Same != (old == want) {
			t.Errorf("Same = %v of %q and %q", rewritten.Same, old, want)
		}
		if diff := cmp.Diff(wantLayout.Encode(), rewritten.Layout.Encode()); diff != "" {
			t.Errorf("layout (-WriteProject +Rewrite):\n%s", diff)
		}
	}
}

func TestRewriteRefuses(t *testing.T) {
	t.Parallel()
	p := small(t, rand.New(rand.NewPCG(1, 1)), []int{1, 2})
	old, layout := project(t, p)
	if r, err := layout.Rewrite(strings.NewReader(old), int64(len(old)-1), p, nil); r != nil || err != nil {
		t.Errorf("a file of another length is rewritten: %v, %v", r, err)
	}
	encoded := layout.Encode()
	for _, data := range []string{"", encoded[:len(encoded)-1], encoded + "\x00", string(encoded[0]+1) + encoded[1:]} {
		if artifact.DecodeLayout(data, p) != nil {
			t.Errorf("%q is read as a layout", data)
		}
	}
	model := slices.IndexFunc(p.Nodes, func(n check.Node) bool { return n.Lineage != nil })
	if _, err := layout.Rewrite(strings.NewReader(old[:10]), int64(len(old)), p, []int{model}); err == nil {
		t.Error("a file that ends early is rewritten")
	}
}

// BenchmarkRewrite10k writes the lineage of 10,000 models of 10 columns after one of them changed.
func BenchmarkRewrite10k(b *testing.B) {
	p := tracetest.Program(b, tracetest.Wide(10_000, 10, 50)...)
	old, layout := project(b, p)
	b.ReportAllocs()
	for b.Loop() {
		r, err := layout.Rewrite(strings.NewReader(old), int64(len(old)), p, []int{5000})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
