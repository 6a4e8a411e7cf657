//go:build cgo

package duckdb

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func memorySession(t testing.TB) adapters.Session {
	t.Helper()
	e, err := Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": memory}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// FuzzLoadCSV checks that DuckDB reads what the scanner accepts to the very same values.
func FuzzLoadCSV(f *testing.F) {
	for _, seed := range []string{
		"id,name\n1,a\n", "a\n\n\n", "a,b\r\n\"x\r\ny\",2\r\n", "\xef\xbb\xbfa,b\r\n1,\"\"\"\"\r\n", "a\r1\r2", "a,b\n1,2\r\n3,4",
		"a,b\n\n\r\n1,2\r\n\n", "a\n\"\"\n", "\"a,b\",c\n1,2\n", "a,b\n , \n", "#a,b\n#,1\n", "a,b\n\\,'\n",
		"\"a\nb\",c\r\n1,2\r\n", "a,b\r\n\"x\ny\",2\r\n", "a,b\n\"x\r\ny\",2\n", "a\n\"x\r\ny\"\n", "a,b\n1,\"x\"\"\"\n", "a\n1\n\n", "a;b\n1;2\n", "a,b\n\n\n", "0\n\"\"\n\r\n", "a,b\n\"1\",\"\n\"\n",
		"\"\u00e9;\r\n\"\n  ", "\"\r\"\"\"\n1\u00e9a", "\"\\\r\"\r\n\\", "\ufeff\"\r \t \r\n\u00e9\n\"",
	} {
		f.Add(seed)
	}
	s := memorySession(f)
	path := filepath.Join(f.TempDir(), "x.csv")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		load := engine.Load{Into: relation.Name{Identifier: "t"}, Path: path, Format: "csv"}
		table, err := scanCSV(t.Context(), load)
		if err != nil {
			var e *engine.Error
			if !errors.As(err, &e) || e.Place == nil || e.Place.Start > int64(len(text)) || e.Place.Line < 1 {
				t.Fatalf("a mistake without a place in the file: %#v", err)
			}
			return
		}
		// All text: the types are another test's.
		load.ColumnTypes = map[string]string{}
		for _, name := range table.columns {
			load.ColumnTypes[name] = "varchar"
		}
		if _, err := s.Load(t.Context(), load); err != nil {
			t.Fatalf("Load: %v", err)
		}
		rows, err := s.Query(t.Context(), "from t", 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(scannedValues(t, table, text), rows.Values); diff != "" {
			t.Errorf("scanned (-) and loaded (+):\n%s", diff)
		}
	})
}

func scannedValues(t *testing.T, table *csvTable, text string) (out [][]any) {
	c := newCSVScanner(strings.NewReader(text), table.format)
	if err := c.skipBOM(); err != nil {
		t.Fatal(err)
	}
	for first := true; ; {
		err := c.next(len(table.columns) == 1)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if first {
			first = false
			continue
		}
		var row []any
		for _, f := range c.fields {
			if v := string(c.value(f)); v != "" {
				row = append(row, v)
			} else {
				row = append(row, nil)
			}
		}
		out = append(out, row)
	}
}
