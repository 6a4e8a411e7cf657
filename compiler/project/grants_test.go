package project_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
)

func TestGrantsOfTheDeepestPlaceCount(t *testing.T) {
	t.Parallel()
	const folder = "models: {.: {grants: {select: all_of_us}}, marts: {grants: {insert: [loader, \"team b\"], select: reporter}}}\n"
	cases := map[string]struct {
		path, keys string
		want       []project.Grant
	}{
		"of the whole project": {"models/a.sql", "", []project.Grant{{"select", []string{"all_of_us"}}}},
		"of the folder":        {"models/marts/a.sql", "", []project.Grant{{"select", []string{"reporter"}}, {"insert", []string{"loader", "team b"}}}},
		"its own":              {"models/marts/a.sql", "grants: {trigger: x, select: [y, z]}\n", []project.Grant{{"select", []string{"y", "z"}}, {"trigger", []string{"x"}}}},
		"none":                 {"models/marts/a.sql", "grants: {}\n", nil},
		"of a part of queries": {"models/marts/a.sql", "materialized: ephemeral\n", nil},
		"of a file":            {"models/marts/a.sql", "materialized: external\ngrants: {select: z}\n", []project.Grant{{"select", []string{"z"}}}},
	}
	for what, tc := range cases {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"quern.yml": minimal + folder, tc.path: "/* ---\n" + tc.keys + "--- */\nselect 1 as x", "models/marts/z.sql": "select 1 as x"}
			p, diags := load(t, files, project.Options{Version: "0.1.0"})
			if len(diags) > 0 {
				t.Fatalf("Load: %v", show(diags))
			}
			if diff := cmp.Diff(tc.want, p.Models[0].Grants.List); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
