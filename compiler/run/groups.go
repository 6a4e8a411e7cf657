package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// group is a publish group at work. Its members are built one by one, as candidates that the others read. The worker
// that is done with the last of them publishes all in one transaction, or none where one did not succeed. Until then
// a member that was built has no status, and only its group goes on with it.
type group struct {
	members []int
	// left is how many members are not done, root why one did not succeed, a step, or -1. waiting are those that wait
	// for the others.
	left, root int
	waiting    []*waiting

	// stands says which members stay as they are and have a view as their candidate.
	standsMu sync.Mutex
	stands   map[int]bool
}

// waiting is a member that is ready to be published.
type waiting struct {
	at int
	// publication, comments and made are of tables and views; update and apply of tables into which new rows come.
	publication engine.Publication
	comments    []string
	made        *state.Relation
	update      *updating
	apply       func(context.Context) (*state.Relation, error)
	// done is called when it is published.
	done func()
}

// newGroups finds the groups of a plan.
func newGroups(p *plan.Plan) []*group {
	of := make([]*group, len(p.Steps))
	known := map[*plan.Group]*group{}
	for i, s := range p.Steps {
		if s.Member == nil {
			continue
		}
		g := known[s.Member.Group]
		if g == nil {
			members := s.Member.Group.Members
			g = &group{members: members, left: len(members), root: -1, stands: map[int]bool{}}
			known[s.Member.Group] = g
		}
		of[i] = g
	}
	return of
}

// wait lets a member wait for its group.
func (w *worker) wait(m *waiting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.groups[m.at]
	g.waiting = append(g.waiting, m)
}

// isWaiting reports whether a step is built and not published.
func (e *executor) isWaiting(i int) bool { return e.groups[i] != nil && e.results[i].Status == 0 }

// readers gives those who read a step: the others of its group, or all but these.
func (e *executor) readers(i int, ofGroup bool) []int {
	return slices.DeleteFunc(slices.Clone(e.queue.readers[i]), func(reader int) bool {
		return e.plan.Steps[i].InGroup(e.plan.Steps[reader]) != ofGroup
	})
}

// countedIn notes that a member is done, and gives its group when it was the last. The lock is held.
func (e *executor) countedIn(i int) *group {
	g := e.groups[i]
	if g == nil {
		return nil
	}
	if status := e.results[i].Status; g.root < 0 && status != 0 && status != Success && status != Unchanged {
		if g.root = e.queue.cause[i]; g.root < 0 {
			g.root = i
		}
	}
	if g.left--; g.left > 0 {
		return nil
	}
	return g
}

// skipsWithGroup skips a step whose group will not be published. The lock is held.
func (w *worker) skipsWithGroup(ctx context.Context, i int) bool {
	g := w.groups[i]
	if g == nil || g.root < 0 {
		return false
	}
	w.queue.cause[i] = g.root
	status, reason := w.without(ctx, g)
	w.end(i, status, reason)
	return true
}

// standIn makes candidates of the members that a step reads and that stay as they are.
func (w *worker) standIn(ctx context.Context, s *plan.Step) error {
	if s.Member == nil {
		return nil
	}
	for _, i := range s.Member.Beside {
		if !w.isAsItWas(i) {
			continue
		}
		if err := w.standFor(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// isAsItWas reports whether a step left the relation as it was, but for its comments.
func (e *executor) isAsItWas(i int) bool {
	return e.results[i].Status == Unchanged || e.results[i].Commented
}

func (w *worker) standFor(ctx context.Context, i int) error {
	g, s := w.groups[i], w.plan.Steps[i]
	g.standsMu.Lock()
	defer g.standsMu.Unlock()
	if g.stands[i] {
		return nil
	}
	if err := w.session.CreateView(ctx, s.Candidate, s.Member.StandIn); err != nil {
		return fmt.Errorf("let %s stand for %s: %w", s.Candidate, s.Relation, unplaced(err))
	}
	g.stands[i] = true
	return nil
}

// viewOfGroup makes a view under the name of its candidate, runs its tests, and lets it wait for its group.
func (w *worker) viewOfGroup(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	made := w.madeView(s)
	if err := w.session.CreateView(ctx, s.Candidate, s.Query.SQL); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	switch r.Tests = w.audit(ctx, s); {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
		w.drop(ctx, s.Candidate)
	case blocked(s, r):
		r.Kept = s.Candidate
	default:
		w.waitToPublish(ctx, s, r, &waiting{made: made, publication: engine.Publication{
			To: s.Relation, Kind: relation.View, From: s.Candidate, Query: s.Text().SQL, Fresh: !w.there[s.Relation.Fold()],
		}})
	}
}

// waitToPublish lets a table or view wait for its group. Its columns are looked at now, while all that a view of the
// group reads is there as a candidate.
func (w *worker) waitToPublish(ctx context.Context, s *plan.Step, r *StepResult, m *waiting) {
	var err error
	if m.comments, err = w.comments(ctx, m.publication, s); err != nil {
		w.fail(ctx, s, r, err)
		w.drop(ctx, s.Candidate)
		return
	}
	m.at, m.done = w.indexOf(s), func() { r.Status = Success }
	w.wait(m)
}

// waitToGrow lets an update wait for its group, in whose transaction apply is called.
func (u *updating) waitToGrow(apply func(context.Context) (*state.Relation, error), done func()) {
	u.wait(&waiting{at: u.indexOf(u.step), update: u, apply: apply, done: done})
}

// indexOf gives the place of a member's step.
func (e *executor) indexOf(s *plan.Step) int {
	for _, i := range s.Member.Group.Members {
		if e.plan.Steps[i] == s {
			return i
		}
	}
	panic("run: a step is not in its group")
}

// errWaits says that an update waits for its group.
var errWaits = errors.New("it waits for its group")
