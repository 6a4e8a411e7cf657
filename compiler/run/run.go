package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// defaultThreads bounds the sessions where neither the options nor the warehouse do.
const defaultThreads = 8

// Execute executes a plan. The error is trouble that stopped the whole run, such as a target that
// cannot be reached; what went wrong in a step is in its result. The results are whole in any case.
func Execute(ctx context.Context, p *plan.Plan, w Warehouse, o Observer, opts Options) (*Results, error) {
	e := newExecutor(p, w, o, opts)
	start := e.now()
	e.emit(RunStarted{RunID: e.runID, Time: start, Steps: len(p.Steps), Tests: e.tests()})
	err := e.run(ctx)
	e.leaveOut(ctx, err)
	switch {
	case e.isBroken():
		err = e.reopen(ctx)
	case err == nil:
		e.keepRest(ctx)
		e.afterAll(ctx)
	}
	results := &Results{RunID: e.runID, Steps: e.results, Seconds: e.now().Sub(start).Seconds(), Hook: e.hookFailed}
	results.Interrupted = e.cutShort
	for i := range results.Steps {
		results.Interrupted = results.Interrupted || results.Steps[i].Status == Cancelled
	}
	e.recordRun(ctx, start, results, err)
	e.emit(RunFinished{Time: e.now(), Results: results})
	return results, err
}

type executor struct {
	plan  *plan.Plan
	house Warehouse
	opts  Options
	now   func() time.Time
	runID string
	// there are the relations that were in the target when the run began, by their folded names.
	there   map[relation.Name]bool
	results []StepResult

	observer   Observer
	observerMu sync.Mutex

	// broken is the error after which the engine did nothing more; nil while it works.
	broken   error
	brokenMu sync.Mutex

	mu    sync.Mutex
	queue *queue
	// groups gives the publish group of each step, nil where it has none.
	groups []*group

	// versions are the data versions of the steps that are done.
	versionsMu sync.Mutex
	versions   map[project.ID]state.DataVersion
	// viewVersions are those of views, which follow from what they read.
	viewVersions map[project.ID]state.DataVersion
	// reading are the files of steps that load files.
	reading map[project.ID]read
	// hookFailed says which hook of the build failed; nil for none.
	hookFailed *HookFailure
	// marked says that the state knows of this build and has to know when it ends; mark is what it knows.
	marked bool
	mark   state.Mark
	// hooked says that hooks after the build ran, cutShort that an interrupt kept some of them from it.
	hooked, cutShort bool
	// tables and views are relations that were built and are not kept yet.
	tables, views []*state.Relation
}

func newExecutor(p *plan.Plan, w Warehouse, o Observer, opts Options) *executor {
	e := &executor{
		plan: p, house: w, opts: opts, observer: o,
		now:     opts.Now,
		results: make([]StepResult, len(p.Steps)), groups: newGroups(p),
		reading: map[project.ID]read{},
		there:   map[relation.Name]bool{}, versions: map[project.ID]state.DataVersion{}, viewVersions: map[project.ID]state.DataVersion{},
	}
	if e.now == nil {
		e.now = time.Now
	}
	if k := opts.State; k != nil {
		e.mark = state.Mark{Open: k.Known.Open, Owed: k.Known.Owed}
	}
	e.runID = newRunID(e.now())
	for i, s := range p.Steps {
		e.results[i] = StepResult{
			ID: s.ID, Kind: s.Kind, Materialized: s.Materialized, Relation: s.Relation, Rows: -1, Reason: s.Reason,
		}
	}
	return e
}

// newRunID gives a name that begins with the time and that no other run has. Names do not tell which run came first:
// clocks go back, and several runs may begin in one second.
func newRunID(at time.Time) string {
	var tail [4]byte
	rand.Read(tail[:])
	return at.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(tail[:])
}

func (e *executor) tests() int {
	n := 0
	for _, s := range e.plan.Steps {
		n += len(s.Audits)
	}
	return n
}

// emit tells the observer, one event at a time.
func (e *executor) emit(event Event) {
	if e.observer == nil {
		return
	}
	e.observerMu.Lock()
	defer e.observerMu.Unlock()
	e.observer.Observe(event)
}

func (e *executor) threads() int {
	n := e.opts.Threads
	limit := e.house.MaxSessions()
	if n <= 0 {
		n = defaultThreads
	}
	if limit > 0 {
		n = min(n, limit)
	}
	return max(1, min(n, len(e.plan.Steps)))
}

// run prepares the target and works through the steps.
func (e *executor) run(ctx context.Context) error {
	if len(e.plan.Steps) == 0 {
		return nil
	}
	first, err := e.house.Session(ctx)
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	if err := e.prepare(ctx, first); err != nil {
		return errors.Join(err, first.Close())
	}
	if e.beforeAll(ctx); e.hookFailed != nil {
		return first.Close()
	}
	if e.marked && len(e.plan.Before) > 0 && ctx.Err() == nil {
		if err := e.oweNow(ctx, first); err != nil {
			return errors.Join(err, first.Close())
		}
	}
	e.queue = newQueue(e.plan, e.takes(ctx, first))
	e.queue.wake = sync.NewCond(&e.mu)
	var wg sync.WaitGroup
	for i := range e.threads() {
		w := &worker{executor: e}
		if i == 0 {
			w.session = first
		}
		wg.Go(func() { w.work(ctx) })
	}
	wg.Wait()
	e.endRest(ctx)
	return nil
}

// prepare makes sure of the schemas, so that no two steps create one at once, and looks for what
// earlier runs left.
func (e *executor) prepare(ctx context.Context, s Session) error {
	looked := map[relation.Name]bool{}
	for _, name := range e.opts.Found {
		e.there[name.Fold()] = true
		looked[relation.Name{Database: name.Database, Schema: name.Schema}.Fold()] = true
	}
	for _, name := range e.plan.Schemas {
		if looked[name.Fold()] {
			continue
		}
		if err := s.EnsureSchema(ctx, name.Database, name.Schema); err != nil {
			return fmt.Errorf("create the schema %q: %w", name.Schema, err)
		}
		objects, err := s.List(ctx, name.Database, name.Schema)
		if err != nil {
			return fmt.Errorf("list the schema %q: %w", name.Schema, err)
		}
		for _, object := range objects {
			found := name
			found.Identifier = object.Name.Identifier
			e.there[found.Fold()] = true
		}
	}
	return e.prepareState(ctx, s)
}

// leaveOut gives a status to every step that was never begun.
func (e *executor) leaveOut(ctx context.Context, err error) {
	for i := range e.results {
		if e.results[i].Status != 0 {
			continue
		}
		status, reason := Skipped, "the run stopped after a failure"
		switch {
		case ctx.Err() != nil:
			status, reason = Cancelled, "the run was interrupted"
		case err != nil:
			reason = "the run could not begin"
		case e.hookFailed != nil:
			reason = "skipped: a hook before the build failed"
		case e.isBroken():
			reason = engineStopped
		}
		e.end(i, status, reason)
	}
}

// end ends a step that is not done, and its tests.
func (e *executor) end(i int, status Status, reason string) {
	r := &e.results[i]
	r.Status, r.Reason = status, reason
	r.Tests = undone(e.plan.Steps[i].Audits, status, reason)
	e.finished(i)
}

// undone gives the results of tests that did not run.
func undone(audits []*plan.Audit, status Status, reason string) []TestResult {
	out := make([]TestResult, len(audits))
	for i, a := range audits {
		out[i] = newTestResult(a)
		out[i].Status, out[i].Reason = status, reason
	}
	return out
}

func (e *executor) finished(i int) {
	r := &e.results[i]
	now := e.now()
	for t := range r.Tests {
		if r.Tests[t].Status == Unchanged {
			continue
		}
		e.emit(TestFinished{Time: now, Result: &r.Tests[t]})
	}
	e.emit(NodeFinished{Time: now, Result: r})
}
