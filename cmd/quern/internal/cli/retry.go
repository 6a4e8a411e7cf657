package cli

import (
	"context"
	"slices"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
)

// retried is what there is to do again: nodes and tests, or hooks alone.
type retried uint8

const (
	nothingFailed retried = iota + 1
	nodesFailed
	hooksOwed
)

// whatFailed selects what did not succeed in the last run, to act on it as that run did. It says where there is
// nothing to do.
func (a *App) whatFailed(ctx context.Context, r compiler.Result, f *buildFlags) (what retried, err error) {
	last, err := a.lastRun(ctx, r.Project)
	if err != nil {
		return nothingFailed, err
	}
	if !last.known && !last.owes && !last.cutOff {
		a.View.Note("nothing to retry: nothing ran on this target yet")
		return nothingFailed, nil
	}
	f.command, f.last = last.Command, &last
	f.selects = []string{"result:error", "result:fail", "result:skipped"}
	failed, there := 0, 0
	groups := map[string]bool{}
	for id, status := range last.results {
		if slices.Contains([]string{"error", "fail", "skipped", "cancelled"}, status) {
			failed++
			if n := r.Graph.ByID[id]; n != nil {
				there++
				if n.Kind == link.Model {
					groups[n.Model.PublishGroup()] = true
				}
			}
		}
	}
	switch {
	case there == 0 && last.owes:
		f.command = "build" // whatever the last command was
		return hooksOwed, nil
	case there == 0 && last.cutOff:
		return nothingFailed, engine.Errorf("State", "the last build was cut off, and nobody noted how far it came").
			WithHint(`"quern build" finds out, and does what is left`)
	case failed == 0:
		a.View.Note("nothing to retry: nothing failed in the last run, %s", last.ID)
	case there == 0:
		a.View.Note("nothing to retry: what failed in the last run, %s, is gone", last.ID)
	case last.cutOff:
		a.View.Note("a build after the run %s was cut off; \"quern build\" does what is left of it", last.ID)
	}
	// What is published together is acted on together again.
	for _, m := range r.Project.Models {
		if _, ran := last.results[m.ID]; ran && m.PublishGroup() != "" && groups[m.PublishGroup()] {
			f.selects = append(f.selects, m.Name)
		}
	}
	if there == 0 {
		return nothingFailed, nil
	}
	return nodesFailed, nil
}
