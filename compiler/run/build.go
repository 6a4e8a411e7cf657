package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

func isTable(s *plan.Step) bool { return s.Materialized.IsTable() }

// table builds a table or loads a seed as a candidate, audits the candidate and publishes it.
func (w *worker) table(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	err := w.beforeLoad(s)
	switch {
	case err != nil:
	case s.Load != nil:
		r.Rows, err = w.session.Load(ctx, *s.Load)
	default:
		r.Rows, err = w.create(ctx, s)
		w.outside(ctx, s, r)
	}
	if err != nil {
		r.Rows = -1
		w.fail(ctx, s, r, err)
		if r.Status == Cancelled {
			w.drop(ctx, s.Candidate)
		}
		return
	}
	w.publishTable(ctx, s, r)
}

// publishTable audits a candidate that is a table, and publishes it.
func (w *worker) publishTable(ctx context.Context, s *plan.Step, r *StepResult) {
	if s.Growth != nil {
		if err := w.oneOfEach(ctx, s); err != nil {
			w.fail(ctx, s, r, err)
			r.Kept = s.Candidate
			return
		}
	}
	if len(s.Post) > 0 {
		w.publishHooked(ctx, s, r)
		return
	}
	made, err := w.madeTable(ctx, s)
	if err != nil {
		w.fail(ctx, s, r, err)
		w.drop(ctx, s.Candidate)
		return
	}
	switch r.Tests = w.audit(ctx, s); {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
		w.drop(ctx, s.Candidate)
		return
	case blocked(s, r):
		r.Kept = s.Candidate
		return
	}
	publication := engine.Publication{
		To: s.Relation, Kind: relation.Table, From: s.Candidate, Fresh: !w.there[s.Relation.Fold()],
	}
	if s.Member != nil {
		w.waitToPublish(ctx, s, r, &waiting{made: made, publication: publication})
		return
	}
	if err := w.publish(ctx, publication, s, made); err != nil {
		w.fail(ctx, s, r, err)
		w.drop(ctx, s.Candidate)
		return
	}
	r.Status = Success
}

// blocked reports whether a blocking test failed; it then ends the step, with a reason.
func blocked(s *plan.Step, r *StepResult) bool {
	var failed []string
	for i, a := range s.Audits {
		if a.Blocking && (r.Tests[i].Status == Fail || r.Tests[i].Status == TestError) {
			failed = append(failed, a.Name)
		}
	}
	switch len(failed) {
	case 0:
		return false
	case 1:
		r.Reason = "the test " + failed[0] + " failed"
	default:
		r.Reason = fmt.Sprintf("%d tests failed: %s", len(failed), strings.Join(failed, ", "))
	}
	r.Status = Failed
	return true
}

// view runs the tests against the view's query and then publishes the view. Where the tests stop it,
// a candidate is made for a look.
func (w *worker) view(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	made := w.madeView(s)
	r.Tests = w.audit(ctx, s)
	if ctx.Err() != nil {
		w.fail(ctx, s, r, ctx.Err())
		return
	}
	// A test of a query that is wrong in itself tells nothing about the test.
	errs := anyError(r.Tests)
	stop := blocked(s, r)
	if errs || stop {
		if err := w.session.CreateView(ctx, s.Candidate, s.Query.SQL); err != nil {
			if !w.isBroken() {
				r.Tests = nil
			}
			w.fail(ctx, s, r, err)
			return
		}
		if stop {
			r.Kept = s.Candidate
			return
		}
		w.drop(ctx, s.Candidate)
	}
	w.publishView(ctx, s, r, made, s.Query.SQL)
}

func anyError(tests []TestResult) bool {
	for i := range tests {
		if tests[i].Status == TestError {
			return true
		}
	}
	return false
}

func (w *worker) publishView(ctx context.Context, s *plan.Step, r *StepResult, made *state.Relation, query string) {
	publication := engine.Publication{
		To: s.Relation, Kind: relation.View, Query: query, Fresh: !w.there[s.Relation.Fold()],
	}
	if err := w.publish(ctx, publication, s, made); err != nil {
		if s.Export != nil {
			err = unplaced(err) // the view's text is not the model's
		}
		w.fail(ctx, s, r, err)
		return
	}
	r.Status = Success
}
