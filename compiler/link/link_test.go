package link_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

func TestBuildLinksEveryKindOfNode(t *testing.T) {
	t.Parallel()
	f := newFixture("orders: raw.orders countries", "revenue: orders orders", "lonely:")
	f.project.Models[2].DependsOn = []project.Reference{{Name: "revenue"}, {Name: "raw.orders"}}
	f.source("raw", "orders").Tests = []project.TestUse{use("not_null", "id")}
	f.seed("countries").Tests = []project.TestUse{use("unique", "code")}
	f.generic("not_null", project.Argument{Name: "column"})
	f.generic("unique", project.Argument{Name: "column"})
	f.project.Models[0].Tests = []project.TestUse{use("not_null", "id")}
	f.singular("totals_agree", "revenue", "raw.orders")
	f.exposure("board", "revenue", "countries", "raw.orders")

	g, diags := f.build()
	wantTexts(t, diags)
	want := []string{
		"exposure.board <- model.revenue seed.countries source.raw.orders",
		"model.lonely <- model.revenue source.raw.orders",
		"model.orders <- seed.countries source.raw.orders",
		"model.revenue <- model.orders",
		"seed.countries",
		"source.raw.orders",
		"test.not_null_orders_id <- model.orders",
		"test.not_null_raw_orders_id <- source.raw.orders",
		"test.totals_agree <- model.revenue source.raw.orders",
		"test.unique_countries_code <- seed.countries",
	}
	if diff := cmp.Diff(want, edges(g)); diff != "" {
		t.Errorf("graph (-want +got):\n%s", diff)
	}
	checkGraph(t, g)
	test := g.ByID["test.totals_agree"].Test
	if diff := cmp.Diff([]project.ID{"model.revenue", "source.raw.orders"}, test.Reads); diff != "" {
		t.Errorf("Reads (-want +got):\n%s", diff)
	}
	if test := g.ByID["test.not_null_orders_id"].Test; test.Tested != "model.orders" || len(test.Reads) != 0 {
		t.Errorf("not_null tests %q and reads %v", test.Tested, test.Reads)
	}
}

// checkGraph checks what is true of every graph without a cycle.
func checkGraph(t *testing.T, g *link.Graph) {
	t.Helper()
	if len(g.Order) != len(g.Nodes) {
		t.Fatalf("order has %d of %d nodes", len(g.Order), len(g.Nodes))
	}
	at := make([]int, len(g.Nodes))
	for i, n := range g.Order {
		at[n] = i
	}
	for i, n := range g.Nodes {
		if n.Index != i || g.ByID[n.ID] != n {
			t.Errorf("%s: index %d at %d", n.ID, n.Index, i)
		}
		if i > 0 && g.Nodes[i-1].ID >= n.ID {
			t.Errorf("%s stands after %s", n.ID, g.Nodes[i-1].ID)
		}
		level := 0
		for _, p := range n.Parents {
			level = max(level, g.Level[p]+1)
			if at[p] >= at[i] {
				t.Errorf("%s comes before its parent %s", n.ID, g.Nodes[p].ID)
			}
			if !slices.Contains(g.Nodes[p].Children, i) {
				t.Errorf("%s is no child of its parent %s", n.ID, g.Nodes[p].ID)
			}
		}
		if g.Level[i] != level {
			t.Errorf("%s has level %d, want %d", n.ID, g.Level[i], level)
		}
		if n.Kind != link.Test {
			continue
		}
		for _, read := range n.Test.Reads {
			if n.Test.Tested != "" && !n.Test.Late && at[g.ByID[read].Index] >= at[g.ByID[n.Test.Tested].Index] {
				t.Errorf("%s: %s comes before %s, which the test reads", n.ID, n.Test.Tested, read)
			}
		}
	}
}

func TestUnknownNamesGetTheHintThatHelps(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, reads, want string }{
		{"nearest model", "order", `models/x.sql:1:1: E0203 unknown model "order"; did you mean "orders"?`},
		{"nearest seed", "contries", `models/x.sql:1:1: E0203 unknown model "contries"; did you mean "countries"?`},
		{"nothing near", "zebra", `models/x.sql:1:1: E0203 unknown model "zebra"; write it as models/zebra.sql, or read something that is there`},
		{"called as in Jinja", "ref('orders')", `models/x.sql:1:1: E0203 unknown model "ref('orders')"; write the name alone: "orders"`},
		{"called in a template", `{{ref("shop","orders")}}`, `models/x.sql:1:1: E0203 unknown model "{{ref(\"shop\",\"orders\")}}"; write the name alone: "orders"`},
		{"a source that is called", "source('raw','payments')", `models/x.sql:1:1: E0203 unknown model "source('raw','payments')"; write the name alone: "raw.payments"`},
		{"case of a model", "Orders", `models/x.sql:1:1: E0203 unknown model "Orders"; names tell upper from lower case: did you mean "orders"?`},
		{"case of a seed", "COUNTRIES", `models/x.sql:1:1: E0203 unknown model "COUNTRIES"; names tell upper from lower case: did you mean "countries"?`},
		{"a source", "payments", `models/x.sql:1:1: E0203 unknown model "payments"; it is a source: write {{ source "raw" "payments" }}`},
		{"a macro", "cents", `models/x.sql:1:1: E0203 "cents" is a macro, not a model or a seed; call it: {{ cents }}`},
		{"a test", "is_fine", `models/x.sql:1:1: E0203 "is_fine" is a test, not a model or a seed`},
		{"an exposure", "board", `models/x.sql:1:1: E0203 "board" is an exposure, not a model or a seed`},
		{"nearest source", "raw.paymnts", `models/x.sql:1:1: E0204 unknown source "raw.paymnts"; did you mean "raw.payments"?`},
		{"another group", "landing.payments", `models/x.sql:1:1: E0204 unknown source "landing.payments"; did you mean "raw.payments"?`},
		{"case of a source", "RAW.payments", `models/x.sql:1:1: E0204 unknown source "RAW.payments"; names tell upper from lower case: did you mean "raw.payments"?`},
		{"tables of the group", "raw.zebras", `models/x.sql:1:1: E0204 unknown source "raw.zebras"; source "raw" has customers, payments`},
		{"a model", "raw.orders", `models/x.sql:1:1: E0204 unknown source "raw.orders"; it is a model: write "orders" alone, in a template {{ ref "orders" }}`},
		{"a seed by its id", "seed.countries", `models/x.sql:1:1: E0204 unknown source "seed.countries"; it is a seed: write "countries" alone, in a template {{ ref "countries" }}`},
		{"nothing known", "other.zebras", `models/x.sql:1:1: E0204 unknown source "other.zebras"; declare it under "sources:" in a YAML file`},
		{"itself", "x", `models/x.sql:1:1: E0205 model "x" reads itself; a view cannot read itself: ` + diag.ReadElse},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture("orders:", "x: "+tc.reads)
			f.seed("countries")
			f.source("raw", "payments")
			f.source("raw", "customers")
			f.project.Macros = []*project.Macro{{Name: "cents"}}
			f.singular("is_fine", "orders")
			f.exposure("board", "orders")
			g, diags := f.build()
			wantTexts(t, diags, tc.want)
			if !g.ByID["model.x"].Broken || g.ByID["model.orders"].Broken {
				t.Error("just the model that reads the unknown name must be broken")
			}
		})
	}
}

func TestAnUnknownRefInAMacroNamesBothPlaces(t *testing.T) {
	t.Parallel()
	f := newFixture("orders:", "x: order")
	macro := source.NewFile("macros/m.sql", "\nselect * from order")
	f.parsed.Models["x"].Refs[0].In = macro.Span(15, 20)
	_, diags := f.build()
	wantTexts(t, diags,
		`models/x.sql:1:1: E0203 unknown model "order"; did you mean "orders"?`,
		`  macros/m.sql:2:15: it is read here`)
}

func TestEveryCycleIsAReadablePath(t *testing.T) {
	t.Parallel()
	f := newFixture(
		"a: b", "b: c", "c: a", // one of three
		"p: q", "q: p r", "r: p", // two that share an edge
		"z: a z2", "z2:", // behind a cycle, on none
	)
	g, diags := f.build()
	hint := "; take one of these refs out, or move what both need into a model of its own"
	wantTexts(t, diags,
		"models/a.sql:1:1: E0202 models depend on each other in a circle: a → b → c → a"+hint,
		"  models/a.sql:1:1: a reads b",
		"  models/b.sql:1:1: b reads c",
		"  models/c.sql:1:1: c reads a",
		"models/p.sql:1:1: E0202 models depend on each other in a circle: p → q → p"+hint,
		"  models/p.sql:1:1: p reads q",
		"  models/q.sql:1:1: q reads p",
		"models/p.sql:1:1: E0202 models depend on each other in a circle: p → q → r → p"+hint,
		"  models/p.sql:1:1: p reads q",
		"  models/q.sql:2:1: q reads r",
		"  models/r.sql:1:1: r reads p",
	)
	for _, id := range []project.ID{"model.a", "model.q"} {
		if !g.ByID[id].Broken {
			t.Errorf("%s is on a cycle and not broken", id)
		}
	}
	if g.ByID["model.z"].Broken {
		t.Error("model.z is on no cycle")
	}
	if diff := cmp.Diff([]int{g.ByID["model.z2"].Index}, g.Order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestALongCycleIsShortened(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("m%02d: m%02d", i, (i+1)%40))
	}
	_, diags := newFixture(lines...).build()
	if len(diags) != 1 {
		t.Fatalf("found %d diagnostics, want 1", len(diags))
	}
	want := "models depend on each other in a circle: " +
		"m00 → m01 → m02 → m03 → m04 → m05 → m06 → m07 → m08 → m09 → 29 more → m39 → m00"
	if diags[0].Message != want {
		t.Errorf("message %q, want %q", diags[0].Message, want)
	}
}
