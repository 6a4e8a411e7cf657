//go:build cgo && linux

package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quernsql/quern/adapters"
)

// watched is an engine that looks, before it settles and before it closes, whether this process still has the locks on
// all files of its databases.
type watched struct {
	adapters.FileEngine
	t     *testing.T
	seen  map[string]int
	about string
}

func (w *watched) Settle(ctx context.Context) error {
	w.look(ctx)
	return w.FileEngine.Settle(ctx)
}

func (w *watched) Close() error {
	w.look(context.Background())
	return w.FileEngine.Close()
}

func (w *watched) look(ctx context.Context) {
	w.t.Helper()
	s, err := w.Session(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Query(ctx, "select path from duckdb_databases() where path is not null", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows.Values {
		path := row[0].(string)
		w.seen[filepath.Base(path)]++
		if !locks(w.t, path) {
			w.t.Errorf("%s: the lock on %s is lost", w.about, filepath.Base(path))
		}
	}
}

// locks reports whether this process has a lock on a file.
func locks(t *testing.T, path string) bool {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	pid, inode := fmt.Sprint(os.Getpid()), fmt.Sprint(":", info.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(all)) { // 1: POSIX  ADVISORY  WRITE 4711 fe:00:815 0 EOF
		fields := strings.Fields(line)
		if len(fields) > 5 && fields[1] == "POSIX" && fields[4] == pid && strings.HasSuffix(fields[5], inode) {
			return true
		}
	}
	return false
}

// A command has the locks on its databases from when it opens until it closes them, whatever it reads meanwhile: their
// own heads, and all files near those of sources.
func TestLocksAreNeverLost(t *testing.T) {
	t.Parallel()
	tables := map[string]string{
		"models/first.sql": "/* ---\nmaterialized: table\n--- */\nselect * from {{ source \"raw\" \"numbers\" }}\n",
		"models/grows.sql": "/* ---\nmaterialized: incremental\nnew_files_only: true\n--- */\nselect * from {{ source \"raw\" \"numbers\" }}\n",
		"models/view.sql":  "select * from {{ ref \"first\" }}\n",
		"models/words.csv": "word\none\n",
	}
	commands := []string{
		"build", "build --no-cache", "build --force", "build --verify", "plan", "plan --no-cache", "show first", "ls -s result:fail",
		"verify grows", "test", "retry", "state show", "state repair", "doctor",
	}
	for _, c := range []struct {
		name, config, source string
		files                map[string]string
		commands             []string
		// databases are the files that are held at some time.
		databases []string
	}{
		{"in the folder of a source", "{type: duckdb, path: x.duckdb}", "*.csv", map[string]string{"a.csv": "n\n1\n"}, commands, []string{"x.duckdb"}},
		{"below the folder of a source", "{type: duckdb, path: data/x.duckdb}", "data/**/*.csv", map[string]string{"data/in/a.csv": "n\n1\n"}, commands, []string{"x.duckdb"}},
		{
			"with others", "{type: duckdb, path: data/x.duckdb, attach: [{path: data/y.duckdb, alias: y}], init_sql: [\"attach if not exists 'DIR/data/z.duckdb' as z\"]}",
			"data/**/*.csv",
			map[string]string{"data/a.csv": "n\n1\n"},
			commands,
			[]string{"x.duckdb", "y.duckdb", "z.duckdb"},
		},
		{
			"with an environment", "{type: duckdb, path: x.duckdb}", "*.csv",
			map[string]string{"a.csv": "n\n1\n"},
			[]string{"build", "build --env e --force", "build --env e --no-cache", "plan --env e --no-cache", "show first --env e", "env list"},
			[]string{"x.duckdb", "x__e.duckdb"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			write := func(name, text string) {
				t.Helper()
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("quern.yml", "name: shop\ntargets:\n  dev: "+strings.ReplaceAll(c.config, "DIR", dir)+"\n")
			write("models/sources.yml", "sources: [{name: raw, tables: [{name: numbers, files: \""+c.source+"\"}]}]\n")
			for _, files := range []map[string]string{tables, c.files} {
				for name, text := range files {
					write(name, text)
				}
			}
			seen := map[string]int{}
			for i, command := range c.commands {
				if i == 1 {
					for name := range c.files {
						write(strings.ReplaceAll(name, "a.csv", "b.csv"), "n\n2\n")
					}
				}
				code, said := mainOpening(t, dir, command, func(open opening) opening {
					return func(ctx context.Context, config adapters.Config) (adapters.Engine, error) {
						e, err := open(ctx, config)
						if err != nil || config.Scratch {
							return e, err
						}
						return &watched{e.(adapters.FileEngine), t, seen, command}, nil
					}
				})
				if code != ExitOK {
					t.Errorf("quern %s: exit %d\n%s", command, code, said)
				}
			}
			for _, name := range c.databases {
				if seen[name] == 0 {
					t.Errorf("nobody looked at %s: %v", name, seen)
				}
			}
		})
	}
}
