package selector

import (
	"slices"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// results are the values of result:.
var results = []string{"error", "fail", "skipped", "warn"}

// hasResult compares how a node or test ended in the last run. What an interrupt ended was skipped.
func hasResult(e *evaluator, n *link.Node, m matcher) bool {
	if e.ended == nil {
		e.ended = map[project.ID]string{}
		if e.results != nil {
			e.ended = e.results()
		}
	}
	status := e.ended[n.ID]
	if status == "cancelled" {
		status = "skipped"
	}
	return slices.Contains(results, status) && m.fits(status)
}
