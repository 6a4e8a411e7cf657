//go:build cgo

package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// Every case has one file with a «marked» piece: the place a person would point at. The project is
// built on a real DuckDB, and its one diagnostic must cover exactly that piece. Compiling says the same, or
// what want/compile has: nothing where only the data are wrong.
func TestEngineErrorsArriveAtTheirTemplatePosition(t *testing.T) {
	t.Parallel()
	positionCases(t, "testdata/positions", func(t *testing.T, c *positionCase) {
		got := c.points(t, buildOnDuckDB(t, c.files))
		want := c.golden(t, "want", got)
		if early := c.file("want/compile"); early != nil {
			want = string(early.Data)
		}
		if diff := cmp.Diff(want, describe(errorsOf(t, c.files))); diff != "" {
			t.Errorf("what compile says (-want +got):\n%s", diff)
		}
	})
}

// What compile finds by itself, in loops and macros, behind wide letters and in YAML, is as exact.
func TestCompileErrorsPointAtTheirPlace(t *testing.T) {
	t.Parallel()
	positionCases(t, "testdata/early", func(t *testing.T, c *positionCase) {
		c.golden(t, "want", c.points(t, errorsOf(t, c.files)))
	})
}

// positionCase is a project with a «marked» piece in one of its files, and goldens.
type positionCase struct {
	path    string
	archive *txtar.Archive
	files   fstest.MapFS
	// marked is the piece.
	marked source.Span
}

func positionCases(t *testing.T, dir string, test func(*testing.T, *positionCase)) {
	t.Helper()
	paths, err := filepath.Glob(dir + "/*.txtar")
	if err != nil || len(paths) < 40 {
		t.Fatalf("found %d cases, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			test(t, readPositionCase(t, path))
		})
	}
}

func readPositionCase(t *testing.T, path string) *positionCase {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &positionCase{path: path, archive: archive, files: fstest.MapFS{
		"quern.yml": {Data: []byte("name: positions\ntarget: dev\n" +
			"vars: {long_text: \"'a value that is much longer than the call that gives it'\"}\n" +
			"targets: {dev: {type: duckdb, path: \":memory:\"}}\n")},
		"models/orders.sql": {Data: []byte("/* ---\nmaterialized: table\n--- */\n" +
			"select 1 as id, 10.5 as amount, 'ok' as status, date '2024-01-01' as day\n")},
	}}
	for _, file := range archive.Files {
		if strings.HasPrefix(file.Name, "want") {
			continue
		}
		text := strings.ReplaceAll(string(file.Data), "␍", "\r")
		if start := strings.Index(text, "«"); start >= 0 {
			text = strings.Replace(text, "«", "", 1)
			end := strings.Index(text, "»")
			text = strings.Replace(text, "»", "", 1)
			c.marked = source.NewFile(file.Name, text).Span(start, end)
		}
		c.files[file.Name] = &fstest.MapFile{Data: []byte(text)}
	}
	if c.marked.IsZero() {
		t.Fatal("the case marks no place")
	}
	return c
}

// points makes sure that there is one diagnostic, which covers the marked piece, and gives it as text.
func (c *positionCase) points(t *testing.T, diags diag.List) string {
	t.Helper()
	got := describe(diags)
	if len(diags) != 1 {
		t.Fatalf("got %d diagnostics, want 1:\n%s", len(diags), got)
	}
	want := fmt.Sprintf("%s %q", place(c.marked), c.marked.Text())
	if at := fmt.Sprintf("%s %q", place(diags[0].Span), diags[0].Span.Text()); at != want {
		t.Errorf("points at %s, want %s\n%s", at, want, got)
	}
	return got
}

// file gives a file of the archive, or nil.
func (c *positionCase) file(name string) *txtar.File {
	for i := range c.archive.Files {
		if c.archive.Files[i].Name == name {
			return &c.archive.Files[i]
		}
	}
	return nil
}

// golden compares a text with a file of the archive, and gives what that holds.
func (c *positionCase) golden(t *testing.T, name, got string) string {
	t.Helper()
	want := c.file(name)
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("diagnostic (-want +got):\n%s", diff)
	}
	return string(want.Data)
}

// errorsOf compiles a project with everything bound, and gives its errors.
func errorsOf(t *testing.T, files fstest.MapFS) diag.List {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	_, diags := checkOnDuckDB(t, files, dir, 1)
	return slices.DeleteFunc(diags, func(d *diag.Diagnostic) bool { return d.Severity != diag.Error })
}
