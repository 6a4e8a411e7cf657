//go:build cgo

package duckdb_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func ctx() context.Context { return context.Background() }

// newDatabase makes a database file.
func newDatabase(t *testing.T, path string) {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Settings: map[string]any{"path": path}})
	if err != nil {
		t.Fatal(err)
	}
	if err := session(t, e).Exec(t.Context(), "create table t as select 1 as a"); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// fromTheFuture writes a version into a database's header that no DuckDB has reached.
func fromTheFuture(t *testing.T, path string) {
	t.Helper()
	newDatabase(t, path)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header := file[8:4096]
	binary.LittleEndian.PutUint64(header[4:], 9999)
	sum := uint64(5381)
	for i := 0; i < len(header); i += 8 {
		sum ^= binary.LittleEndian.Uint64(header[i:]) * 0xbf58476d1ce4e5b9
	}
	binary.LittleEndian.PutUint64(file, sum)
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
}

func damaged(t *testing.T, path string) {
	t.Helper()
	newDatabase(t, path)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, at := range []int64{4100, 8200} { // both of the two headers of which one is in use
		if _, err := file.WriteAt([]byte("\xff\xff\xff"), at); err != nil {
			t.Fatal(err)
		}
	}
}

type settings = map[string]any

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{
		"text.duckdb": strings.Repeat("hello ", 2000), "empty.duckdb": "", "file": "", "x.duckdb_extension": "nothing",
	} {
		if err := os.WriteFile(in(name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	fromTheFuture(t, in("newer.duckdb"))
	damaged(t, in("damaged.duckdb"))
	cases := []struct {
		name     string
		settings settings
		readOnly bool
		key      string // the target's key
		message  string // its start
		hint     string // a part
	}{
		{"no path", settings{}, false, "", "the target names no database file", "path: NAME.duckdb"},
		{"a path of the wrong type", settings{"path": true}, false, "path", `"path" must be text, not true`, ""},
		{"an unknown key", settings{"pth": "x"}, false, "", `the key "pth" is not known to DuckDB targets`, "attach, block_size"},
		{"a folder", settings{"path": "."}, false, "path", `the path "." is a folder, not a database file`, "warehouse.duckdb"},
		{"no folder", settings{"path": "a/b/x.duckdb"}, false, "path", `the folder "a/b" of the database does not exist`, "make the folder"},
		{"a file for a folder", settings{"path": "file/x.duckdb"}, false, "path", `the database "file/x.duckdb" cannot be reached: not a directory`, ""},
		{"no file to read", settings{"path": "none.duckdb"}, true, "path", `the database "none.duckdb" does not exist`, "build it first"},
		{"no database", settings{"path": "text.duckdb"}, false, "path", `the file "text.duckdb" is not a DuckDB database`, "another path"},
		{"an empty file to read", settings{"path": "empty.duckdb"}, true, "path", `the file "empty.duckdb" is not a DuckDB database`, "another path"},
		{"a newer database", settings{"path": "newer.duckdb"}, false, "path", `the database "newer.duckdb" was written by a newer DuckDB`, "newer Quern"},
		{"a damaged database", settings{"path": "damaged.duckdb"}, false, "path", `the database "damaged.duckdb" is damaged: `, "copy"},
		{"an unknown setting", settings{"settings": settings{"thread": int64(2)}}, false, "settings", `DuckDB has no setting "thread"`, `did you mean "threads"?`},
		{"a wrong setting", settings{"settings": settings{"threads": "many"}}, false, "settings", `the setting "threads": failed to cast value`, ""},
		{"downloads", settings{"settings": settings{"AutoInstall_known_extensions": true}}, false, "settings", `the setting "AutoInstall_known_extensions" cannot be changed`, "never downloads"},
		{"settings of the wrong type", settings{"settings": "x"}, false, "settings", `"settings" must be a map of DuckDB's settings`, "threads: 4"},
		{"a list as a setting", settings{"settings": settings{"threads": []any{}}}, false, "settings", `the setting "threads" must be one value`, ""},
		{"a wrong memory limit", settings{"memory_limit": "lots"}, false, "memory_limit", `the setting "memory_limit": memory must have a number`, ""},
		{"a wrong block size", settings{"block_size": int64(1000)}, false, "block_size", `"block_size" must be 16384, `, "small blocks"},
		{"extensions of the wrong type", settings{"extensions": "x"}, false, "extensions", `"extensions" must be a list`, ""},
		{"an extension by name", settings{"extensions": []any{"spatial"}}, false, "extensions", `the extension "spatial" is no file that ends in .duckdb_extension`, "never downloads"},
		{"no extension", settings{"extensions": []any{"none.duckdb_extension"}}, false, "extensions", `the extension "none.duckdb_extension" cannot be read: no such file`, "project folder"},
		{"a false extension", settings{"extensions": []any{"x.duckdb_extension"}}, false, "extensions", `the extension "x.duckdb_extension": `, ""},
		{"attach of the wrong type", settings{"attach": "x"}, false, "attach", `"attach" must be a list of databases`, "alias: other"},
		{"attach without alias", settings{"attach": []any{settings{"path": "x"}}}, false, "attach", `an attached database needs a path and an alias`, "alias: other"},
		{"attach with an unknown key", settings{"attach": []any{settings{"pth": "x"}}}, false, "attach", `the key "pth" is not known in attach`, "alias, path"},
		{"attach of no database", settings{"attach": []any{settings{"path": "text.duckdb", "alias": "o"}}}, false, "attach", `attach "o": the file "text.duckdb" is not a DuckDB database`, ""},
		{"attach for reading of nothing", settings{"attach": []any{settings{"path": "none.db", "alias": "o", "read_only": true}}}, false, "attach", `attach "o": the database "none.db" does not exist`, ""},
		{"attach of a type without its extension", settings{"attach": []any{settings{"path": "x.db", "alias": "o", "type": "sqlite"}}}, false, "attach", `attach "o": the extension "sqlite_scanner" is not loaded`, "under extensions"},
		{"a secret in the path of attach", settings{"attach": []any{settings{"path": "none/password=hunter2", "alias": "o"}}}, false, "attach", `attach "o": the folder "none" of the database does not exist`, ""},
		{"a secret in the name of attach", settings{"attach": []any{settings{"path": "file/password=hunter2", "alias": "o"}}}, false, "attach", `attach "o": the database "file/password=***" cannot be reached`, ""},
		{"wrong init_sql", settings{"init_sql": []any{"select 1", "selct 2"}}, false, "init_sql", `init_sql: syntax error at or near "selct"`, ""},
		{"init_sql of the wrong type", settings{"init_sql": int64(3)}, false, "init_sql", `"init_sql" must be a list`, ""},
		{"forced install in init_sql", settings{"init_sql": "force /* x */ install'spatial'"}, false, "init_sql", `init_sql: extensions are not downloaded`, "under extensions"},
		{"install in init_sql", settings{"init_sql": "select 1; /* x */ INSTALL spatial from core"}, false, "init_sql", `init_sql: extensions are not downloaded`, "under extensions"},
	}
	for _, tc := range cases {
		if tc.settings["path"] == nil && tc.name != "no path" {
			tc.settings["path"] = ":memory:"
		}
		e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: dir, Settings: tc.settings, ReadOnly: tc.readOnly})
		if err == nil {
			e.Close()
			t.Errorf("%s: opened", tc.name)
			continue
		}
		got := engineError(t, err)
		if !strings.HasPrefix(got.Message, tc.message) || !strings.Contains(got.Hint, tc.hint) || got.Name != tc.key {
			t.Errorf("%s: key %q, %q, hint %q\nwant key %q, %q, hint %q",
				tc.name, got.Name, got.Message, got.Hint, tc.key, tc.message, tc.hint)
		}
		if got.Position != -1 || got.Class != engine.Permanent || strings.ContainsAny(got.Message, "\n{") {
			t.Errorf("%s: position %d, class %d, %q", tc.name, got.Position, got.Class, got.Message)
		}
	}
}

func TestLockedFileNamesItsHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shop.duckdb")
	said, pid := inOtherProcess(t, path, false)
	if said != "held" {
		t.Fatalf("the other process says %q", said)
	}
	_, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: filepath.Dir(path), Settings: settings{"path": "shop.duckdb"}})
	e := engineError(t, err)
	if e.Class != engine.Locked || e.Hint == "" {
		t.Errorf("class %d, hint %q", e.Class, e.Hint)
	}
	want := `the database "shop.duckdb" is in use by another process: `
	if runtime.GOOS == "linux" {
		comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil {
			t.Fatal(err)
		}
		want += fmt.Sprintf("%s (pid %d)", strings.TrimSpace(string(comm)), pid)
	}
	if !strings.HasPrefix(e.Message, want) {
		t.Errorf("got %q, want %q", e.Message, want)
	}
	whole, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	if e.Holder == nil || e.Holder.File != whole || runtime.GOOS == "linux" && e.Holder.PID != pid {
		t.Errorf("holder %+v, want pid %d and file %q", e.Holder, pid, whole)
	}
}

func TestOneFileIsOpenedOnce(t *testing.T) {
	t.Parallel()
	dir, adapter := t.TempDir(), duckdb.Adapter()
	config := adapters.Config{Dir: dir, Settings: settings{"path": "x.duckdb"}}
	first, err := adapter.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "x.duckdb"), filepath.Join(dir, "link.duckdb")); err != nil {
		t.Fatal(err)
	}
	again := adapters.Config{Dir: dir, Settings: settings{"path": "link.duckdb"}}
	_, err = adapter.Open(t.Context(), again)
	if e := engineError(t, err); e.Class != engine.Locked {
		t.Errorf("class %d, %q", e.Class, e.Message)
	}
	first.Close()
	second, err := adapter.Open(t.Context(), again)
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	second.Close()
}

func TestReadOnlyPlaces(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t)
	newDatabase(t, filepath.Join(dir, "old.duckdb"))
	if err := os.Chmod(filepath.Join(dir, "old.duckdb"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	for _, name := range []string{"new.duckdb", "old.duckdb"} {
		said, _ := inOtherProcess(t, filepath.Join(dir, name), true)
		if want := `the database "` + name + `" cannot be opened for writing: permission denied`; said != want {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
}

func TestReadOnlyTarget(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	newDatabase(t, path)
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Settings: settings{"path": path}, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := session(t, e)
	if err := s.EnsureSchema(t.Context(), "", "main"); err != nil {
		t.Errorf("EnsureSchema of one that is there: %v", err)
	}
	for name, err := range map[string]error{
		"EnsureSchema": s.EnsureSchema(t.Context(), "", "other"),
		"CreateView":   s.CreateView(t.Context(), named("v"), "select 1 as a"),
		"Drop":         s.Drop(t.Context(), named("t")),
		"Publish": s.Publish(t.Context(), []engine.Publication{
			{To: named("u"), Kind: relation.Table, From: named("t")},
		}),
	} {
		if e := engineError(t, err); e.Hint != "the target is open for reading only" {
			t.Errorf("%s: %q, hint %q", name, e.Message, e.Hint)
		}
	}
	if rows, err := s.Query(t.Context(), "from t", 0); err != nil || len(rows.Values) != 1 {
		t.Errorf("Query: %v, %v", rows, err)
	}
}

func TestSettingsReachEverySession(t *testing.T) {
	t.Parallel()
	e := open(t, settings{
		"memory_limit": "1GB", "temp_directory": "spill", "block_size": int64(16384),
		"settings": settings{"threads": int64(1), "max_expression_depth": int64(333), "progress_bar_time": int64(4321)},
		"init_sql": "create or replace macro twice(x) as x * 2",
		"attach":   []any{settings{"path": ":memory:", "alias": "side"}},
	})
	for range 2 {
		s := session(t, e)
		rows, err := s.Query(t.Context(), `select current_setting('memory_limit'), current_setting('temp_directory') like '%/spill',
			current_setting('threads'), current_setting('max_expression_depth'), current_setting('progress_bar_time'), current_setting('TimeZone'), current_setting('default_null_order'),
			current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions'), twice(4),
			timestamptz '2020-07-01 12:00:00+00'::varchar, current_database()`, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := `[953.6 MiB true 1 333 4321 UTC NULLS_LAST false false 8 2020-07-01 12:00:00+00 quern_target]`
		if got := fmt.Sprint(rows.Values[0]); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if err := s.EnsureSchema(t.Context(), "", "side"); engineError(t, err).Hint == "" {
			t.Errorf("a schema with the name of an attached database: %v", err)
		}
	}
	s := session(t, e)
	in := relation.Name{Database: "side", Schema: "s", Identifier: "t"}
	if err := s.EnsureSchema(t.Context(), "side", "s"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.CreateTable(t.Context(), in, "select 1 as a"); err != nil || n != 1 {
		t.Errorf("CreateTable in an attached database: %d, %v", n, err)
	}
}

func TestVariablesOfInitSQLReachEverySession(t *testing.T) {
	t.Parallel()
	e := open(t, settings{"init_sql": []any{
		"create schema once", "-- the region\nset variable region = 'eu'; SET max_expression_depth = 77;",
	}})
	for range 2 {
		rows, err := session(t, e).Query(t.Context(), "select getvariable('region'), current_setting('max_expression_depth')", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(rows.Values[0]); got != "[eu 77]" {
			t.Errorf("got %s", got)
		}
	}
}

func TestSchemaWithTheNameOfItsFile(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, settings{"path": "shop.duckdb"}))
	name := relation.Name{Schema: "shop", Identifier: "orders"}
	if err := s.EnsureSchema(t.Context(), "", "shop"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateTable(t.Context(), name, "select 1 as id"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Query(t.Context(), "from shop.orders", 0); err != nil {
		t.Error(err)
	}
}

// TestKilledWhilePublishing kills a process that publishes, several times on one file: every time the
// file opens, with a whole generation that is not older than what was reported.
func TestKilledWhilePublishing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for round := range 5 {
		cmd := exec.CommandContext(t.Context(), binary)
		cmd.Env = append(os.Environ(), helperPath+"="+path, helperPublishes+"=1")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		last := 0
		lines := bufio.NewScanner(out)
		for last < 3+2*round && lines.Scan() {
			last, _ = strconv.Atoi(lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			last, _ = strconv.Atoi(lines.Text())
		}
		_ = cmd.Wait()
		checkKilled(t, path, last)
	}
}

// checkKilled looks at the file twice: for reading, while its log is still to be replayed, and then
// as a build does.
func checkKilled(t *testing.T, path string, last int) {
	t.Helper()
	for _, readOnly := range []bool{true, false} {
		checkGeneration(t, adapters.Config{Settings: settings{"path": path}, ReadOnly: readOnly}, last)
	}
}

func checkGeneration(t *testing.T, config adapters.Config, last int) {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), config)
	if err != nil {
		t.Fatalf("Open after a kill: %v", err)
	}
	defer e.Close()
	rows, err := session(t, e).Query(t.Context(), "select count(*), min(generation), max(generation) from t", 0)
	if err != nil {
		t.Fatal(err)
	}
	row := rows.Values[0]
	if row[0] != int64(1000) || row[1] != row[2] || row[1].(int64) < int64(last) || last == 0 {
		t.Errorf("after a kill at generation %d: %v", last, row)
	}
}
