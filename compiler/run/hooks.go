package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// before runs the hooks that come before the query of a step. It reports false where one failed, which ends the step.
func (w *worker) before(ctx context.Context, s *plan.Step, r *StepResult) bool {
	if s.Action == plan.Update && s.Growth != nil && s.Growth.Known.Batches != nil && len(s.Growth.Batches) == 0 {
		return true // there is no window to build
	}
	if s.Action == plan.Update && s.LoadsNothing() {
		return true
	}
	if err := w.hooks(ctx, s, s.Pre); err != nil {
		w.fail(ctx, s, r, err)
		return false
	}
	return true
}

// after runs the hooks that belong to the transaction that publishes a step's relation.
func (w *worker) after(ctx context.Context, s *plan.Step) error { return w.hooks(ctx, s, s.Post) }

func (w *worker) hooks(ctx context.Context, s *plan.Step, hooks []plan.Hook) error {
	for i := range hooks {
		h := &hooks[i]
		err := w.session.Exec(ctx, h.SQL.SQL)
		e, ok := errors.AsType[*engine.Error](err)
		switch {
		case err == nil:
			if err := w.stillThere(ctx, s, h); err != nil {
				return err
			}
			continue
		case !ok || e.Class == engine.Cancelled:
			return err
		}
		d := w.plan.Context.Query(s.ID, h.SQL, e, h.Span)
		d.Message = fmt.Sprintf("the %s of %q failed: %s", h.Key, s.ID.Name(), d.Message)
		return &hookError{&refusal{d}, err}
	}
	return nil
}

// hookError says that a hook failed, at its place, and why.
type hookError struct {
	*refusal
	cause error
}

// Unwrap gives the diagnostic, and the engine's error with its class.
func (e *hookError) Unwrap() []error { return []error{e.refusal, e.cause} }

func isHookError(err error) bool {
	_, ok := errors.AsType[*hookError](err)
	return ok
}

// leave closes the session in which hooks ran: settings and temporary tables that they made in it are no other step's.
func (w *worker) leave(s *plan.Step) {
	if len(s.Pre)+len(s.Post) == 0 || w.session == nil {
		return
	}
	if err := w.session.Close(); err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("close a session: %s", err)})
	}
	w.session = nil
}

// publishHooked publishes a table whose hooks may change its rows. One transaction puts the candidate in the place of
// the table, runs the hooks on it under its own name, tests it as it then is, and notes what is known of it.
func (w *worker) publishHooked(ctx context.Context, s *plan.Step, r *StepResult) {
	u := updating{worker: w, step: s, result: r, tests: make([]TestResult, len(s.Audits))}
	switch err := u.commit(ctx, u.publishWhole); {
	case errors.Is(err, errBlocked):
		r.Tests, r.Kept = u.tests, s.Candidate
		blocked(s, r)
	case err != nil:
		w.fail(ctx, s, r, err)
		w.drop(ctx, s.Candidate)
	default:
		r.Tests, r.Status = u.tests, Success
	}
}

// publishWhole is what happens together.
func (u *updating) publishWhole(ctx context.Context) (*state.Relation, error) {
	s := u.step
	publication := engine.Publication{
		To: s.Relation, Kind: relation.Table, From: s.Candidate, Fresh: !u.there[s.Relation.Fold()],
	}
	comments, err := u.comments(ctx, publication, s)
	if err != nil {
		return nil, err
	}
	if err := u.session.Publish(ctx, []engine.Publication{publication}, comments...); err != nil {
		return nil, err
	}
	if err := u.after(ctx, s); err != nil {
		return nil, err
	}
	if err := u.auditTable(ctx); err != nil {
		return nil, err
	}
	if u.opts.State == nil {
		return nil, nil
	}
	digest, err := u.session.Digest(ctx, s.Relation)
	if err != nil {
		return nil, unplaced(err)
	}
	made := u.made(s)
	made.Digest = digest
	u.result.Rows = digest.Rows
	u.date(s, made)
	return made, u.record(ctx, made)
}

// publishHookedView publishes a view together with what its hooks do.
func (w *worker) publishHookedView(
	ctx context.Context, p []engine.Publication, s *plan.Step, made *state.Relation, comments []string,
) error {
	err := w.session.InTransaction(ctx, func(ctx context.Context) error {
		if err := w.session.Publish(ctx, p, comments...); err != nil {
			return err
		}
		return w.after(ctx, s)
	})
	if err == nil && made != nil {
		w.keepLater(ctx, made)
	}
	return err
}
