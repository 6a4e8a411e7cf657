//go:build cgo

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// monthsProject takes data that arrives month by month into tables of all kinds.
var monthsProject = map[string]string{
	"quern.yml":          "name: months\ntarget: dev\ntargets: {dev: {type: duckdb, path: months.duckdb}}\n",
	"models/sources.yml": "sources: [{name: landing, tables: [{name: sales, files: \"data/*.csv\", columns: [{name: month, type: int64}, {name: id, type: int64}, {name: amount, type: int64}]}]}]\n",
	"models/sales.sql": "/* ---\nmaterialized: incremental\nunique_key: [month, id]\ncolumns: [{name: id, tests: [not_null]}]\n--- */\n" +
		"select month, id, amount from {{ source \"landing\" \"sales\" }}\n{{ if incremental }}where month >= (select max(month) from {{ this }}){{ end }}\n",
	"models/landed.sql": "/* ---\nmaterialized: incremental\nnew_files_only: true\n--- */\nselect * from {{ source \"landing\" \"sales\" }}\n",
	"models/days.sql":   "/* ---\nmaterialized: table\ncolumns: [{name: month, tests: [unique]}]\n--- */\nselect month, sum(amount) as amount, count(*) as n from {{ ref \"sales\" }} group by month\n",
	"models/recent.sql": "select * from {{ ref \"days\" }} where month >= (select max(month) from {{ ref \"days\" }}) - 1\n",
	"models/report.sql": "/* ---\nmaterialized: table\n--- */\nselect count(*) as months, sum(amount) as amount from {{ ref \"recent\" }}\n",
	"models/known.sql": "/* ---\nmaterialized: snapshot\nunique_key: id\nstrategy: check\ncheck_cols: [amount]\n--- */\n" +
		"select id, max(amount) as amount from {{ ref \"sales\" }} group by id\n",
}

// TestKilledBuildsAsMonthsArrive kills builds at random moments while data arrives. After each the next build comes to
// what a build from scratch comes to, but for the history, and that is one of the builds that were begun.
func TestKilledBuildsAsMonthsArrive(t *testing.T) {
	t.Parallel()
	kills := 12
	if more, err := strconv.Atoi(os.Getenv("QUERN_TEST_KILLS")); err == nil {
		kills = more
	}
	random := rand.New(rand.NewPCG(2013, 7))
	dir := t.TempDir()
	writeFiles(t, dir, monthsProject)
	month(t, dir, 1, random)
	whole := buildMonths(t, dir)
	for at := 2; at < 2+kills; at++ {
		month(t, dir, at, random)
		command := quernBuild(dir)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait()
		if random.IntN(3) == 0 {
			continue // the next build takes two months
		}
		buildMonths(t, dir)
		clean := t.TempDir()
		writeFiles(t, clean, monthsProject)
		if err := os.CopyFS(filepath.Join(clean, "data"), os.DirFS(filepath.Join(dir, "data"))); err != nil {
			t.Fatal(err)
		}
		buildMonths(t, clean)
		got, want := monthsOf(t, dir), monthsOf(t, clean)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("after the kill in month %d (-scratch +there):\n%s", at, diff)
		}
		if out, err := quernBuild(dir).CombinedOutput(); err != nil || !strings.Contains(string(out), "built 0, unchanged 6") {
			t.Fatalf("another build does something: %v\n%s", err, out)
		}
	}
}

func quernBuild(dir string) *exec.Cmd {
	command := exec.Command(os.Args[0], "build", "-q")
	command.Dir = dir
	command.Env = append(os.Environ(), "QUERN_TEST_MAIN=1")
	return command
}

func buildMonths(t *testing.T, dir string) time.Duration {
	t.Helper()
	start := time.Now()
	if out, err := quernBuild(dir).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return time.Since(start)
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// month lets the data of a month arrive.
func month(t *testing.T, dir string, at int, random *rand.Rand) {
	t.Helper()
	var b strings.Builder
	b.WriteString("month,id,amount\n")
	for id := range 50 {
		fmt.Fprintf(&b, "%d,%d,%d\n", at, id, random.IntN(1000))
	}
	writeFiles(t, dir, map[string]string{fmt.Sprintf("data/m%03d.csv", at): b.String()})
}

// monthsOf gives the rows of the relations as another program sees them. Of the history it gives what holds now.
func monthsOf(t *testing.T, dir string) map[string][][]any {
	t.Helper()
	session, done := openDatabase(t, dir, "months.duckdb")
	defer done()
	out := map[string][][]any{}
	for name, query := range map[string]string{
		"sales": "from sales order by all", "landed": "from landed order by all", "days": "from days order by all", "recent": "from recent order by all", "report": "from report",
		"known":    "select id, amount from known where valid_to is null order by all",
		"overlaps": "select count(*) from known a join known b on a.id = b.id and a.valid_from < b.valid_from and (a.valid_to is null or a.valid_to > b.valid_from)",
	} {
		rows, err := session.Query(t.Context(), query, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = rows.Values
	}
	return out
}
