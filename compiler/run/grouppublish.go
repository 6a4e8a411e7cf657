package run

import (
	"context"
	"errors"
	"slices"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/state"
)

// endGroup publishes a group of which all members are done, and ends those that waited. The lock is not held.
func (w *worker) endGroup(ctx context.Context, g *group) {
	slices.SortFunc(g.waiting, func(a, b *waiting) int { return a.at - b.at })
	if len(g.waiting) > 0 && g.root < 0 {
		w.publishGroup(ctx, g)
	}
	w.giveUp(ctx, g)
	for _, m := range g.waiting {
		w.finished(m.at)
	}
}

// publishGroup publishes the members that wait. Where that is not possible it says so of one of them.
func (w *worker) publishGroup(ctx context.Context, g *group) {
	err := w.open(ctx)
	if err == nil {
		err = w.commitGroup(ctx, g)
	}
	for _, m := range g.waiting {
		if m.update != nil {
			m.update.worker = w
			m.update.storeFailures(ctx)
		}
	}
	if err == nil {
		clear(g.stands)
		for _, m := range g.waiting {
			if m.update != nil && m.made != nil {
				w.setVersion(m.made.ID, m.made.Data)
			}
			m.done()
		}
		return
	}
	culprit := g.waiting[0]
	if of, ok := errors.AsType[*memberError](err); ok {
		culprit, err = of.member, of.cause
	}
	w.notPublished(ctx, culprit, err)
	g.root = culprit.at
}

// notPublished ends a member that keeps its group from being published.
func (w *worker) notPublished(ctx context.Context, m *waiting, err error) {
	s, r := w.plan.Steps[m.at], &w.results[m.at]
	switch {
	case errors.Is(err, errBlocked):
		r.Tests, r.Kept = m.update.tests, s.Candidate
		blocked(s, r)
	case m.update != nil:
		w.refused(ctx, s, r, err)
	default:
		of := *s
		of.Query = s.Text() // in which the error is
		w.fail(ctx, &of, r, err)
		w.drop(ctx, s.Candidate)
	}
}

// memberError is an error of the part that one member has in the transaction.
type memberError struct {
	member *waiting
	cause  error
}

// Error names no member: whoever shows it does.
func (e *memberError) Error() string { return e.cause.Error() }

// Unwrap gives the error itself.
func (e *memberError) Unwrap() error { return e.cause }

// commitGroup publishes in one transaction. It does that again after an error that may pass, and without a test that
// ended it.
func (w *worker) commitGroup(ctx context.Context, g *group) error {
	for attempt := 1; ; attempt++ {
		err := w.session.InTransaction(ctx, func(ctx context.Context) error { return w.transaction(ctx, g) })
		switch {
		case errors.Is(err, errAgain):
			attempt--
		case err == nil, engine.ClassOf(err) != engine.Transient, attempt == maxAttempts, !pause(ctx, attempt):
			return err
		}
	}
}

// transaction is what happens together: new rows come into tables and are tested, then candidates take their places,
// since such a test may read them, and last what is known of all is kept.
func (w *worker) transaction(ctx context.Context, g *group) error {
	for _, m := range g.waiting {
		if m.update == nil {
			continue
		}
		err := w.timed(m, func() (err error) {
			m.update.worker = w
			m.made, err = m.apply(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	var made []*state.Relation
	for _, m := range g.waiting {
		if m.update != nil {
			continue // and is kept
		}
		err := w.timed(m, func() error {
			return w.session.Publish(ctx, []engine.Publication{m.publication}, m.comments...)
		})
		if err != nil {
			return err
		}
		if m.made != nil {
			made = append(made, m.made)
		}
	}
	for _, i := range g.members {
		if s := w.plan.Steps[i]; w.isAsItWas(i) && (g.stands[i] || w.there[s.Candidate.Fold()]) {
			if err := w.session.Drop(ctx, s.Candidate); err != nil {
				return err
			}
		}
	}
	if len(made) == 0 {
		return nil
	}
	return w.keepWhole(ctx, w.session, made)
}

// timed does the part of a member.
func (w *worker) timed(m *waiting, do func() error) error {
	start := w.now()
	err := do()
	w.results[m.at].Seconds += w.now().Sub(start).Seconds()
	if err == nil || errors.Is(err, errAgain) {
		return err
	}
	return &memberError{m, err}
}

// keepWhole notes tables and views, whose texts are read before.
func (e *executor) keepWhole(ctx context.Context, s Session, made []*state.Relation) error {
	if err := e.define(ctx, s, made); err != nil {
		return err
	}
	statements, err := e.kept(made)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if err := s.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends the members that wait and are not published, and drops their candidates, but for those that a kept one
// reads. Where all are published there is nothing to do.
func (w *worker) giveUp(ctx context.Context, g *group) {
	keep := map[int]bool{}
	for _, i := range g.members {
		if w.results[i].Kept.Identifier != "" {
			w.readByKept(i, keep)
		}
	}
	drop := func(s *plan.Step) {
		if w.open(context.WithoutCancel(ctx)) == nil {
			w.drop(ctx, s.Candidate)
		}
	}
	for _, m := range g.waiting {
		s, r := w.plan.Steps[m.at], &w.results[m.at]
		if r.Status != 0 {
			continue
		}
		r.Status, r.Reason = w.without(ctx, g)
		if keep[m.at] {
			r.Kept = s.Candidate
			continue
		}
		drop(s)
	}
	for _, i := range g.members {
		if g.stands[i] && !keep[i] {
			drop(w.plan.Steps[i])
		}
	}
}

// readByKept finds the candidates that are read by one that is kept for a look, and by its tests.
func (w *worker) readByKept(i int, keep map[int]bool) {
	s := w.plan.Steps[i]
	for _, k := range s.Member.Beside {
		id := w.plan.Steps[k].ID
		reads := slices.ContainsFunc(s.Audits, func(a *plan.Audit) bool { return slices.Contains(a.Reads, id) })
		if !keep[k] && (reads || !isTable(s)) { // a view shows what it reads, a table has its rows
			keep[k] = true
			w.readByKept(k, keep)
		}
	}
}

// without says how a member ends whose group is not published.
func (w *worker) without(ctx context.Context, g *group) (Status, string) {
	switch {
	case ctx.Err() != nil, g.root >= 0 && w.results[g.root].Status == Cancelled:
		return Cancelled, "the run was interrupted"
	case w.isBroken() && (g.root < 0 || w.results[g.root].Class == engine.Stopped):
		return Skipped, engineStopped
	case g.root < 0:
		return Skipped, "the run stopped after a failure"
	}
	if w.groups[g.root] != g {
		return Skipped, "skipped: " + w.called(g.root) + " failed, which its group needs"
	}
	return Skipped, "skipped: " + w.called(g.root) + " failed, with which it is published"
}

// endRest ends the groups of a run that stopped before they were whole.
func (e *executor) endRest(ctx context.Context) {
	w := &worker{executor: e}
	seen := map[*group]bool{}
	for _, g := range e.groups {
		if g == nil || seen[g] || g.left == 0 {
			continue
		}
		seen[g] = true
		w.giveUp(ctx, g)
		for _, m := range g.waiting {
			w.finished(m.at)
		}
	}
	w.close()
}
