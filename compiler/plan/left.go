package plan

import (
	"slices"

	"github.com/quernsql/quern/compiler/project"
)

// leavesView reports whether a step is a view that stays, although nobody knows whether what it shows changed: its text
// does not depend on that. Its rows have no data version, so that its readers are built. Where something can be known
// now, or could be then, it is made again, and on record as such. So it is for its hooks, and for other comments.
func (s *Step) leavesView(causes []Cause) bool {
	return s.Materialized == project.View && s.Former.Data.Rows == "" && len(causes) > 0 &&
		len(s.Pre)+len(s.Post) == 0 && !s.Relabels() &&
		!slices.ContainsFunc(causes, func(c Cause) bool { return !c.unknown })
}

// stands gives the step of a view what tells whether it can stay.
func (s *settler) stands(step *Step) {
	if step.Materialized == project.View && step.Known != nil && step.Known.Data.Rows == "" {
		if step.Action == Test {
			step.Reason = "its query is the same, and what it shows may be other rows"
		}
		step.Stands = "select * from " + s.opts.Dialect.Relation(step.Relation)
	}
}
