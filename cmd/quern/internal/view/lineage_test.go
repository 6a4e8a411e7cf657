package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/link"
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
