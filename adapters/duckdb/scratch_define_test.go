//go:build cgo

package duckdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/lineage/lineagetest"
	"github.com/quernsql/quern/compiler/relation"
)

func columns(list ...string) []relation.Column {
	var out []relation.Column
	for _, c := range list {
		name, word, _ := strings.Cut(c, " ")
		out = append(out, relation.Column{Name: name, Type: word})
	}
	return out
}

func define(t testing.TB, s adapters.Scratch, tables ...lineage.Table) {
	t.Helper()
	if err := s.Define(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
}

// told describes a query in short: its columns, then what it reads.
func told(t testing.TB, s adapters.Scratch, query string) string {
	t.Helper()
	q, err := s.Describe(t.Context(), query)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, c := range q.Columns {
		b.WriteString(c.Name + " " + c.Type + ", ")
	}
	for _, r := range q.Reads {
		b.WriteString("from " + r.Relation.String() + r.Function)
	}
	return b.String()
}

func TestDefineReplaces(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	name := relation.Name{Schema: "Marts", Identifier: "Daily"}
	for _, view := range []bool{false, true, true, false, false, true} {
		for _, column := range []string{"a INTEGER", "b DATE"} {
			define(t, s, lineage.Table{Name: name, Columns: columns(column), View: view})
			if got, want := told(t, s, "select * from marts.daily"), column+", from Marts.Daily"; got != want {
				t.Errorf("view %t: %q, want %q", view, got, want)
			}
			rowid := "rowid BIGINT, from Marts.Daily"
			if view {
				rowid = `column "rowid" not found`
			}
			if got := told(t, s, "select rowid from marts.daily"); got != rowid {
				t.Errorf("view %t: %q, want %q", view, got, rowid)
			}
		}
	}
}

func TestDefineMakesSchemasAndDatabases(t *testing.T) {
	t.Parallel()
	s := scratch(t, settings{"attach": []any{settings{"path": "other.duckdb", "alias": "other"}}})
	define(
		t, s,
		lineage.Table{Name: relation.Name{Identifier: "a"}, Columns: columns("a INTEGER")},
		lineage.Table{Name: relation.Name{Schema: "s", Identifier: "a"}, Columns: columns("b INTEGER")},
		lineage.Table{Name: relation.Name{Database: "other", Identifier: "a"}, Columns: columns("c INTEGER")},
		lineage.Table{Name: relation.Name{Database: "other", Schema: "s s", Identifier: "a"}, Columns: columns("d INTEGER")},
		lineage.Table{Name: relation.Name{Database: "new", Schema: "s", Identifier: "a"}, Columns: columns("e INTEGER")},
		lineage.Table{Name: relation.Name{Schema: "quern_files.raw.\"orders\"", Identifier: "read_parquet"}, Columns: columns("f INTEGER")},
	)
	cases := []struct{ query, want string }{
		{"from a", "a INTEGER, from a"},
		{"from main.a", "a INTEGER, from a"},
		{"from s.a", "b INTEGER, from s.a"},
		{"from other.main.a", "c INTEGER, from other.a"},
		{`from other."s s".a`, "d INTEGER, from other.s s.a"},
		{"from new.s.a", "e INTEGER, from new.s.a"},
		{`select read_parquet.f from "quern_files.raw.""orders"""."read_parquet"`, `f INTEGER, from quern_files.raw."orders".read_parquet`},
		{"from other.nothing", `table "nothing" does not exist`},
	}
	for _, tc := range cases {
		if got := told(t, s, tc.query); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestDefineNamesTheColumnItCannotMake(t *testing.T) {
	t.Parallel()
	s := scratch(t, nil)
	err := s.Define(t.Context(), []lineage.Table{
		{Name: named("before"), Columns: columns("a INTEGER")},
		{Name: relation.Name{Schema: "raw", Identifier: "orders"}, Columns: columns("id INTEGER", "amount numbr")},
		{Name: named("after"), Columns: columns("a INTEGER")},
	})
	want := &engine.Error{
		Class: engine.Permanent, Kind: "Catalog", Subtype: "MISSING_ENTRY", Position: -1, Name: "amount",
		Message: `the column "amount" of "raw.orders": type "numbr" does not exist`,
	}
	e, _ := errors.AsType[*engine.Error](err)
	if diff := cmp.Diff(want, e, cmpopts.IgnoreFields(engine.Error{}, "Cause", "Candidates", "Hint")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	define(t, s, lineage.Table{Name: named("after"), Columns: columns("a INTEGER")})
	if got := told(t, s, "select before.a from before, after"); got != "a INTEGER, from afterfrom before" {
		t.Errorf("the other tables: %s", got)
	}
}

func TestScratchHasTheTargetsSettings(t *testing.T) {
	t.Parallel()
	s := scratch(t, settings{
		"settings": settings{"integer_division": true, "threads": int64(4), "lock_configuration": true},
		"init_sql": []any{
			"create macro plus_one(x) as x + 1; create schema extra; set search_path = 'main,extra'",
			"create type extra.grade as enum ('a', 'b'); insert into nowhere values (1); attach 'warehouse.db' (read_only)",
			"create persistent secret hush (type s3, secret 'x'); create temp table t as select 1 as n",
		},
		"memory_limit": "1GB",
	})
	define(t, s, lineage.Table{Name: relation.Name{Database: "warehouse", Identifier: "w"}, Columns: columns("x DATE")})
	cases := []struct{ query, want string }{
		{"select 7 / 2 as half", "half INTEGER, "},
		{"select plus_one(2) as three", "three INTEGER, "},
		{"select 'a'::grade as g", "g ENUM('a', 'b'), "},
		{"select current_setting('TimeZone') as zone", "zone VARCHAR, "},
		{"from warehouse.w", "x DATE, from warehouse.w"},
		{"from t", "n INTEGER, from temp.main.t"},
	}
	for _, tc := range cases {
		if got := told(t, s, tc.query); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestSettingsOfTheParserCount(t *testing.T) {
	t.Parallel()
	more := settings{"settings": settings{"integer_division": true, "preserve_identifier_case": false}}
	s := scratch(t, more)
	define(t, s, lineage.Table{Name: named("T"), Columns: columns("Id INTEGER")})
	q, err := s.Describe(t.Context(), "select 7 / 2, Id as Number, Id, ID as id from T")
	if err != nil {
		t.Fatal(err)
	}
	want := `(7 // 2) INTEGER = constant
number INTEGER = renamed T.Id
Id INTEGER = passthrough T.Id
id_1 INTEGER = renamed T.Id
reads: T
renamed: id to id_1
`
	if diff := cmp.Diff(want, lineagetest.Text(q)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScratchSaysWhichSettingItCannotHave(t *testing.T) {
	t.Parallel()
	cases := []struct {
		settings      settings
		name, message string
	}{
		{settings{"init_sql": "create macro m(x) as y"}, "init_sql", `init_sql: `},
		{settings{"settings": settings{"nonsense": int64(1)}}, "settings", `DuckDB has no setting "nonsense"`},
		{settings{"extensions": []any{"none.duckdb_extension"}}, "extensions", `the extension "none.duckdb_extension" cannot be read`},
		{settings{"colour": "red"}, "", `the key "colour" is not known`},
		{settings{"attach": []any{settings{"path": "x", "alias": "quern_target"}}}, "attach", `the alias "quern_target" is taken`},
	}
	for _, tc := range cases {
		_, err := describer(t, tc.settings).Scratch(t.Context())
		e, ok := errors.AsType[*engine.Error](err)
		if !ok || e.Name != tc.name || !strings.HasPrefix(e.Message, tc.message) {
			t.Errorf("%v: %#v, want %q about %q", tc.settings, err, tc.message, tc.name)
		}
	}
}

func TestScratchNeverOpensTheTarget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"target.duckdb", "other.duckdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no database"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: settings{
		"path": "target.duckdb", "attach": []any{settings{"path": "other.duckdb", "alias": "other"}},
	}})
	defer d.Close()
	s, err := d.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	define(t, s, lineage.Table{Name: relation.Name{Database: "other", Identifier: "a"}, Columns: columns("a INTEGER")})
	for _, query := range []string{
		"from read_text('target.duckdb')", "from 'other.duckdb'", "from a; copy (select 1) to 'made.csv'",
		"copy (select 1) to 'made.csv'", "attach 'made.db'", "select * from glob('*')", "install httpfs",
	} {
		if q, err := s.Describe(t.Context(), query); err == nil && q.Columns != nil {
			t.Errorf("%s: %v, want no answer", query, q.Columns)
		}
		_ = s.Parse(t.Context(), query)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if _, err := s.Describe(t.Context(), "select 1"); err == nil {
		t.Error("Describe after Close: no error")
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestVersionTellsSettingsApart(t *testing.T) {
	t.Parallel()
	seen := map[string]settings{}
	for _, more := range []settings{
		nil,
		{"init_sql": "create macro m() as 1"},
		{"settings": settings{"integer_division": true}},
		{"attach": []any{settings{"path": "other.duckdb", "alias": "other"}}},
		{"extensions": []any{"x.duckdb_extension"}},
		{"wrong": 1},
	} {
		version := describer(t, more).Version()
		if other, ok := seen[version]; ok || !strings.HasPrefix(version, "v1.") {
			t.Errorf("%v and %v are both %q", other, more, version)
		}
		seen[version] = more
	}
	if a, b := describer(t, nil).Version(), describer(t, settings{"memory_limit": "3GB", "path": "else.duckdb"}).Version(); a != b {
		t.Errorf("%q and %q differ in what does not matter", a, b)
	}
}
