//go:build cgo

package duckdb_test

import (
	"fmt"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/relation"
)

// TestDigestsOfWideValues has values of 128 bits that DuckDB's hash does not tell apart.
func TestDigestsOfWideValues(t *testing.T) {
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
	name := relation.Name{Schema: "main", Identifier: "t"}
	for _, values := range [][]string{
		{"0::hugeint", "-1::hugeint", "1::hugeint", "18446744073709551616::hugeint", "18446744073709551617::hugeint"},
		{"0::uhugeint", "1::uhugeint", "18446744073709551616::uhugeint"},
		{"0::decimal(38, 2)", "-0.01::decimal(38, 2)", "0.01::decimal(38, 2)"},
		{"0::decimal(19, 0)", "-1::decimal(19, 0)"},
		{"1.5::decimal(18, 1)", "-1.5::decimal(18, 1)", "0::decimal(18, 1)", "null::decimal(18, 1)"},
		{"'80000000-0000-0000-0000-000000000000'::uuid", "'80000000-0000-0001-0000-000000000001'::uuid", "null::uuid"},
	} {
		seen := map[string]string{}
		for _, value := range values {
			if _, err := s.CreateTable(t.Context(), name, fmt.Sprintf("select %s as v", value)); err != nil {
				t.Fatal(err)
			}
			one, err := s.Digest(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			all, err := s.Digests(t.Context(), []relation.Name{name})
			if err != nil {
				t.Fatal(err)
			}
			if other, ok := seen[one.Content]; ok || one != all[0] {
				t.Errorf("%s has the digest of %q: %v, %v", value, other, one, all[0])
			}
			seen[one.Content] = value
		}
	}
}
