package view

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/trace"
	"github.com/quernsql/quern/compiler/trace/tracetest"
)

// odd is a program whose names have all that drawings might trip over.
func odd(t *testing.T) (*trace.Graph, []string) {
	t.Helper()
	p := tracetest.Program(t,
		"source.raw.a__b: c0 c1 c2 c3 c4 c5 c6 c7 c8 c9",
		"source.raw.a: x",
		"model.end: c0=passthrough(source.raw.a__b#c0) c1=renamed(source.raw.a__b#c1) c2=derived(source.raw.a__b#c2)"+
			" c3=derived?(source.raw.a__b#c3) c4=derived(source.raw.a__b#c4) c5=derived(source.raw.a__b#c5) c6=derived(source.raw.a__b#c6)"+
			" c7=derived(source.raw.a__b#c7) c8=derived(source.raw.a__b#c8) c9=aggregated(source.raw.a__b#c9,source.raw.a#x) | filter source.raw.a__b#c0 source.raw.a#x",
		"exposure.board-1 reads model.end",
	)
	names := []string{
		"größe in \"m\"", "<b>&amp;</b>", "end", "a|b;c#35;", "`tick`", `back\slash\N`, "{x}[y](z)", "line\nbreak\x1b[31m", "\u202egnp", strings.Repeat("long_", 60),
	}
	rename := func(column string) string {
		if n, err := strconv.Atoi(strings.TrimPrefix(column, "c")); err == nil {
			return names[n]
		}
		return column
	}
	for n := range p.Nodes {
		node := &p.Nodes[n]
		for c := range node.Columns {
			node.Columns[c].Name = rename(node.Columns[c].Name)
		}
		if node.Lineage == nil {
			continue
		}
		for c := range node.Lineage.Columns {
			for i := range node.Lineage.Columns[c].Inputs {
				in := &node.Lineage.Columns[c].Inputs[i]
				in.Column = rename(in.Column)
			}
		}
		for i := range node.Lineage.Influences {
			in := &node.Lineage.Influences[i]
			in.Column = rename(in.Column)
		}
	}
	return trace.New(p), names
}

func oddPart(g *trace.Graph) *trace.Part {
	var all []trace.Column
	for n := range g.Program.Nodes {
		for c, end := g.Columns(n); c < end; c++ {
			all = append(all, c)
		}
	}
	return g.Around(all, trace.Unlimited, trace.Unlimited)
}

// mermaidLine is what a line of a flowchart may be: in a label stands nothing that Mermaid, Markdown or
// HTML would act on, but for the line break of our own.
var (
	mermaidLabel = `"((?:[^"#&;<>` + "`" + `\\|{}\[\]()*~$\x00-\x1f]|#\d+;|<br/>)+)"`
	mermaidLine  = regexp.MustCompile(`^ +(?:` +
		`(?P<node>\w+)(?:\[` + mermaidLabel + `\]|\[\(` + mermaidLabel + `\)\]|\(\[` + mermaidLabel + `\]\)|\{\{` + mermaidLabel + `\}\})` +
		`|subgraph (?P<graph>\w+)\[` + mermaidLabel + `\]` +
		`|(?P<from>\w+) -\.?->(?:\|` + mermaidLabel + `\|)? (?P<to>\w+)` +
		`|(?P<end>end))$`)
	numbered = regexp.MustCompile(`#(\d+);`)
)

func TestMermaid(t *testing.T) {
	t.Parallel()
	g, names := odd(t)
	for _, part := range []*trace.Part{oddPart(g), g.All(), mill(t).All()} {
		v, s := testView(0, Options{})
		if err := v.Lineage(Lineage{Part: part, Format: Mermaid}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(s.out.String(), "\n"), "\n")
		if lines[0] != "flowchart LR" {
			t.Errorf("it begins with %q", lines[0])
		}
		defined, labels, open, edges := map[string]bool{}, map[string]bool{}, 0, 0
		for _, line := range lines[1:] {
			m := mermaidLine.FindStringSubmatch(line)
			if m == nil {
				t.Errorf("no line of a flowchart: %q", line)
				continue
			}
			group := func(name string) string { return m[mermaidLine.SubexpIndex(name)] }
			if id := group("node") + group("graph"); id != "" {
				if defined[id] {
					t.Errorf("%s is defined twice", id)
				}
				defined[id] = true
				label := strings.Join(m[1:], "")
				labels[numbered.ReplaceAllStringFunc(strings.TrimPrefix(label, id), func(n string) string {
					r, err := strconv.Atoi(n[1 : len(n)-1])
					if err != nil {
						t.Error(err)
					}
					return string(rune(r))
				})] = true
			}
			if group("graph") != "" {
				open++
			}
			if group("end") != "" {
				open--
			}
			if from, to := group("from"), group("to"); from != "" {
				edges++
				if !defined[from] || !defined[to] {
					t.Errorf("%q goes from or to what is not there", line)
				}
			}
		}
		if open != 0 || edges == 0 {
			t.Errorf("%d subgraphs are left open, %d edges", open, edges)
		}
		for _, name := range names {
			if part.ByColumn && !labels[clean(name)] {
				t.Errorf("no label says %q; there are %v", clean(name), labels)
			}
		}
	}
	v, s := testView(0, Options{})
	if err := v.Lineage(Lineage{Part: oddPart(g), Format: Mermaid}); err != nil {
		t.Fatal(err)
	}
	golden(t, "lineage_mermaid_odd", s.out.String())
}

// Mermaid refuses what is too large; the drawing is given all the same, and so is the reason.
func TestMermaidTooLarge(t *testing.T) {
	t.Parallel()
	v, s := testView(0, Options{})
	l := Lineage{Part: trace.New(tracetest.Program(t, tracetest.Wide(600, 1, 600)...)).All(), Format: Mermaid}
	if err := v.Lineage(l); err != nil {
		t.Fatal(err)
	}
	want := "Mermaid draws at most 500 arrows unless it is told otherwise, and here are 600: name a node, or use --select, --up or --down\n"
	if diff := cmp.Diff(want, s.err.String()); diff != "" {
		t.Errorf("stderr (-want +got):\n%s", diff)
	}
	if got := strings.Count(s.out.String(), " --> "); got != 600 {
		t.Errorf("%d arrows", got)
	}
}

func TestDOT(t *testing.T) {
	t.Parallel()
	g, _ := odd(t)
	for name, part := range map[string]*trace.Part{
		"lineage_dot_odd": oddPart(g), "lineage_dot": mill(t).All(), "lineage_dot_column": asked(t, mill(t), "model.by_farm#tonnes", -1, -1).Part,
	} {
		v, s := testView(0, Options{})
		if err := v.Lineage(Lineage{Part: part, Format: DOT}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, s.out.String())
	}
}

// Identifiers of drawings are words, and different for different nodes and columns.
func TestDrawIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	add := func(what, id string) {
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s are both %s", what, other, id)
		}
		if !regexp.MustCompile(`^\w+$`).MatchString(id) {
			t.Errorf("%s is %q", what, id)
		}
		seen[id] = what
	}
	for _, id := range []project.ID{"source.a.b__c", "source.a__b.c", "source.a.b_c", "source.a_b.c", "source.a_.b", "source.a._b", "model.a", "seed.a", "exposure.a-b", "exposure.a_b"} {
		add(string(id), drawID(id))
		for _, column := range []string{"", "_", "__", "a", "_a", "a_", "A", "a b", "a_b", "a__b", "größe"} {
			add(string(id)+"#"+column, drawColumnID(id, column))
		}
	}
	if diff := cmp.Diff("source__raw__orders___id", drawColumnID("source.raw.orders", "id")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
