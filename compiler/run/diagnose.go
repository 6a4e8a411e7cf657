package run

import (
	"errors"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/template"
)

// model explains why a step could not build its node.
func (w *worker) model(s *plan.Step, err error) *diag.Diagnostic {
	if known, ok := errors.AsType[*refusal](err); ok {
		return known.diagnostic
	}
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return trouble(s.Span, "%q could not be built: %s", s.ID.Name(), err)
	}
	if e.Place != nil {
		at := ""
		if s.Load != nil {
			at = s.Load.Path
		}
		return explain.File(e, at, s.File)
	}
	if s.Query == nil {
		m := explain.Meant(e)
		var list diag.List
		return list.Errorf(m.Code, s.Span, "%q could not be loaded: %s", s.ID.Name(), m.Message).Hinted(m.Hint)
	}
	return w.plan.Context.Query(s.ID, s.Query, e, s.Span)
}

// audited explains why a test could not be done.
func (w *worker) audited(a *plan.Audit, q *template.Filled, e *engine.Error) *diag.Diagnostic {
	return w.plan.Context.Test(&explain.Test{
		Name: a.Name, Tested: a.Tested, Column: a.Column, Span: a.Span, Where: a.Where, Of: a.Of,
	}, q, e)
}

// miscounted explains why the wrong rows of a test cannot be counted by the column it names.
func miscounted(a *plan.Audit, e *engine.Error) *diag.Diagnostic {
	var list diag.List
	m := explain.Meant(e)
	return list.Errorf(m.Code, a.CountsSpan, "the test %q cannot count its wrong rows by %s: %s", a.Name, a.Counts, m.Message).
		Hintf("let the query select a column of whole numbers under this name, or take counts out").
		Notef(a.Span, "the test is used here")
}

// shifted moves an error's position back by the text in front of the query.
func shifted(err error, before int) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Position < 0 {
		return err
	}
	moved := *e
	moved.Position = max(e.Position-before, -1)
	return &moved
}

// unplaced takes the place away from an error of a query that nobody wrote.
func unplaced(err error) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || isHookError(err) {
		return err
	}
	plain := *e
	plain.Position, plain.Name = -1, ""
	return &plain
}
