//go:build cgo

package run_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
)

// growing is a shop that remembers its builds.
type growing struct {
	*shop
	program *check.Program
	// at is the instant of builds.
	at time.Time
	// other is a database beside the target's; empty where there is none.
	other string
	// threads is how many steps are at work; zero means one.
	threads int
}

// untilDay sets the instant of the next build to the end of what moreRaw adds.
func (g *growing) untilDay(day int) {
	g.at = time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, day+1)
}

func newGrowing(t *testing.T, files stagetest.Files) *growing {
	t.Helper()
	s := newShop(t, files)
	return &growing{shop: s, program: s.program(), at: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// exec changes data.
func (g *growing) exec(statements ...string) {
	g.t.Helper()
	session, err := g.engine.Session(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	defer session.Close()
	for _, s := range statements {
		if err := session.Exec(g.t.Context(), s); err != nil {
			g.t.Fatalf("%v in %s", err, s)
		}
	}
}

// look gives what is in the target and what it remembers.
func (g *growing) look() (map[relation.Name]engine.Shape, *run.Keeper) {
	g.t.Helper()
	ctx := g.t.Context()
	session, err := g.engine.Session(ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	defer session.Close()
	existing := map[relation.Name]engine.Shape{}
	for _, database := range []string{"", g.other} {
		shapes, err := session.Shapes(ctx, database, "main")
		if err != nil {
			g.t.Fatal(err)
		}
		for _, shape := range shapes {
			shape.Object.Name.Database = database
			existing[shape.Object.Name] = shape
		}
	}
	k := newKeeper(g.engine)
	objects, err := session.List(ctx, "", check.StateSchema)
	if err != nil {
		g.t.Fatal(err)
	}
	if k.Missing = true; len(objects) > 0 {
		k.Missing = false
		rows, err := session.Query(ctx, k.Tables.Read(), 0)
		if err != nil {
			g.t.Fatal(err)
		}
		k.Known.Add(rows)
	}
	return existing, k
}

// grow builds everything; force is a flag or "".
func (g *growing) grow(house run.Warehouse, force string) (*plan.Plan, *run.Results) {
	g.t.Helper()
	existing, keeper := g.look()
	p := g.planned(existing, keeper, force)
	results, err := run.Execute(g.t.Context(), p, house, nil, run.Options{ShowRows: 5, Threads: max(1, g.threads), State: keeper})
	if err != nil && !strings.Contains(err.Error(), "crash") {
		g.t.Fatalf("Execute: %v", err)
	}
	return p, results
}

// planned plans everything.
func (g *growing) planned(existing map[relation.Name]engine.Shape, keeper *run.Keeper, force string) *plan.Plan {
	g.t.Helper()
	p, diags := plan.Build(g.program, plan.Options{
		Selected: everything(g.program), Dialect: g.engine.Dialect(), Existing: existing, State: keeper.Known,
		Sources: map[project.ID]string{}, Force: force, RunTime: g.at,
	})
	if diags.HasErrors() {
		g.t.Fatalf("plan: %v", stagetest.Lines(diags))
	}
	return p
}

// must builds everything, which has to work, and gives the plan's actions and the results.
func (g *growing) must(force string) []string {
	g.t.Helper()
	p, results := g.grow(warehouse{g.engine}, force)
	out := []string{}
	for i, s := range results.Steps {
		if s.Status != run.Success && s.Status != run.Unchanged {
			g.t.Fatalf("%s: %s: %s %v", s.ID, s.Status, s.Reason, s.Tests)
		}
		out = append(out, fmt.Sprintf("%s %s %d", s.ID.Name(), p.Steps[i].Action, s.Rows))
	}
	return out
}

// same compares two queries.
func (g *growing) same(what, want, got string) {
	g.t.Helper()
	if diff := cmp.Diff(g.rows("from ("+want+") order by all"), g.rows("from ("+got+") order by all")); diff != "" {
		g.t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// crash is a warehouse whose process dies at a call, before it is done or after.
type crash struct {
	warehouse
	left  atomic.Int64
	after bool
}

func (c *crash) Session(ctx context.Context) (run.Session, error) {
	s, err := c.warehouse.Session(ctx)
	return &crashSession{s, c}, err
}

type crashSession struct {
	run.Session
	c *crash
}

// dies runs a call unless the process died, and reports its death.
func (s *crashSession) dies(do func() error) error {
	dead := engine.Errorf("Crash", "crash")
	switch left := s.c.left.Add(-1); {
	case left < 0, left == 0 && !s.c.after:
		return dead
	case left == 0:
		if err := do(); err != nil {
			return err
		}
		return dead
	}
	return do()
}

func (s *crashSession) CreateTable(ctx context.Context, name relation.Name, query string) (n int64, err error) {
	err = s.dies(func() error { n, err = s.Session.CreateTable(ctx, name, query); return err })
	return n, err
}

func (s *crashSession) Publish(ctx context.Context, p []engine.Publication, with ...string) error {
	return s.dies(func() error { return s.Session.Publish(ctx, p, with...) })
}

func (s *crashSession) Exec(ctx context.Context, statement string) error {
	return s.dies(func() error { return s.Session.Exec(ctx, statement) })
}

func (s *crashSession) Drop(ctx context.Context, name relation.Name) error {
	return s.dies(func() error { return s.Session.Drop(ctx, name) })
}

func (s *crashSession) Query(ctx context.Context, query string, limit int) (rows *engine.Rows, err error) {
	err = s.dies(func() error { rows, err = s.Session.Query(ctx, query, limit); return err })
	return rows, err
}

func (s *crashSession) InTransaction(ctx context.Context, do func(ctx context.Context) error) error {
	return s.dies(func() error {
		return s.Session.InTransaction(ctx, func(ctx context.Context) error {
			if err := do(ctx); err != nil {
				return err
			}
			return s.dies(func() error { return nil }) // just before the commit
		})
	})
}

// strategies are models over raw(id, day, amount), with the query of what they have to hold.
func strategies() map[string][2]string {
	const filter = "{{ if incremental }}where %s{{ end }}"
	perDay := "select day, sum(amount)::bigint as revenue, count(*) as n from %s %s group by day"
	byTime := "select timestamp '2024-01-01' + to_days(day) as happened, sum(amount)::bigint as amount, count(*) as n from %s group by day"
	rows := "select id, day, amount from %s %s"
	model := func(keys, query, filtered string) string {
		return "/* ---\nmaterialized: incremental\n" + keys + "--- */\n" +
			fmt.Sprintf(query, `{{ source "main" "raw" }}`, fmt.Sprintf(filter, filtered))
	}
	return map[string][2]string{
		"append": {
			model("columns: [{name: id, tests: [unique, not_null]}]\n", rows, "id > (select max(id) from {{ this }})"),
			fmt.Sprintf(rows, "raw", ""),
		},
		"delete+insert": {
			model("incremental_strategy: delete+insert\nunique_key: day\nassert: [n > 0, sum(n) > 0]\n", perDay,
				"day >= (select max(day) from {{ this }})"), fmt.Sprintf(perDay, "raw", ""),
		},
		"microbatch": {
			model("incremental_strategy: microbatch\nevent_time: happened\nbegin: 2024-01-01\nbatch_size: day\nlookback: 0\nassert: [n > 0, sum(n) > 0]\n",
				"select happened, amount, n from ("+byTime+") as q %s", "happened >= {{ batch_start }}"),
			fmt.Sprintf(byTime, "raw"),
		},
		"merge": {
			model("unique_key: [day]\ncolumns: [{name: day, tests: [unique]}]\n", perDay, "day >= (select max(day) from {{ this }})"),
			fmt.Sprintf(perDay, "raw", ""),
		},
	}
}

// moreRaw adds rows for the end of what is there.
func moreRaw(i int) string {
	return fmt.Sprintf("insert into raw select coalesce((select max(id) from raw), 0) + 1 + i, %d + (i // 2), i * 3 from range(3) r(i)", i)
}

const rawTable = "create table raw (id integer, day integer, amount integer)"

func rawSources(model string) stagetest.Files {
	return stagetest.Files{
		"models/s.yml": "sources:\n- {name: main, tables: [{name: raw}]}\n",
		"models/m.sql": model,
		"models/r.sql": "/* ---\nmaterialized: table\n--- */\nselect count(*) as n from {{ ref \"m\" }}",
	}
}

func TestIncrementsAreAFullBuild(t *testing.T) {
	t.Parallel()
	for name, model := range strategies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGrowing(t, rawSources(model[0]))
			g.exec(rawTable, moreRaw(1))
			g.untilDay(1)
			if got := g.must("")[0]; !strings.HasPrefix(got, "m create ") {
				t.Errorf("first build: %s", got)
			}
			for i := range 4 {
				g.exec(moreRaw(i + 2))
				g.untilDay(i + 2)
				if got := g.must("")[0]; !strings.HasPrefix(got, "m update ") {
					t.Fatalf("increment %d: %s", i, got)
				}
				g.same("after an increment", model[1], "from m")
				g.same("its reader", "select count(*) from m", "from r")
				g.must("") // the same input once more
				g.same("after the same input again", model[1], "from m")
			}
			if got := g.must(plan.FullRefresh)[0]; !strings.HasPrefix(got, "m rebuild ") {
				t.Errorf("full refresh: %s", got)
			}
			g.same("after a full refresh", model[1], "from m")
		})
	}
}

// TestIncrementsAfterCrashes lets the process die at each call of an increment, before and after it, and then
// builds again.
func TestIncrementsAfterCrashes(t *testing.T) {
	t.Parallel()
	for name, model := range strategies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGrowing(t, rawSources(model[0]))
			g.exec(rawTable, moreRaw(1))
			g.untilDay(1)
			g.must("")
			day := 1
			for _, after := range []bool{false, true} {
				done := false
				for call := int64(1); !done; call++ {
					day++
					g.exec(moreRaw(day))
					g.untilDay(day)
					c := &crash{warehouse: warehouse{g.engine}, after: after}
					c.left.Store(call)
					before := g.rows("from m order by all")
					g.grow(c, "")
					if got := g.rows("from m order by all"); !cmp.Equal(before, got) && name != "microbatch" { // whose windows come in one by one
						g.same("after a crash", model[1], "from m")
					}
					done = c.left.Load() > 0
					g.must("")
					g.same(fmt.Sprintf("built again after a crash at call %d", call), model[1], "from m")
					g.same("its reader", "select count(*) from m", "from r")
					if call > 100 {
						t.Fatal("the build never ends")
					}
				}
			}
		})
	}
}
