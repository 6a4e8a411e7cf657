//go:build cgo

package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/run"
)

// together has a publish group with a member of every kind. Each shows the version of the data it was built from.
func together(t *testing.T) *growing {
	t.Helper()
	member := func(keys, query string) string { return "/* ---\npublish_group: g\n" + keys + "--- */\n" + query }
	g := newGrowing(t, stagetest.Files{
		"models/s.yml":     "sources:\n- {name: main, tables: [{name: raw}]}\n",
		"models/a.sql":     member("materialized: table\ncolumns: [{name: version, tests: [unique]}]\n", "select max(version)::integer as version from {{ source \"main\" \"raw\" }}"),
		"models/fixed.sql": member("materialized: table\n", "select 1 as one"),
		"models/v.sql":     member("columns: [{name: version, tests: [not_null]}]\n", "select version from {{ ref \"a\" }}"),
		"models/part.sql":  "/* ---\nmaterialized: ephemeral\n--- */\nselect * from {{ ref \"v\" }}",
		"models/b.sql": member("materialized: table\ncolumns: [{name: version, tests: [{relationships: {to: a, field: version}}]}]\n",
			"select version * one as version from {{ ref \"part\" }} cross join {{ ref \"fixed\" }}"),
		"models/i.sql": member("materialized: incremental\ncolumns: [{name: version, tests: [unique, {less_than_a: {}}]}]\n",
			"select version from {{ ref \"a\" }} {{ if incremental }}where version > (select max(version) from {{ this }}){{ end }}"),
		"models/k.sql":                  member("materialized: snapshot\nunique_key: id\nstrategy: check\ncheck_cols: all\n", "select 1 as id, version from {{ ref \"a\" }}"),
		"models/x.sql":                  table + "select b.version + i.version as both from {{ ref \"b\" }} as b cross join (select max(version) as version from {{ ref \"i\" }}) as i",
		"tests/generic/less_than_a.sql": "/* ---\nargs: [model, column]\n--- */\nselect * from {{ .model }} where {{ .column }} > (select version from {{ ref \"a\" }})",
	})
	g.exec("create table raw (version integer)", "insert into raw values (1)")
	g.untilDay(1)
	return g
}

// versions gives the versions that all members show at one moment; there has to be one.
const versions = `select distinct version from (
select version from a union all select version from v union all select version from b union all
select max(version) from i union all select version from k where valid_to is null)`

// arrives brings in the data of a version.
func (g *growing) arrives(version int) {
	g.t.Helper()
	g.exec(fmt.Sprintf("insert into raw values (%d)", version))
	g.untilDay(version)
}

func (g *growing) wantNoCandidates() {
	g.t.Helper()
	g.wantRows("select table_name from information_schema.tables where table_name like '%candidate%'")
}

func TestGroupsArePublishedInOneStep(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{1, 4} {
		t.Run(fmt.Sprint(threads, " threads"), func(t *testing.T) {
			t.Parallel()
			g := together(t)
			g.threads = threads
			g.must("")
			var wrong []string
			reads := 0
			done := make(chan struct{})
			var reader sync.WaitGroup
			session, err := g.engine.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			reader.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					rows, err := session.Query(t.Context(), versions, 0)
					if err != nil || len(rows.Values) != 1 {
						wrong = append(wrong, fmt.Sprint(rows, err))
						return
					}
					reads++
				}
			})
			for version := 2; version < 12; version++ {
				g.arrives(version)
				if got := g.must(""); !slices.Contains(got, "fixed skip -1") {
					t.Errorf("build %d: %q", version, got)
				}
				g.wantRows(versions, fmt.Sprint(version))
				g.wantRows("from x", fmt.Sprint(2*version))
			}
			close(done)
			reader.Wait()
			if len(wrong) > 0 || reads == 0 {
				t.Errorf("after %d reads a reader saw %q", reads, wrong)
			}
			g.wantNoCandidates()
		})
	}
}

// TestGroupsAfterCrashes lets the process die at each call of a build, before and after it: all members are then as
// they were, or all are new, and the next build comes to what it comes to without a crash.
func TestGroupsAfterCrashes(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint("after ", after), func(t *testing.T) {
			t.Parallel()
			g := together(t)
			g.must("")
			version, calls := 1, 0
			for done := false; !done; {
				version++
				calls++
				g.arrives(version)
				c := &crash{warehouse: warehouse{g.engine}, after: after}
				c.left.Store(int64(calls))
				g.grow(c, "")
				done = c.left.Load() > 0
				if got := g.rows(versions); len(got) != 1 || got[0] != fmt.Sprint(version) && got[0] != fmt.Sprint(version-1) {
					t.Fatalf("after a crash at call %d of build %d the members show %q", calls, version, got)
				}
				g.must("")
				g.wantRows(versions, fmt.Sprint(version))
				g.wantRows("from x", fmt.Sprint(2*version))
				g.wantRows("select count(*) from i", fmt.Sprint(version))
				g.wantRows("select count(*) from k", fmt.Sprint(version))
				g.wantNoCandidates()
				if t.Failed() {
					t.Fatalf("built again after a crash at call %d", calls)
				}
			}
			if calls < 10 {
				t.Errorf("a build has %d calls", calls)
			}
		})
	}
}

func TestAFailingMemberKeepsItsGroupBack(t *testing.T) {
	t.Parallel()
	const inGroup = "/* ---\npublish_group: g\nmaterialized: table\n"
	cases := []struct{ name, member, keys, query, a, b, x string }{
		{
			"a query", "b", "", "select cast('x' || id as integer) as id from {{ ref \"a\" }}",
			"skipped: b failed, with which it is published", "could not convert string 'x2' to INT32", "skipped: b failed",
		},
		{
			"a test", "b", "columns: [{name: id, tests: [not_null]}]\n", "select null as id from {{ ref \"a\" }}",
			"skipped: b failed, with which it is published", "the test not_null_b_id failed", "skipped: b failed",
		},
		{
			"one above another", "a", "", "select cast('x' as integer) as id",
			"could not convert string 'x' to INT32", "skipped: a failed", "skipped: a failed",
		},
	}
	for _, tc := range cases {
		for _, threads := range []int{1, 3} {
			t.Run(fmt.Sprint(tc.name, " ", threads), func(t *testing.T) {
				t.Parallel()
				s := newShop(t, stagetest.Files{
					"models/a.sql": inGroup + "--- */\nselect 1 as id", "models/b.sql": inGroup + "--- */\nselect id from {{ ref \"a\" }}",
					"models/c.sql": inGroup + "--- */\nselect 1 as id", "models/x.sql": table + "select id from {{ ref \"c\" }}",
				})
				s.build()
				for _, name := range []string{"a", "c"} {
					s.write("models/"+name+".sql", inGroup+"--- */\nselect 2 as id")
				}
				s.write("models/"+tc.member+".sql", inGroup+tc.keys+"--- */\n"+tc.query)
				results, err := run.Execute(t.Context(), s.plan(nil), warehouse{s.engine}, nil, run.Options{Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				got := map[string]string{}
				for _, r := range results.Steps {
					got[r.ID.Name()] = r.Reason
				}
				want := map[string]string{"a": tc.a, "b": tc.b, "c": "skipped: " + tc.member + " failed, with which it is published", "x": tc.x}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("build (-want +got):\n%s", diff)
				}
				s.wantRows("select a.id, b.id, c.id, x.id from a, b, c, x", "1|1|1|1")
			})
		}
	}
}

// blocking calls back before a table is created.
type blocking struct {
	warehouse
	before func(name string) error
}

func (b *blocking) Session(ctx context.Context) (run.Session, error) {
	s, err := b.warehouse.Session(ctx)
	return &blockingSession{s, b}, err
}

type blockingSession struct {
	run.Session
	b *blocking
}

func (s *blockingSession) InTransaction(ctx context.Context, do func(ctx context.Context) error) error {
	if err := s.b.before("transaction"); err != nil {
		return err
	}
	return s.Session.InTransaction(ctx, do)
}

func TestAGroupThatNeedsWhatFailedIsSkipped(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/raw.sql": table + "select 1 as id", "models/a.sql": "/* ---\npublish_group: g\n--- */\nselect 1 as id",
		"models/b.sql": "/* ---\npublish_group: g\n--- */\nselect id from {{ ref \"raw\" }}",
		"models/x.sql": table + "select id from {{ ref \"a\" }}",
	})
	s.build()
	s.write("models/a.sql", "/* ---\npublish_group: g\n--- */\nselect 2 as id")
	s.write("models/raw.sql", table+"select cast('x' as integer) as id")
	s.wantBuild(
		"model.a skipped: skipped: raw failed, which its group needs", "model.raw error: could not convert string 'x' to INT32",
		"model.b skipped: skipped: raw failed", "model.x skipped: skipped: raw failed",
	)
	s.wantRows("select a.id, x.id from a, x", "1|1")
	s.wantRows("select table_name from information_schema.tables where table_name like '%candidate%'")
}

func TestAnInterruptedGroupIsNotPublished(t *testing.T) {
	t.Parallel()
	g := together(t)
	g.must("")
	g.arrives(2)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	existing, keeper := g.look()
	p := g.planned(existing, keeper, "")
	results, err := run.Execute(ctx, p, &blocking{warehouse{g.engine}, func(string) error {
		cancel()
		return nil
	}}, nil, run.Options{Threads: 1, State: keeper})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results.Steps {
		if r.Kind == link.Model && r.ID != "model.fixed" && r.Status != run.Cancelled {
			t.Errorf("%s is %s: %s", r.ID, r.Status, r.Reason)
		}
	}
	g.wantRows(versions, "1")
	g.wantNoCandidates()
	g.must("")
	g.wantRows(versions, "2")
}

func TestAGroupThatCannotBePublishedSaysWhy(t *testing.T) {
	t.Parallel()
	g := together(t)
	g.must("")
	g.arrives(2)
	_, results := g.grow(&blocking{warehouse{g.engine}, func(string) error { return errors.New("the disk is full") }}, "")
	failed := 0
	for _, r := range results.Steps {
		if r.Status == run.Failed {
			failed++
			if !strings.Contains(r.Reason, "the disk is full") {
				t.Errorf("%s: %s", r.ID, r.Reason)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d steps failed: %q", failed, summary(results))
	}
	g.wantRows(versions, "1")
	g.wantNoCandidates()
	g.must("")
	g.wantRows(versions, "2")
}
