package project_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
)

const minimal = "name: shop\ntargets: {dev: {type: duckdb, path: shop.duckdb}}\n"

// badCase is a project with something wrong. Files are added to a minimal one.
type badCase struct {
	name  string
	files map[string]string
	want  []string // code, place, message, hint
}

func runBad(t *testing.T, cases []badCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := map[string]string{"quern.yml": minimal}
			maps.Copy(m, tc.files)
			_, diags := load(t, m, project.Options{Version: "0.1.0"})
			if diff := cmp.Diff(tc.want, show(diags)); diff != "" {
				t.Errorf("Load (-want +got):\n%s", diff)
			}
		})
	}
}

func one(path, text string) map[string]string { return map[string]string{path: text} }

func yml(text string) map[string]string {
	return map[string]string{"models/m.yml": text, "models/orders.sql": "select 1 as id\n"}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func sql(frontMatter string) map[string]string {
	return one("models/orders.sql", "/* ---\n"+frontMatter+"--- */\nselect 1 as id\n")
}

func quern(text string) map[string]string { return one("quern.yml", minimal+text) }
