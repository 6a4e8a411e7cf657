//go:build cgo

package duckdb_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// open gives an engine on a new file, or with the settings given.
func open(t testing.TB, settings map[string]any) adapters.Engine {
	t.Helper()
	if settings == nil {
		settings = map[string]any{}
	}
	if settings["path"] == nil {
		settings["path"] = "test.duckdb"
	}
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: settings})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func session(t testing.TB, e adapters.Engine) adapters.Session {
	t.Helper()
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatalf("Session: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func named(identifier string) relation.Name { return relation.Name{Identifier: identifier} }

func TestBuildAndPublish(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	ctx := t.Context()
	n, err := s.CreateTable(ctx, named("a__candidate"), "select * from range(5) -- five")
	if err != nil || n != 5 {
		t.Fatalf("CreateTable = %d, %v", n, err)
	}
	err = s.Publish(ctx, []engine.Publication{{To: named("a"), Kind: relation.Table, From: named("a__candidate")}})
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	if err := s.CreateView(ctx, named("v"), "select count(*) as n from a;"); err != nil {
		t.Fatalf("CreateView: %v", err)
	}
	rows, err := s.Query(ctx, "select n, 'x' as word from v", 10)
	if err != nil {
		t.Fatalf("Query: %v", err)
	}
	want := &engine.Rows{
		Columns: []relation.Column{{Name: "n", Type: "BIGINT"}, {Name: "word", Type: "VARCHAR"}},
		Values:  [][]any{{int64(5), "x"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("Query (-want +got):\n%s", diff)
	}
	list, err := s.List(ctx, "", "main")
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	wantList := []relation.Object{
		{Name: relation.Name{Schema: "main", Identifier: "a"}, Kind: relation.Table},
		{Name: relation.Name{Schema: "main", Identifier: "v"}, Kind: relation.View},
	}
	if diff := cmp.Diff(wantList, list); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
}

func TestLogIsEmptyAfterClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := open(t, map[string]any{"path": filepath.Join(dir, "x.duckdb")})
	s := session(t, e)
	if err := s.Exec(t.Context(), "create table t as select 1 as a"); err != nil {
		t.Fatal(err)
	}
	e.Close()
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{filepath.Join(dir, "x.duckdb")}; cmp.Diff(want, left) != "" {
		t.Errorf("files after Close: %v, want %v", left, want)
	}
}

func jsonNumber(s string) json.Number { return json.Number(s) }
