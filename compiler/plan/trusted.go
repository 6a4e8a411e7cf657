package plan

import (
	"slices"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// trusted gives the tables whose rows are on record and that the plan trusts: it leaves them out, lets them grow, or
// only reads them. They are sorted.
func (s *settler) trusted() []relation.Name {
	var out []relation.Name
	add := func(known *state.Relation) {
		isTable := known != nil && known.Kind != project.View.String() && known.Kind != project.External.String()
		if isTable && known.Digest.Content != "" {
			out = append(out, known.Name)
		}
	}
	seen := map[project.ID]bool{}
	for _, step := range s.plan.Steps {
		if step.Kind != link.Test && (step.Known != nil || step.Action == Update) {
			add(step.Former)
		}
		for _, id := range step.Reads {
			s.addRead(id, seen, add)
		}
		for _, a := range step.Audits {
			for _, id := range a.Reads {
				s.addRead(id, seen, add)
			}
		}
	}
	slices.SortFunc(out, relation.Name.Compare)
	return slices.Compact(out)
}

// addRead adds what is known of a table that is read and has no step, through views.
func (s *settler) addRead(id project.ID, seen map[project.ID]bool, add func(*state.Relation)) {
	if seen[id] {
		return
	}
	seen[id] = true
	if view, ok := s.plan.Views[id]; ok {
		for _, read := range view.Reads {
			s.addRead(read, seen, add)
		}
		return
	}
	_, fromBase := s.opts.Base[id]
	n := s.g.ByID[id]
	if n == nil || fromBase || s.steps[id] != nil {
		return
	}
	if _, stands := s.plan.Versions[id]; stands {
		add(s.opts.State.Find(id, s.p.Nodes[n.Index].Relation))
	}
}

// unlikeRecord compares the rows of a table, where they were read, with those on record; "" where nothing shows.
func (s *settler) unlikeRecord(name relation.Name, known *state.Relation) string {
	now, read := s.opts.Contents[name.Fold()]
	switch was := known.Digest; {
	case was.Content == "" || now == was.Content || !read && name.Database == "":
		return ""
	case read && !was.IsComparable(now):
		return "what another version of the engine noted of the rows of " + name.String() + " cannot be compared"
	}
	return name.String() + " was altered by someone else"
}
