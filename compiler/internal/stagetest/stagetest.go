// Package stagetest takes the files of a small project through the stages, for tests.
package stagetest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// Files are the texts of a project's files by path. A project without quern.yml gets a plain one.
type Files map[string]string

const plain = "name: shop\ntarget: dev\ntargets: {dev: {type: duckdb, path: shop.duckdb}}\n"

// Write writes the files into a new folder and gives its path.
func (f Files) Write(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	all := maps.Clone(f)
	if all["quern.yml"] == "" {
		all["quern.yml"] = plain
	}
	for name, text := range all {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// Compile takes a folder through all stages of the compiler.
func Compile(tb testing.TB, dir string, d check.Dialect) (*check.Program, diag.List) {
	tb.Helper()
	return CompileWith(tb, dir, func(*project.Project) check.Env { return check.Env{Dialect: d} })
}

// CompileWith is Compile with an environment of the caller's.
func CompileWith(tb testing.TB, dir string, env func(*project.Project) check.Env) (*check.Program, diag.List) {
	tb.Helper()
	result, diags, err := compiler.Compile(tb.Context(), compiler.Options{
		FS:      os.DirFS(dir).(fs.ReadDirFS),
		Project: project.Options{Dir: dir},
		Check: func(p *project.Project) (check.Env, error) {
			e := env(p)
			e.DefaultSchema = "main"
			e.LookupEnv = func(string) (string, bool) { return "", false }
			return e, nil
		},
	})
	if err != nil {
		tb.Fatalf("Compile: %v", err)
	}
	return result.Program, diags
}

// Program is Compile for a project that has no errors.
func Program(tb testing.TB, dir string, d check.Dialect) *check.Program {
	tb.Helper()
	p, diags := Compile(tb, dir, d)
	if diags.HasErrors() {
		tb.Fatalf("the project has errors:\n%s", strings.Join(Lines(diags), "\n"))
	}
	return p
}

// Lines gives a line per diagnostic: place, code, message and hint.
func Lines(diags diag.List) []string {
	out := []string{}
	for _, d := range diags {
		out = append(out, Line(d))
	}
	return out
}

// Line gives a diagnostic as one line.
func Line(d *diag.Diagnostic) string {
	at := d.Span.Position()
	line := fmt.Sprintf("%s:%d:%d %s %s", d.Span.Path(), at.Line, at.Column, d.Code, d.Message)
	if text := d.Span.Text(); text != "" && !strings.Contains(text, "\n") {
		line += " [" + text + "]"
	}
	if d.Hint != "" {
		line += " (" + d.Hint + ")"
	}
	return line
}

// SQLFiles gives the paths of the models of a folder, relative to it, sorted.
func SQLFiles(tb testing.TB, dir string) []string {
	tb.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), "models", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".sql") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
