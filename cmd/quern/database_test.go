//go:build cgo

package main

import (
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

// openDatabase opens a database below a folder, as another program that only reads would. Done closes it.
func openDatabase(t *testing.T, dir, name string) (session adapters.Session, done func()) {
	t.Helper()
	engine, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: dir, Settings: map[string]any{"path": name}, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	session, err = engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return session, func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}
}
