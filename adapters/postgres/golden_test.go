//go:build cgo

package postgres

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/lineage/lineagetest"
	"github.com/quernsql/quern/compiler/relation"
)

var update = flag.Bool("update", false, "write the golden files")

// testTables are what the statements of the golden files read. Of raw.events only the name is known.
var testTables = []lineage.Table{
	{Name: relation.Name{Schema: "public", Identifier: "orders"}, Columns: []relation.Column{
		{Name: "id", Type: "bigint", Nullable: relation.NeverNull},
		{Name: "customer_id", Type: "integer"},
		{Name: "amount", Type: "numeric(10,2)"},
		{Name: "status", Type: "text"},
		{Name: "ordered_at", Type: "timestamp with time zone"},
		{Name: "day", Type: "date"},
		{Name: "tags", Type: "text[]"},
		{Name: "doc", Type: "jsonb"},
	}},
	{Name: relation.Name{Schema: "public", Identifier: "customers"}, Columns: []relation.Column{
		{Name: "id", Type: "integer", Nullable: relation.NeverNull},
		{Name: "name", Type: "character varying(50)"},
		{Name: "region", Type: "text"},
		{Name: "Group", Type: "text"},
		{Name: "größe", Type: "integer"},
	}},
	{Name: relation.Name{Schema: "sales", Identifier: "items"}, Columns: []relation.Column{
		{Name: "order_id", Type: "bigint"},
		{Name: "sku", Type: "text"},
		{Name: "qty", Type: "integer"},
		{Name: "price", Type: "double precision"},
	}},
	{Name: relation.Name{Schema: "public", Identifier: "items"}, Columns: []relation.Column{
		{Name: "sku", Type: "text"},
		{Name: "title", Type: "text"},
	}},
	{Name: relation.Name{Schema: "raw", Identifier: "events"}},
}

func testCatalog() catalog {
	c := catalog{}
	for _, t := range testTables {
		c.define(t)
	}
	return c
}

// describeText describes a statement as the golden files have it.
func describeText(t *testing.T, query string) string {
	t.Helper()
	s := &scratch{tables: testCatalog()}
	q, err := s.Describe(t.Context(), query)
	if err != nil {
		e, ok := errors.AsType[*engine.Error](err)
		if !ok {
			t.Fatalf("Describe(%s): %v", query, err)
		}
		return refusal(query, e)
	}
	return lineagetest.Text(q)
}

// refusal shows where an error stands and what it says.
func refusal(query string, e *engine.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", strings.TrimSpace(e.Kind+" "+e.Subtype), e.Message)
	if e.Position >= 0 {
		rest := query[e.Position:]
		if rest == "" {
			rest = "the end"
		}
		line := 1 + strings.Count(query[:e.Position], "\n")
		fmt.Fprintf(&b, " | %d:%d at %.12q", line, 1+len([]rune(query[strings.LastIndexByte(query[:e.Position], '\n')+1:e.Position])), rest)
	}
	if e.Name != "" {
		fmt.Fprintf(&b, " | name %s", e.Name)
	}
	if len(e.Candidates) > 0 {
		fmt.Fprintf(&b, " | %s", strings.Join(e.Candidates, ", "))
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, " | %s", e.Hint)
	}
	return b.String() + "\n"
}

// goldenCase is a statement and what is told of it.
type goldenCase struct{ query, want string }

// readGolden reads a file of statements: each is followed by "--", what is wanted, and an empty line.
func readGolden(t testing.TB, path string) []goldenCase {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		query, want, _ := strings.Cut(block, "\n--\n")
		cases = append(cases, goldenCase{strings.TrimSuffix(query, "\n--"), want + "\n"})
	}
	return cases
}

func testGolden(t *testing.T, path string) {
	t.Helper()
	cases := readGolden(t, path)
	var b strings.Builder
	for i, tc := range cases {
		got := describeText(t, tc.query)
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(tc.query + "\n--\n" + got)
		if diff := cmp.Diff(tc.want, got); diff != "" && !*update {
			t.Errorf("%s\n(-want +got):\n%s", tc.query, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	testGolden(t, "testdata/accepted.txt")
}

func TestDescribeRefuses(t *testing.T) {
	t.Parallel()
	testGolden(t, "testdata/refused.txt")
}

func BenchmarkDescribe(b *testing.B) {
	s := &scratch{tables: testCatalog()}
	var queries []string
	for _, tc := range readGolden(b, "testdata/accepted.txt") {
		queries = append(queries, tc.query)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Describe(b.Context(), queries[i%len(queries)]); err != nil {
			b.Fatal(err)
		}
	}
}
