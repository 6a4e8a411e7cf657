package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/state"
)

// engineStopped is why a step was not done after the engine broke down.
const engineStopped = "skipped: the engine stopped"

// broke notes an error after which the engine does nothing more. The one that broke it counts, also where a later one
// is heard of first.
func (e *executor) broke(err error) {
	class := engine.ClassOf(err)
	if class != engine.Broken && class != engine.Stopped {
		return
	}
	e.brokenMu.Lock()
	defer e.brokenMu.Unlock()
	if e.broken == nil || class == engine.Broken && engine.ClassOf(e.broken) == engine.Stopped {
		e.broken = err
	}
}

// brokeOver notes an error of a statement that does several tests, of which nobody knows which one it was.
func (e *executor) brokeOver(audits []*plan.Audit, err error) {
	if engine.ClassOf(err) == engine.Broken {
		err = fmt.Errorf("the tests of %q: %w", audits[0].Of, err)
	}
	e.broke(err)
}

func (e *executor) isBroken() bool {
	e.brokenMu.Lock()
	defer e.brokenMu.Unlock()
	return e.broken != nil
}

// reopen opens the warehouse anew after the engine broke down, and notes what was built, unless somebody else built
// meanwhile. The error is what broke the engine where no step or test shows it.
func (e *executor) reopen(ctx context.Context) error {
	err := errors.New("the engine stopped")
	house := e.house
	if e.opts.Reopen != nil {
		house, err = e.opts.Reopen(ctx)
	}
	if err != nil {
		e.emit(Log{Time: e.now(), Message: fmt.Sprintf("the target cannot be opened anew: %s", err)})
	} else if e.house = house; e.isLast(ctx) {
		e.keepRest(ctx)
	}
	if e.hookFailed != nil && e.hookFailed.Class == engine.Broken || slices.ContainsFunc(e.results, breaks) {
		return nil
	}
	return e.broken
}

// isLast reports whether nobody built since this build began.
func (e *executor) isLast(ctx context.Context) bool {
	ctx = context.WithoutCancel(ctx)
	k := e.opts.State
	if k == nil {
		return false
	}
	session, err := e.house.Session(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = session.Close() }() // nothing depends on it
	rows, err := session.Query(ctx, k.Tables.ReadMark(), 1)
	if err != nil {
		return false
	}
	now := state.New()
	now.Add(rows)
	return now.Last == e.runID
}

// breaks reports whether a step shows what broke the engine.
func breaks(r StepResult) bool {
	return r.Class == engine.Broken || slices.ContainsFunc(r.Tests, func(t TestResult) bool { return t.breaks })
}
