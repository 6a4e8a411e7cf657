package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/internal/stagetest"
)

func external(keys string) string {
	return "/* ---\nmaterialized: external\n" + keys + "\n--- */\nselect 1 as x, 2 as y, 3 as z"
}

func TestLocationsThatAreTaken(t *testing.T) {
	t.Parallel()
	cases := []struct{ location, want string }{
		{".", "the project folder"},
		{"..", "the project folder"},
		{"/", "the project folder"},
		{"models", "the folder of the models"},
		{"Models/x", "the folder of the models"},
		{"models/../models/a.sql", "the folder of the models"},
		{"seeds/s.csv", "the folder of the seeds"},
		{"macros", "the folder of the macros"},
		{"tests/t", "the folder of the tests"},
		{"quern.yml", "the file quern.yml"},
		{"quern.local.yml", "the file quern.local.yml"},
		{"sources.lock.yml", "the file sources.lock.yml"},
		{"target/x", "the folder target, which Quern writes itself"},
		{".git/x", "the folder .git"},
		{"db/shop.duckdb", "a database of the target"},
		{"db/shop.duckdb.wal", "a database of the target"},
		{"db", "a database of the target"},
		{"other.duckdb", "a database of the target"},
		{"data", `the files of the source "raw.a"`},
		{"data/in", `the files of the source "raw.a"`},
		{"data/in/one/k=v", `the files of the source "raw.a"`},
		{"one.csv", `the files of the source "raw.b"`},
		{"data/out", ""},
		{"out/x", ""},
		{"artifacts", ""},
		{"modelsx", ""},
	}
	for _, tc := range cases {
		t.Run(tc.location, func(t *testing.T) {
			t.Parallel()
			_, diags := stagetest.Compile(t, stagetest.Files{
				"quern.yml":    "name: x\ntarget: dev\ntargets: {dev: {type: duckdb, path: db/shop.duckdb, attach: [{path: other.duckdb, as: o}]}}",
				"models/a.sql": external("partition_by: [x]\nlocation: " + tc.location),
				"models/s.yml": "sources: [{name: raw, tables: [{name: a, files: 'data/in/**/*.parquet'}, {name: b, files: one.csv}]}]",
			}.Write(t), duckdb.Dialect{})
			want := []string{}
			if tc.want != "" {
				want = append(want, `models/a.sql:4:11 E0258 "a" would be written over `+tc.want)
			}
			got := stagetest.Lines(diags)
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], " [")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}
