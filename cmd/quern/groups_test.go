//go:build cgo

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// groupProject publishes relations of all kinds together; each shows the version of the data it was built from.
var groupProject = map[string]string{
	"quern.yml":          "name: group\ntarget: dev\ntargets: {dev: {type: duckdb, path: group.duckdb}}\nmodels: {.: {publish_group: g}}\n",
	"models/sources.yml": "sources: [{name: raw, tables: [{name: data, files: \"data/*.csv\", columns: [{name: version, type: int64}]}]}]\n",
	"models/a.sql":       "/* ---\nmaterialized: table\ncolumns: [{name: version, tests: [unique]}]\n--- */\nselect max(version) as version from {{ source \"raw\" \"data\" }}\n",
	"models/v.sql":       "select version from {{ ref \"a\" }}\n",
	"models/b.sql":       "/* ---\nmaterialized: table\n--- */\nselect version, (select sum(range) from range(300000)) as n from {{ ref \"v\" }}\n",
	"models/i.sql": "/* ---\nmaterialized: incremental\ncolumns: [{name: version, tests: [unique]}]\n--- */\n" +
		"select version from {{ ref \"a\" }}\n{{ if incremental }}where version > (select max(version) from {{ this }}){{ end }}\n",
	"models/k.sql": "/* ---\nmaterialized: snapshot\nunique_key: id\nstrategy: check\ncheck_cols: all\n--- */\nselect 1 as id, version from {{ ref \"b\" }}\n",
}

// TestKilledBuildsPublishGroupsWhole kills builds at random moments: right after each, before anything else looks at
// the target, all models of a group show the same data. The next build comes to the new data.
func TestKilledBuildsPublishGroupsWhole(t *testing.T) {
	t.Parallel()
	kills := 8
	if more, err := strconv.Atoi(os.Getenv("QUERN_TEST_KILLS")); err == nil {
		kills = more
	}
	random := rand.New(rand.NewPCG(28, 11))
	dir := t.TempDir()
	writeFiles(t, dir, groupProject)
	arrives := func(version int) {
		writeFiles(t, dir, map[string]string{"data/d.csv": fmt.Sprintf("version\n%d\n", version)})
	}
	arrives(1)
	whole := buildMonths(t, dir)
	for version := 2; version < 2+kills; version++ {
		arrives(version)
		command := quernBuild(dir)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait()
		if got := groupVersions(t, dir); len(got) != 1 {
			t.Fatalf("after the kill of build %d the group shows %v", version, got)
		}
		if random.IntN(3) == 0 {
			continue
		}
		buildMonths(t, dir)
		if diff := cmp.Diff([][]any{{int64(version)}}, groupVersions(t, dir)); diff != "" {
			t.Fatalf("after build %d (-want +got):\n%s", version, diff)
		}
		if out, err := quernBuild(dir).CombinedOutput(); err != nil || !strings.Contains(string(out), "built 0, unchanged 5") {
			t.Fatalf("another build does something: %v\n%s", err, out)
		}
	}
}

// groupVersions gives the versions that the models of the group show.
func groupVersions(t *testing.T, dir string) [][]any {
	t.Helper()
	session, done := openDatabase(t, dir, "group.duckdb")
	defer done()
	rows, err := session.Query(t.Context(), `select distinct version from (select version from a union all select version from v
		union all select version from b union all select max(version) from i union all select version from k where valid_to is null)`, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows.Values
}
