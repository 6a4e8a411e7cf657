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
	paths, err := filepath.Glob("testdata/positions/*.txtar")
	if err != nil || len(paths) < 30 {
		t.Fatalf("found %d cases, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			positionCase(t, path)
		})
	}
}

func positionCase(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{
		"quern.yml": {Data: []byte("name: positions\ntarget: dev\n" +
			"vars: {long_text: \"'a value that is much longer than the call that gives it'\"}\n" +
			"targets: {dev: {type: duckdb, path: \":memory:\"}}\n")},
		"models/orders.sql": {Data: []byte("/* ---\nmaterialized: table\n--- */\n" +
			"select 1 as id, 10.5 as amount, 'ok' as status, date '2024-01-01' as day\n")},
	}
	var marked string
	var start, end int
	var want, early *txtar.File
	for i, file := range archive.Files {
		switch file.Name {
		case "want":
			want = &archive.Files[i]
			continue
		case "want/compile":
			early = &archive.Files[i]
			continue
		}
		text := strings.ReplaceAll(string(file.Data), "␍", "\r")
		if from := strings.Index(text, "«"); from >= 0 {
			text = strings.Replace(text, "«", "", 1)
			marked, start, end = file.Name, from, strings.Index(text, "»")
			text = strings.Replace(text, "»", "", 1)
		}
		files[file.Name] = &fstest.MapFile{Data: []byte(text)}
	}

	diags := buildOnDuckDB(t, files)
	if len(diags) != 1 {
		t.Fatalf("got %d diagnostics, want 1:\n%s", len(diags), describe(diags))
	}
	d := diags[0]
	if marked == "" {
		t.Fatal("the case marks no place")
	}
	file := source.NewFile(marked, string(files[marked].Data))
	wantSpan := fmt.Sprintf("%s %q", place(file.Span(start, end)), file.Span(start, end).Text())
	if got := fmt.Sprintf("%s %q", place(d.Span), d.Span.Text()); got != wantSpan {
		t.Errorf("points at %s, want %s\n%s", got, wantSpan, describe(diags))
	}
	got := describe(diags)
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("diagnostic (-want +got):\n%s", diff)
	}
	if early == nil {
		early = want
	}
	if diff := cmp.Diff(string(early.Data), describe(errorsOf(t, files))); diff != "" {
		t.Errorf("what compile says (-want +got):\n%s", diff)
	}
}

// errorsOf compiles a project with everything bound, and gives its errors.
func errorsOf(t *testing.T, files fstest.MapFS) diag.List {
	t.Helper()
	_, diags := checkOnDuckDB(t, files, t.TempDir(), 1)
	return slices.DeleteFunc(diags, func(d *diag.Diagnostic) bool { return d.Severity != diag.Error })
}
