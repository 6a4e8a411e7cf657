//go:build cgo

package duckdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// set gives the first column of a query as a set.
func set(t *testing.T, query string) map[string]bool {
	t.Helper()
	rows, err := memorySession(t).Query(t.Context(), query, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, row := range rows.Values {
		out[row[0].(string)] = true
	}
	return out
}

func TestKeywordsAreTheEngines(t *testing.T) {
	t.Parallel()
	want := set(t, "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'")
	if diff := cmp.Diff(want, keywords); diff != "" {
		t.Errorf("keywords (-engine +ours):\n%s", diff)
	}
	want = set(t, "select keyword_name from duckdb_keywords() where keyword_category = 'unreserved'")
	if diff := cmp.Diff(want, softKeywords); diff != "" {
		t.Errorf("unreserved keywords (-engine +ours):\n%s", diff)
	}
}

// TestAggregatesAreTheEngines compares with the engine's list, less what the engine refuses without
// OVER, and with the macros made of aggregates.
func TestAggregatesAreTheEngines(t *testing.T) {
	t.Parallel()
	s := memorySession(t)
	want := set(t, "select distinct function_name from duckdb_functions() where function_type = 'aggregate'")
	for name := range want {
		// A function that aggregates is known, whatever it says of its arguments.
		_, err := s.Describe(t.Context(), "select "+name+"()")
		if err != nil && strings.Contains(err.Error(), "does not exist") {
			delete(want, name)
		}
	}
	macros := set(t, "select distinct function_name from duckdb_functions() where function_type = 'macro'")
	for name := range macros {
		for _, arguments := range []string{"i", "i, i"} {
			rows, err := s.Query(t.Context(), "select "+name+"("+arguments+") from range(1, 3) t(i)", 0)
			if err == nil && len(rows.Values) == 1 && !strings.HasPrefix(name, "pg_") {
				want[name] = true
			}
		}
	}
	got := maps.Clone(aggregateNames)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("aggregates (-engine +ours):\n%s", diff)
	}
}

// TestCSVTypesAreTheEngines casts every value to the type it is taken for, and to those that this
// type is widened to.
func TestCSVTypesAreTheEngines(t *testing.T) {
	t.Parallel()
	s := memorySession(t)
	for value, own := range csvValues {
		for wider := own; wider < csvText; wider++ {
			if own == csvUnknown || own.union(wider) != wider {
				continue
			}
			query := fmt.Sprintf("select try_cast(%s as %s) is not null", textLiteral(value), wider)
			rows, err := s.Query(t.Context(), query, 0)
			if err != nil || rows.Values[0][0] != true {
				t.Errorf("%s: %v, %v", query, rows, err)
			}
		}
	}
}

func TestLiteralsOfFloats(t *testing.T) {
	t.Parallel()
	s := memorySession(t)
	for _, literal := range []string{"'nan'::DOUBLE", "'infinity'::DOUBLE", "('a' || chr(0) || 'b')"} {
		if _, err := s.Query(t.Context(), "select "+literal, 0); err != nil {
			t.Errorf("%s: %v", literal, err)
		}
	}
}
