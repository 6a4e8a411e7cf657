package cli

import (
	"context"
	"slices"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// asItWasTested selects every node but those that are published together with a tested one and have no candidate: a
// test of a candidate read what they have published.
func asItWasTested(ctx context.Context, r compiler.Result, s adapters.Session, tested project.ID) ([]int, error) {
	selected := everything(r.Graph)
	n := r.Graph.ByID[tested]
	if n == nil || n.Kind != link.Model || n.Model.PublishGroup() == "" {
		return selected, nil
	}
	for i, other := range r.Graph.Nodes {
		if other == n || other.Kind != link.Model || other.Model.PublishGroup() != n.Model.PublishGroup() {
			continue
		}
		kept, err := isThere(ctx, s, candidateOf(r.Program.Nodes[i].Relation))
		if err != nil {
			return nil, err
		}
		if !kept {
			selected = slices.DeleteFunc(selected, func(k int) bool { return k == i })
		}
	}
	return selected, nil
}
