package run

import (
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/plan"
)

// IsIdle reports whether a build of a plan has nothing to do, whatever it finds: what it comes to is known.
func IsIdle(p *plan.Plan) bool {
	if len(p.Before)+len(p.After) > 0 || p.Owed != nil || slices.ContainsFunc(p.Orphans, func(o plan.Orphan) bool { return o.Drop }) {
		return false
	}
	for _, s := range p.Steps {
		if s.Action != plan.Skip || s.Relabels() || s.Growth != nil && s.Growth.Loading != nil && len(s.Growth.Loading.Same) > 0 {
			return false
		}
		for _, a := range s.Audits {
			if !a.Passed || a.Known == nil {
				return false
			}
		}
	}
	return true
}

// Idle executes a plan that IsIdle, without a target: it tells the observer what Execute would tell, and gives the same
// results.
func Idle(p *plan.Plan, o Observer, now func() time.Time) *Results {
	e := newExecutor(p, nil, o, Options{Now: now})
	start := e.now()
	e.emit(RunStarted{RunID: e.runID, Time: start, Steps: len(p.Steps), Tests: e.tests()})
	for i, s := range p.Steps {
		e.emit(NodeStarted{Time: e.now(), ID: s.ID, Kind: s.Kind})
		r := &e.results[i]
		r.Tests, r.Status, r.Reason = e.known(s), Unchanged, nothingChanged
		e.finished(i)
	}
	results := &Results{RunID: e.runID, Steps: e.results, Seconds: e.now().Sub(start).Seconds()}
	e.emit(RunFinished{Time: e.now(), Results: results})
	return results
}
