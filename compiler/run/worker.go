package run

import (
	"context"
	"fmt"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// worker does one step after the other in a session of its own, which it opens when it needs it.
type worker struct {
	*executor
	session Session
}

// work takes ready steps until there are none and none can come.
func (w *worker) work(ctx context.Context) {
	defer w.close()
	q := w.queue
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(q.ready) == 0 && q.active > 0 && !q.stopped {
			q.wake.Wait()
		}
		if len(q.ready) == 0 || q.stopped || ctx.Err() != nil {
			q.wake.Broadcast()
			return
		}
		i := q.pop()
		q.active++
		if len(q.ready) > 0 {
			q.wake.Signal() // whoever wakes does the same, until none is idle
		}
		if !w.skipsWithGroup(ctx, i) {
			w.mu.Unlock()
			w.step(ctx, i)
			w.mu.Lock()
		}
		w.settle(ctx, i)
		q.active--
		// What is ready now is taken, and others woken, by this worker itself.
		if len(q.ready) == 0 && q.active == 0 || q.stopped {
			q.wake.Broadcast()
		}
	}
}

// close closes the session, if there is one.
func (w *worker) close() {
	if w.session == nil {
		return
	}
	if err := w.session.Close(); err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("close a session: %s", err)})
	}
}

// open opens the session, if there is none.
func (w *worker) open(ctx context.Context) error {
	if w.session != nil {
		return nil
	}
	session, err := w.house.Session(ctx)
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	w.session = session
	return nil
}

// settle makes ready, or skips, what waited for a step, and ends the groups that are whole with it. The lock is held,
// but while a group is published.
func (w *worker) settle(ctx context.Context, i int) {
	q := w.queue
	for ending := w.done(i); len(ending) > 0; ending = ending[1:] {
		g := ending[0]
		if len(q.ready) > 0 {
			q.wake.Signal()
		}
		w.mu.Unlock()
		w.endGroup(ctx, g)
		w.mu.Lock()
		for _, m := range g.waiting {
			if m.at != g.root {
				q.cause[m.at] = g.root
			}
			ending = append(ending, w.tell(m.at, w.readers(m.at, false))...)
			w.stopAfter(m.at)
		}
	}
	w.stopAfter(i)
}

// stopAfter stops the run after a failure, where that is asked for.
func (w *worker) stopAfter(i int) {
	w.queue.stopped = w.queue.stopped || w.opts.FailFast && w.results[i].Status == Failed || w.isBroken()
}

// done notes that a step is done, for its readers and its group. It gives the groups that are whole now.
func (w *worker) done(i int) (ending []*group) {
	readers := w.queue.readers[i]
	if w.isWaiting(i) {
		readers = w.readers(i, true)
	}
	ending = w.tell(i, readers)
	if g := w.countedIn(i); g != nil {
		ending = append(ending, g)
	}
	return ending
}

// tell tells readers of a step that it is done, and skips those that it keeps from being built.
func (w *worker) tell(i int, readers []int) (ending []*group) {
	q, status := w.queue, w.results[i].Status
	for _, reader := range q.settle(i, readers, status == 0 || status == Success || status == Unchanged) {
		w.skip(reader, q.cause[reader])
		ending = append(ending, w.done(reader)...)
	}
	return ending
}

func (w *worker) skip(i, root int) {
	switch {
	case w.results[root].Status == Cancelled:
		w.end(i, Cancelled, "the run was interrupted")
		return
	case w.results[root].Class == engine.Stopped:
		w.end(i, Skipped, engineStopped)
		return
	}
	w.end(i, Skipped, "skipped: "+w.called(root)+" failed")
}

// called gives the words for a step.
func (e *executor) called(i int) string {
	s := e.plan.Steps[i]
	if s.Kind == link.Test {
		return "test " + s.ID.Name()
	}
	return s.ID.Name()
}

// maxAttempts bounds how often a step is tried while its errors may pass.
const maxAttempts = 3

// step does one step and records its result.
func (w *worker) step(ctx context.Context, i int) {
	s := w.plan.Steps[i]
	r := &w.results[i]
	start := w.now()
	w.emit(NodeStarted{Time: start, ID: s.ID, Kind: s.Kind})
	for attempt := 1; ; attempt++ {
		w.attempt(ctx, s, r)
		if r.Status != Failed || r.Class != engine.Transient || attempt == maxAttempts || !pause(ctx, attempt) {
			break
		}
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("%s: %s; trying again", s.ID.Name(), r.Diagnostic.Message)})
		r.Diagnostic, r.Class, r.Tests, r.Reason = nil, 0, nil, s.Reason
	}
	r.Seconds = w.now().Sub(start).Seconds()
	if !w.isWaiting(i) {
		w.finished(i)
	}
}

// pause waits before another attempt, longer each time; it reports false when the run is over.
func pause(ctx context.Context, attempt int) bool {
	timer := time.NewTimer(time.Duration(attempt*attempt) * 50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (w *worker) attempt(ctx context.Context, s *plan.Step, r *StepResult) {
	same := s.Kind != link.Test && w.isUnchanged(s)
	if same {
		w.setVersion(s.ID, s.Known.Data)
	}
	relabels := same && s.Relabels()
	if (same || s.Kind == link.Test) && w.allKnown(s) {
		if r.Tests, r.Status, r.Reason = w.known(s), Unchanged, nothingChanged; !relabels {
			return
		}
	}
	if err := w.open(ctx); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	if err := w.standIn(ctx, s); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	if !same && s.Kind != link.Test {
		defer w.leave(s)
		if !w.before(ctx, s, r) {
			return
		}
	}
	switch {
	case relabels:
		w.comment(ctx, s, r)
	case same || w.isLeft(ctx, s):
		w.again(ctx, s, r)
	case s.Kind == link.Test:
		w.test(ctx, s, r)
	case s.Export != nil:
		w.external(ctx, s, r)
	case s.History != nil:
		w.snapshot(ctx, s, r)
	case s.Action == plan.Update:
		w.update(ctx, s, r)
	case s.Load != nil || isTable(s):
		w.table(ctx, s, r)
	case s.Member != nil:
		w.viewOfGroup(ctx, s, r)
	default:
		w.view(ctx, s, r)
	}
}

// fail records what stopped a step. Its tests that have no result yet did not run.
func (w *worker) fail(ctx context.Context, s *plan.Step, r *StepResult, err error) {
	r.Class = engine.ClassOf(err)
	if r.Class == engine.Cancelled || ctx.Err() != nil {
		r.Class, r.Status, r.Reason = engine.Cancelled, Cancelled, "the run was interrupted"
		r.Tests = append(r.Tests, undone(s.Audits[len(r.Tests):], Cancelled, r.Reason)...)
		return
	}
	if w.broke(err); r.Class == engine.Stopped {
		r.Status, r.Reason = Skipped, engineStopped
		r.Tests = append(r.Tests, undone(s.Audits[len(r.Tests):], Skipped, r.Reason)...)
		return
	}
	r.Status = Failed
	r.Diagnostic = w.model(s, err)
	r.Reason = r.Diagnostic.Message
	r.Tests = append(r.Tests, undone(s.Audits[len(r.Tests):], Skipped, "skipped: "+s.ID.Name()+" failed")...)
}

// cleanup is for what must be done although the run is over: it has a little time of its own.
func cleanup(ctx context.Context, f func(ctx context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	f(ctx)
}

func (w *worker) drop(ctx context.Context, name relation.Name) {
	if w.isBroken() {
		return // the next build drops it
	}
	cleanup(ctx, func(ctx context.Context) {
		if err := w.session.Drop(ctx, name); err != nil {
			w.emit(Log{Time: w.now(), Message: fmt.Sprintf("%s stays: %s", name, err)})
		}
	})
}

// dropLeftover drops the candidate that an earlier run kept.
func (w *worker) dropLeftover(ctx context.Context, s *plan.Step) {
	if w.there[s.Candidate.Fold()] {
		w.drop(ctx, s.Candidate)
	}
}

// trouble makes the diagnostic of an error that is not about SQL.
func trouble(span source.Span, format string, args ...any) *diag.Diagnostic {
	var list diag.List
	return list.Errorf(diag.StepFailed, span, format, args...)
}
