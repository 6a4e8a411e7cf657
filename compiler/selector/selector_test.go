package selector_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/selector"
	"github.com/quernsql/quern/compiler/source"
)

// graph makes a graph of lines "id <- parent parent | setting=value …"; parents stand before their
// children. A test's first parent is the one it tests.
func graph(lines ...string) *link.Graph {
	g := &link.Graph{
		Project: &project.Project{Paths: project.Paths{Models: "models", Seeds: "seeds", Macros: "macros", Tests: "tests"}},
		ByID:    map[project.ID]*link.Node{},
	}
	for _, line := range lines {
		left, settings, _ := strings.Cut(line, "|")
		id, parents, _ := strings.Cut(left, "<-")
		n := node(project.ID(strings.TrimSpace(id)))
		for _, setting := range strings.Fields(settings) {
			key, value, _ := strings.Cut(setting, "=")
			set(n, key, value)
		}
		n.Index = len(g.Nodes)
		for _, parent := range strings.Fields(parents) {
			p := g.ByID[project.ID(parent)]
			n.Parents = append(n.Parents, p.Index)
			p.Children = append(p.Children, n.Index)
		}
		g.Nodes, g.ByID[n.ID] = append(g.Nodes, n), n
	}
	return g
}

func node(id project.ID) *link.Node {
	n := &link.Node{ID: id, Name: id.Name()}
	switch id.Kind() {
	case "model":
		n.Kind, n.Path = link.Model, "models/"+n.Name+".sql"
		n.Model = &project.Model{ID: id, Name: n.Name, Materialized: project.View, Config: map[string]string{}}
	case "seed":
		n.Kind, n.Path = link.Seed, "seeds/"+n.Name+".csv"
		n.Seed = &project.Seed{ID: id, Name: n.Name}
	case "source":
		n.Kind, n.Path = link.Source, "models/sources.yml"
		group, table, _ := strings.Cut(n.Name, ".")
		n.Source = &project.Source{ID: id, SourceName: group, Name: table}
	case "exposure":
		n.Kind, n.Path = link.Exposure, "models/exposures.yml"
		n.Exposure = &project.Exposure{ID: id, Name: n.Name}
	default:
		n.Kind, n.Path = link.Test, "models/models.yml"
		n.Test = &link.TestNode{Use: &project.TestUse{}, Config: &project.TestConfig{}}
	}
	return n
}

func set(n *link.Node, key, value string) {
	switch key {
	case "tag":
		n.Properties().Tags = append(n.Properties().Tags, value)
	case "owner":
		n.Properties().Owner = value
	case "group":
		n.Properties().Group = value
	case "path":
		n.Path = value
	case "test":
		n.Test.Use.Test = value
	case "singular":
		n.Test.Use, n.Test.Singular = nil, &project.SingularTest{}
		n.Path = "tests/" + n.Name + ".sql"
	case "severity":
		n.Test.Config.Severity = project.SeverityWarn
	case "table":
		n.Model.Materialized = project.Table
		n.Model.Config["materialized"] = "table"
	default:
		n.Model.Config[key] = value
	}
}

// shop is raw.orders → stg_orders → orders → revenue → board, and customers beside it.
func shop() *link.Graph {
	g := graph(
		"seed.countries",
		"source.raw.orders",
		"source.raw.payments",
		"source.landing.clicks",
		"model.stg_orders <- source.raw.orders | path=models/staging/stg_orders.sql tag=nightly tag=staging",
		"model.stg_payments <- source.raw.payments | path=models/staging/stg_payments.sql tag=staging",
		"model.customers <- seed.countries | path=models/marts/customers.sql table= owner=ann group=sales",
		"model.orders <- model.stg_orders model.stg_payments | path=models/marts/orders.sql table= tag=nightly schema=mart",
		"model.revenue <- model.orders model.customers | path=models/marts/finance/revenue.sql group=finance",
		"exposure.board <- model.revenue",
		"test.not_null_orders_id <- model.orders | test=not_null",
		"test.relationships_orders <- model.orders model.customers | test=relationships severity=warn",
		"test.not_null_raw_orders_id <- source.raw.orders | test=not_null tag=nightly",
		"test.totals <- model.revenue source.raw.payments | singular=",
		"test.constant | singular=",
	)
	g.Project.Groups = []*project.Group{{Name: "finance", Owner: "Finance Team"}, {Name: "sales", Owner: "bob"}, {Name: "empty", Owner: "nobody"}}
	g.Project.Selectors = []*project.Selector{
		named("nightly", "tag:nightly", ""),
		named("nested", "selector:nightly+", "exposure:board"),
		named("rest", "", "path:models/marts"),
		named("one", "selector:two", ""),
		named("two", "orders selector:one", ""),
	}
	return g
}

func named(name, include, exclude string) *project.Selector {
	file := source.NewFile("selectors.yml", "name: "+name+"\nselect: "+include+"\nexclude: "+exclude+"\n")
	text := func(value string) project.Text {
		if value == "" {
			return project.Text{}
		}
		start := strings.Index(file.Text, ": "+value) + 2
		return project.Text{Value: value, Span: file.Span(start, start+len(value)), Exact: true}
	}
	return &project.Selector{Name: name, Select: text(include), Exclude: text(exclude), Span: file.Span(6, 6+len(name))}
}

func ids(g *link.Graph, s selector.Selection) string {
	var out []string
	for _, i := range s.Nodes {
		out = append(out, string(g.Nodes[i].ID))
	}
	return strings.Join(out, " ")
}

// texts writes diagnostics with the text they point at.
func texts(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%s %s [%s] %s; %s", d.Code, d.Span.Path(), d.Span.Text(), d.Message, d.Hint))
	}
	return out
}

func TestSelectWithoutTests(t *testing.T) {
	t.Parallel()
	cases := []struct{ text, want string }{
		{"orders", "model.orders"},
		{"model.orders", "model.orders"},
		{"raw.orders", "source.raw.orders"},
		{"source.raw.orders", "source.raw.orders"},
		{"name:countries", "seed.countries"},
		{"orders customers", "model.customers model.orders"},
		{"  orders\t\ncustomers ", "model.customers model.orders"},
		{"*orders", "source.raw.orders model.stg_orders model.orders"},
		{"stg_?????s", "model.stg_orders"},
		{"[co]*s", "seed.countries model.customers model.orders"},
		{"+orders", "source.raw.orders source.raw.payments model.stg_orders model.stg_payments model.orders"},
		{"1+orders", "model.stg_orders model.stg_payments model.orders"},
		{"0+orders", "model.orders"},
		{"orders+", "model.orders model.revenue exposure.board"},
		{"orders+1", "model.orders model.revenue"},
		{"1+orders+1", "model.stg_orders model.stg_payments model.orders model.revenue"},
		{"99999999999999999999+orders", "source.raw.orders source.raw.payments model.stg_orders model.stg_payments model.orders"},
		{"@customers", "seed.countries source.raw.orders source.raw.payments model.stg_orders model.stg_payments model.customers model.orders model.revenue exposure.board"},
		{"+exposure:board,kind:seed", "seed.countries"},
		{"path:models/staging", "model.stg_orders model.stg_payments"},
		{"models/staging/", "model.stg_orders model.stg_payments"},
		{"./models/marts/orders.sql", "model.orders"},
		{"path:models/*/stg_*.sql", "model.stg_orders model.stg_payments"},
		{"path:models/*/finance", "model.revenue"},
		{"path:models/**/revenue.sql", "model.revenue"},
		{"path:models/sources.yml", "source.raw.orders source.raw.payments source.landing.clicks"},
		{"path:.,kind:seed", "seed.countries"},
		{"orders.sql", "model.orders"},
		{"file:countries", "seed.countries"},
		{"countries.csv+1", "seed.countries model.customers"},
		{"tag:nightly,kind:model", "model.stg_orders model.orders"},
		{"tag:nightly,tag:staging", "model.stg_orders"},
		{"tag:n*,model.*", "model.stg_orders model.orders"},
		{"source:raw", "source.raw.orders source.raw.payments"},
		{"source:raw.payments+1", "source.raw.payments model.stg_payments"},
		{"source:*.orders", "source.raw.orders"},
		{"config.materialized:table", "model.customers model.orders"},
		{"config.materialized:seed", "seed.countries"},
		{"config.schema:mart", "model.orders"},
		{"config.tags:staging", "model.stg_orders model.stg_payments"},
		{"config.severity:warn", "test.relationships_orders"},
		{"kind:exposure", "exposure.board"},
		{"test:totals", "test.totals"},
		{"test:not_null", "test.not_null_orders_id test.not_null_raw_orders_id"},
		{"totals", "test.totals"},
		{"tests/totals.sql", "test.totals"},
		{"1+test:totals", "source.raw.payments model.revenue test.totals"},
		{"test.not_null_*", "test.not_null_orders_id test.not_null_raw_orders_id"},
		{"group:finance", "model.revenue"},
		{`owner:"Finance Team"`, "model.revenue"},
		{"owner:ann", "model.customers"},
		{"selector:nightly,kind:model", "model.stg_orders model.orders"},
		{"selector:nested", "model.stg_orders model.orders model.revenue test.not_null_raw_orders_id"},
		{"1+selector:nightly,kind:source", "source.raw.orders"},
	}
	g := shop()
	for _, tc := range cases {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			s, diags := selector.Select(g, selector.Options{Select: []string{tc.text}, Tests: selector.None})
			if diff := cmp.Diff(tc.want, ids(g, s)); diff != "" || len(diags) > 0 {
				t.Errorf("Select(%q) (-want +got):\n%s%s", tc.text, diff, texts(diags))
			}
		})
	}
}

func TestTestsComeAlong(t *testing.T) {
	t.Parallel()
	cases := []struct {
		include, exclude string
		mode             selector.Mode
		want             string
	}{
		{"orders", "", 0, "model.orders test.not_null_orders_id test.relationships_orders"},
		{"orders", "", selector.Eager, "model.orders test.not_null_orders_id test.relationships_orders"},
		{"orders", "", selector.Cautious, "model.orders test.not_null_orders_id"},
		{"orders", "", selector.Buildable, "model.orders test.not_null_orders_id"},
		{"orders", "", selector.None, "model.orders"},
		{"orders customers", "", selector.Cautious, "model.customers model.orders test.not_null_orders_id test.relationships_orders"},
		{"revenue", "", selector.Buildable, "model.revenue test.totals"},
		{"revenue", "", selector.Cautious, "model.revenue"},
		{"orders,test:not_null", "", selector.Eager, "test.not_null_orders_id"},
		{"orders,kind:test", "", selector.Eager, "test.not_null_orders_id test.relationships_orders"},
		{"orders customers", "customers", selector.Eager, "model.orders test.not_null_orders_id"},
		{"orders customers", "customers", selector.Cautious, "model.orders test.not_null_orders_id"},
		{"orders", "test:relationships", selector.Eager, "model.orders test.not_null_orders_id"},
		{"kind:test", "kind:model", selector.Eager, "test.not_null_raw_orders_id test.constant"},
		{"config.severity:warn", "", selector.Cautious, "test.relationships_orders"},
		{"", "kind:model", selector.Eager, "seed.countries source.raw.orders source.raw.payments source.landing.clicks exposure.board test.not_null_raw_orders_id test.constant"},
		{"", "tag:nightly", selector.None, "seed.countries source.raw.orders source.raw.payments source.landing.clicks model.stg_payments model.customers model.revenue exposure.board"},
	}
	g := shop()
	for _, tc := range cases {
		t.Run(fmt.Sprintf("%s,%s-%s", tc.mode, tc.include, tc.exclude), func(t *testing.T) {
			t.Parallel()
			s, diags := selector.Select(g, selector.Options{
				Select: []string{tc.include}, Exclude: []string{tc.exclude}, Tests: tc.mode,
			})
			if diff := cmp.Diff(tc.want, ids(g, s)); diff != "" || len(diags) > 0 {
				t.Errorf("(-want +got):\n%s%s", diff, texts(diags))
			}
		})
	}
}

func TestNothingWrittenSelectsEverything(t *testing.T) {
	t.Parallel()
	g := shop()
	s, diags := selector.Select(g, selector.Options{})
	if len(s.Nodes) != len(g.Nodes) || len(diags) > 0 {
		t.Errorf("selected %d of %d nodes, %s", len(s.Nodes), len(g.Nodes), texts(diags))
	}
	s, _ = selector.Select(g, selector.Options{Selector: "rest", Tests: selector.None})
	want := "seed.countries source.raw.orders source.raw.payments source.landing.clicks model.stg_orders model.stg_payments exposure.board"
	if diff := cmp.Diff(want, ids(g, s)); diff != "" {
		t.Errorf("selector rest (-want +got):\n%s", diff)
	}
}

func TestModesHaveTheirWords(t *testing.T) {
	t.Parallel()
	for _, word := range selector.Modes() {
		if m, ok := selector.ParseMode(word); !ok || m.String() != word {
			t.Errorf("ParseMode(%q) = %v, %v", word, m, ok)
		}
	}
	if _, ok := selector.ParseMode("greedy"); ok {
		t.Error(`ParseMode("greedy") is a mode`)
	}
}
