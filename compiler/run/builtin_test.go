//go:build cgo

package run_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/run"
)

// oneTest builds a model "m" of a query with one test, and gives the test's result.
func oneTest(t *testing.T, query, use string) run.TestResult {
	t.Helper()
	s := newShop(t, stagetest.Files{
		"models/parent.sql": table + "select unnest([1, 2, null]) as id, 'x' as \"odd name\"",
		"models/m.sql":      table + query,
		"models/m.yml":      "models:\n- name: m\n  " + use + "\n",
	})
	for _, step := range s.build().Steps {
		for _, test := range step.Tests {
			return test
		}
	}
	t.Fatal("there is no test")
	return run.TestResult{}
}

func column(test string) string { return "columns: [{name: x, tests: [" + test + "]}]" }

func TestBuiltIns(t *testing.T) {
	t.Parallel()
	values := func(list string) string { return "select * from (values " + list + ") v(x, y)" }
	cases := []struct {
		name, query, use string
		want             []string // the wrong rows
	}{
		{"not_null passes", values("(1, 1)"), column("not_null"), nil},
		{"not_null fails", values("(1, 1), (null, 2)"), column("not_null"), []string{"<nil>|2"}},
		{"unique ignores NULL", values("(1, 1), (null, 2), (null, 3)"), column("unique"), nil},
		{"unique", values("(1, 1), (1, 2), (2, 3), (1, 4)"), column("unique"), []string{"1|3"}},
		{"accepted_values", values("('a', 1), ('b', 2), ('c', 3), ('c', 4), (null, 5)"), column("{accepted_values: {values: [a, b]}}"), []string{"c|3", "c|4"}},
		{"accepted_values of numbers", values("(1, 1), (2, 2), (3, 3)"), column("{accepted_values: {values: [1, 2]}}"), []string{"3|3"}},
		{"accepted_values with a quote", values("('it''s', 1)"), column("{accepted_values: {values: [\"it's\"]}}"), nil},
		{"accepted_values as SQL", values("(1, 1), (4, 2)"), column("{accepted_values: {values: ['1 + 0', '2 * 2'], quote: false}}"), nil},
		{"accepted_values of truth values", values("(true, 1), (false, 2)"), column("{accepted_values: {values: [true]}}"), []string{"false|2"}},
		{"relationships", values("(1, 1), (3, 2), (null, 3)"), column("{relationships: {to: parent, field: id}}"), []string{"3|2"}},
		{"relationships to an odd name", values("('x', 1), ('y', 2)"), column("{relationships: {to: parent, field: odd name}}"), []string{"y|2"}},
		{"relationships where", values("(1, 1), (3, 2), (4, 7)"), column("{relationships: {to: parent, field: id, config: {where: y < 5}}}"), []string{"3|2"}},
		{"unique_combination", values("(1, 1), (1, 1), (1, 2), (null, 2), (null, 2)"), "tests: [{unique_combination: {columns: [x, y]}}]", []string{"1|1|2"}},
		{"expression", values("(1, 1), (2, 1), (null, 1)"), "tests: [{expression: {expression: x <= y}}]", []string{"2|1"}},
		{"expression with an aggregate", values("(1, 1), (2, 1)"), "tests: [{expression: {expression: sum(x) = 4}}]", []string{"false"}},
		{"expression with a window", values("(1, 1), (2, 1)"), "tests: [{expression: {expression: count(*) over () = 2}}]", nil},
		{"expression with a window over a column of its name", "select true as holds, unnest([1, 2]) as x", "tests: [{expression: {expression: sum(x) over () > 9}}]", []string{"true|1|false", "true|2|false"}},
		{"expression that reads a model", values("(1, 1), (9, 1)"), "tests: [{expression: {expression: \"x in (select id from {{ ref \\\"parent\\\" }} where id is not null) -- end\"}}]", []string{"9|1"}},
		{"between", values("(0, 1), (1, 2), (5, 3), (6, 4), (null, 5)"), column("{between: {min: 1, max: 5}}"), []string{"0|1", "6|4"}},
		{"between without its bounds", values("(1, 2), (3, 1), (5, 3)"), column("{between: {min: 1, max: 5, inclusive: false}}"), []string{"1|2", "5|3"}},
		{"between from", values("(0, 1), (9, 2)"), column("{between: {min: 1}}"), []string{"0|1"}},
		{"between to", values("(0.5, 1), (9.5, 2)"), column("{between: {max: 9.25}}"), []string{"9.5|2"}},
		{"between dates", "select unnest([date '2024-01-01', date '2025-01-01']) as x", column("{between: {min: 2024-06-01}}"), []string{"2024-01-01"}},
		{"between zero and nothing", values("(-1, 1), (1, 2)"), column("{between: {min: 0, max: 0}}"), []string{"-1|1", "1|2"}},
		{"matches", values("('ab1', 1), ('xab1', 2), ('', 3), (null, 4)"), column("{matches: {regex: '^ab\\d$'}}"), []string{"xab1|2", "|3"}},
		{"row_count exact", values("(1, 1), (2, 2)"), "tests: [{row_count: {equals: 2}}]", nil},
		{"row_count below", values("(1, 1), (2, 2)"), "tests: [{row_count: {min: 3}}]", []string{"2"}},
		{"row_count above", values("(1, 1), (2, 2)"), "tests: [{row_count: {min: 1, max: 1}}]", []string{"2"}},
		{"row_count of no rows", values("(1, 1)") + " where false", "tests: [{row_count: {equals: 0}}]", nil},
		{"not_null of an odd column", "select null as \"a \"\"b\"\".c\"", "columns: [{name: 'a \"b\".c', tests: [not_null]}]", []string{"<nil>"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			result := oneTest(t, tc.query, tc.use)
			if result.Diagnostic != nil && result.Status == run.TestError {
				t.Fatal(stagetest.Line(result.Diagnostic))
			}
			var got []string
			if result.Rows != nil {
				for _, row := range result.Rows.Values {
					got = append(got, strings.Join(texts(row), "|"))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("wrong rows (-want +got):\n%s", diff)
			}
			failures := int64(len(tc.want))
			if strings.HasPrefix(tc.name, "unique") && failures > 0 { // what they select stands for several rows
				last := result.Rows.Values[0]
				failures = last[len(last)-1].(int64)
			}
			if failures != result.Failures || (len(tc.want) == 0) != (result.Status == run.Pass) {
				t.Errorf("status %s, %d failures, want %d", result.Status, result.Failures, len(tc.want))
			}
		})
	}
}

func texts(row []any) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = fmt.Sprint(cell)
	}
	return out
}

func TestCounts(t *testing.T) {
	t.Parallel()
	// Ten rows: six are twice there or more, in two groups.
	const query = "select unnest([1, 1, 1, 1, 2, 2, 3, 4, 5, null]) as x, 7 as y"
	cases := []struct {
		use    string
		want   run.Status
		failed int64
		total  int64
	}{
		{column("unique"), run.Fail, 6, -1},
		{column("{unique: {config: {error_if: '>5'}}}"), run.Fail, 6, -1},
		{column("{unique: {config: {error_if: '>6'}}}"), run.Pass, 6, -1},
		{column("{unique: {config: {error_if: '>=60%'}}}"), run.Fail, 6, 10},
		{column("{unique: {config: {error_if: '>60%'}}}"), run.Pass, 6, 10},
		{column("{unique: {config: {where: x > 2}}}"), run.Pass, 0, -1},
		{"tests: [{unique_combination: {columns: [x, y], config: {error_if: '>59%'}}}]", run.Fail, 6, 10},
		{"columns: [{name: x, tests: [not_null: {config: {name: b}}, {unique: {config: {severity: warn}}}]}]", run.Fail, 1, -1},
	}
	for _, tc := range cases {
		t.Run(tc.use, func(t *testing.T) {
			t.Parallel()
			got := oneTest(t, query, tc.use)
			if got.Status != tc.want || got.Failures != tc.failed || got.Total != tc.total {
				t.Errorf("status %s, %d of %d, want %s, %d of %d", got.Status, got.Failures, got.Total, tc.want, tc.failed, tc.total)
			}
		})
	}
}

func TestCountsOfOwnTests(t *testing.T) {
	t.Parallel()
	const head = "/* ---\nargs: [model]\ncounts: n of rows\n--- */\n"
	files := func(body string) stagetest.Files {
		return stagetest.Files{
			"tests/generic/g.sql": head + body,
			"models/m.sql":        table + "select 1 as x",
			"models/m.yml":        "models: [{name: m, tests: [g, row_count: {min: 2}]}]\n",
		}
	}
	cases := []struct{ name, body, want string }{
		{"sum", `select unnest([3, null, 4]) as "n of rows" from {{ .model }}`, "7 "},
		{"only NULL", `select null::int as "n of rows" from {{ .model }}`, "0 "},
		{"no rows", `select 1 as "n of rows" from {{ .model }} where false`, "0 "},
		{"no such column", "select 1 as n from {{ .model }}", "0 tests/generic/g.sql:3:9"},
		{"text", `select 'a' as "n of rows" from {{ .model }}`, "0 tests/generic/g.sql:3:9"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			test := newShop(t, files(tc.body)).build().Steps[0].Tests[0]
			place := ""
			if test.Status == run.TestError {
				at := test.Diagnostic.Span.Position()
				place = fmt.Sprintf("%s:%d:%d", test.Diagnostic.Span.Path(), at.Line, at.Column)
			}
			if got := fmt.Sprint(test.Failures, " ", place); got != tc.want {
				t.Errorf("got %q, want %q: %v", got, tc.want, test.Diagnostic)
			}
		})
	}
}

func TestThresholds(t *testing.T) {
	t.Parallel()
	// Ten rows, three of them wrong.
	const query = "select case when i < 3 then null else i end as x from range(10) r(i)"
	cases := []struct {
		config string
		want   run.Status
		total  int64
	}{
		{"{}", run.Fail, -1},
		{"{severity: warn}", run.Warn, -1},
		{"{warn_if: '>0'}", run.Warn, -1},
		{"{warn_if: '>3'}", run.Pass, -1},
		{"{error_if: '>2'}", run.Fail, -1},
		{"{error_if: '>3'}", run.Pass, -1},
		{"{error_if: '>=3', warn_if: '>1'}", run.Fail, -1},
		{"{error_if: '>5', warn_if: '>1'}", run.Warn, -1},
		{"{error_if: '>5', warn_if: '>4'}", run.Pass, -1},
		{"{error_if: '>29%'}", run.Fail, 10},
		{"{error_if: '>30%'}", run.Pass, 10},
		{"{warn_if: '>=30%'}", run.Warn, 10},
		{"{error_if: '>50%', where: 'x is null'}", run.Fail, 3},
		{"{error_if: '>0%', where: 'x > 100'}", run.Pass, 0},
		{"{error_if: '!=3'}", run.Pass, -1},
	}
	for _, tc := range cases {
		t.Run(tc.config, func(t *testing.T) {
			t.Parallel()
			got := oneTest(t, query, column("{not_null: {config: "+tc.config+"}}"))
			if got.Status != tc.want || got.Total != tc.total {
				t.Errorf("status %s, total %d, want %s, %d", got.Status, got.Total, tc.want, tc.total)
			}
		})
	}
}

func TestStoredFailures(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/m.sql": table + "select unnest([1, null]) as x",
		"models/m.yml": "models: [{name: m, columns: [{name: x, tests: [not_null: {config: {store_failures: true}}, unique]}]}]",
	})
	results := s.build()
	s.wantRows("from quern_failures.not_null_m_x", results.RunID+"|<nil>")
	stored := map[string]string{}
	for _, test := range results.Steps[0].Tests {
		stored[test.Name] = test.Stored.String()
	}
	if diff := cmp.Diff(map[string]string{"not_null_m_x": "quern_failures.not_null_m_x", "unique_m_x": ""}, stored); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	s.write("models/m.sql", table+"select 1 as x")
	s.build()
	s.wantRelations("main|m|BASE TABLE")
}
