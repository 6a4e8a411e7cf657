//go:build cgo

package run_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
)

// files lists what is below a folder of the project.
func (s *shop) files(folder string) []string {
	s.t.Helper()
	out := []string{}
	root := filepath.Join(s.dir, folder)
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(root, path)
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func external(more string) string { return "/* ---\nmaterialized: external\n" + more + "\n--- */\n" }

func TestExternalModelReplacesItsFileWhenTestsPass(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/e.sql": external("format: csv\nlocation: out/e.csv\ncolumns: [{name: id, tests: [unique]}]") + "select 1 as id",
		"models/r.sql": table + "select * from {{ ref \"e\" }}",
	})
	s.wantBuild("model.e success 1", "  unique_e_id pass 0", "model.r success 1")
	s.wantRows("from e", "1")

	s.write("models/e.sql", external("format: csv\nlocation: out/e.csv\ncolumns: [{name: id, tests: [unique]}]")+"select unnest([2, 2]) as id")
	s.wantBuild(
		"model.e error 2: the test unique_e_id failed (main.e__candidate)", "  unique_e_id fail 2",
		"model.r skipped: skipped: e failed",
	)
	s.wantRows("from e", "1")
	s.wantRows("from e__candidate", "2", "2")

	s.write("models/e.sql", external("format: csv\nlocation: out/e.csv")+"select 3 as id")
	s.wantBuild("model.e success 1", "model.r success 1")
	s.wantRows("from r", "3")
	s.wantRelations("main|e|VIEW", "main|r|BASE TABLE")
	if diff := cmp.Diff([]string{"e.csv"}, s.files("out")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestPartitionedExternalModel(t *testing.T) {
	t.Parallel()
	head := external("format: parquet\nlocation: out/parts\npartition_by: [grp]")
	s := newShop(t, stagetest.Files{"models/e.sql": head + "select i as id, i % 2 as grp from range(4) r(i)"})
	s.wantBuild("model.e success 4")
	s.wantRows("select id, grp from e order by id", "0|0", "1|1", "2|0", "3|1")
	s.write("models/e.sql", head+"select 9 as id, 5 as grp")
	s.wantBuild("model.e success 1")
	s.wantRows("select id, grp from e", "9|5")
	if got := s.files("out"); len(got) != 1 || !strings.HasPrefix(got[0], "parts/grp=5/") {
		t.Errorf("files = %v", got)
	}
	s.write("models/e.sql", head+"select 9 as id, 5 as grp where false")
	s.wantBuild("model.e success 0")
	s.wantRows("select id, grp from e")
	s.wantRows("select column_name || ' ' || column_type from (describe e)", "id INTEGER", "grp INTEGER")
	if diff := cmp.Diff([]string{}, s.files("out")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	s.write("models/e.sql", head+"select 9 as id, 5 as grp")
	s.wantBuild("model.e success 1")
	s.wantRows("select id, grp from e", "9|5")
}

func TestExternalModelInTheDefaultPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{"models/e.sql": external("format: json") + "select 'a' as x"})
	s.wantBuild("model.e success 1")
	if diff := cmp.Diff([]string{"e.json"}, s.files("artifacts")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	s.wantRows("from e", "a")
}

func TestExternalModelThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/e.sql": external("format: csv\nlocation: out/e.csv") + "select 'a'::int as x",
		"models/f.sql": external("format: csv\nlocation: out/x/f.csv") + "select 1 as x",
		"out/e.csv":    "kept", "out/x": "kept",
	})
	results := s.build()
	got := []string{stagetest.Line(results.Steps[0].Diagnostic), stagetest.Line(results.Steps[1].Diagnostic)}
	want := []string{
		`models/e.sql:6:11 E0312 could not convert string 'a' to INT32 [::int] (try_cast gives NULL where a value does not fit)`,
		`models/f.sql:1:1 E0602 "f" could not be built: make the folder x: not a directory`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"e.csv", "x"}, s.files("out")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"seeds/a.csv":  "id,day\n1,2024-01-01\n2,2024-01-02\n",
		"models/m.yml": "seeds: [{name: a, columns: [{name: id, tests: [unique]}]}]",
		"models/b.sql": table + "select max(day) as day from {{ ref \"a\" }}",
	})
	s.wantBuild("seed.a success 2", "  unique_a_id pass 0", "model.b success 1")
	s.write("seeds/a.csv", "id,day\n1,2024-01-01\n1,2024-01-02\n")
	s.wantBuild(
		"seed.a error 2: the test unique_a_id failed (main.a__candidate)", "  unique_a_id fail 2",
		"model.b skipped: skipped: a failed",
	)
	s.wantRows("select id from a order by id", "1", "2")

	s.write("seeds/a.csv", "id,day\n1,2024-01-01\n2,2024-01-02,3\n")
	results := s.build()
	if got := results.Steps[0]; got.Diagnostic == nil || got.Diagnostic.Span.Path() != "seeds/a.csv" ||
		got.Diagnostic.Span.Position().Line != 3 || got.Tests[0].Status.String() != "skipped" {
		t.Errorf("bad row: %s %+v", got.Reason, got.Diagnostic)
	}
	s.wantRows("select id from a order by id", "1", "2")
}

func TestExternalModelLeavesFoldersOfOthersAlone(t *testing.T) {
	t.Parallel()
	parts := "format: parquet\npartition_by: [grp]\nlocation: "
	s := newShop(t, stagetest.Files{
		"models/all.sql":  external(parts+"out/shared") + "select 1 as id, 5 as grp",
		"out/shared/mine": "kept",
	})
	want := `"all" could not be built: the folder shared holds mine, which is no partition of it`
	if got := s.build().Steps[0].Reason; got != want {
		t.Errorf("reason = %s", got)
	}
	want = `"all" could not be built: shared is a folder, and the model is written as one file`
	s.write("models/all.sql", external("format: csv\nlocation: out/shared")+"select 1 as id")
	if got := s.build().Steps[0].Reason; got != want {
		t.Errorf("reason = %s", got)
	}
	if diff := cmp.Diff([]string{"shared/mine"}, s.files("out")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestInterruptedReplacementOfAFolderIsMended(t *testing.T) {
	t.Parallel()
	head := external("format: parquet\nlocation: out/parts\npartition_by: [grp]")
	s := newShop(t, stagetest.Files{"models/e.sql": head + "select 1 as id, 5 as grp"})
	s.wantBuild("model.e success 1")
	if err := os.Rename(filepath.Join(s.dir, "out/parts"), filepath.Join(s.dir, "out/.parts.candidate.old")); err != nil {
		t.Fatal(err)
	}
	s.write("models/e.sql", head+"select 'x'::int as id, 5 as grp")
	s.build()
	s.wantRows("select id, grp from e", "1|5")
	if got := s.files("out"); len(got) != 1 || !strings.HasPrefix(got[0], "parts/grp=5/") {
		t.Errorf("files = %v", got)
	}
}

func TestExternalModelWithOptionsThatMakeAFolder(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{"models/e.sql": external("format: csv\nlocation: out/e.csv") + "select 1 as id"})
	s.wantBuild("model.e success 1")
	s.write("models/e.sql", external("format: csv\nlocation: out/e.csv\noptions: {per_thread_output: true}")+"select 2 as id")
	if got := s.build().Steps[0].Reason; !strings.Contains(got, "its options make many files") {
		t.Errorf("reason = %s", got)
	}
	s.wantRows("from e", "1")
}

func TestExternalModelIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	cases := []struct{ head, query, want string }{
		{"format: csv", `select 'a;b' as x`, "a;b"},
		{"format: csv", `select 1 as "1", 2 as "2"`, "1|2"},
		{"format: csv", `select '' as x, null as y`, "|<nil>"},
		{"format: csv", `select 'say "hi",' || chr(10) || 'ho' as x`, "say \"hi\",\nho"},
		{"format: csv\noptions: {delimiter: '~', header: true, nullstr: '-'}", `select 'a,b' as x, null as y`, "a,b|<nil>"},
		{"format: csv\noptions: {compression: gzip}", `select 7 as x`, "7"},
		{"format: csv\npartition_by: x", `select 1 as x, ';' as y`, "1|;"},
		{"format: json\noptions: {compression: gzip}", `select 7 as x`, "7"},
		{"format: parquet\noptions: {compression: zstd}", `select 7 as x`, "7"},
	}
	for _, tc := range cases {
		t.Run(tc.head+" "+tc.query, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, stagetest.Files{"models/e.sql": external(tc.head) + tc.query})
			s.wantBuild("model.e success 1")
			s.wantRows("from e", tc.want)
		})
	}
}

func TestExternalModelKeepsNamesTypesAndNulls(t *testing.T) {
	t.Parallel()
	const query = `select 1 as id, * from (values
		('1', '', 12345678901234567890123456789012345678::decimal(38, 0), 12345678901234567890.123456789::decimal(38, 9), 99999999999999999999::hugeint,
			date '2024-01-31', timestamp '2024-01-31 10:00:00.123456', [1, 2], true, 1.5::double, '007', 1.50::decimal(9, 2)),
		('', null, null, null, null, null, null, null, null, null, null, null)
	) as r("a text", empty, huge, long, big, day, instant, list, yes, half, code, price)`
	for _, head := range []string{"format: csv", "format: json", "format: csv\nlocation: out/e.csv.gz", "format: parquet", "format: csv\npartition_by: [a text, empty]", "format: parquet\npartition_by: [code, id]"} {
		for _, more := range []string{"", "\nwhere false"} {
			t.Run(head+more, func(t *testing.T) {
				t.Parallel()
				if strings.Contains(head, "parquet") {
					more = " where false" // Parquet holds no integers of this size
				}
				s := newShop(t, stagetest.Files{"models/e.sql": external(head) + query + more, "models/w.sql": table + query + more})
				s.build()
				s.wantRows("(from e except all from w) union all (from w except all from e)")
				s.wantRows("(select column_name, column_type from (describe e)) except (select column_name, column_type from (describe w))")
				if more == "" {
					s.wantRows("select count(*) from e", "2")
				}
			})
		}
	}
}

func TestPartitionsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/a.sql": external("partition_by: [id, nope]") + "select 1 as id, 2 as grp",
		"models/b.sql": external("partition_by: [grp, id]") + "select 1 as id, 2 as grp",
	})
	results := s.build()
	want := []string{
		`models/a.sql:3:20 E0259 "a" has no column "nope" to be partitioned by [nope] (its columns are id, grp)`,
		`models/b.sql:3:16 E0259 "b" is partitioned by all its columns [grp] (leave one column out, so that the files have something to hold)`,
	}
	if diff := cmp.Diff(want, []string{stagetest.Line(results.Steps[0].Diagnostic), stagetest.Line(results.Steps[1].Diagnostic)}); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestPartitionOfTheTextNull(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/a.sql": external("partition_by: grp") + "select 1 as id, unnest(['x', null, '']) as grp",
		"models/b.sql": external("partition_by: grp") + "select 1 as id, 'Null' as grp",
	})
	if got, want := s.build().Steps[1].Reason, `the text "Null" in "grp" would be read again as no value`; got != want {
		t.Errorf("reason = %s", got)
	}
	s.wantRows("select grp is null, grp from a order by all", "false|", "false|x", "true|<nil>")
}

func TestExternalModelReplacesOnlyItsOwnKind(t *testing.T) {
	t.Parallel()
	cases := []struct{ keys, there, want string }{
		{"partition_by: x", "out/e", "e is a file, and a partitioned model is written as a folder"},
		{"partition_by: x", "out/e/y=1/data_0.parquet", "the folder e holds y=1, which is no partition of it"},
		{"partition_by: x", "out/e/x=1/notes.txt", "the folder e holds x=1/notes.txt, which is no partition of it"},
		{"partition_by: x", "out/e/x=1/y=1/data_0.parquet", "the folder e holds x=1/y=1, which is no partition of it"},
		{"format: csv", "out/e/x=1/data_0.csv", "e is a folder, and the model is written as one file"},
	}
	for _, tc := range cases {
		t.Run(tc.keys+" "+tc.there, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, stagetest.Files{
				"models/e.sql": external(tc.keys+"\nlocation: out/e") + "select 1 as x, 2 as z", tc.there: "kept",
			})
			want := `models/e.sql:4:11 E0602 "e" could not be built: ` + tc.want + " [out/e] (choose another location, or remove what is there)"
			if got := stagetest.Line(s.build().Steps[0].Diagnostic); got != want {
				t.Errorf("diagnostic = %s", got)
			}
			if diff := cmp.Diff([]string{strings.TrimPrefix(tc.there, "out/")}, s.files("out")); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
