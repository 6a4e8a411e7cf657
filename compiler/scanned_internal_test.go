package compiler

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// lookedAt counts how often the columns of files are asked for, which are the names of the files that are there.
type lookedAt struct {
	dir   string
	times *int
}

func (l lookedAt) ScanColumns(_ context.Context, pattern, _ string) ([]relation.Column, error) {
	*l.times++
	names, err := filepath.Glob(filepath.Join(l.dir, pattern))
	columns := make([]relation.Column, len(names))
	for i, name := range names {
		columns[i].Name = filepath.Base(name)
	}
	return columns, err
}

func (lookedAt) LoadColumns(context.Context, engine.Load) ([]relation.Column, error) { return nil, nil }

func TestColumnsOfFilesAreKnownWhileTheFilesAreAsTheyWere(t *testing.T) {
	t.Parallel()
	dir, asked := t.TempDir(), 0
	write := func(name string, age time.Duration) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	store := cache.OpenStore(filepath.Join(t.TempDir(), "store"), cache.Digest{})
	// The times that the file system notes cannot be set back: the clock is set forward.
	later := func() time.Time { return time.Now().Add(time.Hour) }
	of := func(now func() time.Time, engine string) scanned {
		return scanned{Files: lookedAt{dir, &asked}, store: store, engine: engine, dir: dir, now: now}
	}
	scan := func(s scanned, wantColumns, wantAsked int) {
		t.Helper()
		asked = 0
		columns, err := s.ScanColumns(t.Context(), "*.csv", "csv")
		if err != nil || len(columns) != wantColumns || asked != wantAsked {
			t.Errorf("%d columns, asked %d times, %v; want %d, %d", len(columns), asked, err, wantColumns, wantAsked)
		}
	}
	write("a.csv", time.Hour)
	scan(of(later, "one"), 1, 1)
	scan(of(later, "one"), 1, 0)
	scan(of(later, "another"), 1, 1)
	scan(of(time.Now, "one"), 1, 1) // it may have changed again just now
	write("b.csv", time.Hour)
	scan(of(later, "one"), 2, 1)
	scan(of(later, "one"), 2, 0)
	write("b.csv", 2*time.Hour)
	scan(of(later, "one"), 2, 1)
	if err := os.Remove(filepath.Join(dir, "b.csv")); err != nil {
		t.Fatal(err)
	}
	scan(of(later, "one"), 1, 0) // as it was at first
}
