//go:build cgo

package duckdb_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// rowsOf are rows that join with each other, by table.
var rowsOf = map[string]string{
	"orders": `select * from (values
		(1, 1, 10.5, 'a', date '2024-01-01', ['x', 'y'], {'city': 'Ulm', 'zip': 1}, '{"name": "n", "n": 3}'::json),
		(2, 1, 20.0, 'open', date '2024-01-02', ['y'], {'city': 'Bonn', 'zip': 2}, '[1, 2]'::json),
		(3, 2, 3.25, 'paid', date '2024-01-02', ['x', 'paid'], {'city': 'Ulm', 'zip': 1}, '{"name": "m"}'::json),
		(4, 3, 99.0, 'x', date '2024-02-03', [], {'city': 'Jena', 'zip': 4}, null))`,
	"customers":    "select * from (values (1, 'open', date '2023-12-01'), (2, 'bee', date '2024-01-02'), (4, 'ann', date '2024-03-01'))",
	"events":       "select * from (values (1, timestamp '2024-01-01 10:00:00', 'a', 1.5), (1, timestamp '2023-12-31 00:00:00', 'open', 2.5), (2, timestamp '2024-01-01 00:00:00', 'paid', 3.5))",
	"raw.payments": "select * from (values (1, 10.5), (2, 5.0), (4, 1.25))",
	"tree":         "select * from (values (1, null, 'x'), (2, 1, 'x'), (3, 1, 'paid'), (4, 2, 'open'))",
}

// otherValues gives expressions that change a column's values, two for every type.
func otherValues(c relation.Column) []string {
	column := `"` + c.Name + `"`
	switch c.Type {
	case "VARCHAR":
		return []string{column + " || 'z'", "'open'"}
	case "DATE":
		return []string{column + " + 400", "date '2024-01-02'"}
	case "TIMESTAMP":
		return []string{column + " - interval 3 years", "null"}
	case "VARCHAR[]":
		return []string{"['q', 'r', 's']", "list_concat(" + column + ", ['open'])"}
	case "JSON":
		return []string{`'{"name": "other", "n": 8, "more": 1}'::json`, "null"}
	case "STRUCT(city VARCHAR, zip INTEGER)":
		return []string{"{'city': 'Else', 'zip': 77}", "null"}
	}
	return []string{column + " + 1", "5 - " + column}
}

// rowsWith gives the query for a table's rows, with the values of some columns changed in one of two
// ways.
func rowsWith(table lineage.Table, way int, changed func(lineage.Input) bool) string {
	names, typed := make([]string, len(table.Columns)), make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = `"` + c.Name + `"`
		value := names[i]
		if changed(lineage.Input{Relation: table.Name, Column: c.Name}) {
			value = otherValues(c)[way]
		}
		typed[i] = "(" + value + ")::" + c.Type + " as " + names[i]
	}
	return "select " + strings.Join(typed, ", ") + " from (" + rowsOf[table.Name.String()] + ") as v(" + strings.Join(names, ", ") + ")"
}

func unchanged(lineage.Input) bool { return false }

// resultOf gives the values of every column of a query, sorted.
func resultOf(t *testing.T, c adapters.Session, query string) ([][]string, bool) {
	t.Helper()
	rows, err := c.Query(t.Context(), query, 0)
	if err != nil {
		return nil, false
	}
	out := make([][]string, len(rows.Columns))
	for _, row := range rows.Values {
		for i, v := range row {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			out[i] = append(out[i], string(text))
		}
	}
	for _, values := range out {
		slices.Sort(values)
	}
	return out, true
}

// checkComplete changes, for every column of the result, all columns at once that its lineage and the
// query's influences do not name. The column must stay as it was.
func checkComplete(t *testing.T, c adapters.Session, query string, q *lineage.Query, tables []lineage.Table) {
	t.Helper()
	tables = slices.DeleteFunc(slices.Clone(tables), func(table lineage.Table) bool {
		return !slices.Contains(q.Reads, lineage.Read{Relation: table.Name})
	})
	before, ok := resultOf(t, c, query)
	if !ok || len(before) != len(q.From) {
		return
	}
	checkNeverNull(t, query, q, before)
	tried := map[string]bool{}
	for i, from := range q.From {
		key := fmt.Sprint(from.Inputs)
		if from.Certainty == lineage.Opaque || tried[key] {
			continue
		}
		tried[key] = true
		other := func(in lineage.Input) bool {
			return !slices.Contains(from.Inputs, in) &&
				!slices.ContainsFunc(q.Influences, func(i lineage.Influence) bool { return i.Input == in })
		}
		for way := range 2 {
			for _, table := range tables {
				fill(t, c, table.Name, rowsWith(table, way, other))
			}
			after, ok := resultOf(t, c, query)
			if !ok {
				continue
			}
			checkNeverNull(t, query, q, after)
			if !slices.Equal(before[i], after[i]) {
				t.Errorf("%s\n%s changes with columns its lineage does not name: %v\n%v\n%v", query, q.Columns[i].Name, from, before[i], after[i])
			}
		}
	}
	for _, table := range tables {
		fill(t, c, table.Name, rowsWith(table, 0, unchanged))
	}
}

// checkNeverNull looks for NULL in the columns that are told to hold none. Columns of tables that are
// told so are changed in ways that keep it.
func checkNeverNull(t *testing.T, query string, q *lineage.Query, result [][]string) {
	t.Helper()
	for i, c := range q.Columns {
		if c.Nullable == relation.NeverNull && slices.Contains(result[i], "null") {
			t.Errorf("%s\n%s is told to be never NULL: %v", query, c.Name, result[i])
		}
	}
}

func fill(t *testing.T, c adapters.Session, name relation.Name, query string) {
	t.Helper()
	if _, err := c.CreateTable(t.Context(), name, query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// endless are cases that never end when they run.
var endless = map[string]bool{"recursive that changes columns": true, "recursive by key": true}

// lineageData gives a target that has rows in the tables of the cases.
func lineageData(t *testing.T) (adapters.Session, []lineage.Table) {
	t.Helper()
	c := session(t, open(t, settings{"init_sql": lineageInit}))
	if err := c.EnsureSchema(t.Context(), "", "raw"); err != nil {
		t.Fatal(err)
	}
	tables := lineageTables(t)
	for _, table := range tables {
		fill(t, c, table.Name, rowsWith(table, 0, unchanged))
	}
	return c, tables
}

// TestLineageMissesNothing runs queries on data.
func TestLineageMissesNothing(t *testing.T) {
	t.Parallel()
	s := lineageScratch(t)
	c, tables := lineageData(t)
	var queries []string
	files, _ := filepath.Glob("testdata/lineage/*.txtar")
	for _, path := range files {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if query, _, _ := strings.Cut(string(file.Data), answered); !endless[file.Name] {
				queries = append(queries, query)
			}
		}
	}
	r := randomQueries{rand.New(rand.NewPCG(5, 11))}
	for range 100 {
		// Which rows a limit without an order keeps is for the engine to choose.
		if query := r.query(); !strings.Contains(query, "limit") {
			queries = append(queries, query)
		}
	}
	checked := 0
	for _, query := range queries {
		q, err := s.Describe(t.Context(), query)
		if err != nil || len(q.Facts.Volatile) > 0 || q.Columns == nil {
			continue
		}
		checked++
		checkComplete(t, c, query, q, tables)
	}
	if checked < 200 {
		t.Errorf("%d queries were checked, want 200 at least", checked)
	}
}
