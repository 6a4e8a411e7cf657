//go:build cgo

package duckdb_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestDescribeAllIsDescribe asks about all lineage cases and many mistakes at once, and one by one: what is
// said of a query does not depend on those beside it.
func TestDescribeAllIsDescribe(t *testing.T) {
	t.Parallel()
	queries := []string{"", "select 1; -- a comment", "select 1; select 2", "select ? as x", "select 'x' from", "select nothing", "select 1;"}
	for i, query := range lineageQueries(t) {
		queries = append(queries, query)
		if i%3 == 0 {
			queries = append(queries, strings.NewReplacer("«", "", "»", "").Replace(wrongQueries[i/3%len(wrongQueries)]))
		}
	}
	one, all := lineageScratch(t), lineageScratch(t)
	answers := all.DescribeAll(t.Context(), queries)
	if len(answers) != len(queries) {
		t.Fatalf("%d answers to %d queries", len(answers), len(queries))
	}
	for i, query := range queries {
		want := answer(one.Describe(t.Context(), query))
		if diff := cmp.Diff(want, answer(answers[i].Query, answers[i].Err)); diff != "" {
			t.Errorf("%s (-one +all):\n%s", query, diff)
		}
	}
}

// lineageQueries gives the queries of all cases.
func lineageQueries(t *testing.T) (queries []string) {
	t.Helper()
	paths, err := filepath.Glob("testdata/lineage/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			query, _, _ := strings.Cut(string(file.Data), answered)
			queries = append(queries, query)
		}
	}
	if len(queries) < 200 {
		t.Fatalf("found %d cases", len(queries))
	}
	return queries
}
