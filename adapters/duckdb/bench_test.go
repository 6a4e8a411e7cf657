//go:build cgo

package duckdb_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func BenchmarkOpenClose(b *testing.B) {
	config := adapters.Config{Dir: b.TempDir(), Settings: settings{"path": "small.duckdb"}}
	adapter := duckdb.Adapter()
	for b.Loop() {
		e, err := adapter.Open(b.Context(), config)
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStatements compares a session with the bare driver on the same statements.
func BenchmarkStatements(b *testing.B) {
	b.Run("session", func(b *testing.B) {
		s := session(b, open(b, nil))
		benchmarkEach(b, map[string]func(i int) error{
			"view": func(i int) error {
				return s.CreateView(b.Context(), named(fmt.Sprint("v", i)), "select 1 as id, 'x' as word")
			},
			"table": func(i int) error {
				_, err := s.CreateTable(b.Context(), named(fmt.Sprint("t", i)), "select 1 as id, 'x' as word")
				return err
			},
			"count": func(int) error {
				_, err := s.Query(b.Context(), "select count(*) from t0 where id is null", 1)
				return err
			},
			"publish": func(int) error {
				from := named("p__candidate")
				if _, err := s.CreateTable(b.Context(), from, "select 1 as id, 'x' as word"); err != nil {
					return err
				}
				return s.Publish(b.Context(), []engine.Publication{{To: named("p"), Kind: relation.Table, From: from}})
			},
		})
	})
	b.Run("bare", func(b *testing.B) {
		db, err := sql.Open("duckdb", filepath.Join(b.TempDir(), "bare.duckdb"))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		conn, err := db.Conn(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		exec := func(format string, args ...any) error {
			_, err := conn.ExecContext(b.Context(), fmt.Sprintf(format, args...))
			return err
		}
		benchmarkEach(b, map[string]func(i int) error{
			"view":  func(i int) error { return exec("create or replace view v%d as select 1 as id, 'x' as word", i) },
			"table": func(i int) error { return exec("create or replace table t%d as select 1 as id, 'x' as word", i) },
			"count": func(int) error {
				var n int
				return conn.QueryRowContext(b.Context(), "select count(*) from t0 where id is null").Scan(&n)
			},
			"publish": func(int) error {
				return exec(`create or replace table p__candidate as select 1 as id, 'x' as word; begin;
					drop table if exists p; alter table p__candidate rename to p; commit`)
			},
		})
	})
}

// benchmarkEach runs each function over 500 names, so that the catalog stays of one size.
func benchmarkEach(b *testing.B, functions map[string]func(i int) error) {
	for _, name := range []string{"view", "table", "count", "publish"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if err := functions[name](i % 500); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoadCSV loads a million rows.
func BenchmarkLoadCSV(b *testing.B) {
	s := session(b, open(b, nil))
	path := filepath.Join(b.TempDir(), "bulk.csv")
	_, err := s.Export(b.Context(), engine.Export{
		Query: "select range as id, range / 7 as amount, 'word ' || range % 100 as word, date '2020-01-01' + (range % 1000)::int as day from range(1000000)",
		Path:  path, Format: "csv",
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Load(b.Context(), engine.Load{Into: named("t"), Path: path, Format: "csv"}); err != nil {
			b.Fatal(err)
		}
	}
}
