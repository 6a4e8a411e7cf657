//go:build cgo

package duckdb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters"
)

func TestReadingMakesNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := adapters.Config{Dir: dir, Settings: map[string]any{"path": "mill.duckdb"}, ReadOnly: true}
	if _, err := Adapter().Open(t.Context(), config); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, want a cause of fs.ErrNotExist", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("the folder holds %v, want nothing", entries)
	}
}

func TestScratchLeavesTheTargetAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "mill.duckdb")
	if err := os.WriteFile(file, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := adapters.Config{Dir: dir, Settings: map[string]any{"path": "mill.duckdb"}, Scratch: true}
	e, err := Adapter().Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), "create table grain as select 1 as id"); err != nil {
		t.Error(err)
	}
	if err := errors.Join(s.Close(), e.Close()); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(file); string(text) != "not a database" {
		t.Errorf("the target's file was changed to %d bytes", len(text))
	}
}

func TestTheLibraryTellsItsVersion(t *testing.T) {
	t.Parallel()
	if v := Adapter().Version(); !strings.HasPrefix(v, "v1.") {
		t.Errorf("Version() = %q, want v1.…", v)
	}
}
