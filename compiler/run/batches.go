package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// create makes the candidate of a table, window by window where there are windows.
func (w *worker) create(ctx context.Context, s *plan.Step) (int64, error) {
	rows, err := w.session.CreateTable(ctx, s.Candidate, s.Query.SQL)
	if err != nil || s.Growth == nil || len(s.Growth.Batches) < 2 {
		return rows, err
	}
	into := s.Growth.Dialect.Relation(s.Candidate)
	for _, b := range s.Growth.Batches[1:] {
		before := "insert into " + into + " "
		if err := w.session.Exec(ctx, before+b.Query.SQL); err != nil {
			return 0, shifted(err, len(before))
		}
	}
	return countRows(ctx, w.session, into)
}

// batches brings in the windows of a microbatch, each in a transaction of its own. One that fails is built again
// the next time, and keeps none of the others back.
func (w *worker) batches(ctx context.Context, s *plan.Step, r *StepResult) {
	b := batching{worker: w, step: s, known: *s.Growth.Known.Batches}
	windows := make([]increment.Window, len(s.Growth.Batches))
	for i, batch := range s.Growth.Batches {
		windows[i] = batch.Window
	}
	b.known = b.known.Begin(windows)
	if len(windows) == 0 && s.Former != nil {
		w.setVersion(s.ID, s.Former.Data)
	}
	for i := range s.Growth.Batches {
		b.window(ctx, i)
		if b.first != nil && (b.first.Status == Cancelled || b.isBroken()) {
			break
		}
	}
	r.Rows, r.Tests, r.Status = b.rows, b.tests, Success
	if r.Tests == nil {
		r.Tests = undone(s.Audits, Skipped, "skipped: there is no window to build")
	}
	if b.first == nil {
		return
	}
	r.Status, r.Class, r.Diagnostic, r.Reason = b.first.Status, b.first.Class, b.first.Diagnostic, b.first.Reason
	if r.Status == Failed && len(windows) > 1 {
		r.Reason = fmt.Sprintf("%d of %d windows failed, the first from %s: %s", b.failed, len(windows), b.from, r.Reason)
	}
	r.Kept = b.last.Kept
	b.keepFirst(ctx, r)
	r.stays = b.done > 0 // what is known of the table was noted with the windows that were built
}

// batching is one update of several windows.
type batching struct {
	*worker
	step *plan.Step
	// known is what is to be known of windows.
	known        state.Batches
	rows         int64
	done, failed int
	// first is the result of the first window that failed, from is that window; last is that of the last window.
	first *StepResult
	from  increment.Window
	last  StepResult
	tests []TestResult
}

// window brings one window in.
func (b *batching) window(ctx context.Context, i int) {
	batch := b.step.Growth.Batches[i]
	done := b.known.Did(batch.Window, b.step.Growth.RunTime)
	step, growth := *b.step, *b.step.Growth
	growth.Spec.Window, growth.Known.Batches = batch.Window, &done
	step.Growth, step.NewRows, step.Query = &growth, batch.Query, batch.Query
	whole := i == len(b.step.Growth.Batches)-1 && b.failed == 0
	result := StepResult{ID: step.ID, Reason: b.step.Reason}
	b.bring(ctx, &step, &result, func(made *state.Relation) {
		if made.Failed = !whole; made.Failed { // until all windows are done
			made.Inputs = nil
		}
	})
	b.last = result
	b.merge(result.Tests)
	if result.Status == Success {
		b.known = done
		b.rows += result.Rows
		b.done++
		return
	}
	b.failed++
	if b.first == nil || result.Status == Cancelled {
		b.first, b.from = &result, batch.Window
	}
}

// keepFirst makes the candidate of the first window that failed again, where later windows took its place: its rows are
// what is to be looked at.
func (b *batching) keepFirst(ctx context.Context, r *StepResult) {
	windows := b.step.Growth.Batches
	at := slices.IndexFunc(windows, func(batch plan.Batch) bool { return batch.Window == b.from })
	if b.first.Kept.Identifier == "" || at < 0 || at == len(windows)-1 || ctx.Err() != nil || b.isBroken() {
		return
	}
	if _, err := b.session.CreateTable(ctx, b.step.Candidate, windows[at].Query.SQL); err != nil {
		b.emit(Log{Time: b.now(), Message: fmt.Sprintf("the rows of the window %s are not kept: %s", b.from, err)})
		b.drop(ctx, b.step.Candidate)
		r.Kept = relation.Name{}
		return
	}
	r.Kept = b.step.Candidate
}

// worse orders how tests ended.
var worse = map[Status]int{Unchanged: 1, Skipped: 2, Pass: 3, Warn: 4, Fail: 5, TestError: 6, Cancelled: 7}

// merge keeps of each test the worst result of all windows.
func (b *batching) merge(tests []TestResult) {
	if b.tests == nil {
		b.tests = tests
		return
	}
	for i := range tests {
		if worse[tests[i].Status] > worse[b.tests[i].Status] {
			b.tests[i] = tests[i]
		}
	}
}
