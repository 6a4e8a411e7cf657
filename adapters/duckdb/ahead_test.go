//go:build cgo

package duckdb_test

import (
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

func TestInstancesStartedAheadAreUsedOnce(t *testing.T) {
	t.Parallel()
	adapter := duckdb.Adapter()
	adapter.Start()() // nobody took it
	stop := adapter.Start()
	for _, path := range []string{"a.duckdb", "b.duckdb"} {
		dir := t.TempDir()
		for _, statement := range []string{"create table t as select 1 as a", "insert into t values (2)"} {
			engine, err := adapter.Open(t.Context(), adapters.Config{Dir: dir, Settings: map[string]any{"path": path}})
			if err != nil {
				t.Fatal(err)
			}
			session, err := engine.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := session.Exec(t.Context(), statement); err != nil {
				t.Errorf("%s: %s: %v", path, statement, err)
			}
			if err := session.Close(); err != nil {
				t.Error(err)
			}
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	stop()
	stop()
}
