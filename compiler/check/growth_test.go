//go:build cgo

package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/project"
)

func TestGrowthIsChecked(t *testing.T) {
	t.Parallel()
	with := func(keys, query string) string {
		return "/* ---\nmaterialized: incremental\n" + keys + "--- */\n" + query
	}
	const query = "select 1 as id, 'a' as word{{ if incremental }} where 1 > (select max(id) from {{ this }}){{ end }}"
	cases := []struct {
		name, keys, query string
		want              []string
	}{
		{"append", "", query, []string{}},
		{"append of everything", "", "select 1 as id", []string{
			`models/a.sql:1:1 E0270 every increment would append all rows of "a" again (select only new rows where {{ if incremental }} is true, or set a unique_key; of a source of files, new_files_only: true)`,
		}},
		{"merge of everything", "unique_key: id\n", "select 1 as id", []string{}},
		{"columns", "unique_key: [ID, wird]\nmerge_update_columns: [word, more]\n", query, []string{
			`models/a.sql:3:18 E0271 "a" has no column "wird" [wird] (did you mean "word"?)`,
			`models/a.sql:4:30 E0271 "a" has no column "more" [more] (its columns are id, word)`,
		}},
		{"predicates", "unique_key: id\nincremental_predicates: [\"target.id > 3 -- c\", \"delta.word = '{{ var \\\"w\\\" }}'\", \"target.id > {{ run_time }}::varchar::int\"]\n", query, []string{}},
		{"predicate that reads", "unique_key: id\nincremental_predicates: \"id > (select max(id) from {{ this }})\"\n", query, []string{
			`models/a.sql:4:26 E0254 "incremental_predicates" reads a relation [id > (select max(id) from {{ this }})] (compare columns of target, which is the table, and of delta, which are the new rows)`,
		}},
		{"predicate of a wrong column", "unique_key: id\nincremental_predicates: [target.idd > 3]\n", query, []string{
			`models/a.sql:4:26 E0301 column "idd" not found in "target" [target.idd] (did you mean "id"?)`,
		}},
		{"predicate of a wrong variable", "unique_key: id\nincremental_predicates: [\"target.id > {{ var \\\"x\\\" }}\"]\n", query, []string{
			"models/a.sql:4:26 E0409 variable \"x\" is not declared [\"target.id > {{ var \\\"x\\\" }}\"] (did you mean \"w\"?)",
		}},
		{"predicate that is none", "unique_key: id\nincremental_predicates: [\"target.id > 1)\"]\n", query, []string{
			`models/a.sql:4:40 E0354 the expression has an unbalanced ")" [)] (every parenthesis needs its counterpart)`,
		}},
		{"wrong only when incremental", "", "select 1 as id{{ if incremental }} where {{ var \"x\" }}{{ end }}", []string{
			`models/a.sql:4:50 E0409 variable "x" is not declared [x] (did you mean "w"?)`,
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, diags := bound(t, stagetest.Files{
				"quern.yml":    "name: shop\nvars: {w: a}\ntargets: {dev: {type: duckdb, path: shop.duckdb}}\n",
				"models/a.sql": with(tc.keys, tc.query), "models/b.sql": "select id from {{ ref \"a\" }}",
			}.Write(t))
			if diff := cmp.Diff(tc.want, stagetest.Lines(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n, _ := p.Node(project.ID("model.a")); n.Broken != (len(tc.want) > 0) {
				t.Errorf("broken is %t", n.Broken)
			}
		})
	}
}
