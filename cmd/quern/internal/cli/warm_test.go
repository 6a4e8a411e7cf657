//go:build cgo

package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

// warmFiles is a small project that has something of everything.
var warmFiles = map[string]string{
	"quern.yml": `name: warm
targets: {dev: {type: duckdb, path: warm.duckdb}}
vars: {limit: 3, label: x}
models: {marts: {materialized: table}}
`,
	"macros/cents.sql": "/* ---\nargs: [column]\n--- */\n{{ .column }} / 100.0\n",
	"seeds/orders.csv": "id,customer,amount\n1,7,100\n2,8,250\n",
	"data/a.csv":       "id,name\n7,Ann\n8,Bo\n",
	"models/sources.yml": `sources:
  - name: raw
    tables:
      - {name: people, files: data/*.csv, format: csv}
  - name: shop
    schema: shop
    tables:
      - name: visits
        columns_complete: true
        columns: [{name: id, type: integer}, {name: seen, type: date}]
      - {name: unknown}
`,
	"models/models.yml": `models:
  - name: stg_orders
    description: The orders.
    tags: [daily]
    columns:
      - {name: id, tests: [not_null, unique]}
      - {name: amount, description: In cents.}
  - name: totals
    columns: [{name: customer, tests: [{relationships: {to: people, field: id}}]}]
exposures:
  - {name: board, type: dashboard, depends_on: [totals]}
groups: [{name: sales, owner: Eve}]
selectors: [{name: few, select: "totals+"}]
`,
	"models/stg_orders.sql":      "select id, customer, amount, {{ cents \"amount\" }} as money from {{ ref \"orders\" }}",
	"models/people.sql":          "/* ---\ntags: [people]\n--- */\nselect id, name from {{ source \"raw\" \"people\" }}",
	"models/visits.sql":          "select id, seen from {{ source \"shop\" \"visits\" }} where id > {{ var \"limit\" }}",
	"models/unchecked.sql":       "select * from {{ source \"shop\" \"unknown\" }}",
	"models/short.sql":           "/* ---\nmaterialized: ephemeral\n--- */\nselect id, amount from {{ ref \"stg_orders\" }} where amount > 10",
	"models/marts/totals.sql":    "select customer, sum(amount) as total from {{ ref \"stg_orders\" }} group by customer",
	"models/marts/named.sql":     "select t.customer, t.total, p.name from {{ ref \"totals\" }} as t join {{ ref \"people\" }} as p on p.id = t.customer",
	"models/marts/small.sql":     "with unused as (select 1 as one) select * from {{ ref \"short\" }} where id < 5",
	"models/marts/pairs.sql":     "select a.id, b.amount from {{ ref \"stg_orders\" }} as a left join {{ ref \"small\" }} as b on a.id = b.id",
	"models/marts/label.sql":     "/* ---\nassert: [n > 0]\n--- */\nselect {{ literal (var \"label\") }} as label, {{ literal (env_var \"WARM_NAME\" \"none\") }} as name, 1 as n",
	"models/marts/listed.sql":    "select {{ columns \"named\" | join \", \" }} from {{ ref \"named\" }}",
	"models/marts/again.sql":     "select * from {{ ref \"totals\" }} union all select * from {{ ref \"totals\" }} order by 1",
	"tests/no_big_orders.sql":    "select * from {{ ref \"stg_orders\" }} where amount > 100000",
	"tests/generic/odd.sql":      "/* ---\nargs: [model, column]\n--- */\nselect * from {{ .model }} where {{ .column }} % 2 = 1",
	"models/marts/described.yml": "models:\n  - name: named\n    columns: [{name: total, tests: [odd]}, {name: nobody}]\n",
}

// world is a project and what lies around it.
type world struct {
	t      *testing.T
	r      *rand.Rand
	dir    string
	env    map[string]string
	flags  []string
	now    time.Time
	lookup func(name string) // is called when a variable of the environment is asked for; it may be nil
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), now: time.Now()}
	w.restore()
	return w
}

// restore makes the project what it was at first.
func (w *world) restore() {
	w.env, w.flags = map[string]string{}, nil
	for _, name := range w.files() {
		if _, ok := warmFiles[name]; !ok {
			w.must(os.Remove(w.path(name)))
		}
	}
	for name, text := range warmFiles {
		if old, err := os.ReadFile(w.path(name)); err != nil || string(old) != text {
			w.write(name, text)
		}
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w *world) write(name, text string) {
	w.t.Helper()
	w.must(os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	w.must(os.WriteFile(w.path(name), []byte(text), 0o600))
}

func (w *world) read(name string) string {
	text, err := os.ReadFile(w.path(name))
	w.must(err)
	return string(text)
}

// files gives the project's own files, sorted.
func (w *world) files() []string {
	return tree(w.t, w.dir, ".", func(name string) bool { return !strings.HasPrefix(name, "target") })
}

// tree gives the files below a folder whose names will do, sorted.
func tree(t *testing.T, dir, root string, will func(string) bool) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && will(name) {
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// one gives one of the project's files with that ending, "" where there is none.
func (w *world) one(below, ending string) string {
	all := slices.DeleteFunc(w.files(), func(name string) bool {
		return !strings.HasSuffix(name, ending) || !strings.HasPrefix(name, below)
	})
	if len(all) == 0 {
		return ""
	}
	return all[w.r.IntN(len(all))]
}

// edit is something that happens to a project between two compiles.
type edit struct {
	name string
	do   func(w *world)
}

func (w *world) change(name string, with func(text string) string) {
	if name != "" {
		w.write(name, with(w.read(name)))
	}
}

func (w *world) replace(name, old, by string) {
	if _, err := os.Stat(w.path(name)); err == nil {
		w.change(name, func(text string) string { return strings.ReplaceAll(text, old, by) })
	}
}

// queries is how many of the edits, the first ones, leave all but queries alone.
const queries = 13

var edits = []edit{
	{"comment in a model", func(w *world) {
		w.change(w.one("models", ".sql"), func(s string) string { return fmt.Sprintf("%s\n-- %d", s, w.r.IntN(10)) })
	}},
	{"comment in front of a query", func(w *world) {
		w.change(w.one("models/marts", ".sql"), func(s string) string { return "-- first\n" + s })
	}},
	{"another constant", func(w *world) { w.replace("models/marts/label.sql", "1 as n", fmt.Sprintf("%d as n", w.r.IntN(5)+1)) }},
	{"another condition", func(w *world) { w.replace("models/marts/small.sql", "id < 5", fmt.Sprintf("id < %d", 5+w.r.IntN(5))) }},
	{"a condition on another column", func(w *world) { w.replace("models/marts/small.sql", "where id", "where amount") }},
	{"another type", func(w *world) { w.replace("models/marts/totals.sql", "sum(amount)", "avg(amount)") }},
	{"another input", func(w *world) { w.replace("models/marts/totals.sql", "sum(amount)", "sum(id)") }},
	{"another column name", func(w *world) { w.replace("models/marts/totals.sql", "as total", "as totals") }},
	{"one column more", func(w *world) { w.replace("models/people.sql", "select id", "select 1 as more, id") }},
	{"one column more in a staging model", func(w *world) { w.replace("models/stg_orders.sql", "select id", "select 1 as more, id") }},
	{"an unused CTE", func(w *world) {
		w.replace("models/marts/label.sql", "--- */\nselect", "--- */\nwith c as (select 2) select")
	}},
	{"no unused CTE", func(w *world) { w.replace("models/marts/small.sql", "with unused as (select 1 as one) ", "") }},
	{"text before a warning", func(w *world) { w.replace("models/marts/small.sql", "with unused", "/* well */\nwith unused") }},
	{"a typo", func(w *world) { w.replace("models/marts/totals.sql", "amount", "amuont") }},
	{"a syntax error", func(w *world) { w.change(w.one("models", ".sql"), func(s string) string { return s + " )" }) }},
	{"an unknown ref", func(w *world) { w.replace("models/marts/named.sql", `ref "people"`, `ref "peeple"`) }},
	{"another ref", func(w *world) { w.replace("models/marts/again.sql", `ref "totals"`, `ref "named"`) }},
	{"front matter", func(w *world) { w.replace("models/people.sql", "[people]", "[people, more]") }},
	{"another materialization", func(w *world) { w.replace("models/short.sql", "ephemeral", "table") }},
	{"an ephemeral model", func(w *world) { w.replace("models/short.sql", "amount > 10", "amount > 11") }},
	{"a macro", func(w *world) { w.replace("macros/cents.sql", "100.0", "1000") }},
	{"a new macro", func(w *world) { w.write("macros/extra.sql", "1 + 1") }},
	{"a generic test", func(w *world) { w.replace("tests/generic/odd.sql", "= 1", "<> 0") }},
	{"a singular test", func(w *world) { w.replace("tests/no_big_orders.sql", "100000", "1000") }},
	{"a description", func(w *world) { w.replace("models/models.yml", "The orders.", "All orders.") }},
	{"a test more", func(w *world) { w.replace("models/models.yml", "description: In cents.", "tests: [not_null]") }},
	{"a test less", func(w *world) { w.replace("models/models.yml", "[not_null, unique]", "[unique]") }},
	{"a selector", func(w *world) { w.replace("models/models.yml", "totals+", "people+") }},
	{"columns of a source", func(w *world) { w.replace("models/sources.yml", "type: date", "type: timestamp") }},
	{"a level", func(w *world) { w.change("quern.yml", func(s string) string { return s + "warnings: {W0380: off}\n" }) }},
	{"defaults of a folder", func(w *world) { w.replace("quern.yml", "materialized: table", "materialized: view") }},
	{"a value of a variable", func(w *world) { w.replace("quern.yml", "limit: 3", "limit: 4") }},
	{"settings of this machine", func(w *world) { w.write("quern.local.yml", "vars: {label: local}\n") }},
	{"what is ignored", func(w *world) { w.write(".quernignore", "models/marts/again.sql\n") }},
	{"a lock file", func(w *world) {
		w.write("sources.lock.yml", "version: 1\nsources:\n  - name: shop\n    tables:\n      - name: unknown\n        columns:\n          - {name: q, type: INTEGER}\n")
	}},
	{"a lock of files", func(w *world) {
		w.write("sources.lock.yml", "version: 1\nsources:\n  - name: raw\n    tables:\n      - name: people\n        columns:\n"+
			"          - {name: id, type: BIGINT}\n          - {name: name, type: VARCHAR}\n")
	}},
	{"no data", func(w *world) { w.replace("models/sources.yml", "data/*.csv", "absent/*.csv") }},
	{"a flag", func(w *world) { w.flags = []string{"--var", fmt.Sprintf("label=%d", w.r.IntN(3))} }},
	{"no flag", func(w *world) { w.flags = nil }},
	{"the environment", func(w *world) { w.env["WARM_NAME"] = []string{"a", "b", ""}[w.r.IntN(3)] }},
	{"a seed", func(w *world) { w.change("seeds/orders.csv", func(s string) string { return s + "3,9,400\n" }) }},
	{"a seed's columns", func(w *world) { w.replace("seeds/orders.csv", "amount", "cents") }},
	{"an empty seed", func(w *world) { w.write("seeds/orders.csv", "") }},
	{"data", func(w *world) { w.change("data/a.csv", func(s string) string { return s + "9,Cy\n" }) }},
	{"columns of data", func(w *world) { w.replace("data/a.csv", "name", "called") }},
	{"more data", func(w *world) { w.write("data/b.csv", "id,name\n9,Cy\n") }},
	{"a renamed model", func(w *world) { w.move(w.one("models", ".sql"), "models/renamed.sql") }},
	{"a moved model", func(w *world) {
		if from := w.one("models/marts", ".sql"); from != "" {
			w.move(from, "models/deep/er/"+filepath.Base(from))
		}
	}},
	{"a deleted file", func(w *world) {
		if name := w.one("", ""); name != "" && name != "quern.yml" {
			w.must(os.Remove(w.path(name)))
		}
	}},
	{"a new model", func(w *world) { w.write("models/marts/fresh.sql", "select * from {{ ref \"named\" }}") }},
	{"two edits", func(w *world) {
		w.replace("models/marts/small.sql", "id < 5", "id < 6")
		w.replace("models/marts/label.sql", "1 as n", "2 as n")
	}},
	{"nothing", func(*world) {}},
	{"a touch", func(w *world) {
		now := time.Now()
		w.must(os.Chtimes(w.path(w.one("models", ".sql")), now, now))
	}},
	{"the same size at the same time", func(w *world) {
		name := "models/marts/label.sql"
		info, err := os.Stat(w.path(name))
		if err != nil {
			return
		}
		w.replace(name, "as n", "as m")
		w.must(os.Chtimes(w.path(name), info.ModTime(), info.ModTime()))
	}},
	{"a time in the future", func(w *world) {
		later := time.Now().Add(1000 * time.Hour)
		w.must(os.Chtimes(w.path(w.one("models", ".sql")), later, later))
	}},
	{"a time long past", func(w *world) {
		w.change("models/marts/small.sql", func(s string) string { return s + " " })
		w.must(os.Chtimes(w.path("models/marts/small.sql"), time.Unix(1, 0), time.Unix(1, 0)))
	}},
	{"the clock is set back", func(w *world) { w.now = time.Now().Add(-time.Hour) }},
	{"the clock is right", func(w *world) { w.now = time.Now() }},
	{"a truncated cache", func(w *world) {
		w.damage(func(b []byte) []byte { return b[:w.r.IntN(len(b)+1)] })
	}},
	{"a damaged cache", func(w *world) {
		w.damage(func(b []byte) []byte {
			if len(b) > 0 {
				b[w.r.IntN(len(b))] ^= 1 << w.r.IntN(8)
			}
			return b
		})
	}},
	{"a cache of another version", func(w *world) {
		w.damage(func(b []byte) []byte {
			if len(b) > 20 {
				b[8]++ // the format, or the stamp
				b[13]++
			}
			return b
		})
	}},
	{"no cache", func(w *world) { w.must(os.RemoveAll(w.path("target/cache"))) }},
	{"nothing that was written", func(w *world) { w.must(os.RemoveAll(w.path("target/compiled"))) }},
	{"a file less that was written", func(w *world) { _ = os.Remove(w.path("target/compiled/models/people.sql")) }},
	{"a file more that was written", func(w *world) { w.write("target/compiled/models/stray.sql", "select 1") }},
	{"no lineage", func(w *world) { _ = os.Remove(w.path("target/lineage.json")) }},
}

func (w *world) move(from, to string) {
	if from == "" {
		return
	}
	w.must(os.MkdirAll(filepath.Dir(w.path(to)), 0o755))
	w.must(os.Rename(w.path(from), w.path(to)))
}

func (w *world) damage(how func([]byte) []byte) {
	names := tree(w.t, w.dir, "target", func(name string) bool { return strings.HasPrefix(name, "target/cache/") })
	if len(names) > 0 {
		name := names[w.r.IntN(len(names))]
		w.must(os.WriteFile(w.path(name), how([]byte(w.read(name))), 0o600))
	}
}

// run runs a command and gives all there is to see of it.
func (w *world) run(args ...string) string {
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), append(args, w.flags...), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, cli.Env{
		LookupEnv: w.lookupEnv,
		Now:       func() time.Time { return w.now }, Dir: w.dir,
	})
	return fmt.Sprintf("exit code %d\n%s\n%s", code, out.String(), errs.String())
}

// written gives the files below target/ that compile writes.
func (w *world) written() map[string]string {
	out := map[string]string{}
	if _, err := os.Stat(w.path("target")); err != nil {
		return out
	}
	for _, name := range tree(w.t, w.dir, "target", func(name string) bool {
		return strings.HasPrefix(name, "target/compiled/") || name == "target/lineage.json"
	}) {
		out[name] = w.read(name)
	}
	return out
}

// TestWarmIsCold edits a project at random. After every edit each command shows and writes with the cache
// what it shows and writes without.
func TestWarmIsCold(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed)
			var done []string
			for range 30 {
				e := edits[w.r.IntN(len(edits))]
				switch w.r.IntN(10) {
				case 0, 1, 2:
					e = edit{"everything as it was", (*world).restore}
				case 3, 4, 5:
					e = edits[w.r.IntN(queries)]
				}
				if w.now.After(time.Now()) || w.r.IntN(2) == 0 {
					w.now = time.Now().Add(time.Hour) // all times are old enough to be trusted
				}
				done = append(done, e.name)
				e.do(w)
				if !w.compare() {
					t.Fatalf("after %q", done)
				}
			}
		})
	}
}

// compare runs commands with the cache and without it.
func (w *world) compare() bool {
	same := true
	commands := [][]string{{"compile"}, {"ls", "--output", "json"}, {"compile", "--output", "json"}, {"lineage", "--output", "json"}, {"ls", "-s", "selector:few"}}
	for i, command := range commands {
		if i > 0 && w.r.IntN(4) > 0 {
			continue
		}
		warm := w.run(command...)
		wrote := w.written()
		cold := w.run(append(command, "--no-cache")...)
		if diff := cmp.Diff(cold, warm); diff != "" {
			w.t.Errorf("%q (-cold +warm):\n%s", command, diff)
			same = false
		}
		if diff := cmp.Diff(w.written(), wrote); diff != "" {
			w.t.Errorf("what %q writes (-cold +warm):\n%s", command, diff)
			same = false
		}
	}
	return same
}
