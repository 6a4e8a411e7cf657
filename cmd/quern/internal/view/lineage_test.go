package view

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/trace"
	"github.com/quernsql/quern/compiler/trace/tracetest"
)

// mill is a program with shared parts, an opaque column, a node that is not checked, and a constant.
func mill(t *testing.T) *trace.Graph {
	t.Helper()
	return trace.New(tracetest.Program(t,
		"source.raw.grain: id farm kilos",
		"source.raw.visits unchecked source raw.visits declares no columns",
		"seed.farms: farm name",
		"model.stg_grain: id=passthrough(source.raw.grain#id) farm=passthrough(source.raw.grain#farm)"+
			" tonnes=derived(source.raw.grain#kilos) unit=constant() | filter source.raw.grain#kilos",
		"model.loads: id=passthrough(model.stg_grain#id) farm_name=renamed(seed.farms#name) tonnes=passthrough(model.stg_grain#tonnes)"+
			" | join model.stg_grain#farm seed.farms#farm order model.stg_grain#id",
		"model.by_farm: farm_name=passthrough(model.loads#farm_name) tonnes=aggregated(model.loads#tonnes) loads=aggregated()"+
			" | group model.loads#farm_name",
		"model.scored: farm_name=passthrough(model.by_farm#farm_name) score=derived?() rank=aggregated?(model.by_farm#tonnes)"+
			" | window model.by_farm#tonnes",
		"model.visits reads source.raw.visits,model.by_farm unchecked source raw.visits declares no columns",
		"test.tonnes_are_positive of model.by_farm#tonnes | filter model.by_farm#tonnes",
		"exposure.mill_board reads model.by_farm,model.scored",
		"exposure.miller reads model.loads,model.by_farm",
	))
}

func rootOf(t *testing.T, g *trace.Graph, text string) LineageRoot {
	t.Helper()
	id, column, has := strings.Cut(text, "#")
	r := LineageRoot{Node: tracetest.Node(t, g.Program, id), Column: -1}
	if !has {
		return r
	}
	var ok bool
	if r.Column, ok = g.Find(r.Node, column); !ok {
		r.Column, r.Name = -1, column
	}
	return r
}

// asked gives what the command shows for a name, "" for everything.
func asked(t *testing.T, g *trace.Graph, text string, up, down int) Lineage {
	t.Helper()
	l := Lineage{Part: g.All(), Up: up, Down: down, About: func(n *link.Node) string { return n.Kind.String() }}
	if text == "" {
		return l
	}
	r := rootOf(t, g, text)
	l.Roots = []LineageRoot{r}
	if r.Column >= 0 {
		l.Part = g.Around([]trace.Column{r.Column}, up, down)
	} else {
		set := g.Ancestors([]int{r.Node}, up)
		set.Union(g.Descendants([]int{r.Node}, down))
		l.Part = g.Of(set.Sorted())
	}
	return l
}

func TestLineageText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, of string
		width    int
		up, down int
		opts     Options
	}{
		{"lineage_all", "", 0, -1, -1, Options{}},
		{"lineage_all_narrow", "", 40, -1, -1, Options{Color: "always"}},
		{"lineage_node", "model.loads", 0, -1, -1, Options{}},
		{"lineage_node_narrow", "model.loads", 44, -1, -1, Options{Color: "always"}},
		{"lineage_node_ascii", "model.scored", 0, -1, -1, Options{LookupEnv: func(name string) (string, bool) { return "C", name == "LC_ALL" }}},
		{"lineage_node_steps", "model.by_farm", 0, 1, 1, Options{}},
		{"lineage_node_unchecked", "model.visits", 60, -1, -1, Options{}},
		{"lineage_column", "model.by_farm#tonnes", 0, -1, -1, Options{}},
		{"lineage_column_narrow", "model.by_farm#tonnes", 48, -1, -1, Options{Color: "always"}},
		{"lineage_column_source", "source.raw.grain#kilos", 0, -1, -1, Options{}},
		{"lineage_column_constant", "model.stg_grain#unit", 0, -1, -1, Options{}},
		{"lineage_column_rows", "model.by_farm#loads", 0, -1, -1, Options{}},
		{"lineage_column_opaque", "model.scored#score", 0, -1, -1, Options{}},
		{"lineage_column_half_opaque", "model.scored#rank", 0, -1, -1, Options{}},
		{"lineage_column_unknown", "source.raw.visits#at", 0, -1, -1, Options{}},
		{"lineage_json", "model.by_farm#tonnes", 0, -1, -1, Options{JSON: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(tc.width, tc.opts)
			if err := v.Lineage(asked(t, mill(t), tc.of, tc.up, tc.down)); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, s.out.String())
			if s.err.Len() > 0 {
				t.Errorf("on stderr: %s", s.err.String())
			}
		})
	}
}

func TestImpactText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, of string
		width    int
		opts     Options
	}{
		{"impact_column", "source.raw.grain#kilos", 0, Options{}},
		{"impact_rows", "seed.farms#farm", 60, Options{Color: "always"}},
		{"impact_node", "model.by_farm", 0, Options{}},
		{"impact_nothing", "model.stg_grain#unit", 0, Options{}},
		{"impact_json", "source.raw.grain#kilos", 0, Options{JSON: true}},
		{"impact_json_nothing", "model.stg_grain#unit", 0, Options{JSON: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(tc.width, tc.opts)
			g := mill(t)
			r := rootOf(t, g, tc.of)
			i := Impact{Graph: g, Roots: []LineageRoot{r}}
			if r.Column >= 0 {
				i.Impact = g.Impact(nil, []trace.Column{r.Column})
			} else {
				i.Impact = g.Impact([]int{r.Node}, nil)
			}
			if err := v.Impact(i); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, s.out.String())
		})
	}
}

// A chain is drawn as deep as the screen has room, and says what it leaves out.
func TestLineageDeep(t *testing.T) {
	t.Parallel()
	lines := []string{"source.raw.t: c"}
	parent := "source.raw.t"
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("model.m%04d: c=passthrough(%s#c)", i, parent))
		parent = fmt.Sprintf("model.m%04d", i)
	}
	g := trace.New(tracetest.Program(t, lines...))
	for _, width := range []int{0, 80} {
		v, s := testView(width, Options{})
		if err := v.Lineage(asked(t, g, "source.raw.t#c", -1, -1)); err != nil {
			t.Fatal(err)
		}
		if words := strings.Join(strings.Fields(s.out.String()), " "); !strings.HasSuffix(words, "passthrough too deep to draw: ask for it by its name") {
			t.Errorf("it ends with %q", words[max(len(words)-100, 0):])
		}
		got := strings.Split(strings.TrimSpace(s.out.String()), "\n")
		for _, line := range got {
			if width > 0 && columns(line) > width {
				t.Errorf("%d columns: %q", columns(line), line)
			}
		}
	}
}

// What several branches share is drawn once, wherever it stands; with a limit it is drawn again where
// more of it is within reach.
func TestLineageShared(t *testing.T) {
	t.Parallel()
	g := trace.New(tracetest.Program(t,
		"source.raw.t: c",
		"model.a: c=passthrough(source.raw.t#c)",
		"model.b: c=passthrough(model.a#c)",
		"model.c: c=passthrough(model.b#c)",
		"model.d: c=derived(model.a#c,model.b#c,model.c#c)",
	))
	for _, tc := range []struct {
		of   string
		up   int
		want string
	}{
		{"model.d", -1, `
d  model  models/d.sql

reads
├─ a         model
│  └─ raw.t  source
├─ b         model
│  └─ a …    model   shown above
└─ c         model
   └─ b …    model   shown above
`},
		{"model.d#c", 2, `
d#c  BIGINT  derived

comes from
├─ a#c         passthrough
│  └─ raw.t#c  source
├─ b#c         passthrough
│  └─ a#c      passthrough
└─ c#c         passthrough
   └─ b#c      passthrough
`},
		{"model.d", 3, `
d  model  models/d.sql

reads
├─ a         model
│  └─ raw.t  source
├─ b         model
│  └─ a …    model   shown above
└─ c         model
   └─ b …    model   shown above
`},
	} {
		v, s := testView(0, Options{})
		if err := v.Lineage(asked(t, g, tc.of, tc.up, 0)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, "\n"+s.out.String()); diff != "" {
			t.Errorf("%s, %d steps (-want +got):\n%s", tc.of, tc.up, diff)
		}
	}
	// The other way round the deepest branch comes first, and the nearest ones are not drawn again.
	v, s := testView(0, Options{})
	if err := v.Lineage(asked(t, trace.New(tracetest.Program(t,
		"source.raw.t: c", "model.z: c=passthrough(source.raw.t#c)", "model.y: c=passthrough(model.z#c)", "model.x: c=passthrough(model.y#c)",
		"model.w: c=derived(model.x#c,model.y#c,model.z#c)",
	)), "model.w", -1, 0)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.out.String(), "raw.t"); got != 1 {
		t.Errorf("the source is drawn %d times:\n%s", got, s.out.String())
	}
}

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
