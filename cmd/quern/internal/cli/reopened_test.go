//go:build cgo

package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters"
)

// opening opens a target as an adapter does.
type opening func(ctx context.Context, config adapters.Config) (adapters.Engine, error)

// mainOpening runs a command that opens targets in a way of its own.
func mainOpening(t *testing.T, dir, command string, instead func(open opening) opening) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	app := newApp(Streams{In: strings.NewReader(""), Out: &out, Err: &out}, Env{
		LookupEnv: func(string) (string, bool) { return "", false }, Now: time.Now, Dir: dir, Workers: 1,
	})
	adapter := app.Registry["duckdb"]
	adapter.Open = instead(adapter.Open)
	app.Registry["duckdb"] = adapter
	app.Args = strings.Fields(command)
	root := newRootCmd(app)
	root.SetArgs(app.Args)
	code = app.report(t.Context(), root.ExecuteContext(t.Context()))
	app.close()
	return code, out.String()
}

// A build whose engine broke down does not note what it built where another one built before it had the target again:
// what that one noted stands.
func TestAnotherBuildsBeforeTheTargetIsOpenedAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	asUsual := func(open opening) opening { return open }
	write("quern.yml", "name: shop\ntargets:\n"+
		"  dev: {type: duckdb, path: x.duckdb, init_sql: [\"set debug_checkpoint_abort = 'before_truncate'\"]}\n")
	const views = 8 // of which there is more to note than the other build notes
	var all []string
	for i := range views {
		write(fmt.Sprintf("models/p%d.sql", i), "select 1 as price\n")
		all = append(all, fmt.Sprintf("select price from {{ ref \"p%d\" }}", i))
	}
	orders := "--- */\n" + strings.Join(all, " union all ") + "\n"
	write("models/orders.sql", "/* ---\nmaterialized: table\npre_hook: force checkpoint\n"+orders)
	opened := 0
	code, said := mainOpening(t, dir, "build", func(open opening) opening {
		return func(ctx context.Context, config adapters.Config) (adapters.Engine, error) {
			if opened++; opened == 2 {
				write("models/p7.sql", "select 2 as price\n")
				write("models/orders.sql", "/* ---\nmaterialized: table\n"+orders)
				if code, said := mainOpening(t, dir, "build -s p7 -s orders", asUsual); code != ExitOK || !strings.Contains(said, "built 2, ") {
					t.Errorf("the other build: exit %d\n%s", code, said)
				}
			}
			return open(ctx, config)
		}
	})
	if opened != 2 || code != ExitFailed || !strings.Contains(said, "the checkpoint of the database failed") {
		t.Errorf("the build: opened %d times, exit %d\n%s", opened, code, said)
	}
	for _, c := range []struct{ command, want string }{
		{"build --no-cache -s p7", "built 0, unchanged 1, "},
		{"build --no-cache", "built 8, unchanged 1, "}, // of all else nobody noted anything
		{"build --no-cache", "built 0, unchanged 9, "},
		{"show p7", "    2\n"},
	} {
		if code, said := mainOpening(t, dir, c.command, asUsual); code != ExitOK || !strings.Contains(said, c.want) {
			t.Errorf("quern %s: exit %d, without %q\n%s", c.command, code, c.want, said)
		}
	}
}
