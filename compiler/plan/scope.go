package plan

import (
	"fmt"

	"github.com/quernsql/quern/compiler/project"
)

// scoped says, of tests of new rows that look at the whole table now, what to do about rows they let in before.
func (s *settler) scoped(step *Step) {
	if step.Growth == nil || step.Action == Create || step.Action == Rebuild {
		return
	}
	for _, a := range step.Audits {
		if !a.OnDelta && s.g.ByID[a.ID].Test.Config.Scope == project.DeltaScope {
			a.Hint = fmt.Sprintf("it looked at all of %s, since it did not pass there last, and not at new rows alone (scope: delta): mend the rows there, "+
				"build it anew with %s where the query no longer gives them, or let the test warn (severity: warn)", step.Relation, FullRefresh)
		}
	}
}
