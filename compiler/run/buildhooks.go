package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
)

// beforeAll runs the hooks before a build. Where one fails, nothing is built.
func (e *executor) beforeAll(ctx context.Context) { e.around(ctx, e.plan.Before, nil) }

// afterAll runs the hooks after a build, also where nodes failed, but not after an interrupt. What was built and
// noted stays, whatever becomes of them. The target knows which of them it is still owed: the next build runs those.
func (e *executor) afterAll(ctx context.Context) {
	switch {
	case e.hookFailed != nil:
		return
	case ctx.Err() != nil:
		e.cutShort = len(e.plan.After) > 0
		return
	case len(e.plan.After) == 0:
		if e.plan.Owed != nil { // the project has them no more
			e.settle(ctx)
		}
		return
	}
	e.hooked = true
	left := len(e.plan.After)
	e.around(ctx, e.plan.After, func(h *plan.Hook) {
		if left--; left == 0 {
			e.settle(ctx)
			return
		}
		e.pay(ctx, h)
	})
	if e.hookFailed != nil {
		e.failedToPay(ctx)
	}
	e.cutShort = left > 0 && e.hookFailed == nil
}

// around runs hooks of the build one after the other, in a session of their own, and tells of each that ran.
func (e *executor) around(ctx context.Context, hooks []plan.Hook, ran func(*plan.Hook)) {
	if len(hooks) == 0 {
		return
	}
	session, err := e.house.Session(ctx)
	if err != nil {
		e.failHook(&hooks[0], fmt.Errorf("open a session: %w", err))
		return
	}
	for i := range hooks {
		if err := session.Exec(ctx, hooks[i].SQL.SQL); err != nil {
			if ctx.Err() == nil { // an interrupt is none of its faults
				e.failHook(&hooks[i], err)
			}
			break
		}
		if ran != nil {
			ran(&hooks[i])
		}
	}
	if err := session.Close(); err != nil {
		e.emit(Log{Time: e.now(), Message: fmt.Sprintf("close a session: %s", err)})
	}
}

// failHook notes which hook failed.
func (e *executor) failHook(h *plan.Hook, err error) {
	e.broke(err)
	f := &HookFailure{Class: engine.ClassOf(err)}
	if known, ok := errors.AsType[*engine.Error](err); ok {
		f.Diagnostic = e.plan.Context.Query("", h.SQL, known, h.Span)
	} else {
		f.Diagnostic = trouble(h.Span, "%s", err)
	}
	f.Diagnostic.Severity = diag.Error
	f.Diagnostic.Message = fmt.Sprintf("a hook %s the build failed: %s", h.Key, f.Diagnostic.Message)
	e.hookFailed = f
}
