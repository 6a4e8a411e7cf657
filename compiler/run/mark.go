package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/state"
)

// begins gives the statement that notes that a build begins. It owes the hooks after it from then on or, where others
// come before it that may stop it, from when these ran.
func (e *executor) begins() (string, error) {
	e.mark.Open = true
	if len(e.plan.Before) == 0 {
		e.owe()
	}
	return e.marks()
}

// owe says that this build owes the hooks after it. What earlier ones owe goes with them.
func (e *executor) owe() {
	e.mark.Owed = nil
	if len(e.plan.After) > 0 {
		e.mark.Owed = &state.Owed{Run: e.runID}
	}
}

// oweNow notes it where the hooks before the build ran, before anything is published.
func (e *executor) oweNow(ctx context.Context, s Session) error {
	if e.owe(); len(e.plan.After) == 0 {
		return nil // it is noted at the end
	}
	statement, err := e.marks()
	if err == nil {
		err = s.Publish(ctx, nil, statement)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

func (e *executor) marks() (string, error) {
	return e.opts.State.Tables.Mark(e.opts.State.Known, e.runID, e.now(), e.mark)
}

// settle notes that no hooks are owed.
func (e *executor) settle(ctx context.Context) {
	e.mark.Owed = nil
	e.writeMark(ctx)
}

// pay notes that a hook ran and others are still to run.
func (e *executor) pay(ctx context.Context, h *plan.Hook) {
	if owed := e.owed(); owed != nil {
		owed.Done = append(owed.Done, h.Text)
		e.mark.Owed = owed
		e.writeMark(ctx)
	}
}

// failedToPay notes that a hook failed.
func (e *executor) failedToPay(ctx context.Context) {
	if owed := e.owed(); owed != nil && !owed.Failed {
		owed.Failed = true
		e.mark.Owed = owed
		e.writeMark(ctx)
	}
}

// owed gives a copy of what is owed, nil where nothing is.
func (e *executor) owed() *state.Owed {
	if e.mark.Owed == nil {
		return nil
	}
	owed := *e.mark.Owed
	owed.Done = slices.Clone(owed.Done)
	return &owed
}

// writeMark notes what is owed, in a session in which no hook ran. Without it hooks run again.
func (e *executor) writeMark(ctx context.Context) {
	if e.opts.State == nil {
		return
	}
	cleanup(ctx, func(ctx context.Context) {
		statement, err := e.marks()
		if err == nil {
			err = e.publishAlone(ctx, statement)
		}
		if err != nil {
			e.emit(Log{Time: e.now(), Message: fmt.Sprintf("which hooks ran is not kept: %s", err)})
		}
	})
}

func (e *executor) publishAlone(ctx context.Context, statement string) error {
	session, err := e.house.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // nothing depends on it
	return session.Publish(ctx, nil, statement)
}
