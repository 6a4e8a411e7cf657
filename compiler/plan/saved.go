package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// Saved is what of a plan has to be the same when it is carried out later.
type Saved struct {
	ID     project.ID         `json:"id"`
	Action string             `json:"action"`
	If     []project.ID       `json:"if,omitempty"`
	Reason string             `json:"reason"`
	Code   fingerprint.Digest `json:"code,omitempty"`
	// Group is the publish group of which the step is a part.
	Group string `json:"publish_group,omitempty"`
	// Columns say what becomes of columns.
	Columns []string `json:"columns,omitempty"`
	// Inputs are the data versions of what the step and its tests read, as far as they are known before the
	// build; that of what is there is under the step's own id.
	Inputs map[project.ID]string `json:"inputs,omitempty"`
	// Tests are those that run, with their definitions.
	Tests map[project.ID]fingerprint.Digest `json:"tests,omitempty"`
}

// Save gives the steps of a plan as they are kept.
func (p *Plan) Save() []Saved {
	out := make([]Saved, len(p.Steps))
	for i, s := range p.Steps {
		out[i] = Saved{
			ID: s.ID, Action: s.Action.String(), If: s.If, Reason: s.Reason, Code: s.Code.Digest, Inputs: s.Inputs,
			Group: s.GroupName(), Columns: s.Columns, Tests: map[project.ID]fingerprint.Digest{},
		}
		for _, a := range s.Audits {
			if !a.Passed {
				out[i].Tests[a.ID] = a.Definition
			}
		}
	}
	return out
}

// Differences says in words in what a plan is another one than the saved one; nil where it is the same.
func (p *Plan) Differences(saved []Saved) []string {
	was := make(map[project.ID]*Saved, len(saved))
	for i := range saved {
		was[saved[i].ID] = &saved[i]
	}
	var out []string
	for _, now := range p.Save() {
		old, ok := was[now.ID]
		if !ok {
			out = append(out, fmt.Sprintf("%s is new", now.ID.Name()))
			continue
		}
		delete(was, now.ID)
		if why := now.differs(old); why != "" {
			out = append(out, why)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(was)) {
		out = append(out, id.Name()+" is gone")
	}
	return out
}

func (s *Saved) differs(old *Saved) string {
	name := s.ID.Name()
	switch {
	case s.Code != old.Code:
		return fmt.Sprintf("the query or the settings of %s changed", name)
	case s.Group != old.Group:
		return fmt.Sprintf("the publish group of %s is another one", name)
	case !maps.Equal(s.Inputs, old.Inputs):
		for _, id := range slices.Sorted(maps.Keys(s.Inputs)) {
			if s.Inputs[id] != old.Inputs[id] && id != s.ID {
				return fmt.Sprintf("%s changed, which %s reads", id.Name(), name)
			}
		}
		return fmt.Sprintf("%s was built since", name)
	case s.Action != old.Action || !slices.Equal(s.If, old.If):
		return fmt.Sprintf("%s: the plan says %s, and now it is %s, since %s", name, old.Action, s.Action, s.Reason)
	case !slices.Equal(s.Columns, old.Columns):
		return fmt.Sprintf("what becomes of the columns of %s is something else", name)
	case !maps.Equal(s.Tests, old.Tests):
		return fmt.Sprintf("the tests of %s changed", name)
	}
	return ""
}

// inputs notes the data versions that are known before the build.
func (s *settler) inputs(step *Step) {
	step.Inputs = map[project.ID]string{}
	note := func(id project.ID) {
		if len(s.undecided(id)) == 0 {
			step.Inputs[id] = s.plan.Version(id, s.decided, s.views).Seen(true)
		}
	}
	for _, id := range step.Reads {
		note(id)
	}
	for _, a := range step.Audits {
		for _, id := range a.Reads {
			if id != step.ID {
				note(id)
			}
		}
	}
	s.fileInputs(step)
	if step.Kind != link.Test && step.Former != nil {
		step.Inputs[step.ID] = step.Former.Run
	}
}
