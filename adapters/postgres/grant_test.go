//go:build cgo

package postgres

import (
	"testing"

	"github.com/pganalyze/pg_query_go/v5/parser"

	"github.com/quernsql/quern/compiler/relation"
)

func TestGrantsAreStatements(t *testing.T) {
	t.Parallel()
	cases := []struct {
		privilege string
		roles     []string
		want      string
	}{
		{"select", []string{"reporter"}, `grant select on table s."order" to "reporter"`},
		{"truncate", []string{`team "b"`, "Größe"}, `grant truncate on table s."order" to "team ""b""", "Größe"`},
		{"references", []string{"public", "PUBLIC"}, `grant references on table s."order" to public, "PUBLIC"`},
	}
	for _, tc := range cases {
		got, ok := (Dialect{}).Grant(tc.privilege, relation.Name{Schema: "s", Identifier: "order"}, tc.roles)
		if !ok || got != tc.want {
			t.Errorf("Grant(%v) = %s, %t, want %s", tc.roles, got, ok, tc.want)
		}
		if _, err := parser.ParseToJSON(got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}
