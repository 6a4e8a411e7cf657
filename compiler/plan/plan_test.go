package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// build plans a project; names select some of its nodes, none all of them.
func build(t *testing.T, files stagetest.Files, change func(*plan.Options), names ...project.ID) (*check.Program, *plan.Plan) {
	t.Helper()
	p := stagetest.Program(t, files.Write(t), duckdb.Dialect{})
	opts := plan.Options{Dialect: duckdb.Dialect{}}
	for i, n := range p.Graph.Nodes {
		if len(names) == 0 || slices.Contains(names, n.ID) {
			opts.Selected = append(opts.Selected, i)
		}
	}
	if change != nil {
		change(&opts)
	}
	out, diags := plan.Build(p, opts)
	if len(diags) > 0 {
		t.Fatalf("Build: %v", stagetest.Lines(diags))
	}
	return p, out
}

// steps gives a line per step: its id, what it comes after, and its tests, blocking ones with !.
func steps(p *plan.Plan) []string {
	out := []string{}
	for _, s := range p.Steps {
		line := string(s.ID)
		for _, i := range s.After {
			line += " <" + p.Steps[i].ID.Name()
		}
		for _, a := range s.Audits {
			mark := "?"
			if a.Blocking {
				mark = "!"
			}
			line += " " + mark + a.Name
		}
		out = append(out, line)
	}
	return out
}

func want(t *testing.T, p *plan.Plan, lines ...string) {
	t.Helper()
	if diff := cmp.Diff(lines, steps(p)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

const (
	table     = "/* ---\nmaterialized: table\n--- */\n"
	ephemeral = "/* ---\nmaterialized: ephemeral\n--- */\n"
)

func read(names ...string) string {
	query := "select 1 as id"
	for _, name := range names {
		query += " from {{ ref \"" + name + "\" }}"
	}
	return strings.Replace(query, "}} from", "}},", len(names))
}

func TestReadersComeAfterWhatTheyRead(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"seeds/s.csv": "id\n1\n", "models/a.sql": table + read("s"), "models/e.sql": ephemeral + read("a"),
		"models/b.sql": table + read("e"), "models/c.sql": table + read("b", "a"),
	}, nil)
	want(t, p, "seed.s", "model.a <s", "model.b <a", "model.c <a <b")
}

func TestOnlyWhatIsSelectedHasAStep(t *testing.T) {
	t.Parallel()
	files := stagetest.Files{
		"models/a.sql": table + read(), "models/v.sql": read("a"), "models/t.sql": table + read("a"),
		"models/w.sql": table + read("v"), "models/x.sql": table + read("t"),
		"models/m.yml": "models: [{name: a, columns: [{name: id, tests: [unique, not_null]}]}]",
	}
	// A view that is not built shows the new rows of a; a table keeps its old ones.
	_, p := build(t, files, nil, "model.a", "model.w", "model.x", "test.unique_a_id")
	want(t, p, "model.a !unique_a_id", "model.x", "model.w <a")
	_, p = build(t, files, func(o *plan.Options) { o.NoTests = true })
	want(t, p, "model.a", "model.t <a", "model.v <a", "model.w <v", "model.x <t")
	_, p = build(t, files, func(o *plan.Options) { o.TestsOnly = true })
	want(t, p, "test.not_null_a_id !not_null_a_id", "test.unique_a_id !unique_a_id")
}

func TestTestsOfSourcesBlockTheirReaders(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/s.yml": "sources: [{name: raw, tables: [{name: t, columns: [{name: id, tests: [unique, not_null: {config: {severity: warn}}]}]}]}]",
		"models/a.sql": table + "select * from {{ source \"raw\" \"t\" }}",
		"models/b.sql": table + read("a"),
		"models/c.sql": table + read(),
	}, nil)
	want(t, p, "model.c", "test.not_null_raw_t_id ?not_null_raw_t_id", "test.unique_raw_t_id !unique_raw_t_id",
		"model.a <unique_raw_t_id", "model.b <a")
}

func TestRelationshipsWaitForTheOtherEnd(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/a.sql": table + read(), "models/b.sql": table + read(),
		"models/m.yml": "models: [{name: a, columns: [{name: id, tests: [relationships: {to: b, field: id, config: {name: r}}]}]}]",
	}, nil)
	want(t, p, "model.b", "model.a <b !r")
}

func TestLateTestsRunAfterAllTheyReadAndBlockWhatIsBelowAll(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/orders.sql": table + read(), "models/customers.sql": table + read("orders"),
		"models/below.sql": table + read("customers"), "models/side.sql": table + read("orders"),
		"models/m.yml": "models: [{name: orders, columns: [{name: id, tests: [relationships: {to: customers, field: id, config: {name: r}}]}]}]",
	}, nil)
	want(t, p, "model.orders", "model.customers <orders", "model.side <orders", "test.r <orders <customers !r", "model.below <customers <r")
}

func TestSingularTestsBlockWhatIsBelowAllTheyRead(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/a.sql": table + read(), "models/b.sql": table + read(), "models/ab.sql": table + read("a", "b"),
		"models/abc.sql": table + read("ab", "a"), "models/onlya.sql": table + read("a"),
		"tests/t.sql": read("a", "b"), "tests/w.sql": "/* ---\nseverity: warn\n--- */\n" + read("a"),
	}, nil)
	want(t, p, "model.a", "model.b", "model.onlya <a", "test.t <a <b !t", "test.w <a ?w", "model.ab <a <b <t", "model.abc <a <ab")
}

func TestTestsOfViewsRunBeforeTheTableBelow(t *testing.T) {
	t.Parallel()
	files := stagetest.Files{
		"models/t.sql": table + read(), "models/u.sql": table + read(),
		"models/e.sql": ephemeral + read("t"), "models/v.sql": read("e"), "models/w.sql": read("v"),
		"models/two.sql": read("t", "u"),
		"models/m.yml": "models:\n- {name: w, columns: [{name: id, tests: [unique, not_null: {config: {severity: warn}}]}]}\n" +
			"- {name: two, columns: [{name: id, tests: [unique]}]}\n",
	}
	_, p := build(t, files, nil)
	want(t, p, "model.t !unique_w_id", "model.u", "model.two <t <u !unique_two_id", "model.v <t", "model.w <v ?not_null_w_id")
	sql := p.Steps[0].Audits[0].Query.SQL
	if !strings.Contains(sql, "main.t__candidate") || strings.Contains(sql, "main.v") || strings.Contains(sql, "main.w") {
		t.Errorf("the test does not read the candidate:\n%s", sql)
	}
	// Without v in the build its text in the target may be another one.
	_, p = build(t, files, nil, "model.t", "model.w", "test.unique_w_id")
	want(t, p, "model.t", "model.w <t !unique_w_id")
}

func TestTestsOfEphemeralModels(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/a.sql": table + read(), "models/e.sql": ephemeral + read("a"), "models/b.sql": table + read("e"),
		"models/m.yml": "models: [{name: e, columns: [{name: id, tests: [unique]}]}]",
	}, nil)
	want(t, p, "model.a", "test.unique_e_id <a !unique_e_id", "model.b <a <unique_e_id")
}

func TestReasonsAndActions(t *testing.T) {
	t.Parallel()
	files := stagetest.Files{
		"seeds/s.csv": "id\n1\n", "models/a.sql": table + read("s"), "models/b.sql": read("s"), "tests/t.sql": read("a"),
	}
	_, p := build(t, files, func(o *plan.Options) {
		o.Existing = map[relation.Name]engine.Shape{
			{Schema: "MAIN", Identifier: "A"}: {Object: relation.Object{Kind: relation.Table}},
			{Schema: "main", Identifier: "b"}: {Object: relation.Object{Kind: relation.Table}},
		}
	})
	var got []string
	for _, s := range p.Steps {
		line := fmt.Sprintf("%s %s: %s", s.ID, s.Action, s.Reason)
		for _, c := range s.Because {
			line += " (" + c.What + ")"
		}
		got = append(got, line)
	}
	lines := []string{
		`seed.s load: "s" is not in the target yet (missing)`,
		`model.a rebuild: no build is on record (missing)`,
		`model.b rebuild: "b" is a table and becomes a view (config)`,
		`test.t test: it runs after all it reads`,
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]relation.Name{{Schema: "main"}}, p.Schemas); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
	wantStatements := []string{
		"create or replace table main.a__candidate as\nselect 1 as id from main.s",
		"publish main.a__candidate as main.a",
	}
	if diff := cmp.Diff(wantStatements, p.Steps[1].Statements); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

func TestCandidatesOfLongNames(t *testing.T) {
	t.Parallel()
	p := stagetest.Program(t, stagetest.Files{
		"models/a_name_of_20_letters.sql": table + read(), "models/short.sql": table + read(),
	}.Write(t), narrow{})
	out, _ := plan.Build(p, plan.Options{Selected: []int{0, 1}, Dialect: narrow{}})
	for _, s := range out.Steps {
		name := s.Candidate.Identifier
		if len(name) > 24 || !strings.HasSuffix(name, check.CandidateSuffix) {
			t.Errorf("candidate of %s is %q", s.ID, name)
		}
	}
}

type narrow struct{ duckdb.Dialect }

func (narrow) MaxIdentifier() int { return 24 }

func TestOnlyTotalsThatAThresholdNeeds(t *testing.T) {
	t.Parallel()
	_, p := build(t, stagetest.Files{
		"models/a.sql": table + read(),
		"models/m.yml": "models: [{name: a, columns: [{name: id, tests: [unique, not_null: {config: {error_if: '>1%', where: id > 0}}]}]}]",
	}, nil)
	var got []string
	for _, a := range p.Steps[0].Audits {
		if a.Total != nil {
			got = append(got, a.Total.SQL)
		}
	}
	lines := []string{"select count(*) from (select * from main.a__candidate where (\nid > 0\n))"}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestBrokenAndDisabledNodesAreLeftOut(t *testing.T) {
	t.Parallel()
	dir := stagetest.Files{
		"models/a.sql": "select {{ var \"x\" }}", "models/b.sql": read("a"),
		"models/c.sql": "/* ---\nenabled: false\n--- */\nselect 1", "models/d.sql": read(),
	}.Write(t)
	p, _ := stagetest.Compile(t, dir, duckdb.Dialect{})
	out, _ := plan.Build(p, plan.Options{Selected: []int{0, 1, 2, 3}, Dialect: duckdb.Dialect{}})
	want(t, out, "model.d")
}
