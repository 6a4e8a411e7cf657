package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
)

// exitError ends a command whose result was already shown.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is wrong usage: exit code 2.
type usageError struct{ diagnostic diag.Diagnostic }

func (e *usageError) Error() string { return e.diagnostic.Message }

// usagef gives an error of wrong usage.
func usagef(code diag.Code, format string, args ...any) *usageError {
	return &usageError{diag.Diagnostic{
		Code: code, Severity: diag.Error, Message: fmt.Sprintf(format, args...),
	}}
}

// hint says what to do.
func (e *usageError) hint(format string, args ...any) *usageError {
	e.diagnostic.Hintf(format, args...)
	return e
}

// nearest hints at the name that was probably meant.
func (e *usageError) nearest(written string, names []string) *usageError {
	e.diagnostic.Nearest(written, names)
	return e
}

// report shows what ended a command, unless that has been done, and gives the exit code.
func (a *App) report(ctx context.Context, err error) int {
	if err == nil {
		return ExitOK
	}
	if exit, ok := errors.AsType[exitError](err); ok {
		return int(exit)
	}
	if usage, ok := errors.AsType[*usageError](err); ok {
		a.View.Diagnostics(diag.List{&usage.diagnostic})
		return ExitUsage
	}
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || engine.ClassOf(err) == engine.Cancelled {
		a.View.Note("interrupted")
		return ExitInterrupted
	}
	if target, ok := errors.AsType[*targetError](err); ok {
		a.View.Diagnostics(diag.List{target.diagnostic})
		return exitCode(target.cause.Class)
	}
	hint := ""
	if e, ok := errors.AsType[*engine.Error](err); ok {
		hint = e.Hint
	}
	a.View.Error(err, hint)
	return exitCode(engine.ClassOf(err))
}

// exitCode gives the exit code of an error's class.
func exitCode(class engine.Class) int {
	switch class {
	case engine.Transient, engine.Ambiguous, engine.Locked:
		return ExitTransient
	case engine.Cancelled:
		return ExitInterrupted
	default:
		return ExitFailed
	}
}
