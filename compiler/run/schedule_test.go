package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// mill is a warehouse that does nothing but what a test asks for. It stands for an engine where the
// order of work is tested, or things that no engine does on demand.
type mill struct {
	// on is called before every statement, with the step's name; its error is the statement's.
	on  func(ctx context.Context, what string) error
	max int

	mu       sync.Mutex
	sessions int
	said     []string
}

type millSession struct{ *mill }

func (millSession) Definitions(context.Context, string, string) (map[string]string, error) {
	return nil, nil
}

func (m *mill) Session(ctx context.Context) (run.Session, error) {
	if err := m.do(ctx, "session"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions++
	return millSession{m}, nil
}

func (m *mill) MaxSessions() int { return m.max }

func (m *mill) do(ctx context.Context, what string) error {
	if m.on == nil {
		return nil
	}
	m.mu.Lock()
	m.said = append(m.said, what)
	m.mu.Unlock()
	return m.on(ctx, what)
}

func (s millSession) EnsureSchema(ctx context.Context, _, schema string) error {
	return s.do(ctx, "schema "+schema)
}

func (s millSession) List(context.Context, string, string) ([]relation.Object, error) {
	return nil, nil
}

func (s millSession) CreateTable(ctx context.Context, name relation.Name, _ string) (int64, error) {
	return 1, s.do(ctx, "table "+name.Identifier)
}

func (s millSession) CreateView(ctx context.Context, name relation.Name, _ string) error {
	return s.do(ctx, "view "+name.Identifier)
}

func (s millSession) Load(ctx context.Context, load engine.Load) (int64, error) {
	return 1, s.do(ctx, "load "+load.Into.Identifier)
}

func (s millSession) Export(ctx context.Context, export engine.Export) (int64, error) {
	return 1, s.do(ctx, "export "+export.Path)
}

func (s millSession) Describe(context.Context, string) ([]relation.Column, error) { return nil, nil }

func (s millSession) ExportScan(export engine.Export, _ int64) string { return export.Path }

func (s millSession) Publish(ctx context.Context, p []engine.Publication, _ ...string) error {
	return s.do(ctx, "publish "+p[0].To.Identifier)
}

func (s millSession) InTransaction(ctx context.Context, do func(ctx context.Context) error) error {
	return do(ctx)
}

func (s millSession) Exec(ctx context.Context, statement string) error { return s.do(ctx, statement) }

func (s millSession) Columns(context.Context, relation.Name) ([]relation.Column, error) {
	return nil, nil
}

func (s millSession) Digest(ctx context.Context, name relation.Name) (engine.Digest, error) {
	return engine.Digest{Rows: 1}, s.do(ctx, "digest "+name.Identifier)
}

func (s millSession) Digests(_ context.Context, names []relation.Name) ([]engine.Digest, error) {
	return make([]engine.Digest, len(names)), nil
}

func (s millSession) Drop(ctx context.Context, name relation.Name) error {
	return s.do(ctx, "drop "+name.Identifier)
}

func (s millSession) Query(ctx context.Context, query string, _ int) (*engine.Rows, error) {
	return &engine.Rows{Values: [][]any{{int64(0)}}}, s.do(ctx, "query "+query)
}

func (s millSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions--
	return nil
}

// tables plans a table per line "name: parent parent …"; parents stand above.
func tables(lines ...string) *plan.Plan {
	p := &plan.Plan{}
	at := map[string]int{}
	for i, line := range lines {
		name, parents, _ := strings.Cut(line, ":")
		at[name] = i
		file := source.NewFile("models/"+name+".sql", "select 1")
		query := (&template.Rendered{Text: file.Text}).Fill(nil)
		step := &plan.Step{
			ID: project.ID("model." + name), Kind: link.Model, Action: plan.Create, Materialized: project.Table,
			Relation: relation.Name{Identifier: name}, Candidate: relation.Name{Identifier: name + "__candidate"},
			Query: query, Span: file.Span(0, 8),
		}
		for _, parent := range strings.Fields(parents) {
			step.After = append(step.After, at[parent])
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

// statuses gives "name status" per step.
func statuses(r *run.Results) []string {
	out := []string{}
	for _, s := range r.Steps {
		out = append(out, s.ID.Name()+" "+s.Status.String())
	}
	return out
}

func refused(what string) error {
	return &engine.Error{Class: engine.Permanent, Kind: "Binder", Message: "no " + what, Position: -1}
}

func failing(names ...string) func(context.Context, string) error {
	return func(_ context.Context, what string) error {
		for _, name := range names {
			if what == "table "+name+"__candidate" {
				return refused(what)
			}
		}
		return nil
	}
}

func TestFailuresCascadeWithTheirRoot(t *testing.T) {
	t.Parallel()
	p := tables("a", "b", "c: a", "d: c", "e: d b", "f: b")
	results, err := run.Execute(t.Context(), p, &mill{on: failing("a")}, nil, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range results.Steps {
		got = append(got, s.ID.Name()+" "+s.Status.String()+" "+s.Reason)
	}
	want := []string{
		"a error no table a__candidate", "b success ", "c skipped skipped: a failed", "d skipped skipped: a failed",
		"e skipped skipped: a failed", "f success ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Execute (-want +got):\n%s", diff)
	}
}

func TestFailFastBeginsNothingNew(t *testing.T) {
	t.Parallel()
	p := tables("a", "b", "c: b")
	results, err := run.Execute(t.Context(), p, &mill{on: failing("a")}, nil, run.Options{FailFast: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	// b has the longer way to the end and goes first.
	want := []string{"a error", "b success", "c skipped"}
	if diff := cmp.Diff(want, statuses(results)); diff != "" {
		t.Errorf("Execute (-want +got):\n%s", diff)
	}
}

func TestLongestWayGoesFirst(t *testing.T) {
	t.Parallel()
	m := &mill{on: func(context.Context, string) error { return nil }}
	p := tables("a", "b", "c: b", "d: c", "e: a")
	if _, err := run.Execute(t.Context(), p, m, nil, run.Options{Threads: 1}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, what := range m.said {
		if name, ok := strings.CutPrefix(what, "publish "); ok {
			got = append(got, name)
		}
	}
	if diff := cmp.Diff([]string{"b", "a", "c", "d", "e"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestSessionsAreReusedAndClosed(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 50 {
		lines = append(lines, fmt.Sprintf("m%d", i))
	}
	m := &mill{max: 3, on: func(context.Context, string) error { return nil }}
	if _, err := run.Execute(t.Context(), tables(lines...), m, nil, run.Options{Threads: 16}); err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, what := range m.said {
		if what == "session" {
			opened++
		}
	}
	if opened < 1 || opened > 3 || m.sessions != 0 {
		t.Errorf("opened %d sessions, %d are open; want at most 3 and none", opened, m.sessions)
	}
}

func TestTransientErrorsAreTriedAgain(t *testing.T) {
	t.Parallel()
	failures := 2
	m := &mill{on: func(_ context.Context, what string) error {
		if what == "publish a" && failures > 0 {
			failures--
			return &engine.Error{Class: engine.Transient, Kind: "Transaction", Message: "conflict", Position: -1}
		}
		return nil
	}}
	results, err := run.Execute(t.Context(), tables("a"), m, nil, run.Options{})
	if err != nil || results.Steps[0].Status != run.Success || results.Steps[0].Diagnostic != nil {
		t.Errorf("Execute = %+v, %v, want success", results.Steps[0], err)
	}
	failures = 100
	results, err = run.Execute(t.Context(), tables("a", "b: a"), m, nil, run.Options{})
	if err != nil || results.Steps[0].Class != engine.Transient {
		t.Errorf("Execute = %+v, %v, want a transient error", results.Steps[0], err)
	}
	if want := []string{"a error", "b skipped"}; !cmp.Equal(want, statuses(results)) {
		t.Errorf("statuses = %v", statuses(results))
	}
}

// TestEngineThatBreaksDown has an engine that does nothing more after one statement, which is of a model, of a test, or of
// several tests at once. It is opened anew, and the results say what broke it.
func TestEngineThatBreaksDown(t *testing.T) {
	t.Parallel()
	fault := &engine.Error{Class: engine.Broken, Message: "a fault inside", Position: -1}
	query := func(text string) *template.Filled { return (&template.Rendered{Text: text}).Fill(nil) }
	for _, c := range []struct {
		what, over string
		tests      int
		statuses   string
		reported   bool // the error is of the whole run
	}{
		{"the query of a model", "table b__candidate", 0, "a success, b error, c skipped, d skipped", false},
		{"the publication of a model", "publish b", 0, "a success, b error, c skipped, d skipped", false},
		{"a test", "the test 0", 1, "a success, b error, c skipped, d skipped", false},
		{"one of several tests", "the test 1", 2, "a success, b skipped, c skipped, d skipped", true},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			m := &mill{on: func(_ context.Context, what string) error {
				switch {
				case broken.Load():
					return &engine.Error{Class: engine.Stopped, Message: "stopped", Position: -1}
				case strings.Contains(what, c.over):
					broken.Store(true)
					return fault
				}
				return nil
			}}
			p := tables("a", "b: a", "c: b", "d: a")
			for i := range c.tests {
				p.Steps[1].Audits = append(p.Steps[1].Audits, &plan.Audit{
					ID: project.ID(fmt.Sprint("test.t", i)), Name: "t", Of: "b", Blocking: true, Query: query(fmt.Sprint("the test ", i)),
				})
			}
			reopened := 0
			results, err := run.Execute(t.Context(), p, m, nil, run.Options{Threads: 1, Reopen: func(context.Context) (run.Warehouse, error) {
				reopened++
				return &mill{}, nil
			}})
			if errors.Is(err, fault) != c.reported || err != nil != c.reported {
				t.Errorf("the error of the run = %v, want it to be reported: %t", err, c.reported)
			}
			if c.reported && err.Error() != `the tests of "b": a fault inside` {
				t.Errorf("the error of the run = %v", err)
			}
			if got := strings.Join(statuses(results), ", "); got != c.statuses || reopened != 1 || results.Interrupted || m.sessions != 0 {
				t.Errorf("%s; opened anew %d times, interrupted %t, sessions left open %d; want %s", got, reopened, results.Interrupted, m.sessions, c.statuses)
			}
			if tests := results.Steps[1].Tests; c.tests == 1 && (tests[0].Status != run.TestError || tests[0].Diagnostic == nil) {
				t.Errorf("the test that broke it = %+v", tests)
			}
		})
	}
}

func TestInterruption(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := &mill{on: func(ctx context.Context, what string) error {
		if what == "table b__candidate" {
			cancel()
			<-ctx.Done()
			return &engine.Error{Class: engine.Cancelled, Message: "cancelled", Position: -1, Cause: ctx.Err()}
		}
		return ctx.Err()
	}}
	p := tables("a", "b: a", "c: b", "d: a", "e: c")
	p.Steps[1].Audits = []*plan.Audit{{ID: "test.t", Name: "t"}}
	results, err := run.Execute(ctx, p, m, nil, run.Options{Threads: 1})
	if tests := results.Steps[1].Tests; len(tests) != 1 || tests[0].Status != run.Cancelled {
		t.Errorf("the tests of what was cancelled = %+v", tests)
	}
	if err != nil || !results.Interrupted {
		t.Errorf("Execute = %+v, %v, want interrupted", results, err)
	}
	want := []string{"a success", "b cancelled", "c cancelled", "d cancelled", "e cancelled"}
	if diff := cmp.Diff(want, statuses(results)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if !slices.Contains(m.said, "drop b__candidate") {
		t.Errorf("the candidate was not dropped: %v", m.said)
	}
}

func TestTargetThatCannotBeReachedIsAnError(t *testing.T) {
	t.Parallel()
	locked := &engine.Error{Class: engine.Locked, Message: "the file is open elsewhere", Position: -1}
	m := &mill{on: func(context.Context, string) error { return locked }}
	var events []string
	results, err := run.Execute(t.Context(), tables("a", "b: a"), m, observed(&events), run.Options{})
	if engine.ClassOf(err) != engine.Locked || !errors.Is(err, locked) {
		t.Errorf("err = %v, want one that is locked", err)
	}
	if want := []string{"a skipped", "b skipped"}; !cmp.Equal(want, statuses(results)) {
		t.Errorf("statuses = %v", statuses(results))
	}
	want := []string{"run started", "finished a", "finished b", "run finished"}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// observed writes events down.
func observed(events *[]string) run.Observer { return observer{events} }

type observer struct{ events *[]string }

func (o observer) Observe(event run.Event) {
	switch e := event.(type) {
	case run.RunStarted:
		*o.events = append(*o.events, "run started")
	case run.NodeStarted:
		*o.events = append(*o.events, "started "+e.ID.Name())
	case run.TestFinished:
		*o.events = append(*o.events, "tested "+e.Result.Name)
	case run.NodeFinished:
		*o.events = append(*o.events, "finished "+e.Result.ID.Name())
	case run.RunFinished:
		*o.events = append(*o.events, "run finished")
	}
}

func TestEventsFitTheOrder(t *testing.T) {
	t.Parallel()
	p := tables("a", "b: a", "c: b")
	query := (&template.Rendered{Text: "select 1"}).Fill(nil)
	p.Steps[0].Audits = []*plan.Audit{{ID: "test.t", Name: "t", Query: query}}
	p.Steps[2].Audits = []*plan.Audit{{ID: "test.u", Name: "u", Query: query}}
	var events []string
	if _, err := run.Execute(t.Context(), p, &mill{on: failing("b")}, observed(&events), run.Options{}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"run started", "started a", "tested t", "finished a", "started b", "finished b", "tested u", "finished c", "run finished",
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestStepsThatFailCarryADiagnostic(t *testing.T) {
	t.Parallel()
	results, err := run.Execute(t.Context(), tables("a"), &mill{on: failing("a")}, nil, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := results.Steps[0].Diagnostic
	if d == nil || d.Code != diag.EngineRefused || d.Span.Path() != "models/a.sql" {
		t.Errorf("diagnostic = %+v", d)
	}
}

// BenchmarkDispatch measures what a step costs that does nothing: 10,000 tables with two parents.
func BenchmarkDispatch(b *testing.B) {
	const n = 10_000
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("m%d:", i)
		if i >= 100 {
			lines[i] += fmt.Sprintf(" m%d m%d", i-100, i-51)
		}
	}
	p := tables(lines...)
	b.ReportAllocs()
	for b.Loop() {
		results, err := run.Execute(b.Context(), p, &mill{}, nil, run.Options{Threads: 4})
		if err != nil || results.Steps[n-1].Status != run.Success {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/step")
}
