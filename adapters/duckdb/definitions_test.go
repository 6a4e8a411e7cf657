//go:build cgo

package duckdb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

// TestDefinitionsStayInTheFile makes views of all queries of the lineage cases, and of casts to all kinds of types,
// and reads their texts again after the file was closed: DuckDB writes some in another way then.
func TestDefinitionsStayInTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() (adapters.Session, func()) {
		e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: dir, Settings: settings{"path": "x.duckdb"}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s, func() { s.Close(); e.Close() }
	}
	s, done := open()
	for _, sql := range lineageInit {
		if err := s.Exec(t.Context(), sql.(string)); err != nil {
			t.Fatal(err)
		}
	}
	defineLineageTables(t, scratch(t, settings{}), s)
	if err := s.Exec(t.Context(), "create type mood as enum ('a', 'b')"); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, kind := range []string{
		"int", "int8", "text", "varchar(10)", "char(3)", "bpchar", "numeric", "decimal(10)", "decimal(10, 2)", "float8",
		"timestamptz", "timestamp(3)", "bit", "bytea", "hugeint", "uuid", "json", "union(a int, b text)", "mood", "main.mood",
		"int[]", "int[3]", "struct(x int, y decimal(3, 1)[])", "map(int, text)", "interval", "date", "time", "variant",
	} {
		queries = append(queries, "select cast(s as "+kind+") as v, try_cast((s || (select 'x' as y)) as "+kind+") as w from (select 'x' as s)")
	}
	files, err := filepath.Glob("testdata/lineage/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(text).Files {
			query, _, _ := strings.Cut(string(f.Data), "----\n")
			queries = append(queries, query)
		}
	}
	made := 0
	for i, query := range queries {
		if s.Exec(t.Context(), fmt.Sprintf("create view v%d as %s", i, query)) == nil {
			made++
		}
	}
	if made < 200 {
		t.Fatalf("only %d of %d queries are views", made, len(queries))
	}
	before, err := s.Definitions(t.Context(), "", "main")
	if err != nil {
		t.Fatal(err)
	}
	done()
	for range 2 {
		s, done := open()
		after, err := s.Definitions(t.Context(), "", "main")
		if err != nil {
			t.Fatal(err)
		}
		for name, definition := range before {
			if after[name] != definition {
				var i int
				fmt.Sscanf(name, "v%d", &i)
				t.Errorf("the definition of %s changed", queries[i])
			}
		}
		if diff := cmp.Diff(len(before), len(after)); diff != "" {
			t.Error(diff)
		}
		done()
	}
}

// The order of names behind a star is no part of a view's text, but that of arguments in such a list is.
func TestListsBehindAStar(t *testing.T) {
	t.Parallel()
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: settings{"path": "x.duckdb"}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Exec(t.Context(), "create table t as select 'x' as s, 1 as n, 2 as m"); err != nil {
		t.Fatal(err)
	}
	definition := func(query string) string {
		t.Helper()
		if err := s.Exec(t.Context(), "create or replace view v as "+query+" from t"); err != nil {
			t.Fatal(err)
		}
		definitions, err := s.Definitions(t.Context(), "", "main")
		if err != nil {
			t.Fatal(err)
		}
		return definitions["v"]
	}
	for _, tc := range []struct {
		one, other string
		same       bool
	}{
		{"select * exclude (n, m)", "select * exclude (m, n)", true},
		{"select * replace (n + 1 as n, m + 1 as m)", "select * replace (m + 1 as m, n + 1 as n)", true},
		{"select * rename (n as k, m as j)", "select * rename (m as j, n as k)", true},
		{"select columns(* replace (n + 1 as n, abs(m) as m))", "select columns(* replace (abs(m) as m, n + 1 as n))", true},
		{"select * replace (greatest(n, m) as n, m + 1 as m)", "select * replace (m + 1 as m, greatest(n, m) as n)", true},
		{"select * replace (n + 1 as n, m + 2 as m)", "select * replace (n + 2 as n, m + 1 as m)", false},
		{"select * rename (n as k, m as j)", "select * rename (m as k, n as j)", false},
		{"select * replace (concat(s, 'a', 'b', 'c') as s)", "select * replace (concat(s, 'b', 'a', 'c') as s)", false},
		{"select * replace (replace(s, 'a', 'b') as s, n + 1 as n)", "select * replace (replace(s, 'b', 'a') as s, n + 1 as n)", false},
		{"select replace(s, 'a', 'b') as s", "select replace(s, 'b', 'a') as s", false},
	} {
		if same := definition(tc.one) == definition(tc.other); same != tc.same {
			t.Errorf("%s and %s are the same: %t", tc.one, tc.other, same)
		}
	}
}
