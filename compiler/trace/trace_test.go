package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/trace"
	"github.com/quernsql/quern/compiler/trace/tracetest"
)

// shop is a program with most of what can happen: a join, a filter, an aggregate, a constant, an
// opaque column, a model that is not checked, tests and exposures.
func shop(tb testing.TB) *trace.Graph {
	return trace.New(tracetest.Program(tb,
		"source.raw.orders: id customer amount status",
		"source.raw.events unchecked source raw.events declares no columns",
		"seed.customers: id name",
		"model.stg_orders: id=passthrough(source.raw.orders#id) buyer=renamed(source.raw.orders#customer)"+
			" pounds=derived(source.raw.orders#amount) one=constant() | filter source.raw.orders#status",
		"model.sales: id=passthrough(model.stg_orders#id) name=passthrough(seed.customers#name)"+
			" pounds=passthrough(model.stg_orders#pounds)"+
			" | join model.stg_orders#buyer seed.customers#id",
		"model.by_name: name=passthrough(model.sales#name) total=aggregated(model.sales#pounds) sales=aggregated()"+
			" | group model.sales#name",
		"model.odd: what=derived?() pounds=passthrough(model.sales#pounds)",
		"model.clicks reads source.raw.events,model.sales unchecked source raw.events declares no columns",
		"model.clicks_by_day reads model.clicks unchecked it reads clicks, which is not checked",
		"test.total_is_positive of model.by_name#total | filter model.by_name#total",
		"test.name_is_known of model.by_name#name | filter model.by_name#name",
		"test.clicks_are_few of model.clicks",
		"exposure.board reads model.by_name,model.clicks_by_day",
		"exposure.ledger reads model.sales",
	))
}

// column finds NODE#COLUMN.
func column(tb testing.TB, g *trace.Graph, text string) trace.Column {
	tb.Helper()
	id, name, _ := strings.Cut(text, "#")
	c, ok := g.Find(tracetest.Node(tb, g.Program, id), name)
	if !ok {
		tb.Fatalf("there is no column %s", text)
	}
	return c
}

func columnNames(g *trace.Graph, set dag.Set) []string {
	out := []string{}
	for c := range set.All() {
		n := g.Program.Graph.Nodes[g.Node(trace.Column(c))]
		out = append(out, n.ID.Name()+"#"+g.Name(trace.Column(c)))
	}
	return out
}

func TestUpAndDown(t *testing.T) {
	t.Parallel()
	g := shop(t)
	for _, tc := range []struct {
		column   string
		steps    int
		up, down []string
	}{
		{
			"model.by_name#total", trace.Unlimited,
			[]string{"by_name#total", "sales#pounds", "stg_orders#pounds", "raw.orders#amount"},
			[]string{"by_name#total"},
		},
		{"model.by_name#total", 1, []string{"by_name#total", "sales#pounds"}, []string{"by_name#total"}},
		{"model.by_name#total", 0, []string{"by_name#total"}, []string{"by_name#total"}},
		{"model.by_name#sales", trace.Unlimited, []string{"by_name#sales"}, []string{"by_name#sales"}},
		{
			"source.raw.orders#amount", trace.Unlimited,
			[]string{"raw.orders#amount"},
			[]string{"by_name#total", "odd#pounds", "sales#pounds", "stg_orders#pounds", "raw.orders#amount"},
		},
		{"source.raw.orders#amount", 2, []string{"raw.orders#amount"}, []string{"sales#pounds", "stg_orders#pounds", "raw.orders#amount"}},
	} {
		t.Run(fmt.Sprint(tc.column, tc.steps), func(t *testing.T) {
			t.Parallel()
			c := []trace.Column{column(t, g, tc.column)}
			if diff := cmp.Diff(tc.up, columnNames(g, g.Up(c, tc.steps))); diff != "" {
				t.Errorf("up (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.down, columnNames(g, g.Down(c, tc.steps))); diff != "" {
				t.Errorf("down (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	g := trace.New(tracetest.Program(t,
		"source.raw.t: ID Name name",
		"source.raw.u unchecked nobody knows",
		"model.m: a=passthrough(source.raw.u#extra) b=passthrough(source.raw.u#Extra)",
	))
	node := tracetest.Node(t, g.Program, "source.raw.t")
	for _, tc := range []struct {
		written, want string
	}{{"ID", "ID"}, {"id", "ID"}, {"name", "name"}, {"Name", "Name"}, {"NAME", ""}, {"nam", ""}} {
		c, ok := g.Find(node, tc.written)
		if ok != (tc.want != "") || ok && g.Name(c) != tc.want {
			t.Errorf("Find(%q) = %v, %v; want %q", tc.written, c, ok, tc.want)
		}
	}
	// What is read of a node whose columns are not known is a column all the same.
	c, ok := g.Find(tracetest.Node(t, g.Program, "source.raw.u"), "extra")
	if !ok || g.Name(c) != "extra" || g.Type(c) != "" || g.Origin(c) != nil || len(g.Uses(c)) != 1 {
		t.Errorf("an unknown node's column: %v, %v", c, ok)
	}
}

func TestUnchecked(t *testing.T) {
	t.Parallel()
	g := shop(t)
	for id, want := range map[string]string{
		"source.raw.orders":      "",
		"source.raw.events":      "source raw.events declares no columns",
		"model.sales":            "",
		"model.clicks":           "source raw.events declares no columns",
		"exposure.board":         "",
		"test.total_is_positive": "",
		"seed.customers":         "",
		"model.clicks_by_day":    "it reads clicks, which is not checked",
		"test.clicks_are_few":    "",
		"model.stg_orders":       "",
		"test.name_is_known":     "",
		"exposure.ledger":        "",
		"model.odd":              "",
		"model.by_name":          "",
	} {
		if got := g.Unchecked(tracetest.Node(t, g.Program, id)); got != want {
			t.Errorf("Unchecked(%s) = %q, want %q", id, got, want)
		}
	}
	if c := column(t, g, "model.odd#what"); !g.Opaque(c) || g.Kind(c).String() != "derived" {
		t.Errorf("odd#what is %v, opaque %v", g.Kind(c), g.Opaque(c))
	}
}

// A model that reads itself does not make a walk go round.
func TestReadsItself(t *testing.T) {
	t.Parallel()
	g := trace.New(tracetest.Program(t,
		"source.raw.t: n",
		"model.sum: n=derived(model.sum#n,source.raw.t#n) | filter model.sum#n",
		"model.last: n=passthrough(model.sum#n)",
	))
	c := []trace.Column{column(t, g, "model.sum#n")}
	if diff := cmp.Diff([]string{"sum#n", "raw.t#n"}, columnNames(g, g.Up(c, trace.Unlimited))); diff != "" {
		t.Errorf("up (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"last#n", "sum#n"}, columnNames(g, g.Down(c, trace.Unlimited))); diff != "" {
		t.Errorf("down (-want +got):\n%s", diff)
	}
	if got := g.ReadBy(c[0]); len(got) != 1 {
		t.Errorf("ReadBy = %v, want last#n alone", got)
	}
}

func nodeNames(g *trace.Graph, nodes []int) []string {
	out := []string{}
	for _, n := range nodes {
		out = append(out, string(g.Program.Graph.Nodes[n].ID))
	}
	return out
}

func TestPart(t *testing.T) {
	t.Parallel()
	g := shop(t)
	describe := func(p *trace.Part) []string {
		var lines []string
		lines = append(lines, "nodes "+strings.Join(nodeNames(g, p.Nodes), " "))
		for _, e := range p.Edges() {
			lines = append(lines, "edge "+strings.Join(nodeNames(g, []int{e.From, e.To}), " "))
		}
		for _, c := range p.Columns {
			lines = append(lines, "column "+g.Program.Graph.Nodes[g.Node(c)].Name+"#"+g.Name(c))
		}
		for _, of := range p.Influences {
			line := "rows of " + nodeNames(g, []int{of.Node})[0]
			for _, in := range of.Inputs {
				line += " " + in.Role.String() + " " + g.Program.Graph.Nodes[g.Node(in.Column)].Name + "#" + g.Name(in.Column)
			}
			lines = append(lines, line)
		}
		return lines
	}
	for _, tc := range []struct {
		name string
		part *trace.Part
		want []string
	}{
		{"up", g.Around([]trace.Column{column(t, g, "model.sales#pounds")}, 1, 0), []string{
			"nodes model.sales model.stg_orders seed.customers",
			"edge model.stg_orders model.sales", "edge seed.customers model.sales",
			"column sales#pounds", "column stg_orders#pounds",
			"rows of model.sales join stg_orders#buyer join customers#id",
		}},
		{"down", g.Around([]trace.Column{column(t, g, "model.sales#name")}, 0, 1), []string{
			"nodes exposure.ledger model.by_name model.sales",
			"edge model.sales exposure.ledger", "edge model.sales model.by_name",
			"column by_name#name", "column sales#name",
			"rows of model.by_name group sales#name",
		}},
		{"influence", g.Around([]trace.Column{column(t, g, "source.raw.orders#status")}, trace.Unlimited, trace.Unlimited), []string{
			"nodes model.stg_orders source.raw.orders",
			"edge source.raw.orders model.stg_orders",
			"column raw.orders#status",
			"rows of model.stg_orders filter raw.orders#status",
		}},
		{"of", g.Of([]int{tracetest.Node(t, g.Program, "model.odd"), tracetest.Node(t, g.Program, "model.sales")}), []string{
			"nodes model.odd model.sales",
			"edge model.sales model.odd",
			"column odd#what", "column odd#pounds", "column sales#id", "column sales#name", "column sales#pounds",
			"rows of model.sales join stg_orders#buyer join customers#id",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, describe(tc.part)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if all := g.All(); len(all.Nodes) != 11 || len(all.Columns) != 18 {
		t.Errorf("All has %d nodes and %d columns", len(all.Nodes), len(all.Columns))
	}
}

func TestImpact(t *testing.T) {
	t.Parallel()
	g := shop(t)
	describe := func(i *trace.Impact) []string {
		var lines []string
		add := func(title string, touched []trace.Touched) {
			for _, n := range touched {
				line := title + " " + nodeNames(g, []int{n.Node})[0]
				for _, c := range n.Columns {
					line += " " + g.Name(c)
				}
				if n.Reason != "" {
					line += ": " + n.Reason
				}
				lines = append(lines, line)
			}
		}
		add("values", i.Values)
		add("rows", i.Rows)
		add("unknown", i.Unknown)
		return lines
	}
	for _, tc := range []struct {
		of   string
		want []string
	}{
		{"source.raw.orders#amount", []string{
			"values exposure.board", "values exposure.ledger", "values model.by_name total", "values model.odd pounds",
			"values model.sales pounds", "values model.stg_orders pounds", "values test.total_is_positive",
			"unknown model.clicks: not checked: source raw.events declares no columns",
			"unknown model.clicks_by_day: it reads clicks",
			"unknown test.clicks_are_few: not checked: source raw.events declares no columns",
		}},
		{"source.raw.orders#status", []string{
			"rows exposure.board", "rows exposure.ledger", "rows model.by_name",
			"rows model.clicks", "rows model.clicks_by_day",
			"rows model.odd", "rows model.sales", "rows model.stg_orders",
			"rows test.clicks_are_few", "rows test.name_is_known", "rows test.total_is_positive",
		}},
		{"model.by_name#name", []string{"values exposure.board", "values test.name_is_known"}},
		{"model.stg_orders#one", nil},
		{"model.by_name", []string{"values exposure.board", "values test.name_is_known", "values test.total_is_positive"}},
		{"source.raw.events", []string{
			"rows exposure.board", "rows test.clicks_are_few",
			"unknown model.clicks: not checked: source raw.events declares no columns",
			"unknown model.clicks_by_day: it reads clicks",
		}},
	} {
		t.Run(tc.of, func(t *testing.T) {
			t.Parallel()
			var nodes []int
			var columns []trace.Column
			if strings.Contains(tc.of, "#") {
				columns = append(columns, column(t, g, tc.of))
			} else {
				nodes = append(nodes, tracetest.Node(t, g.Program, tc.of))
			}
			if diff := cmp.Diff(tc.want, describe(g.Impact(nodes, columns))); diff != "" {
				t.Errorf("Impact (-want +got):\n%s", diff)
			}
		})
	}
}

// BenchmarkTrace10k walks through 10,000 models of 10 columns in chains of 50.
func BenchmarkTrace10k(b *testing.B) {
	p := tracetest.Program(b, tracetest.Wide(10_000, 10, 50)...)
	first := func(g *trace.Graph) []trace.Column { return []trace.Column{column(b, g, "source.raw.t05000#c0")} }
	b.Run("New", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			trace.New(p)
		}
	})
	g := trace.New(p)
	b.Run("All", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.All()
		}
	})
	b.Run("Impact", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Impact(nil, first(g))
		}
	})
}
