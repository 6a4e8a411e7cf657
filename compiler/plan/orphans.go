package plan

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// Orphan is a relation that the project built here, and that none of its nodes has any longer.
type Orphan struct {
	ID       project.ID    `json:"id"`
	Relation relation.Name `json:"relation"`
	Kind     string        `json:"kind"`
	// Why says why it is one.
	Why string `json:"why"`
	// Stays says why it is never dropped; empty where it can be.
	Stays string `json:"stays,omitempty"`
	// Drop says that the build drops it.
	Drop bool `json:"drop,omitempty"`
	// Known is what the state says of it.
	Known *state.Relation `json:"-"`
}

// Orphans gives the relations on record that no node has, not even a disabled one or a source, sorted by place.
func Orphans(p *check.Program, known *state.Known) []Orphan {
	taken := map[relation.Name]bool{}
	for i := range p.Nodes {
		taken[p.Nodes[i].Relation.Fold()] = true
	}
	var out []Orphan
	for place, r := range known.Relations {
		if taken[place.Name] {
			continue
		}
		why := "its model is gone"
		if n := p.Graph.ByID[place.ID]; n != nil {
			why = "its model is elsewhere now"
			if p.Nodes[n.Index].Relation.Identifier == "" {
				why = "its model has no relation any longer"
			}
		}
		out = append(out, Orphan{ID: place.ID, Relation: r.Name, Kind: r.Kind, Why: why, Known: r})
	}
	slices.SortFunc(out, func(a, b Orphan) int {
		if c := a.Relation.Compare(b.Relation); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return out
}
