package duckdb

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func TestRelation(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name relation.Name
		want string
	}{
		{relation.Name{Schema: "Staging", Identifier: "Orders_1"}, "Staging.Orders_1"},
		{relation.Name{Schema: "s", Identifier: "select"}, `s."select"`},
		{relation.Name{Database: "other", Identifier: "t"}, "other.main.t"},
	}
	for _, tc := range cases {
		if got := (Dialect{}).Relation(tc.name); got != tc.want {
			t.Errorf("Relation(%#v) = %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	cases := []struct {
		value any
		want  string
	}{
		{math.NaN(), "'nan'::DOUBLE"},
		{math.Inf(1), "'infinity'::DOUBLE"},
		{math.Inf(-1), "'-infinity'::DOUBLE"},
		{"a\x00b", "('a' || chr(0) || 'b')"},
	}
	for _, tc := range cases {
		if got := (Dialect{}).Literal(tc.value); got != tc.want {
			t.Errorf("Literal(%#v) = %s, want %s", tc.value, got, tc.want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	d, name := Dialect{}, relation.Name{Schema: "s", Identifier: "t"}
	got := []string{
		d.Name(), d.Quote(`a"b`), d.FileScan("it's/*.parquet", "parquet"), d.CreateTableAs(name, "select 1"), d.CreateView(name, "select 1"),
	}
	want := []string{
		"duckdb", `"a""b"`, "read_parquet('it''s/*.parquet')", "create or replace table s.t as\nselect 1", "create or replace view s.t as\nselect 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !d.IsAggregate("COUNT") || !d.IsAggregate("string_agg") || d.IsAggregate("row_number") || d.IsAggregate("lower") {
		t.Error("IsAggregate is wrong")
	}
	if d.MaxIdentifier() != 0 {
		t.Error("MaxIdentifier is not 0")
	}
}

func TestOneQuery(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"select 1", "select 1;", "select 1 ; -- done\n", "select ';' as a", `select 1 as ";"`, "select 1 -- ; no\n", "select 1 /* ; /* ; */ ; */",
		"select e'\\';' as a", "select $$;$$ as a", "select $x$;$x$ as a;", "select 1;;", "select 1; /* end */ ;", "select $1;",
	} {
		got, err := oneQuery(query)
		if err != nil || !strings.HasPrefix(query, got) || strings.HasSuffix(strings.TrimSpace(got), ";") && !strings.Contains(got, "--") {
			t.Errorf("oneQuery(%q) = %q, %v", query, got, err)
		}
	}
	for query, at := range map[string]int{
		"select 1; select 2": 10, "select ';'; -- x\n drop table t": 18,
		"select 1 -- x\r; drop table t": 16, "select 1;; select 2": 11, "": -1, " -- x": -1, ";": -1,
	} {
		_, err := oneQuery(query)
		if err == nil {
			t.Errorf("oneQuery(%q) is accepted", query)
			continue
		}
		if got := errorPosition(err); got != at {
			t.Errorf("oneQuery(%q): position %d, want %d", query, got, at)
		}
	}
}

func FuzzOneQuery(f *testing.F) {
	f.Add("select 'a;b', $x$;$x$, e'\\'' /* /* */ */ -- x\n; \"q;\"")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := oneQuery(text); err == nil && !strings.HasPrefix(text, got) {
			t.Fatalf("oneQuery(%q) = %q", text, got)
		}
	})
}

func TestReadableType(t *testing.T) {
	t.Parallel()
	for spelled, want := range map[string]string{
		"INTEGER": "INTEGER", "DECIMAL(38,9)": "DECIMAL(38,9)", "DATE": "VARCHAR", "TIMESTAMP WITH TIME ZONE": "VARCHAR",
		"DATE[]": "VARCHAR[]", "INTEGER[3][]": "INTEGER[3][]", "ENUM('a', 'b)(')": "VARCHAR", "JSON": "VARCHAR",
		`STRUCT("a b" INTEGER, j JSON, "q""q" DECIMAL(2,1)[])`:   `STRUCT("a b" INTEGER, "j" VARCHAR, "q""q" DECIMAL(2,1)[])`,
		"MAP(INTEGER, STRUCT(k MAP(DATE, TIME[])))[]":            `MAP(VARCHAR, STRUCT("k" MAP(VARCHAR, VARCHAR[])))[]`,
		"STRUCT(INTEGER, VARCHAR)":                               "VARCHAR",
		"STRUCT(DECIMAL(2,1), VARCHAR)[]":                        "VARCHAR[]",
		"STRUCT(t TIMESTAMP WITH TIME ZONE, u UNION(a INTEGER))": `STRUCT("t" VARCHAR, "u" VARCHAR)`,
		`"my type"`: "VARCHAR", `STRUCT(a "my type")`: `STRUCT("a" VARCHAR)`,
		"STRUCT(a INTEGER": "VARCHAR", "MAP(": "VARCHAR", "": "VARCHAR", "INTEGER]": "VARCHAR", "[": "VARCHAR",
	} {
		if got := readableType(spelled); got != want {
			t.Errorf("readableType(%s) = %s, want %s", spelled, got, want)
		}
	}
}

func TestParseReport(t *testing.T) {
	t.Parallel()
	cases := map[string]report{
		`{"exception_type":"Binder","exception_message":"no","position":"7","error_subtype":"X"}`:                                                                       {kind: "Binder", message: "no", subtype: "X", position: 7},
		`Parser Error: {"exception_type":"Parser","exception_message":"no","position":"1"}`:                                                                             {kind: "Parser", message: "no", position: 1},
		"Binder Error: no column \"a\"\n\nLINE 1: select a\n               ^":                                                                                           {kind: "Binder", message: `no column "a"`, position: -1},
		"TransactionContext Error: {\"exception_type\":\"TransactionContext\",\"exception_message\":\"conflict\"}":                                                      {kind: "TransactionContext", message: "conflict", position: -1},
		`{"exception_type":"Invalid Input","exception_message":"Failed to read: {\"exception_type\":\"IO\",\"exception_message\":\"gone\",\"position\":\"3\"}"}`:        {kind: "IO", message: "Failed to read: gone", position: -1},
		`{"exception_type":"Invalid Input","exception_message":"Binder Error: {\"exception_type\":\"Binder\",\"exception_message\":\"no column\",\"position\":\"3\"}"}`: {kind: "Binder", message: "no column", position: -1},
		`Invalid Error: {not json`: {kind: "Invalid", message: "{not json", position: -1},
		"something else":           {message: "something else", position: -1},
		"":                         {position: -1},
		`{"exception_type":"Binder","exception_message":"no","position":"seven"}`: {kind: "Binder", message: "no", position: -1},
	}
	for said, want := range cases {
		if got := parseReport(said); got != want {
			t.Errorf("parseReport(%s)\n got %+v\nwant %+v", said, got, want)
		}
	}
}

// TestErrorsThatEndTheDatabase has what DuckDB says of its own faults, of checkpoints that fail, and of statements after
// them.
func TestErrorsThatEndTheDatabase(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]engine.Error{
		`{"exception_type":"INTERNAL","exception_message":"Attempted to access index 0 within vector of size 0","stack_trace":"\n0  duckdb::Exception"}`: {
			Class: engine.Broken, Message: "DuckDB failed inside: attempted to access index 0 within vector of size 0",
			Hint: "this is a fault of DuckDB that may not come again: try once more, or write the query in another way",
		},
		`{"exception_type":"FATAL","exception_message":"Failed: database has been invalidated because of a previous fatal error. The database must be restarted prior to being used again.\nOriginal error: \"Attempted to access index 0 within vector of size 0\""}`: {
			Class: engine.Stopped, Message: "DuckDB stopped after an error: attempted to access index 0 within vector of size 0",
		},
		`{"exception_type":"FATAL","exception_message":"Checkpoint failed for database \"shop\". The database has been invalidated. Original error: No space left on device"}`: {
			Class: engine.Broken, Message: "the checkpoint of the database failed: no space left on device",
			Hint: "make room on the disk, or name another temp_directory in the target",
		},
		`{"exception_type":"FATAL","exception_message":"Database \"shop\" has been invalidated because checkpointing failed. Detach and reattach it before using it again. Original error: No space left on device"}`: {
			Class: engine.Stopped, Message: "DuckDB stopped after an error: no space left on device",
		},
		`{"exception_type":"FATAL","exception_message":"Something else"}`: {Class: engine.Broken, Message: "something else"},
		`{"exception_type":"IO","exception_message":"Something else"}`:    {Class: engine.Permanent, Message: "something else"},
	} {
		got := parseReport(said).toError()
		if got.Class != want.Class || got.Message != want.Message || got.Hint != want.Hint {
			t.Errorf("%s\n got %+v\nwant %+v", said, got, want)
		}
	}
}

func TestAdapterWithoutAnEngine(t *testing.T) {
	t.Parallel()
	a := Adapter()
	want := []string{"attach", "block_size", "extensions", "init_sql", "memory_limit", "path", "settings", "temp_directory"}
	if diff := cmp.Diff(want, a.Settings); diff != "" || a.DefaultSchema != "main" {
		t.Errorf("Settings (-want +got):\n%s", diff)
	}
	if _, err := a.Open(t.Context(), adapters.Config{}); err == nil || errorPosition(err) != -1 {
		t.Errorf("Open without a path: %v", err)
	}
}
