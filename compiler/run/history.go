package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/state"
)

// ending gives the word for how a run ended: success, error or interrupted.
func (r *Results) ending() string {
	if r.Interrupted {
		return "interrupted"
	}
	if r.Hook != nil {
		return "error"
	}
	for i := range r.Steps {
		if r.Steps[i].Status == Failed {
			return "error"
		}
		for _, t := range r.Steps[i].Tests {
			if t.Status == Fail || t.Status == TestError {
				return "error"
			}
		}
	}
	return "success"
}

// recordRun notes the run in the target. Without it nobody can ask later how it went. One that found nothing to do is
// not noted, and leaves the target as it was.
func (e *executor) recordRun(ctx context.Context, start time.Time, r *Results, err error) {
	k := e.opts.State
	if k == nil || err == nil && !e.hooked && !slices.ContainsFunc(r.Steps, did) || err != nil && (len(e.plan.Steps) == 0 || k.Missing) {
		return
	}
	about := k.Run
	about.ID, about.Started, about.Ended, about.Status = e.runID, start, e.now(), r.ending()
	if err != nil {
		about.Status = "error"
	}
	cleanup(ctx, func(ctx context.Context) {
		if err := e.writeHistory(ctx, &about, r); err != nil {
			e.emit(Log{Time: e.now(), Message: fmt.Sprintf("how the run went is not kept: %s", err)})
		}
	})
}

// did reports whether a step or one of its tests did anything, or should have.
func did(s StepResult) bool {
	return s.Status != Unchanged ||
		slices.ContainsFunc(s.Tests, func(t TestResult) bool { return t.Status != Unchanged && !t.Before })
}

func (e *executor) writeHistory(ctx context.Context, about *state.Run, r *Results) error {
	session, err := e.house.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // nothing depends on it
	tables := e.opts.State.Tables
	rows, err := session.Query(ctx, tables.ReadPast(), 1)
	if err != nil {
		return err
	}
	past := state.NewPast(rows)
	return session.Publish(ctx, nil, append(tables.Record(past, about, happened(r)), tables.Forget(past)...)...)
}

// happened gives how nodes and tests ended, but for those that nothing was done about.
func happened(r *Results) []state.Result {
	var out []state.Result
	for i := range r.Steps {
		s := &r.Steps[i]
		if s.Status != Unchanged && s.Kind != link.Test {
			out = append(out, state.Result{
				Node: s.ID, Status: s.Status.String(), Reason: s.Reason, Rows: s.Rows, Seconds: s.Seconds, Error: messageOf(s.Diagnostic),
			})
		}
		for t := range s.Tests {
			if result := &s.Tests[t]; result.Status != Unchanged {
				out = append(out, tested(result))
			}
		}
	}
	return out
}

func tested(t *TestResult) state.Result {
	rows := t.Failures
	if t.Status == Skipped || t.Status == Cancelled || t.Status == TestError {
		rows = -1
	}
	return state.Result{
		Node: t.Tested, Test: t.ID, Status: t.Status.String(), Reason: t.Reason, Rows: rows, Seconds: t.Seconds, Error: messageOf(t.Diagnostic),
	}
}

func messageOf(d *diag.Diagnostic) string {
	if d == nil {
		return ""
	}
	return d.Message
}

// takes reads how long the nodes took when they were built last; nothing where nobody knows. It is not asked where
// nothing is to be done.
func (e *executor) takes(ctx context.Context, s Session) map[project.ID]float64 {
	if k := e.opts.State; k == nil || k.Missing {
		return nil
	}
	left := 0
	for _, step := range e.plan.Steps {
		if step.Action != plan.Skip && step.Kind != link.Test {
			left++
		}
	}
	if left < 2 {
		return nil
	}
	rows, err := s.Query(ctx, e.opts.State.Tables.ReadSeconds(), 0)
	if err != nil {
		e.emit(Log{Time: e.now(), Message: fmt.Sprintf("how long earlier builds took is not known: %s", err)})
		return nil
	}
	return state.Seconds(rows)
}
