//go:build cgo

package run_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/run"
)

const seen = "create table raw (id integer, name varchar, seen timestamp)"

func keptFiles(keys, more string) stagetest.Files {
	f := rawSources("/* ---\nmaterialized: snapshot\nunique_key: id\n" + keys + "--- */\nselect * from {{ source \"main\" \"raw\" }}")
	f["models/m.yml"] = "models: [{name: m, tests: [row_count: {min: 1}]}]\n" + more
	return f
}

// day changes the source: a row is newer, one is new, one is gone, one stays.
func (g *growing) day(n int, more string) {
	g.t.Helper()
	g.at = g.at.Add(24 * time.Hour)
	seen := g.at.Add(-time.Hour).Format(time.DateTime)
	g.exec(
		fmt.Sprintf("update raw set name = 'n%d', seen = timestamp '%s' where id = (select min(id) from raw)", n, seen),
		"delete from raw where id = (select max(id) from raw)",
		fmt.Sprintf("insert into raw (id, name, seen) values (%d, 'new', timestamp '%s'), (%d, 'soon gone', timestamp '%s')", n, seen, -n, seen),
	)
	if more != "" {
		g.exec(fmt.Sprintf(more, n))
	}
}

// TestSnapshotsAfterCrashes lets the process die at each call of a snapshot's build, before and after it. The
// history is then what it was, or what it is without a crash, and a repeat makes it that.
func TestSnapshotsAfterCrashes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"timestamp": {"strategy: timestamp\nupdated_at: seen\nhard_deletes: invalidate\n", ""},
		"check":     {"strategy: check\ncheck_cols: all\nhard_deletes: new_record\n", "alter table raw add column c%d integer default 1"},
	} {
		for _, after := range []bool{false, true} {
			if after && name == "timestamp" {
				continue // the calls are the same
			}
			t.Run(fmt.Sprint(name, " after ", after), func(t *testing.T) {
				t.Parallel()
				a, b := newGrowing(t, keptFiles(c[0], "")), newGrowing(t, keptFiles(c[0], ""))
				both := func(do func(g *growing)) { do(a); do(b) }
				both(func(g *growing) {
					g.exec(seen, "insert into raw values (100, 'a', '2023-12-30'), (101, 'b', '2023-12-31')")
					g.must("")
				})
				done := false
				for call := 1; !done; call++ {
					both(func(g *growing) { g.day(call, c[1]) })
					b.must("")
					want, before := b.rows("from m order by all"), a.rows("from m order by all")
					house := &crash{warehouse: warehouse{a.engine}, after: after}
					house.left.Store(int64(call))
					a.grow(house, "")
					done = house.left.Load() > 0
					if got := a.rows("from m order by all"); !cmp.Equal(got, before) && !cmp.Equal(got, want) {
						t.Fatalf("after a crash at call %d (-before +got):\n%s", call, cmp.Diff(before, got))
					}
					a.must("")
					if diff := cmp.Diff(want, a.rows("from m order by all")); diff != "" {
						t.Fatalf("repeated after a crash at call %d (-want +got):\n%s", call, diff)
					}
					a.same("its reader", "select count(*) from m", "from r")
					if call > 100 {
						t.Fatal("the build never ends")
					}
				}
			})
		}
	}
}

// refusal gives what a failed build of m says.
func (g *growing) refusal() string {
	g.t.Helper()
	_, results := g.grow(warehouse{g.engine}, "")
	for _, s := range results.Steps {
		if s.ID == "model.m" {
			if s.Status != run.Failed || s.Diagnostic == nil {
				g.t.Fatalf("m ends as %s: %s %v", s.Status, s.Reason, s.Tests)
			}
			return stagetest.Line(s.Diagnostic)
		}
	}
	g.t.Fatal("there is no step for m")
	return ""
}

func TestSnapshotsOfUncheckedQueries(t *testing.T) {
	t.Parallel()
	g := newGrowing(t, keptFiles("strategy: timestamp\nupdated_at: seen\n", ""))
	g.exec("create table raw (key integer, valid_from integer, seen varchar)")
	const want = `models/m.sql:3:13 E0620 the snapshot "m" cannot go on: the query has no column "id", which unique_key names;
"seen" is VARCHAR, and updated_at needs a date or a timestamp;
the query has a column "valid_from", which is added to a snapshot [id] (select it, or correct the name)`
	if got := g.refusal(); got != want {
		t.Errorf("the first build says %s", got)
	}
	g.exec("drop table raw", seen, "insert into raw values (1, 'a', '2024-01-01')")
	g.must("")
	g.exec("drop table raw", "create table raw (id integer, seen timestamptz)")
	if got := g.refusal(); !strings.Contains(got, `the column "seen" is TIMESTAMP WITH TIME ZONE, and recorded as TIMESTAMP`) {
		t.Errorf("a later build says %s", got)
	}
	g.wantRows("select id, name from m", "1|a")
}

// TestSnapshotsAlteredByOthers are never built anew: what somebody did to them is said, and their history goes on
// if it can.
func TestSnapshotsAlteredByOthers(t *testing.T) {
	t.Parallel()
	g := newGrowing(t, keptFiles("strategy: check\ncheck_cols: all\nhard_deletes: invalidate\n", ""))
	g.exec(seen, "insert into raw values (1, 'a', '2024-01-01'), (2, 'b', '2024-01-01')")
	g.must("")
	g.at = g.at.Add(24 * time.Hour)
	build := func() []string {
		existing, keeper := g.look()
		_, diags := plan.Build(g.program, plan.Options{
			Selected: everything(g.program), Dialect: g.engine.Dialect(), Existing: existing, State: keeper.Known, RunTime: g.at,
		})
		return stagetest.Lines(diags)
	}
	g.exec("delete from m where id = 2")
	if got := build(); len(got) != 1 || !strings.Contains(got[0], string(diag.SnapshotAltered)+" main.m was altered by someone else") {
		t.Errorf("rows: the plan says %q", got)
	}
	g.must("")
	g.wantRows("select id, valid_from::date, valid_to from m order by id", "1|2024-01-01|<nil>", "2|2024-01-02|<nil>")

	g.exec("alter table m add column theirs integer")
	if got := build(); len(got) != 1 || !strings.Contains(got[0], "main.m was altered") {
		t.Errorf("columns: the plan says %q", got)
	}
	g.must("")
	g.wantRows("select id, theirs from m order by id", "1|<nil>", "2|<nil>")

	// Versions that do not follow each other are not gone on from.
	g.exec("insert into m select * from m where id = 1")
	if got := g.refusal(); !strings.Contains(got, `in the snapshot "m" 1 key has versions that overlap or end before they begin: id = 1`) {
		t.Errorf("overlapping versions: %s", got)
	}
	g.wantRows("select count(*) from m", "3")

	// A table that is gone is gone: that is said, and a new history begins.
	g.exec("drop table m")
	if got := build(); len(got) != 1 || !strings.Contains(got[0], `main.m is missing: the history of "m" begins anew`) {
		t.Errorf("without the table the plan says %q", got)
	}
	if got := g.must("")[0]; got != "m create 2" {
		t.Errorf("without the table: %s", got)
	}
}

// TestSnapshotsWithoutState go on from what is there.
func TestSnapshotsWithoutState(t *testing.T) {
	t.Parallel()
	g := newGrowing(t, keptFiles("strategy: check\ncheck_cols: [name]\n", ""))
	g.exec(seen, "insert into raw values (1, 'a', '2024-01-01')")
	g.must("")
	g.exec("drop schema quern cascade", "update raw set name = 'b'")
	g.at = g.at.Add(24 * time.Hour)
	if got := g.must("")[0]; got != "m update 1" {
		t.Errorf("without the state: %s", got)
	}
	g.wantRows("select name, valid_to::date from m order by valid_from", "a|2024-01-02", "b|<nil>")

	// What is no history is not taken for one.
	g.exec("drop schema quern cascade", "drop table m", "create table m as select 1 as id")
	if got := g.refusal(); !strings.Contains(got, `main.m has no column "valid_from": it is no history that this snapshot could go on with`) {
		t.Errorf("a table that is no history: %s", got)
	}
	g.wantRows("from m", "1")
}

func TestSnapshotsHideSensitiveKeys(t *testing.T) {
	t.Parallel()
	g := newGrowing(t, keptFiles("strategy: check\ncheck_cols: [name]\ncolumns: [{name: ID, sensitive: true}]\n", ""))
	g.exec(seen, "insert into raw values (4711, 'a', '2024-01-01'), (4711, 'b', '2024-01-01')")
	const want = `models/m.sql:3:13 E0620 in the snapshot "m" 1 key of "id" stands in more than one row: id = *** [id] ` +
		`(select one row for each key, or add to unique_key what tells the rows apart)`
	if got := g.refusal(); got != want {
		t.Errorf("it says %s", got)
	}
}

// TestCrashedSnapshotsElsewhere are in a database that is not the state's. Wherever the process dies, the target
// still knows that their table is a history, and never takes an older state of it for what is there.
func TestCrashedSnapshotsElsewhere(t *testing.T) {
	t.Parallel()
	files := keptFiles("database: other\nstrategy: check\ncheck_cols: [name]\nhard_deletes: invalidate\n", "")
	g := newGrowing(t, files)
	g.exec("attach ':memory:' as other", seen, "insert into raw values (100, 'a', '2023-12-30'), (101, 'b', '2023-12-31')")
	g.other = "other"
	g.must("")
	g.write("models/m.sql", "/* ---\nmaterialized: table\ndatabase: other\n--- */\nselect 1 as id")
	replaced := g.shop.program()
	for call, done := 1, false; !done; call++ {
		g.day(call, "")
		house := &crash{warehouse: warehouse{g.engine}}
		house.left.Store(int64(call))
		g.grow(house, "")
		done = house.left.Load() > 0
		existing, keeper := g.look()
		_, diags := plan.Build(replaced, plan.Options{
			Selected: everything(replaced), Dialect: g.engine.Dialect(), Existing: existing, State: keeper.Known, RunTime: g.at,
		})
		if got := stagetest.Lines(diags); len(got) != 1 || !strings.Contains(got[0], string(diag.HistoryInTheWay)) {
			t.Fatalf("after a crash at call %d the plan says %q", call, got)
		}
		if g.must(""); call > 100 {
			t.Fatal("the build never ends")
		}
		g.same("its reader", "select count(*) from other.main.m", "from r")
	}
}
