//go:build cgo

package duckdb

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// cleared are queries with what is defined for each; what the others define must not show.
var cleared = []struct {
	query  string
	tables []lineage.Table
}{
	{"select amout from orders", []lineage.Table{made("", "", "orders", "id", "amount")}},
	{"select * from ordrs", []lineage.Table{made("", "shop", "ordres", "id"), made("", "", "order", "id")}},
	{"select * from ordrs", nil},
	{"select * from shp.orders", []lineage.Table{made("", "shop", "orders", "id")}},
	{"select * from shop.orders", nil},
	{"select rowid from people", []lineage.Table{{Name: relation.Name{Identifier: "people"}, Columns: columns("id"), View: true}}},
	{"select rowid from people", []lineage.Table{made("", "", "people", "id")}},
	{"pivot people on id using count(*)", []lineage.Table{made("", "", "people", "id")}},
	{"pivot people on name using count(*)", []lineage.Table{made("", "", "people", "id")}},
	{"select * from lake.main.orders", []lineage.Table{made("lake", "main", "orders", "id")}},
	{"select * from lake.main.orders", nil},
	{"select * from \"files.a\".read_csv", []lineage.Table{made("", "files.a", "read_csv", "id"), made("", "Files.B", "read_csv", "id")}},
	{"select * from \"files.b\".read_csv", []lineage.Table{made("", "", "ok", "id"), {Name: relation.Name{Identifier: "bad"}, Columns: []relation.Column{{Name: "a", Type: "NOTYPE"}}}}},
	{"select * from ok, \"files.b\".read_csv", nil},
	{"select", nil},
	{"select id, id + 'x' from orders group by 1", []lineage.Table{made("", "", "ORDERS", "ID"), made("", "Main", "more", "id")}},
	{"select id from Orders join more using (idd)", []lineage.Table{made("", "", "Orders", "id"), made("", "", "More", "id")}},
	{"select * from read_csv('x.csv')", nil},
	{"select id from orders", []lineage.Table{made("", "", "orders", "id")}},
}

func columns(names ...string) (out []relation.Column) {
	for _, name := range names {
		out = append(out, relation.Column{Name: name, Type: "INTEGER"})
	}
	return out
}

func made(database, schema, name string, names ...string) lineage.Table {
	return lineage.Table{Name: relation.Name{Database: database, Schema: schema, Identifier: name}, Columns: columns(names...)}
}

// TestAClearedScratchIsAsANewOne binds queries one after the other in one scratch, and each in its own.
func TestAClearedScratchIsAsANewOne(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]any{
		"plain": {}, "init_sql": {"init_sql": []any{"create schema shop", "create table shop.orders (total integer)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings["path"] = "mill.duckdb"
			d := Adapter().Describer(adapters.Config{Dir: t.TempDir(), Settings: settings})
			defer d.Close()
			open := func() adapters.Scratch {
				s, err := d.Scratch(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
			kept := open()
			for range 2 {
				for i, c := range cleared {
					if diff := cmp.Diff(said(t, open(), i), said(t, kept, i)); diff != "" {
						t.Errorf("%s (-new +cleared):\n%s", c.query, diff)
					}
					if err := kept.Clear(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// said is what a scratch says of a query.
func said(t *testing.T, s adapters.Scratch, i int) (out struct {
	Defined, Bound *engine.Error
	Query          *lineage.Query
},
) {
	t.Helper()
	plain := func(err error) *engine.Error {
		e, ok := errors.AsType[*engine.Error](err)
		if err != nil && !ok {
			t.Fatal(err)
		}
		if e != nil {
			copied := *e
			copied.Cause, e = nil, &copied
		}
		return e
	}
	out.Defined = plain(s.Define(t.Context(), cleared[i].tables))
	query, err := s.Describe(t.Context(), cleared[i].query)
	out.Query, out.Bound = query, plain(err)
	return out
}

func TestAClosedScratchCannotBeCleared(t *testing.T) {
	t.Parallel()
	d := Adapter().Describer(adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": "mill.duckdb"}})
	defer d.Close()
	s, err := d.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := s.Clear(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("Clear = %v, want %v", err, errClosed)
	}
}
