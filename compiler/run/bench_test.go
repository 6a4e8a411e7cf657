//go:build cgo

package run_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

// trivial is a project of n small tables in layers, with two tests each.
func trivial(n int) stagetest.Files {
	files := stagetest.Files{}
	for i := range n {
		query := fmt.Sprintf("select i as id, i %% 7 as grp from range(%d) r(i)", 10+i%10)
		if i >= 100 {
			query = fmt.Sprintf("select id, grp + 1 as grp from {{ ref \"m%d\" }}", i-100)
		}
		files[fmt.Sprintf("models/m%d.sql", i)] = "/* ---\nmaterialized: table\n" +
			"columns: [{name: id, tests: [unique, not_null]}]\n--- */\n" + query
	}
	return files
}

// BenchmarkBuildVersusBare builds 1,000 tables with 2,000 tests, and sends the same statements
// without anything around them through as many sessions. The ratio is what Quern costs.
func BenchmarkBuildVersusBare(b *testing.B) {
	const sessions = 4
	s := newShop(b, trivial(1000))
	p := s.plan(nil)
	var built, bare time.Duration
	for b.Loop() {
		built += timed(b, openFile(b), func(e adapters.Engine) {
			results, err := run.Execute(b.Context(), p, warehouse{e}, nil, run.Options{Threads: sessions, State: newKeeper(e)})
			if err != nil {
				b.Fatal(err)
			}
			for _, step := range results.Steps {
				if step.Status != run.Success {
					b.Fatalf("%s: %s", step.ID, step.Reason)
				}
			}
		})
		bare += timed(b, openFile(b), func(e adapters.Engine) { bareStatements(b, e, p, sessions) })
	}
	b.ReportMetric(built.Seconds()/float64(b.N), "s/build")
	b.ReportMetric(bare.Seconds()/float64(b.N), "s/bare")
	b.ReportMetric(float64(built)/float64(bare), "ratio")
}

// newKeeper keeps the state in an engine that has none yet.
func newKeeper(e adapters.Engine) *run.Keeper {
	return &run.Keeper{
		Known: state.New(), Missing: true,
		Tables: state.Tables{
			Dialect: e.Dialect(), Schema: relation.Name{Schema: check.StateSchema}, Key: state.Key{Project: "p", Target: "t"},
		},
	}
}

func openFile(b *testing.B) adapters.Engine {
	b.Helper()
	e, err := duckdb.Adapter().Open(b.Context(), adapters.Config{
		Dir: b.TempDir(), Settings: map[string]any{"path": "bench.duckdb"},
	})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// timed measures the work in an engine, and its closing, which writes what is still in memory.
func timed(b *testing.B, e adapters.Engine, f func(adapters.Engine)) time.Duration {
	b.Helper()
	start := time.Now()
	f(e)
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// bareStatements sends a create and two counts per table, level by level.
func bareStatements(b *testing.B, e adapters.Engine, p *plan.Plan, sessions int) {
	b.Helper()
	open := make([]adapters.Session, sessions)
	for i := range open {
		session, err := e.Session(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer session.Close()
		open[i] = session
	}
	for from := 0; from < len(p.Steps); from += 100 {
		level := p.Steps[from : from+100]
		var next atomic.Int64
		var wg sync.WaitGroup
		for _, session := range open {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(level); i = int(next.Add(1)) - 1 {
					if err := bareStep(b, session, level[i]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

func bareStep(b *testing.B, session adapters.Session, step *plan.Step) error {
	table := step.Relation.String()
	if err := session.Exec(b.Context(), "create table "+table+" as "+step.Query.SQL); err != nil {
		return err
	}
	for _, wrong := range []string{
		"select count(*) from (select id, count(*) from " + table + " where id is not null group by id having count(*) > 1)",
		"select count(*) from (select * from " + table + " where id is null)",
	} {
		if _, err := session.Query(b.Context(), wrong, 1); err != nil {
			return err
		}
	}
	return nil
}
