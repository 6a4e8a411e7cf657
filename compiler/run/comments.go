package run

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// comments gives the statements that give a relation its comments once it is published.
func (w *worker) comments(ctx context.Context, p engine.Publication, s *plan.Step) ([]string, error) {
	if s.Labels.Digests == (state.Labels{}) {
		return nil, nil
	}
	var columns []relation.Column
	var err error
	if p.From.Identifier == "" {
		columns, err = w.session.Describe(ctx, p.Query)
	} else {
		columns, err = w.session.Columns(ctx, p.From)
	}
	if err != nil {
		return nil, err
	}
	return s.Labels.Statements(p.Kind, p.To, columns, state.Labels{}), nil
}

// relabel gives the relation that is there the comments that it is to have, where they or its columns changed.
func (w *worker) relabel(ctx context.Context, s *plan.Step, altered bool) error {
	was := s.Labelled()
	if altered && was.Columns == s.Labels.Digests.Columns { // a new column has no comment yet
		was.Columns = ""
	}
	if s.Labels.Digests == was {
		return nil
	}
	columns, err := w.session.Columns(ctx, s.Relation)
	if err != nil {
		return err
	}
	for _, statement := range s.Labels.Statements(s.Object(), s.Relation, columns, was) {
		if err := w.session.Exec(ctx, statement); err != nil {
			return unplaced(err)
		}
	}
	return nil
}

// comment writes the comments of a relation that else stays as it is, and tests it where that is due.
func (w *worker) comment(ctx context.Context, s *plan.Step, r *StepResult) {
	if r.Status != Unchanged {
		if w.again(ctx, s, r); r.Status != Unchanged {
			return
		}
	}
	err := w.session.InTransaction(ctx, func(ctx context.Context) error { return w.relabel(ctx, s, false) })
	if err == nil && w.opts.State != nil {
		made := *s.Known
		made.Labels = s.Labels.Digests
		err = w.keep(ctx, w.session, []*state.Relation{&made})
	}
	if err != nil {
		r.Tests, r.stays = nil, true
		w.fail(ctx, s, r, unplaced(err))
		return
	}
	r.Status, r.Reason, r.Note, r.Commented = Success, "its description changed", "comments", true
}
