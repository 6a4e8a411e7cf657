//go:build cgo

package duckdb_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/lineage/lineagetest"
	"github.com/quernsql/quern/compiler/relation"
)

var update = flag.Bool("update", false, "write the expected answers anew")

// readTables reads tables, one a line: name(column TYPE, column TYPE not null, …), with "view" before
// those that are views.
func readTables(t testing.TB, text string) []lineage.Table {
	t.Helper()
	var out []lineage.Table
	for line := range strings.Lines(text) {
		line, view := strings.CutPrefix(strings.TrimSpace(line), "view ")
		name, columns, ok := strings.Cut(strings.TrimSuffix(line, ")"), "(")
		if !ok {
			t.Fatalf("no table: %s", line)
		}
		table := lineage.Table{Name: relation.Name{Identifier: name}, View: view}
		if schema, rest, ok := strings.Cut(name, "."); ok {
			table.Name = relation.Name{Schema: schema, Identifier: rest}
		}
		for _, c := range splitTop(columns) {
			c, never := strings.CutSuffix(c, " not null")
			column, word, _ := strings.Cut(c, " ")
			made := relation.Column{Name: column, Type: word}
			if never {
				made.Nullable = relation.NeverNull
			}
			table.Columns = append(table.Columns, made)
		}
		out = append(out, table)
	}
	return out
}

// splitTop splits at commas outside of parentheses.
func splitTop(list string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range list {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(list[start:i]))
				start = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(list[start:]))
}

// lineageInit makes what the cases use besides tables.
var lineageInit = []any{
	"create table events (customer_id INTEGER, kind VARCHAR)",
	"create macro busy(word) as table select customer_id, count(*) as n from events where kind <> word group by customer_id",
	"create macro twice(x) as 2 * x",
}

func lineageScratch(t testing.TB) adapters.Scratch {
	t.Helper()
	s := scratch(t, settings{"init_sql": lineageInit})
	if err := s.Define(t.Context(), lineageTables(t)); err != nil {
		t.Fatal(err)
	}
	return s
}

func lineageTables(t testing.TB) []lineage.Table {
	t.Helper()
	text, err := os.ReadFile("testdata/lineage/tables.txt")
	if err != nil {
		t.Fatal(err)
	}
	return readTables(t, string(text))
}

// defineLineageTables makes the tables in a scratch and on a target.
func defineLineageTables(t *testing.T, s adapters.Scratch, c adapters.Session) {
	t.Helper()
	tables := lineageTables(t)
	if err := s.Define(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		nulls := make([]string, len(table.Columns))
		for i, column := range table.Columns {
			nulls[i] = "null::" + column.Type + " as " + column.Name
		}
		if err := c.EnsureSchema(t.Context(), "", table.Name.Schema); table.Name.Schema != "" && err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateTable(t.Context(), table.Name, "select "+strings.Join(nulls, ", ")+" limit 0"); err != nil {
			t.Fatal(err)
		}
	}
}

const answered = "----\n"

func TestLineageOfQueries(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/lineage/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	s := lineageScratch(t)
	for _, path := range files {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range archive.Files {
			query, want, _ := strings.Cut(string(file.Data), answered)
			got := answer(s.Describe(t.Context(), query))
			if diff := cmp.Diff(want, got); diff != "" && !*update {
				t.Errorf("%s: %s (-want +got):\n%s", filepath.Base(path), file.Name, diff)
			}
			archive.Files[i].Data = []byte(query + answered + got)
		}
		if !*update {
			continue
		}
		if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func answer(q *lineage.Query, err error) string {
	if err == nil {
		return lineagetest.Text(q)
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return "error " + e.Kind + ": " + e.Message + "\n"
	}
	return "error: " + err.Error() + "\n"
}
