//go:build cgo

package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// TestErrorsPointIntoTheQuery runs each query in every method that takes one. The mark ‸ in a query
// is where the error is; one without a mark has no position.
func TestErrorsPointIntoTheQuery(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	c := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.EnsureSchema(c, "", "s"))
	must(s.Exec(c, `create table orders(id int, amount int, "odd name" varchar); create table s.other(id int)`))
	must(s.Exec(c, "insert into orders values (1, 2, 'x')"))
	must(s.CreateView(c, named("v"), "select id, amount, \"odd name\"::int as number from orders"))
	cases := []struct {
		query, message, kind, name string
		candidates                 string
		runs                       bool // the error comes up only when the query runs
	}{
		{query: "select ‸amout from orders", message: `column "amout" not found`, kind: "Binder", name: "amout", candidates: "amount"},
		{query: "select 'äöü€😀', ‸amout from orders", message: `column "amout" not found`, kind: "Binder", name: "amout", candidates: "amount"},
		{query: "select ‸o.amout from orders as o", message: `table "o" has no column "amout"`, kind: "Binder", name: "amout", candidates: "amount"},
		{query: `select ‸"Odd Nam" from orders`, message: `column "Odd Nam" not found`, kind: "Binder", name: "Odd Nam", candidates: "odd name,id"},
		{query: "select * from ‸ordes", message: `table "ordes" does not exist`, kind: "Catalog", name: "ordes", candidates: "orders"},
		{query: "select * from ‸s.othr", message: `table "othr" does not exist`, kind: "Catalog", name: "othr", candidates: "other"},
		{query: "select * from ‸nosuch.t", message: `table with name "nosuch.t" does not exist because schema "nosuch" does not exist`, kind: "Catalog"},
		{query: "select ‸nosuchfunction(id) from orders", message: `function "nosuchfunction" does not exist`, kind: "Catalog", name: "nosuchfunction"},
		{query: "select id from orders limt ‸5 rows", message: `syntax error at or near "5"`, kind: "Parser"},
		{query: "select id from‸", message: "syntax error at end of input", kind: "Parser"},
		{query: "select id form ‸orders", message: `syntax error at or near "orders"`, kind: "Parser"},
		{query: "select ‸'abc", message: `unterminated quoted string at or near "'abc"`, kind: "Parser"},
		{query: "select (id ‸from orders", message: `syntax error at or near "from"`, kind: "Parser"},
		{query: "select id‸) from orders", message: `syntax error at or near ")"`, kind: "Parser"},
		{query: "select 1; ‸select 2", message: "there is a second statement after the semicolon", kind: "Parser"},
		{query: "  -- nothing\n ;; ", message: "the query is empty", kind: "Parser"},
		{query: "select ‸? as x", message: "the query has a parameter that has no value", kind: "Parser"},
		{query: "select '$1', ‸$1 as x", message: "the query has a parameter that has no value", kind: "Parser"},
		{query: "select 'x'‸::int", message: "could not convert string 'x' to INT32", kind: "Conversion", runs: true},
		{query: "select ‸cast(\"odd name\" as int) from orders", message: "could not convert string 'x' to INT32 when casting from source column odd name", kind: "Conversion", runs: true},
		{query: "select id from orders where ‸\"odd name\" = 5", message: "could not convert string 'x' to INT32 when casting from source column odd name", kind: "Conversion", runs: true},
		{query: "select ‸sum(\"odd name\") from orders", message: "no function matches the given name and argument types 'sum(VARCHAR)'. You might need to add explicit type casts", kind: "Binder", name: "sum"},
		{query: "select ‸id, count(*) from orders", message: `column "id" must appear in the GROUP BY clause or must be part of an aggregate function`, kind: "Binder"},
		{query: "select number from v", message: "could not convert string 'x' to INT32 when casting from source column odd name", kind: "Conversion", runs: true},
		{query: "select (select number from v) as a, id, amount, amount + 1 as more from orders", message: "could not convert string 'x' to INT32 when casting from source column odd name", kind: "Conversion", runs: true},
		{query: "select error('custom ' || amount) from orders", message: "custom 2", kind: "Invalid Input", runs: true},
		{query: "select st_point(1, 2)", message: `function "st_point" is not in the catalog, but it exists in the spatial extension`, kind: "Catalog", name: "st_point"},
	}
	for _, tc := range cases {
		query := strings.Replace(tc.query, "‸", "", 1)
		at := strings.Index(tc.query, "‸")
		for method, err := range methods(c, s, query, tc.runs) {
			e := engineError(t, err)
			if e.Message != tc.message || e.Kind != tc.kind || e.Position != at {
				t.Errorf("%s %q: %s at %d: %q, want %s at %d: %q", method, query, e.Kind, e.Position, e.Message, tc.kind, at, tc.message)
			}
			if e.Name != tc.name && tc.name != "" {
				t.Errorf("%s %q: name %q, want %q", method, query, e.Name, tc.name)
			}
			if tc.candidates != "" && strings.Join(e.Candidates, ",") != tc.candidates {
				t.Errorf("%s %q: candidates %q, want %q", method, query, e.Candidates, tc.candidates)
			}
		}
	}
}

// methods calls everything that takes a query. Those that do not run it are left out where only
// running shows the error.
func methods(c context.Context, s sessionMethods, query string, runs bool) map[string]error {
	out := map[string]error{}
	_, out["CreateTable"] = s.CreateTable(c, relation.Name{Schema: "s", Identifier: "a table"}, query)
	_, out["Query"] = s.Query(c, query, 0)
	_, out["Query limit"] = s.Query(c, query, 5)
	_, out["Export"] = s.Export(c, engine.Export{Query: query, Path: "/nonexistent-but-never-written/x.csv", Format: "csv"})
	if !runs {
		_, out["Describe"] = s.Describe(c, query)
		out["CreateView"] = s.CreateView(c, relation.Name{Schema: "s", Identifier: "a view"}, query)
	}
	return out
}

type sessionMethods interface {
	CreateTable(context.Context, relation.Name, string) (int64, error)
	CreateView(context.Context, relation.Name, string) error
	Describe(context.Context, string) ([]relation.Column, error)
	Query(context.Context, string, int) (*engine.Rows, error)
	Export(context.Context, engine.Export) (int64, error)
}

func TestCancelEndsTheStatement(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	path := write(t, "x.csv", "a\n1\n")
	forever := "select count(*) as n from range(100000000000) a, range(1000) b where a.range % 7 = b.range % 5"
	for method, run := range map[string]func(context.Context) error{
		"CreateTable": func(c context.Context) error { _, err := s.CreateTable(c, named("t"), forever); return err },
		"Query":       func(c context.Context) error { _, err := s.Query(c, forever, 0); return err },
		"QueryAsText": func(c context.Context) error {
			_, err := s.Query(c, "select n::varchar from ("+forever+")", 5)
			return err
		},
		"Load": func(c context.Context) error {
			<-c.Done()
			_, err := s.Load(c, engine.Load{Into: named("t"), Path: path, Format: "csv"})
			return err
		},
		"Exec": func(c context.Context) error { return s.Exec(c, "create table t as "+forever) },
	} {
		c, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		err := run(c)
		cancel()
		e := engineError(t, err)
		if e.Class != engine.Cancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: class %d, %v, cause %v", method, e.Class, err, e.Cause)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %s to end", method, took)
		}
		if rows, err := s.Query(t.Context(), "select 1 as a", 0); err != nil || len(rows.Values) != 1 {
			t.Errorf("%s: the session is of no use any more: %v", method, err)
		}
	}
	c, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.CreateTable(c, named("t"), "select 1 as a"); engineError(t, err).Class != engine.Cancelled {
		t.Errorf("a context that was done before: %v", err)
	}
}

func TestFailedPivotLeavesNoTransaction(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	if err := s.Exec(t.Context(), "create table orders(id int, amount int)"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateTable(t.Context(), named("p"), "pivot orders on id using sum(amount)"); err == nil {
		t.Fatal("a pivot over no values succeeded")
	}
	if _, err := s.CreateTable(t.Context(), named("a"), "select 1 as a"); err != nil {
		t.Errorf("the statement after it: %v", err)
	}
}

func TestNoSecretsInErrors(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	for _, sql := range []string{
		"attach 'postgres://user:hunter2@db.example.com/x' as p",
		"attach 'host=db.example.com password=hunter2' as p (type nosuch)",
		"select error('password=''hunter2'' is wrong')",
		"select error('token: hunter2, key')",
		`select error('PASSWORD "hunter2"')`,
	} {
		err := s.Exec(t.Context(), sql)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestBadRowsOfFilesAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var big strings.Builder
	big.WriteString("a,b\n")
	for i := range 30_000 {
		fmt.Fprintf(&big, "%d,%d\n", i, i)
	}
	big.WriteString("30000,abc\n")
	for _, tc := range []struct{ name, text, want string }{
		{"big.csv", big.String(), `cannot be read: error when converting column "b": could not convert string "abc" to 'BIGINT'`},
		{"latin.csv", "a,b\n1,caf\xe9\n", "cannot be read: invalid unicode"},
	} {
		path := filepath.Join(dir, tc.name)
		if err := os.WriteFile(path, []byte(tc.text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := session(t, open(t, nil)).CreateTable(t.Context(), named("t"), "select * from read_csv('"+path+"')")
		var e *engine.Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Message, "line ") || !strings.Contains(e.Message, tc.name+" "+tc.want) || e.Hint == "" {
			t.Errorf("%s: %v, want the line, the file and %q", tc.name, err, tc.want)
		}
	}
}
