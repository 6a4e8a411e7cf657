//go:build cgo

package duckdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// open gives an engine on a new file, or with the settings given.
func open(t testing.TB, settings map[string]any) adapters.Engine {
	t.Helper()
	if settings == nil {
		settings = map[string]any{}
	}
	if settings["path"] == nil {
		settings["path"] = "test.duckdb"
	}
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: settings})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func session(t testing.TB, e adapters.Engine) adapters.Session {
	t.Helper()
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatalf("Session: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func named(identifier string) relation.Name { return relation.Name{Identifier: identifier} }

func TestBuildAndPublish(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	ctx := t.Context()
	n, err := s.CreateTable(ctx, named("a__candidate"), "select * from range(5) -- five")
	if err != nil || n != 5 {
		t.Fatalf("CreateTable = %d, %v", n, err)
	}
	err = s.Publish(ctx, []engine.Publication{{To: named("a"), Kind: relation.Table, From: named("a__candidate")}})
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	if err := s.CreateView(ctx, named("v"), "select count(*) as n from a;"); err != nil {
		t.Fatalf("CreateView: %v", err)
	}
	rows, err := s.Query(ctx, "select n, 'x' as word from v", 10)
	if err != nil {
		t.Fatalf("Query: %v", err)
	}
	want := &engine.Rows{
		Columns: []relation.Column{{Name: "n", Type: "BIGINT"}, {Name: "word", Type: "VARCHAR"}},
		Values:  [][]any{{int64(5), "x"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("Query (-want +got):\n%s", diff)
	}
	list, err := s.List(ctx, "", "main")
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	wantList := []relation.Object{
		{Name: relation.Name{Schema: "main", Identifier: "a"}, Kind: relation.Table},
		{Name: relation.Name{Schema: "main", Identifier: "v"}, Kind: relation.View},
	}
	if diff := cmp.Diff(wantList, list); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
}

func TestLogIsEmptyAfterClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := open(t, map[string]any{"path": filepath.Join(dir, "x.duckdb")})
	s := session(t, e)
	if err := s.Exec(t.Context(), "create table t as select 1 as a"); err != nil {
		t.Fatal(err)
	}
	e.Close()
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{filepath.Join(dir, "x.duckdb")}; cmp.Diff(want, left) != "" {
		t.Errorf("files after Close: %v, want %v", left, want)
	}
}

func jsonNumber(s string) json.Number { return json.Number(s) }

func TestQueryReadsWhatNoTableHolds(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	rows, err := s.Query(t.Context(), `select row(1, 'a') as pair, {'x': 1.5}::variant as v, 1 as a, 2 as a, null as n -- end`, 5)
	if err != nil {
		t.Fatal(err)
	}
	want := &engine.Rows{
		Columns: []relation.Column{
			{Name: "pair", Type: "STRUCT(INTEGER, VARCHAR)"},
			{Name: "v", Type: "VARIANT"},
			{Name: "a", Type: "INTEGER"},
			{Name: "a", Type: "INTEGER"},
			{Name: "n", Type: "INTEGER"},
		},
		Values: [][]any{{"(1, a)", "{'x': 1.5}", int64(1), int64(2), nil}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestQueryKeepsTheOrder(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	query := "select range as i, 'x' || range as word from range(100000) order by i desc"
	for _, limit := range []int{0, 3} {
		rows, err := s.Query(t.Context(), query, limit)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows.Values {
			if row[0] != int64(99999-i) {
				t.Fatalf("limit %d: row %d is %v", limit, i, row)
			}
		}
	}
}

func TestColumnsThatCannotBeNull(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	if err := s.Exec(t.Context(), "create table t(id int not null, word varchar)"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Columns(t.Context(), named("t"))
	if err != nil {
		t.Fatal(err)
	}
	want := []relation.Column{
		{Name: "id", Type: "INTEGER", Nullable: relation.NeverNull}, {Name: "word", Type: "VARCHAR"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPublishKeepsIndexes(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	name, from := relation.Name{Schema: "main", Identifier: "t"}, relation.Name{Schema: "main", Identifier: "t__candidate"}
	in := func(ctx context.Context, do func(ctx context.Context) error) error { return do(ctx) }
	for generation := range 4 {
		if generation >= 2 {
			in = s.InTransaction
		}
		if _, err := s.CreateTable(t.Context(), from, "select range as id, 'w' || range as \"a word\" from range(10)"); err != nil {
			t.Fatal(err)
		}
		err := s.Exec(t.Context(), fmt.Sprintf(`create unique index "by id %d" on t__candidate(id);
			create index words%d on t__candidate(lower("a word"), (id + 1), "a word")`, generation, generation))
		if err != nil {
			t.Fatal(err)
		}
		err = in(t.Context(), func(ctx context.Context) error {
			return s.Publish(ctx, []engine.Publication{{To: name, Kind: relation.Table, From: from}})
		})
		if err != nil {
			t.Fatalf("Publish: %v", err)
		}
		rows, err := s.Query(t.Context(), "select table_name, index_name, is_unique from duckdb_indexes() order by all", 0)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]any{{"t", fmt.Sprint("by id ", generation), true}, {"t", fmt.Sprint("words", generation), false}}
		if diff := cmp.Diff(want, rows.Values); diff != "" {
			t.Errorf("indexes (-want +got):\n%s", diff)
		}
	}
	err := s.Exec(t.Context(), `insert into t values (1, 'again')`)
	if e := engineError(t, err); e.Kind != "Constraint" {
		t.Errorf("a second row of one key: %v", e)
	}
}

func TestExportPartitioned(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	dir := filepath.Join(t.TempDir(), "out")
	n, err := s.Export(t.Context(), engine.Export{
		Query: "select range as id, range % 2 as part from range(10)", Path: dir, Format: "parquet",
		PartitionBy: []string{"part"}, Options: map[string]string{"compression": "zstd", "row_group_size": "2048"},
	})
	if err != nil || n != 10 {
		t.Fatalf("Export: %d, %v", n, err)
	}
	scan := duckdb.Dialect{}.FileScan(filepath.Join(dir, "*", "*.parquet"), "parquet")
	rows, err := s.Query(t.Context(), `select "part", count(*) from `+scan+" group by 1 order by 1", 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(0), int64(5)}, {int64(1), int64(5)}}, rows.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tc := range []struct {
		export  engine.Export
		message string
	}{
		{engine.Export{Options: map[string]string{"no_such_option": "1"}}, `unrecognized option "no_such_option" for parquet`},
		{engine.Export{Options: map[string]string{"row_group_size": "many"}}, "could not convert string 'many' to UINT64"},
		{engine.Export{Options: map[string]string{"x) to 'y'": "1"}}, `the option "x) to 'y'" is not one of an export's`},
		{engine.Export{Options: map[string]string{"FORMAT": "csv"}}, `the option "FORMAT" is not one of an export's`},
		{engine.Export{PartitionBy: []string{"b"}}, `"partition_by" expected to find b, but it was not found in the table`},
		{engine.Export{Path: dir, PartitionBy: []string{"a"}}, fmt.Sprintf("the file %q cannot be written: it is a folder that is not empty", dir)},
	} {
		tc.export.Query, tc.export.Format = "select 1 as a, 2 as b_", "parquet"
		if tc.export.Path == "" {
			tc.export.Path = filepath.Join(t.TempDir(), "x.parquet")
		}
		_, err := s.Export(t.Context(), tc.export)
		if e := engineError(t, err); e.Message != tc.message || e.Position != -1 {
			t.Errorf("%+v: %q at %d, want %q", tc.export, e.Message, e.Position, tc.message)
		}
	}
}

func TestExportOfNoRows(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	for name, partition := range map[string][]string{"file.parquet": nil, "folder": {"b"}} {
		path := filepath.Join(t.TempDir(), name)
		n, err := s.Export(t.Context(), engine.Export{
			Query: "select 1 as a, 2 as b where false", Path: path, Format: "parquet", PartitionBy: partition,
		})
		if err != nil || n != 0 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQueryOnlyReads(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	if err := s.Exec(t.Context(), "create table t as select 1 as a"); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"drop table t", "insert into t values (2) returning a", "create table u as select 1 as a", "delete from t",
		"with x as (select 2 as a) insert into t from x", "set threads = 1", "checkpoint", "copy t to 'x.csv'", "begin", "attach ':memory:' as x",
	} {
		for _, limit := range []int{0, 5} {
			_, err := s.Query(t.Context(), statement, limit)
			if e := engineError(t, err); e.Kind != "Parser" {
				t.Errorf("%s: %v", statement, e)
			}
		}
	}
	rows, err := s.Query(t.Context(), "from t", 0)
	if err != nil || len(rows.Values) != 1 {
		t.Errorf("the table after them: %v, %v", rows, err)
	}
	for _, query := range []string{"describe t", "from t", "values (1)", "with x as (from t) from x", "summarize t", "show tables", "table t", "(select 1 as a)"} {
		if _, err := s.Query(t.Context(), query, 0); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}
