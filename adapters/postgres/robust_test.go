//go:build cgo

package postgres

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// look describes a query and checks what must hold for every answer.
func look(t *testing.T, query string) {
	t.Helper()
	s := &scratch{tables: testCatalog()}
	q, err := s.Describe(t.Context(), query)
	if err != nil {
		e, ok := errors.AsType[*engine.Error](err)
		if !ok {
			t.Fatalf("Describe(%q): %v", query, err)
		}
		if e.Message == "" || e.Position < -1 || e.Position > len(query) {
			t.Fatalf("Describe(%q): %q at %d", query, e.Message, e.Position)
		}
		if e.Position > 0 && e.Position < len(query) && utf8.ValidString(query) && !utf8.RuneStart(query[e.Position]) {
			t.Fatalf("Describe(%q): %q at %d, inside a character", query, e.Message, e.Position)
		}
		return
	}
	if q.Columns == nil && q.Unknown == "" || len(q.Columns) != len(q.From) {
		t.Fatalf("Describe(%q): %d columns, %d origins, unknown %q", query, len(q.Columns), len(q.From), q.Unknown)
	}
	for _, c := range q.From {
		for _, in := range c.Inputs {
			if in.Column == "" || in.Relation.Identifier == "" {
				t.Fatalf("Describe(%q): a hole is left", query)
			}
		}
	}
	for _, in := range q.Influences {
		if in.Column == "" || in.Role == 0 {
			t.Fatalf("Describe(%q): a hole is left", query)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	for _, path := range []string{"testdata/accepted.txt", "testdata/refused.txt"} {
		for _, tc := range readGolden(f, path) {
			f.Add(tc.query)
		}
	}
	f.Add("select '\xff\xfe', amout \xe4 from orders")
	f.Add("select\x00 1")
	f.Fuzz(func(t *testing.T, query string) { look(t, query) })
}

// TestDamagedQueries cuts the golden statements short, and takes tokens out of them.
func TestDamagedQueries(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"testdata/accepted.txt", "testdata/refused.txt"} {
		for _, tc := range readGolden(t, path) {
			for at, token := range sqltoken.Pieces(tc.query, 0) {
				look(t, tc.query[:at])
				look(t, tc.query[:at]+tc.query[at+len(token):])
				look(t, tc.query[:at]+token+" "+tc.query[at:])
			}
		}
	}
}

// TestDeepQueries are such that the parser would leave its stack if it were given them.
func TestDeepQueries(t *testing.T) {
	t.Parallel()
	repeat := func(before, middle, after string) func(n int) string {
		return func(n int) string { return strings.Repeat(before, n) + middle + strings.Repeat(after, n) }
	}
	for name, deep := range map[string]func(n int) string{
		"brackets":   func(n int) string { return "select " + repeat("(", "1", ")")(n) },
		"operators":  func(n int) string { return "select 1" + strings.Repeat("+1", n) },
		"signs":      func(n int) string { return "select " + strings.Repeat("- ", n) + "1" },
		"not":        func(n int) string { return "select " + strings.Repeat("not ", n) + "true" },
		"calls":      func(n int) string { return "select " + repeat("f(", "1", ")")(n) },
		"unions":     func(n int) string { return repeat("select 1 union all ", "select 1", "")(n) },
		"subqueries": func(n int) string { return repeat("select * from (", "select 1", ") x")(n) },
		"joins":      func(n int) string { return "select 1 from orders" + strings.Repeat(" cross join orders", n) },
		"join words": func(n int) string { return "select " + strings.Repeat("1+1+1+join(1)+", n) + "1" },
		"casts":      func(n int) string { return "select 1" + strings.Repeat("::timestamp with time zone", n) },
		"tests":      func(n int) string { return "select 1" + strings.Repeat(" is null", n) },
		"subscripts": func(n int) string { return "select tags" + strings.Repeat("[1]", n) + " from orders" },
		"cases":      func(n int) string { return "select " + repeat("case when true then ", "1", " end")(n) },
		"fields":     func(n int) string { return "select 1" + strings.Repeat("+a.from", n) },
		"labels":     func(n int) string { return "select " + repeat("(select 1 end, 1+1+1+1+", "1", ")")(n) },
		"within":     func(n int) string { return "select 1" + strings.Repeat("+f() within group (order by 1)", n) },
		"distinct":   func(n int) string { return "select 1" + strings.Repeat("+1 is distinct from 1", n) },
		"unnest": func(n int) string {
			return repeat("select array(select * from unnest((", "select tags from orders", ")))")(n)
		},
		"joined": func(n int) string {
			return repeat("select 1 from orders o join customers c on 1 = (", "select 1", ")")(n)
		},
		"with":        func(n int) string { return repeat("with a as (", "select 1", ") select 1")(n) },
		"conditions":  func(n int) string { return "select 1 where true" + strings.Repeat(" and true", n) },
		"list":        func(n int) string { return "select 1 where 1 in (1" + strings.Repeat(", 1", n) + ")" },
		"values":      func(n int) string { return "values (1)" + strings.Repeat(", (1)", n) },
		"open":        func(n int) string { return "select " + strings.Repeat("((((((((", n) },
		"closed":      func(n int) string { return "select 1" + strings.Repeat("))))end end", n) },
		"open quotes": func(n int) string { return "select " + strings.Repeat("'", n) + strings.Repeat("$a$", n) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{10, 100, 1_000, 3_000, 100_000} {
				look(t, deep(n))
			}
		})
	}
}

// TestLargeQueries are large and not deep: they are described.
func TestLargeQueries(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"columns":    "select id" + strings.Repeat(", amount", 10_000) + " from orders",
		"conditions": "select id from orders where id = 1" + strings.Repeat(" and amount > 1 or status = 'x'", 10_000),
		"list":       "select id from orders where id in (0" + strings.Repeat(", 123456", 100_000) + ")",
		"queries":    "with a0 as (select id from orders)" + withChain(2000) + " select * from a2000",
		"whens":      "select case" + strings.Repeat(" when id = 1 then status", 10_000) + " end from orders",
		"unions":     "select id from orders" + strings.Repeat(" union all select id from orders", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), query)
			if err != nil || q.Columns == nil {
				t.Errorf("%v, %+v", err, q)
			}
		})
	}
}

func withChain(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(", a" + decimal(i+1) + " as (select * from a" + decimal(i) + ")")
	}
	return b.String()
}

func TestPositionsCountCharacters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ query, at string }{
		{"select 'ä', frm t x", "x"},
		{"select '日本語' as x frm y z", "frm"},
		{"select '😀😀' as ünï frm y z", "frm"},
		{"-- größe\r\nselect\r\n  'ß'\r\n  as x from from orders", "from orders"},
		{"select 'ä', amout from orders", "amout"},
		{"select /* ä日😀 */ amout from orders", "amout"},
		{"select 'ä' from ordrs", "ordrs"},
		{"select '😀' union select 1, 2 from orders", "1, 2"},
		{"select 'ä' from orders o, orders o", "orders o"},
		{"select 'ä", "'ä"},
		{"select 'ä' from orders where größe = 1", "größe"},
		{"select 'ä' as x; select 1", "select 1"},
	} {
		_, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), tc.query)
		e, ok := errors.AsType[*engine.Error](err)
		if !ok {
			t.Errorf("%s: %v", tc.query, err)
			continue
		}
		if want := strings.LastIndex(tc.query, tc.at); e.Position != want {
			t.Errorf("%s: %s at %d, want %d", tc.query, e.Message, e.Position, want)
		}
	}
}

func TestParseFindsSyntaxOnly(t *testing.T) {
	t.Parallel()
	s := &scratch{tables: catalog{}}
	for query, ok := range map[string]bool{
		"select nothing from nowhere": true, "select from x": true, "select a frm b c": false, "": false, "select 1;": true,
		"select 1; select 2": false, "select\x00": false,
	} {
		if err := s.Parse(t.Context(), query); (err == nil) != ok {
			t.Errorf("Parse(%q) = %v", query, err)
		}
	}
}

func TestLaterSyntaxIsNotRefused(t *testing.T) {
	t.Parallel()
	s := &scratch{tables: testCatalog()}
	for query, known := range map[string]bool{
		"select * from orders, json_table(doc, '$' columns (a int path '$.a')) as j":                false,
		"select json_value(doc, '$.a' returning int) as a from orders":                              false,
		"select json_value(doc, '$.a') as a from orders":                                            true,
		"select JSON_QUERY (doc, '$.a' with wrapper) as a from orders":                              false,
		"select json_object('a': 1) as a, json_array(1, 2), json_objectagg(status: id) from orders": true,
	} {
		q, err := s.Describe(t.Context(), query)
		if err != nil || (q.Columns != nil) != known {
			t.Errorf("Describe(%s) = %+v, %v", query, q, err)
		}
		if err := s.Parse(t.Context(), query); err != nil {
			t.Errorf("Parse(%s) = %v", query, err)
		}
	}
}
