//go:build cgo

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/all"
	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

// Files that were copied are looked into once, and then known as they are now.
func TestCopiedFilesAreLookedIntoOnce(t *testing.T) {
	t.Parallel()
	first, dir := t.TempDir(), t.TempDir()
	quern := func(dir string, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		code := cli.Main(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, cli.Env{
			LookupEnv: func(string) (string, bool) { return "", false },
			Now:       func() time.Time { return time.Now().Add(time.Hour) }, Dir: dir, Workers: 1, // no file was just written
		})
		if code != cli.ExitOK {
			t.Fatalf("quern %q: exit %d\n%s", args, code, &out)
		}
		return out.String()
	}
	for name, text := range map[string]string{
		"quern.yml":    "name: shop\ntargets: {dev: {type: duckdb, path: x.duckdb}}\n",
		"models/s.yml": "sources: [{name: landing, tables: [{name: flights, files: \"landing/*.csv\"}]}]\n",
		"models/flights.sql": "/* ---\nmaterialized: incremental\nnew_files_only: true\n--- */\n" +
			"select * from {{ source \"landing\" \"flights\" }}\n",
		"landing/a.csv": "seats\n10\n", "landing/b.csv": "seats\n20\n",
	} {
		writeFile(t, filepath.Join(first, name), text)
	}
	quern(first, "build")
	if err := os.CopyFS(dir, os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"landing/a.csv", "landing/b.csv"} {
		info, err := os.Stat(filepath.Join(first, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
	seals := func(of string) string {
		return quern(of, "show", "--inline", "select path, seal from quern.files order by all")
	}
	read := func() string {
		data, err := os.ReadFile(filepath.Join(dir, "x.duckdb"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	before := read()
	if said := quern(dir, "plan"); !strings.Contains(said, "plan: 1 unchanged") || read() != before {
		t.Errorf("a plan of the copy: %s", said)
	}
	quern(dir, "build")
	noted := seals(dir)
	if noted == seals(first) || strings.Count(noted, "\n") != 4 {
		t.Errorf("after a build the copies are known as\n%s", noted)
	}
	before = read()
	if said := quern(dir, "build"); !strings.Contains(said, "built 0, unchanged 1, ") || read() != before {
		t.Errorf("the next build wrote, or did something: %s", said)
	}
	// What is on record of the contents does not count where nobody looks into them.
	atTarget(t, dir, "update quern.files set hash = 'x'")
	if said := quern(dir, "build"); !strings.Contains(said, "built 0, unchanged 1, ") {
		t.Errorf("files are looked into again: %s", said)
	}
}

// atTarget runs a statement in the database of a project behind its back.
func atTarget(t *testing.T, dir, statement string) {
	t.Helper()
	e, err := all.Registry()["duckdb"].Open(t.Context(), adapters.Config{Dir: dir, Settings: map[string]any{"path": "x.duckdb"}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
