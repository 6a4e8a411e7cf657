//go:build cgo && unix && server

package postgres

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/lineage/lineagetest"
)

// changes are other values for each column of the tables.
var changes = []struct {
	column lineage.Input
	sql    string
}{
	{input("orders", "id"), "update orders set id = 5 - id"},
	{input("orders", "customer_id"), "update orders set customer_id = coalesce(customer_id, 0) + 1"},
	{input("orders", "amount"), "update orders set amount = coalesce(amount, 0) + 1"},
	{input("orders", "status"), "update orders set status = coalesce(status, 'c') || 'x'"},
	{input("orders", "day"), "update orders set day = coalesce(day, '2021-01-01') + 1"},
	{input("orders", "tags"), "update orders set tags = '{x,y,z}'"},
	{input("customers", "id"), "update customers set id = id + 1"},
	{input("customers", "name"), "update customers set name = coalesce(name, 'c') || 'x'"},
	{input("customers", "region"), "update customers set region = coalesce(region, 'c') || 'x'"},
	{lineage.Input{Relation: testTables[2].Name, Column: "order_id"}, "update sales.items set order_id = coalesce(order_id, 2) + 1"},
	{lineage.Input{Relation: testTables[2].Name, Column: "sku"}, "update sales.items set sku = coalesce(sku, 'c') || 'x'"},
	{lineage.Input{Relation: testTables[2].Name, Column: "qty"}, "update sales.items set qty = coalesce(qty, 2) + 1"},
	{lineage.Input{Relation: testTables[2].Name, Column: "price"}, "update sales.items set price = coalesce(price, 2) + 1"},
	{input("items", "sku"), "update items set sku = coalesce(sku, 'c') || 'x'"},
	{input("items", "title"), "update items set title = coalesce(title, 'c') || 'x'"},
}

func input(table, column string) lineage.Input {
	for _, t := range testTables {
		if t.Name.Schema == defaultSchema && t.Name.Identifier == table {
			return lineage.Input{Relation: t.Name, Column: column}
		}
	}
	return lineage.Input{}
}

// serverProvesLineage changes one column after the other. What is said to depend on neither its inputs
// nor on what decides about rows must stay as it was.
func serverProvesLineage(t *testing.T, s *server) {
	var queries []string
	var answers []*lineage.Query
	for i := 0; len(queries) < *statements/3; i++ {
		g := &generator{Rand: rand.New(rand.NewPCG(uint64(i), 11))}
		query, _ := g.query(3, nil)
		if !steady(query) {
			continue
		}
		q, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), query)
		if err == nil && q.Columns != nil && len(q.Columns) > 0 {
			queries, answers = append(queries, query), append(answers, q)
		}
	}
	var script strings.Builder
	script.WriteString("set client_min_messages = error;\nset search_path = public;\nset jit = off;\n")
	asked := 0
	ask := func(query, row string, k int) {
		fmt.Fprintf(&script, "select %d, md5(string_agg(r, '|' order by r)) from (select %s::text as r from (%s) as q(%s)) x;\n", asked, row, query, outputs(answers[k]))
		asked++
	}
	type question struct{ query, change, first int }
	var questions []question
	for c, change := range changes {
		before := asked
		var rows []string
		var of []int
		for k, q := range answers {
			if row := untouched(q, change.column); row != "" {
				rows, of = append(rows, row), append(of, k)
				questions = append(questions, question{k, c, 0})
			}
		}
		for round := range 2 {
			if round == 1 {
				script.WriteString("begin;\n" + change.sql + ";\n")
			}
			for i, k := range of {
				if round == 0 {
					questions[len(questions)-len(of)+i].first = before + i
				}
				if round == 1 {
					script.WriteString("savepoint s;\n")
				}
				ask(queries[k], rows[i], k)
				if round == 1 {
					script.WriteString("rollback to s;\n")
				}
			}
			if round == 1 {
				script.WriteString("rollback;\n")
			}
		}
	}
	hashes := make(map[string]string, asked)
	for line := range strings.Lines(s.run(t, script.String())) {
		number, hash, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\x1f")
		hashes[number] = hash
	}
	compared := 0
	perChange := map[int]int{}
	for _, q := range questions {
		perChange[q.change]++
	}
	for _, q := range questions {
		before, ok := hashes[decimal(q.first)]
		after, both := hashes[decimal(q.first+perChange[q.change])]
		if !ok || !both {
			continue // an error, such as a division by zero
		}
		compared++
		if before != after {
			t.Errorf("%s\nwhat does not depend on %s.%s changes with it: %s", queries[q.query], changes[q.change].column.Relation,
				changes[q.change].column.Column, lineagetest.Text(answers[q.query]))
		}
	}
	if compared < len(queries) {
		t.Errorf("only %d comparisons of %d queries", compared, len(queries))
	}
}

// steady reports whether a query gives the same rows whatever the order in which tables are read.
func steady(query string) bool {
	return !slices.ContainsFunc([]string{"limit", "distinct on", "lag(", "ctid", "current_date", "generate_series", "array_agg", "raw.events"}, func(part string) bool {
		return strings.Contains(query, part)
	})
}

func outputs(q *lineage.Query) string {
	names := make([]string, len(q.Columns))
	for i := range names {
		names[i] = "c" + decimal(i)
	}
	return strings.Join(names, ", ")
}

// untouched gives the columns that a change may not touch, as a row; "" where there are none.
func untouched(q *lineage.Query, change lineage.Input) string {
	if slices.ContainsFunc(q.Influences, func(i lineage.Influence) bool { return i.Input == change }) {
		return ""
	}
	var out []string
	for i, from := range q.From {
		if from.Certainty == lineage.Resolved && !slices.Contains(from.Inputs, change) {
			out = append(out, "c"+decimal(i))
		}
	}
	if out == nil {
		return ""
	}
	return "row(" + strings.Join(out, ", ") + ")"
}
