package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// again plans a project whose model a was built and whose tests passed, after a change of what is known of them.
func again(t *testing.T, files stagetest.Files, change func(*state.Relation, *state.Test)) *plan.Step {
	t.Helper()
	name := relation.Name{Schema: "main", Identifier: "a"}
	known := state.New()
	look := func(o *plan.Options) {
		o.Existing = map[relation.Name]engine.Shape{name: {Object: relation.Object{Name: name, Kind: relation.Table}, Rows: 1}}
		o.State = known
	}
	find := func(p *plan.Plan) *plan.Step {
		return p.Steps[slices.IndexFunc(p.Steps, func(s *plan.Step) bool { return s.ID == "model.a" })]
	}
	_, p := build(t, files, look)
	first := find(p)
	r := &state.Relation{
		ID: first.ID, Name: name, Kind: "incremental", Code: first.Code.Digest, Text: first.Code.Text, Config: first.Code.Config,
		Data: state.DataVersion{Rows: "rows", Build: "build"}, Digest: engine.Digest{Rows: 1}, Growth: &first.Growth.Known,
	}
	known.Relations[state.Place{ID: first.ID, Name: name}] = r
	for _, a := range first.Audits {
		test := &state.Test{ID: a.ID, Definition: a.Definition, Inputs: map[project.ID]string{first.ID: "rows"}}
		if change != nil {
			change(r, test)
		}
		known.Tests[a.ID] = test
	}
	_, p = build(t, files, look)
	return find(p)
}

func onDelta(s *plan.Step) (names []string) {
	for _, a := range s.Audits {
		if a.OnDelta {
			names = append(names, a.Name)
		}
	}
	return names
}

// grown is an incremental model over a source nobody knows, with tests.
func grown(keys string) stagetest.Files {
	return stagetest.Files{
		"models/s.yml": "sources: [{name: raw, tables: [{name: t}]}]",
		"models/a.sql": "/* ---\nmaterialized: incremental\n" + keys + "--- */\nselect * from {{ source \"raw\" \"t\" }}",
		"models/b.sql": "/* ---\nmaterialized: table\n--- */\nselect 1 as id",
	}
}

func TestTestsOfEachRowLookAtNewRowsAlone(t *testing.T) {
	t.Parallel()
	queries := map[string]bool{ // whether a row is wrong depends on that row alone
		"select * from {{ .model }} where x < 0":                                                      true,
		"select * from (select * from {{ .model }} where y) where x is distinct from 1":               true,
		"select upper(x) as \"group\" from {{ .model }} where x is not distinct from 'with distinct'": true,
		"select * from {{ .model }} where x <> any ([1, 2])":                                          true,
		"select distinct x from {{ .model }}":                                                         false,
		"select x from {{ .model }} group by all having x > 1":                                        false,
		"select max(x) as m from {{ .model }}":                                                        false,
		"select \"max\" (x) as m from {{ .model }}":                                                   false,
		"select * from {{ .model }} limit 1":                                                          false,
		"select row_number() over () as n from {{ .model }}":                                          false,
		"with w as (select * from {{ .model }}) select * from w, w as w2":                             false,
		"select 1 as one where not exists (from {{ .model }})":                                        false,
		"select 1 as one where 1 not in (select x from {{ .model }})":                                 false,
		"select * from {{ .model }} a, {{ .model }} b where a.x = b.x":                                false,
		"select * from {{ .model }} where x in (select id from {{ ref \"b\" }})":                      false,
		"select * from (values (1)) v left join {{ .model }} m on m.x = 1":                            false,
		"from {{ .model }} select x":                                                                  false, // as far as anybody can tell
		"select * from {{ .model }} union all select null":                                            false,
		"select (select x from {{ .model }}) as x":                                                    false,
	}
	for query, want := range queries {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			files := grown("unique_key: x\ntests: [{wrong: {config: {name: wrong}}}]\n")
			files["tests/generic/wrong.sql"] = "/* ---\nargs: [model]\n--- */\n" + query
			if got := len(onDelta(again(t, files, nil))) == 1; got != want {
				t.Errorf("it looks at new rows alone: %t, want %t", got, want)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	const tests = `columns:
- name: x
  tests: [not_null, unique, {accepted_values: {values: [1]}}, {between: {min: 0, max: 9}}, {matches: {regex: a}}, {relationships: {to: b, field: id}}]
`
	rows := []string{"accepted_values_a_x", "between_a_x", "matches_a_x", "not_null_a_x"}
	cases := map[string]struct {
		keys   string
		change func(*state.Relation, *state.Test)
		want   []string
	}{
		"defaults":             {"unique_key: x\n" + tests, nil, rows},
		"asserts":              {"unique_key: x\nassert: [x > 0, sum(x) > 0]\n", nil, []string{"assert_a"}},
		"some columns":         {"unique_key: x\nmerge_update_columns: [y]\n" + tests, nil, nil},
		"other columns":        {"unique_key: x\nmerge_exclude_columns: [y]\n" + tests, nil, nil},
		"a threshold":          {"unique_key: x\ncolumns: [{name: x, tests: [{not_null: {config: {error_if: \">3\"}}}]}]\n", nil, nil},
		"asked for the table":  {"unique_key: x\ncolumns: [{name: x, tests: [{not_null: {config: {scope: table}}}]}]\n", nil, nil},
		"asked for new rows":   {"unique_key: x\ncolumns: [{name: x, tests: [{unique: {config: {scope: delta}}}]}]\n", nil, []string{"unique_a_x"}},
		"it did not pass":      {"unique_key: x\n" + tests, func(_ *state.Relation, t *state.Test) { t.Failed = true }, nil},
		"another definition":   {"unique_key: x\n" + tests, func(_ *state.Relation, t *state.Test) { t.Definition = "x" }, nil},
		"it passed before":     {"unique_key: x\n" + tests, func(_ *state.Relation, t *state.Test) { t.Inputs["model.a"] = "older" }, nil},
		"the last build fails": {"unique_key: x\n" + tests, func(r *state.Relation, _ *state.Test) { r.Failed = true }, nil},
		"of a volatile test":   {"unique_key: x\nassert: [x < now()]\n", nil, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := again(t, grown(tc.keys), tc.change)
			if step.Action != plan.Update {
				t.Fatalf("the step is %s: %s", step.Action, step.Reason)
			}
			var got []string
			for _, name := range onDelta(step) {
				words := strings.Split(name, "_")
				if len(words[len(words)-1]) == 6 { // the hash of its arguments
					words = words[:len(words)-1]
				}
				got = append(got, strings.Join(words, "_"))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReasonsOfIncrements(t *testing.T) {
	t.Parallel()
	files := grown("unique_key: x\nassert: [x > 0]\n")
	for want, change := range map[string]func(*state.Relation, *state.Test){
		"update it failed last time":                                 func(r *state.Relation, _ *state.Test) { r.Failed = true },
		"update the query or the settings of its increments changed": func(r *state.Relation, _ *state.Test) { r.Growth = nil },
		"update whether raw.t changed is not known":                  nil,
		"rebuild \"a\" was a table and becomes an incremental table": func(r *state.Relation, _ *state.Test) { r.Kind = "table" },
	} {
		step := again(t, files, change)
		if got := step.Action.String() + " " + step.Reason; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for want, shape := range map[string]engine.Shape{
		"update no build is on record":                {Object: relation.Object{Kind: relation.Table}, Rows: 1},
		"rebuild main.a has no rows":                  {Object: relation.Object{Kind: relation.Table}},
		"rebuild \"a\" is a view and becomes a table": {Object: relation.Object{Kind: relation.View}, Rows: -1},
	} {
		_, p := build(t, files, func(o *plan.Options) {
			shape.Object.Name = relation.Name{Schema: "main", Identifier: "a"}
			o.Existing = map[relation.Name]engine.Shape{shape.Object.Name: shape}
			o.State = state.New()
		}, "model.a")
		if got := p.Steps[0].Action.String() + " " + p.Steps[0].Reason; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
