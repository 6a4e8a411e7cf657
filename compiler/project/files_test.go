package project_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

func TestIgnoredFilesAreNotRead(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml":            minimal,
		".quernignore":         "\ufeff# drafts\n*_draft.sql\n\nmodels/old/\nbuild/\n/models/x/*.sql\n!models/x/keep.sql\r\n",
		"models/a.sql":         "select 1\n",
		"models/a_draft.sql":   "",
		"models/.a.sql":        "",
		"models/old/b.sql":     "",
		"models/n/build/c.sql": "",
		"models/x/d.sql":       "",
		"models/x/keep.sql":    "select 1\n",
		"models/README.md":     "",
		"models/build":         "a file",
		"other/e.sql":          "",
	}
	p, diags := load(t, m, project.Options{})
	var got []string
	for _, m := range p.Models {
		got = append(got, m.Name)
	}
	if diff := cmp.Diff([]string{"a", "keep"}, got); diff != "" || len(diags) > 0 {
		t.Errorf("Load (-want +got):\n%s%q", diff, show(diags))
	}
}

func TestNotesPointAtTheFirstPlace(t *testing.T) {
	t.Parallel()
	_, diags := load(t, map[string]string{
		"quern.yml": minimal, "models/orders.sql": "/* ---\nowner: x\n--- */\nselect 1\n",
		"models/m.yml":     "models:\n  - name: orders\n    owner: y\n    tags: [a]\n    tags: [b]\n",
		"seeds/orders.csv": "a\n",
	}, project.Options{})
	var got []string
	for _, d := range diags {
		for _, n := range d.Notes {
			got = append(got, string(d.Code)+" "+line(&diag.Diagnostic{Span: n.Span, Message: n.Message}))
		}
	}
	want := []string{
		"E0110  models/orders.sql:2:1 it is also set in models/orders.sql | ",
		"E0104  models/m.yml:4:5 it stands here first | ",
		"E0201  models/orders.sql:1:1 the first is here | ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Notes (-want +got):\n%s", diff)
	}
}

func TestUnreadableModelsStayInTheProject(t *testing.T) {
	t.Parallel()
	p, _ := load(t, map[string]string{
		"quern.yml": minimal, "models/a.sql": "\xff", "models/b.sql": "", "models/c.sql": "/* ---\nownr: x\n--- */\nselect 1\n",
		"models/d.sql": "/* ---\nowner: x\nselect 1\n", "macros/empty.sql": "/* ---\nargs: [a]\n--- */\n", "macros/odd.sql": "\xff",
	}, project.Options{})
	var got []bool
	for _, m := range p.Models {
		got = append(got, m.Broken)
	}
	if diff := cmp.Diff([]bool{true, true, false, true}, got); diff != "" {
		t.Errorf("Broken (-want +got):\n%s", diff)
	}
	if len(p.Macros) != 1 || p.Macros[0].Name != "empty" || len(p.Macros[0].Args) != 1 {
		t.Errorf("Macros = %v", p.Macros)
	}
}

func TestLoadWithoutAProjectFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"quern.yaml": `E0806 there is no quern.yml in the project folder | rename quern.yaml to quern.yml`,
		"other.txt":  `E0806 there is no quern.yml in the project folder | run "quern init" for a new project, or name the folder with --project-dir`,
	} {
		p, diags := load(t, one(name, minimal), project.Options{})
		if diff := cmp.Diff([]string{want}, show(diags)); diff != "" || p == nil {
			t.Errorf("Load (-want +got):\n%s", diff)
		}
	}
}

type failing struct{ fs.FS }

func (f failing) Open(name string) (fs.File, error) {
	if name == "models/a.sql" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.FS.Open(name)
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	fsys := files(map[string]string{"quern.yml": minimal, "models/a.sql": "select 1\n"})
	_, diags, err := project.Load(t.Context(), failing{fsys}, project.Options{})
	want := []string{"E0126 models/a.sql:1:1 the file cannot be read: permission denied | see who may read it, or list it in .quernignore"}
	if diff := cmp.Diff(want, show(diags)); diff != "" || err != nil {
		t.Errorf("Load: %v (-want +got):\n%s", err, diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := project.Load(ctx, fsys, project.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled Load gave %v", err)
	}
}

func TestLoadReadsAFolderOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range shop {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "models"), filepath.Join(dir, "models", "loop")); err != nil {
		t.Fatal(err)
	}
	fromDisk, diags, err := project.Load(t.Context(), os.DirFS(dir), project.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`W0101 models/loop:1:1 the link "models/loop" to a folder is not followed | put the files there, or list it in .quernignore`}
	if diff := cmp.Diff(want, show(diags)); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	fromMemory, _ := load(t, shop, project.Options{})
	if diff := cmp.Diff(fromMemory, fromDisk, cmp.Transformer("span", func(s source.Span) string { return s.Path() + s.Text() }), cmp.Transformer("file", func(f *source.File) string { return f.Path + f.Text })); diff != "" {
		t.Errorf("a folder and a file system in memory differ:\n%s", diff)
	}
}

func TestLockFileComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml":    minimal,
		"models/s.yml": "sources:\n  - {name: b, tables: [{name: t}]}\n  - {name: a, tables: [{name: t}, {name: u}, {name: none}]}\n",
	}
	p, _ := load(t, m, project.Options{})
	read := map[project.ID][]project.Column{
		"source.a.t":  {{Name: "id", Type: "BIGINT"}, {Name: "with \"quote\", \\ and\nline", Type: "STRUCT(a INTEGER, b VARCHAR)"}},
		"source.a.u":  {},
		"source.b.t":  {{Name: "true", Type: "TIMESTAMP WITH TIME ZONE"}, {Name: "日本", Type: "DECIMAL(18,3)"}, {Name: "012", Type: "INTEGER[]"}},
		"source.gone": {{Name: "x", Type: "INTEGER"}},
	}
	lock := project.MarshalLock(project.BuildLock(p, read))
	m["sources.lock.yml"] = string(lock)
	again, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q in\n%s", show(diags), lock)
	}
	got := map[project.ID][]project.Column{"source.gone": read["source.gone"]}
	for _, s := range again.Sources {
		if s.Locked != nil {
			got[s.ID] = s.Locked
		}
	}
	for _, columns := range read {
		for i := range columns {
			columns[i].Native = true
		}
	}
	got["source.gone"][0].Native = true
	if diff := cmp.Diff(read, got, withoutSpans); diff != "" {
		t.Errorf("the lock file (-want +got):\n%s\n%s", diff, lock)
	}
	// What is not read again stays; equal content gives equal bytes.
	if second := project.MarshalLock(project.BuildLock(again, nil)); string(second) != string(lock) {
		t.Errorf("written again:\n%s", second)
	}
	if empty := string(project.MarshalLock(nil)); empty != "# Columns of the sources, written by \"quern sources pull\". Commit this file.\nversion: 1\nsources: []\n" {
		t.Errorf("an empty lock file is %q", empty)
	}
}
