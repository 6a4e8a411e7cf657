//go:build cgo

package duckdb_test

import (
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

func describer(t testing.TB, more settings) adapters.Describer {
	t.Helper()
	all := settings{"path": "t.duckdb"}
	for k, v := range more {
		all[k] = v
	}
	d := duckdb.Adapter().Describer(adapters.Config{Dir: t.TempDir(), Settings: all})
	t.Cleanup(func() { d.Close() })
	return d
}

func scratch(t testing.TB, more settings) adapters.Scratch {
	t.Helper()
	s, err := describer(t, more).Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
