//go:build cgo

package state_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

func record(t testing.TB, s adapters.Session, tables state.Tables, r state.Run, results ...state.Result) {
	t.Helper()
	past := state.NewPast(ask(t, s, tables.ReadPast()))
	if err := s.Publish(t.Context(), nil, append(tables.Record(past, &r, results), tables.Forget(past)...)...); err != nil {
		t.Fatal(err)
	}
}

func ask(t testing.TB, s adapters.Session, query string) *engine.Rows {
	t.Helper()
	rows, err := s.Query(t.Context(), query, 0)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return rows
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestTheLastRunIsTheOneThatWasWrittenLast(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	if _, _, ok := state.Last(ask(t, s, tables.ReadLast())); ok {
		t.Error("there is a last run before the first")
	}
	record(t, s, tables, state.Run{ID: "b", Command: "build", Status: "error", Started: noon, Ended: noon},
		state.Result{Node: "model.it's", Status: "error", Rows: -1, Error: "no"},
		state.Result{Node: "model.slow", Status: "success", Rows: 3, Seconds: 2.5},
		state.Result{Node: "model.slow", Test: "test.t", Status: "pass", Seconds: 9})
	// A clock that went backwards makes no earlier run of it.
	record(t, s, tables, state.Run{ID: "a", Command: "test", Status: "success", Started: noon.Add(-time.Hour), Ended: noon.Add(-time.Hour)},
		state.Result{Node: "model.slow", Test: "test.t", Status: "fail", Rows: 2})
	other := tables
	other.Key.Target = "prod"
	record(t, s, other, state.Run{ID: "c", Command: "build", Status: "success", Started: noon, Ended: noon},
		state.Result{Node: "model.slow", Status: "success", Seconds: 7})

	last, results, ok := state.Last(ask(t, s, tables.ReadLast()))
	if want := (state.Run{ID: "a", Command: "test", Status: "success"}); !ok || last != want {
		t.Errorf("the last run is %v, want %v", last, want)
	}
	if diff := cmp.Diff(map[project.ID]string{"test.t": "fail"}, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[project.ID]float64{"model.slow": 2.5}, state.Seconds(ask(t, s, tables.ReadSeconds()))); diff != "" {
		t.Errorf("seconds (-want +got):\n%s", diff)
	}
	shown := ask(t, s, "select run, node, test, status, rows, seconds, error from quern.results where run = 'b' order by seconds").Values
	want := [][]any{
		{"b", "model.it's", nil, "error", nil, 0.0, "no"}, {"b", "model.slow", nil, "success", int64(3), 2.5, nil}, {"b", "model.slow", "test.t", "pass", int64(0), 9.0, nil},
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}

func TestOldRunsAreForgotten(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	record(t, s, tables, state.Run{ID: "first", Started: noon, Ended: noon}, state.Result{Node: "model.old", Status: "success", Seconds: 4})
	other := tables
	other.Key.Project = "another"
	record(t, s, other, state.Run{ID: "theirs", Status: "error", Started: noon, Ended: noon}, state.Result{Node: "model.x", Status: "error"})
	many := make([]state.Result, 12_000)
	for run := range 4 {
		for i := range many {
			many[i] = state.Result{Node: project.ID(fmt.Sprint("model.m", i)), Status: "success", Seconds: float64(run)}
		}
		record(t, s, tables, state.Run{ID: fmt.Sprint("many", run), Started: noon, Ended: noon}, many...)
	}
	var statements []string
	past := state.NewPast(ask(t, s, tables.ReadPast()))
	for i := range 250 {
		statements = append(statements, tables.Record(past, &state.Run{ID: fmt.Sprint("r", i), Started: noon, Ended: noon}, nil)...)
		past.Last, past.Runs = past.Last+1, past.Runs+1
	}
	exec(t, s, append(statements, tables.Forget(past)...)...)
	if n := ask(t, s, "select count(*) from quern.runs where project <> 'another'").Values[0][0].(int64); n != 100 {
		t.Errorf("%d runs are kept", n)
	}
	if n := ask(t, s, "select count(*) from quern.results").Values[0][0].(int64); n > 20_000 {
		t.Errorf("%d results are kept", n)
	}
	seconds := state.Seconds(ask(t, s, tables.ReadSeconds()))
	if seconds["model.old"] != 4 || seconds["model.m7"] != 3 || len(seconds) != 12_001 {
		t.Errorf("of %d nodes the seconds are kept, those of old are %v, of m7 %v", len(seconds), seconds["model.old"], seconds["model.m7"])
	}
	if _, results, ok := state.Last(ask(t, s, other.ReadLast())); !ok || results["model.x"] != "error" {
		t.Error("the last run of another project was forgotten")
	}
}

// BenchmarkSizeOfState builds 10,000 models with two tests each again and again, and gives how large the file of the
// state becomes.
func BenchmarkSizeOfState(b *testing.B) {
	const models = 10_000
	dir := b.TempDir()
	config := adapters.Config{Dir: dir, Settings: map[string]any{"path": "x.duckdb"}}
	largest := int64(0)
	for n := range 8 {
		e, err := duckdb.Adapter().Open(b.Context(), config)
		if err != nil {
			b.Fatal(err)
		}
		s, err := e.Session(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		tables := state.Tables{Dialect: e.Dialect(), Schema: relation.Name{Schema: check.StateSchema}, Key: state.Key{Project: "p", Target: "dev"}}
		if err := s.EnsureSchema(b.Context(), "", check.StateSchema); err != nil {
			b.Fatal(err)
		}
		if err := s.Publish(b.Context(), nil, tables.Create()...); err != nil {
			b.Fatal(err)
		}
		k := state.New()
		k.Add(ask(b, s, tables.Read()))
		full(b, s, tables, k, n, models)
		if s.Close() != nil || e.Close() != nil {
			b.Fatal("close")
		}
		info, err := os.Stat(filepath.Join(dir, "x.duckdb"))
		if err != nil {
			b.Fatal(err)
		}
		largest = max(largest, info.Size())
		b.Logf("after %d builds of everything: %.1f MB", n+1, float64(info.Size())/1e6)
	}
	b.ReportMetric(float64(largest)/1e6, "MB")
}

// full keeps what a build of everything keeps.
func full(b *testing.B, s adapters.Session, tables state.Tables, k *state.Known, n, models int) {
	run := fmt.Sprintf("20261121T12%02d00Z-%08x", n, n*7919)
	var statements []string
	var results []state.Result
	var relations []*state.Relation
	var tests []*state.Test
	for i := range models {
		r := orders(fmt.Sprintf("%s:model.m%d", run, i))
		r.ID = project.ID(fmt.Sprintf("model.stg_shop_orders_%d", i))
		r.Name.Identifier = r.ID.Name()
		r.Text = fmt.Sprintf("select order_id , customer_id , %d as batch , ", i) + strings.Repeat("sum ( amount ) as amount , ", 15) + "from { model.m }"
		r.Code, r.Digest.Content = r.Code+"0123456789abcdef0123456789abcdef", fmt.Sprintf("%032x", i*104729+n)
		relations = append(relations, r)
		results = append(results, state.Result{Node: r.ID, Status: "success", Rows: int64(i), Seconds: float64(i%977) / 1e4, Reason: "asked with --force"})
		for t := range 2 {
			test := &state.Test{ID: project.ID(fmt.Sprintf("test.unique_%d_%s", t, r.ID.Name())), Definition: r.Code, Inputs: map[project.ID]string{r.ID: r.Data.Rows}, Run: run, At: noon}
			tests = append(tests, test)
			results = append(results, state.Result{Node: r.ID, Test: test.ID, Status: "pass", Seconds: float64(i%313) / 1e4})
		}
	}
	for at := 0; at < models; at += 500 {
		statement, err := tables.Keep(k, relations[at:at+500]...)
		if err != nil {
			b.Fatal(err)
		}
		statements = append(statements, statement)
	}
	for at := 0; at < len(tests); at += 500 {
		statement, err := tables.KeepTests(k, tests[at:at+500])
		if err != nil {
			b.Fatal(err)
		}
		statements = append(statements, statement)
	}
	if err := s.Publish(b.Context(), nil, append(statements, tables.Shorten(k)...)...); err != nil {
		b.Fatal(err)
	}
	record(b, s, tables, state.Run{ID: run, Command: "build", Status: "success", Started: noon, Ended: noon}, results...)
}
