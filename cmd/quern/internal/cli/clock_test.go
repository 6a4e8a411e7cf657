//go:build cgo

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

// What was built last counts, whatever a clock said then: each build sees the edits since the one before,
// and the next has nothing to do.
func TestClockMayGoBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	quern := func(now time.Time, args ...string) (code int, said string) {
		var out bytes.Buffer
		code = cli.Main(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, cli.Env{
			LookupEnv: func(string) (string, bool) { return "", false },
			Now:       func() time.Time { return now }, Dir: dir, Workers: 1,
		})
		return code, out.String()
	}
	write("quern.yml", "name: clock\ntarget: dev\ntargets: {dev: {type: duckdb, path: x.duckdb}}\nmodels: {.: {materialized: table}}\n")
	write("models/below.sql", "/* ---\ncolumns: [{name: n, tests: [not_null]}]\n--- */\nselect n from {{ ref \"above\" }}\n")
	now := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	for i, at := range []time.Time{now, now.AddDate(-1, 0, 0), now.AddDate(-1, 0, 0), now.AddDate(-30, 0, 0), time.Unix(0, 0), now} {
		value := "value " + string(rune('a'+i%3)) // what was long ago comes again
		write("models/above.sql", "select '"+value+"' as n")
		if code, said := quern(at, "build"); code != cli.ExitOK || !strings.Contains(said, "built 2, ") {
			t.Fatalf("build %d at %s: exit %d\n%s", i, at, code, said)
		}
		for _, name := range []string{"above", "below"} {
			if _, said := quern(at, "show", "--inline", `select n from {{ ref "`+name+`" }}`); !strings.Contains(said, value) {
				t.Errorf("build %d: %s holds\n%swant %q", i, name, said, value)
			}
		}
		if code, said := quern(at, "build"); code != cli.ExitOK || !strings.Contains(said, "built 0, unchanged 2, ") {
			t.Errorf("build %d again: exit %d\n%s", i, code, said)
		}
	}
}
