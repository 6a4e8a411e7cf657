//go:build cgo

package duckdb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
)

// fileWithTable gives the bytes of a database that holds a table.
func fileWithTable(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.duckdb")
	e := openFile(t, path)
	if err := session(t, e).Exec(t.Context(), "create table t as select 1 as x"); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A file whose making was cut off holds nothing; it must not keep the next build from making one.
func TestTorsoIsMadeAnew(t *testing.T) {
	t.Parallel()
	whole := fileWithTable(t)
	for _, size := range []int{0, 12, 4096, 8192, 12287} {
		path := filepath.Join(t.TempDir(), "x.duckdb")
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		config := adapters.Config{Dir: filepath.Dir(path), Settings: settings{"path": path}, ReadOnly: true}
		if e, err := duckdb.Adapter().Open(t.Context(), config); err == nil {
			e.Close()
			t.Errorf("%d bytes: opened for reading", size)
		}
		if info, err := os.Stat(path); err != nil || info.Size() != int64(size) {
			t.Errorf("%d bytes: a reader changed it: %v", size, err)
		}
		s := session(t, openFile(t, path))
		if err := s.Exec(t.Context(), "create table t as select 1 as x"); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestWhatMayHoldDataIsLeftAlone(t *testing.T) {
	t.Parallel()
	whole := fileWithTable(t)
	for name, tc := range map[string]struct {
		data, log []byte
		message   string
	}{
		"a text":             {[]byte("x,y\n1,2\n"), nil, `the file "x.duckdb" is not a DuckDB database`},
		"a longer text":      {bytes.Repeat([]byte("x,y\n"), 3000), nil, `the file "x.duckdb" is not a DuckDB database`},
		"no more than heads": {whole[:12288], nil, `the database "x.duckdb" is damaged`},
		"half":               {whole[:len(whole)/2], nil, `the database "x.duckdb" is damaged`},
		"heads with a log":   {whole[:4096], []byte("log"), `the database "x.duckdb" is damaged`},
		"a log alone":        {nil, []byte("log"), ""},
	} {
		path := filepath.Join(t.TempDir(), "x.duckdb")
		for at, data := range map[string][]byte{path: tc.data, path + ".wal": tc.log} {
			if data == nil && at != path {
				continue
			}
			if err := os.WriteFile(at, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: filepath.Dir(path), Settings: settings{"path": path}})
		if err == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		if e := engineError(t, err); !strings.HasPrefix(e.Message, tc.message) || e.Hint == "" || e.Class != engine.Permanent {
			t.Errorf("%s: class %d, %q, hint %q", name, e.Class, e.Message, e.Hint)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, tc.data) {
			t.Errorf("%s: the file was changed: %v", name, err)
		}
	}
}
