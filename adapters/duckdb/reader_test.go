//go:build cgo

package duckdb_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func openFile(t *testing.T, path string) adapters.FileEngine {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{
		Dir: filepath.Dir(path), Settings: settings{"path": path}, Threads: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e.(adapters.FileEngine)
}

func TestReaderSeesTheOldOrTheNewRelation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shop.duckdb")
	e := openFile(t, path)
	if whole, err := filepath.EvalSymlinks(path); err != nil || e.File() != whole {
		t.Errorf("File() = %q, want %q, %v", e.File(), whole, err)
	}
	s := session(t, e)
	publish := func(query string) {
		t.Helper()
		if _, err := s.CreateTable(t.Context(), named("t__candidate"), query); err != nil {
			t.Fatal(err)
		}
		err := s.Publish(t.Context(), []engine.Publication{{To: named("t"), Kind: relation.Table, From: named("t__candidate")}})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(s adapters.Session) any {
		t.Helper()
		rows, err := s.Query(t.Context(), "select max(x) from t", 0)
		if err != nil {
			t.Fatal(err)
		}
		return rows.Values[0][0]
	}
	publish("select 1 as x")
	early, err := e.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := read(early)
	publish("select 2 as x")
	late, err := e.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := []any{before, read(early), read(late)}
	if diff := cmp.Diff([]any{int64(1), int64(1), int64(2)}, got); diff != "" {
		t.Errorf("before, early after, late (-want +got):\n%s", diff)
	}
	for _, r := range []adapters.Session{early, late} {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	publish("select 3 as x") // nothing of the readers is left that it would meet
}

func TestReaderWritesNothing(t *testing.T) {
	t.Parallel()
	e := openFile(t, filepath.Join(t.TempDir(), "shop.duckdb"))
	s := session(t, e)
	if err := s.Exec(t.Context(), "create table t as select 1 as x; create sequence numbers"); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"drop table t", "insert into t values (2)", "create table u as select 1", "checkpoint", "commit",
		"select nextval('numbers')", "select * from force_checkpoint()", "insert into t values (2) returning x",
	} {
		r, err := e.Reader(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := r.Query(t.Context(), query, 10); err == nil {
			t.Errorf("%s: gave %v", query, rows.Values)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	r, err := e.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.CreateTable(t.Context(), named("u"), "select 1 as x"); err == nil {
		t.Error("a reader made a table")
	}
	rows, err := s.Query(t.Context(), "select (select count(*) from t), nextval('numbers'), (select count(*) from duckdb_tables() where table_name = 'u')", 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{int64(1), int64(1), int64(0)}, rows.Values[0]); diff != "" {
		t.Errorf("rows, next number, other tables (-want +got):\n%s", diff)
	}
}
