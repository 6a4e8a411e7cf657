//go:build cgo

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

// crashProject has tables, a view and tests; every row says by which build it was made.
var crashProject = map[string]string{
	"quern.yml": "name: crash\ntarget: dev\nvars: {version: 0}\nmodels: {.: {materialized: table}}\n" +
		"targets: {dev: {type: duckdb, path: crash.duckdb}}\n",
	"seeds/words.csv": "id,word\n1,grain\n2,flour\n",
	"models/first.sql": "/* ---\ncolumns: [{name: n, tests: [not_null, unique]}]\n--- */\n" +
		"select range as n, {{ var \"version\" }} as version from range(200000)\n",
	"models/second.sql": "/* ---\ncolumns: [{name: n, tests: [not_null]}]\n--- */\n" +
		"select n, hash(n) as h, {{ var \"version\" }} as version from {{ ref \"first\" }}\n",
	"models/third.sql": "/* ---\nassert: [count(*) = 200000]\n--- */\n" +
		"select n, {{ var \"version\" }} as version from {{ ref \"second\" }} cross join {{ ref \"words\" }} where id = 1\n",
	"models/shown.sql": "/* ---\nmaterialized: view\n--- */\nselect * from {{ ref \"third\" }}\n",
}

// A build that is killed at any moment leaves every relation whole, as some build made it, and the
// next build ends as if nothing had happened.
func TestKilledBuildLeavesWholeRelations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range crashProject {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	if out, err := quernIn(dir, 0).CombinedOutput(); err != nil {
		t.Fatalf("first build: %v\n%s", err, out)
	}
	whole := time.Since(start)
	random := rand.New(rand.NewPCG(2013, 1))
	for version := 1; version <= 20; version++ {
		command := quernIn(dir, version)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait()
		checkWhole(t, dir, version)
	}
	if out, err := quernIn(dir, 99).CombinedOutput(); err != nil {
		t.Fatalf("last build: %v\n%s", err, out)
	}
	relations := checkWhole(t, dir, 99)
	if want := []string{"first", "second", "shown", "third", "words"}; !slices.Equal(relations, want) {
		t.Errorf("after the last build there are %q, want %q", relations, want)
	}
}

// quernIn is this test binary as quern, building a version of the project.
func quernIn(dir string, version int) *exec.Cmd {
	command := exec.Command(os.Args[0], "build", "--var", fmt.Sprint("version=", version))
	command.Dir = dir
	command.Env = append(os.Environ(), "QUERN_TEST_MAIN=1")
	return command
}

// checkWhole reads every model as another program would after the crash: each has all its rows, of
// one build no later than the newest. It gives the names of all relations.
func checkWhole(t *testing.T, dir string, newest int) []string {
	t.Helper()
	ctx := t.Context()
	engine, err := duckdb.Adapter().Open(ctx, adapters.Config{
		Dir: dir, Settings: map[string]any{"path": "crash.duckdb"}, ReadOnly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	session, err := engine.Session(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for _, name := range []string{"first", "second", "third", "shown"} {
		rows, err := session.Query(ctx, "select count(*), min(version), max(version) from "+name, 0)
		if err != nil {
			t.Fatalf("after the crash of build %d: %v", newest, err)
		}
		row := rows.Values[0]
		if version, ok := row[1].(int64); row[0] != int64(200000) || row[1] != row[2] || !ok || version > int64(newest) {
			t.Fatalf("after the crash of build %d, %s has rows, first and last version %v", newest, name, row)
		}
	}
	objects, err := session.List(ctx, "", "main")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range objects {
		names = append(names, o.Name.Identifier)
	}
	return names
}
