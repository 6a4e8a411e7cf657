package plan

import (
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/state"
)

func isMicrobatch(n *link.Node) bool { return n.Model.Incremental.Strategy == increment.Microbatch }

// asksFor reports whether windows of a model are asked for.
func (s *settler) asksFor(n *link.Node) bool { return isMicrobatch(n) && !s.opts.From.IsZero() }

// missingBatches gives the windows of a model that were never built.
func (s *settler) missingBatches(n *link.Node, known *state.Relation) []increment.Window {
	if !isMicrobatch(n) {
		return nil
	}
	done := doneBatches(known)
	b := n.Model.Incremental.Batches.From(done.Beginning())
	return b.Missing(s.opts.RunTime, done.At(b.Size))
}

// beginsAt gives where the windows of a table begin that is built whole, where that is later than its model says: in an
// environment a table may begin with --start, and goes on from there.
func (s *settler) beginsAt(step *Step) time.Time {
	if s.opts.Differs != nil && !s.opts.From.IsZero() {
		return s.opts.From
	}
	return doneBatches(step.Former).Beginning()
}

func doneBatches(known *state.Relation) *state.Batches {
	if known == nil || known.Growth == nil {
		return nil
	}
	return known.Growth.Batches
}

// batches gives a step of a microbatch its windows: all for a table that is built whole, else those that are due.
func (s *settler) batches(step *Step, n *link.Node, whole bool) {
	if !isMicrobatch(n) {
		return
	}
	b := n.Model.Incremental.Batches
	var known state.Batches
	if done := doneBatches(step.Former); done != nil && !whole {
		known = *done
	}
	if at := s.beginsAt(step); whole && b.Size.Start(at).After(b.Begin) {
		b = b.From(at)
		known.First = b.Begin
	} else if !s.asksFor(n) {
		b = b.From(known.First)
	}
	windows := b.All(s.opts.RunTime)
	switch {
	case whole && len(windows) == 0: // a table has to be there
		windows = []increment.Window{b.Size.Window(b.Begin)}
	case whole:
	case s.asksFor(n):
		windows = slices.DeleteFunc(windows, func(w increment.Window) bool {
			return !s.opts.From.Before(w.End) || !s.opts.To.IsZero() && !w.Start.Before(s.opts.To)
		})
	default:
		windows = b.Due(s.opts.RunTime, known.At(b.Size))
	}
	if len(windows) > 0 && windows[0].Start.Before(known.First) {
		known.First = windows[0].Start
	}
	g := step.Growth
	for _, w := range windows {
		opts := s.fill(n.ID, nil)
		opts.Window = w
		g.Batches = append(g.Batches, Batch{Window: w, Query: s.p.BatchQuery(n.ID, whole, opts)})
	}
	if len(g.Batches) > 0 {
		step.Query, step.NewRows = g.Batches[0].Query, g.Batches[0].Query
		g.Spec.Window = g.Batches[0].Window
	}
	if whole {
		for _, w := range windows {
			known = known.Did(w, s.opts.RunTime)
		}
		if len(step.Statements) > 0 {
			step.Statements[0] = s.opts.Dialect.CreateTableAs(step.Candidate, step.Query.SQL)
		}
	}
	if whole {
		g.Outside = s.p.OutsideQuery(n.ID, s.fill(n.ID, nil))
		g.First = b.Size.Start(b.Begin).Format("2006-01-02T15:04")
	}
	g.Known.Batches = &known
	g.RunTime = s.opts.RunTime
}
