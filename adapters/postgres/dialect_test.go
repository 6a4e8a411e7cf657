package postgres

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func TestRelation(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name relation.Name
		want string
	}{
		{relation.Name{Schema: "Staging", Identifier: "orders_1"}, `"Staging".orders_1`},
		{relation.Name{Schema: "s", Identifier: "select"}, `s."select"`},
		{relation.Name{Schema: "s", Identifier: "Select"}, `s."Select"`},
		{relation.Name{Database: "other", Identifier: "t"}, "other.public.t"},
		{relation.Name{Schema: "user", Identifier: "json_table"}, `"user"."json_table"`},
	}
	for _, tc := range cases {
		if got := (Dialect{}).Relation(tc.name); got != tc.want {
			t.Errorf("Relation(%#v) = %s, want %s", tc.name, got, tc.want)
		}
	}
}

// literals are values and how they are written.
var literals = []struct {
	value any
	want  string
}{
	{nil, "NULL"},
	{true, "true"},
	{7, "7"},
	{int64(-7), "-7"},
	{2.5, "2.5"},
	{1.0, "1.0"},
	{1e21, "1e+21"},
	{math.NaN(), "'NaN'::double precision"},
	{math.Inf(1), "'Infinity'::double precision"},
	{math.Inf(-1), "'-Infinity'::double precision"},
	{"it's", "'it''s'"},
	{`a\b'c`, `E'a\\b''c'`},
	{"äöü\n$1", "'äöü\n$1'"},
	{[]int{1}, "'[1]'"},
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, tc := range literals {
		if got := (Dialect{}).Literal(tc.value); got != tc.want {
			t.Errorf("Literal(%#v) = %s, want %s", tc.value, got, tc.want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	d, name := Dialect{}, relation.Name{Schema: "s", Identifier: "t"}
	got := []string{
		d.Name(), d.Quote(`a"b`), d.FileScan("x.csv", "csv"), d.Pattern("a*"), d.CreateTableAs(name, "select 1"), d.CreateView(name, "select 1"),
	}
	want := []string{
		"postgres", `"a""b"`, "", "a*", "create table s.t as\nselect 1", "create view s.t as\nselect 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !d.IsAggregate("COUNT") || !d.IsAggregate("string_agg") || d.IsAggregate("row_number") || d.IsAggregate("lower") {
		t.Error("IsAggregate is wrong")
	}
	if d.MaxIdentifier() != 63 {
		t.Error("MaxIdentifier is not 63")
	}
}

func TestTargetsCannotBeOpened(t *testing.T) {
	t.Parallel()
	type settings = map[string]any
	cases := []struct {
		name     string
		settings settings
		key      string
		message  string
	}{
		{"an address", settings{"url": "postgres://me:hunter2@host:5432/db", "state_schema": "quern"}, "", "not built in this version"},
		{"parts", settings{"host": "h", "port": int64(5432), "database": "d", "user": "u", "password": "", "sslmode": "require"}, "", "not built in this version"},
		{"empty password", settings{"url": "postgres://host/db", "password": ""}, "", "not built in this version"},
		{"unknown key", settings{"hots": "h"}, "hots", `the key "hots" is not known`},
		{"no host", settings{"database": "d"}, "", "the target names no host"},
		{"no database", settings{"host": "h"}, "", "the target names no database"},
		{"not an address", settings{"url": "hunter2"}, "url", "no address of a PostgreSQL database"},
		{"another address", settings{"url": "mysql://u:hunter2@h/d"}, "url", "no address of a PostgreSQL database"},
		{"a list", settings{"url": []any{"hunter2"}}, "url", "no address of a PostgreSQL database"},
		{"both", settings{"url": "postgres://host/db", "user": "u"}, "user", `"user" stands beside "url"`},
		{"port", settings{"host": "h", "database": "d", "port": "hunter2"}, "port", "must be a number from 1 to 65535"},
		{"high port", settings{"host": "h", "database": "d", "port": int64(65536)}, "port", "must be a number from 1 to 65535"},
		{"timeout", settings{"host": "h", "database": "d", "connect_timeout": int64(-1)}, "connect_timeout", "number of seconds"},
		{"sslmode", settings{"host": "h", "database": "d", "sslmode": "on"}, "sslmode", "not known"},
		{"password", settings{"host": "h", "database": "d", "password": int64(7)}, "password", "must be text"},
	}
	a := Adapter()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := a.Open(t.Context(), adapters.Config{Settings: tc.settings})
			e, ok := errors.AsType[*engine.Error](err)
			if !ok {
				t.Fatalf("Open gives %v", err)
			}
			if e.Name != tc.key || !strings.Contains(e.Message, tc.message) || e.Class != engine.Permanent || e.Position != -1 {
				t.Errorf("Open gives %+v", e)
			}
			if strings.Contains(e.Message+e.Hint, "hunter2") {
				t.Errorf("the secret is in %q, %q", e.Message, e.Hint)
			}
		})
	}
}
