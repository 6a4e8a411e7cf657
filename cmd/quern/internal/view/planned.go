package view

import (
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// Planned is what is shown of a plan. It can be kept as JSON.
type Planned struct {
	Steps []PlannedStep `json:"steps"`
	// Unchanged is how many nodes have nothing to build whose steps were left out of Steps.
	Unchanged int `json:"unchanged,omitempty"`
	// Orphans are relations that no node has any longer.
	Orphans []plan.Orphan `json:"orphans,omitempty"`
	// Hooks are those that an earlier build owes, where nothing else is to be built.
	Hooks []PlannedHook `json:"hooks,omitempty"`
}

// PlannedStep is what is shown of a step.
type PlannedStep struct {
	ID     project.ID   `json:"id"`
	Kind   link.Kind    `json:"kind"`
	Action plan.Action  `json:"action"`
	If     []project.ID `json:"if,omitempty"`
	Reason string       `json:"reason"`
	// Because are the facts behind the reason.
	Because    []plan.Cause `json:"because,omitempty"`
	Statements []string     `json:"statements,omitempty"`
	// Word is what a person calls its kind, Name where it is or, failing that, its own name.
	Word string `json:"word"`
	Name string `json:"name"`
	// Group is the publish group of which the step is a part.
	Group string `json:"publish_group,omitempty"`
	// Tests are those of the step that run.
	Tests []project.ID `json:"tests,omitempty"`
}

// ShownPlan gives what is shown of a plan.
func ShownPlan(p *plan.Plan) Planned {
	out := Planned{Steps: make([]PlannedStep, len(p.Steps)), Orphans: p.Orphans, Hooks: owedHooks(p)}
	for i, s := range p.Steps {
		name := s.Relation.String()
		if name == "" {
			name = s.ID.Name()
		}
		out.Steps[i] = PlannedStep{
			ID: s.ID, Kind: s.Kind, Action: s.Action, If: s.If, Reason: s.Reason, Because: s.Because,
			Statements: s.Statements, Word: kindWord(s.Kind, s.Materialized), Name: name, Group: s.GroupName(),
		}
		for _, a := range s.Audits {
			if !a.Passed {
				out.Steps[i].Tests = append(out.Steps[i].Tests, a.ID)
			}
		}
	}
	return out
}

// Brief leaves out the steps that do nothing, which text does not show unless asked for more.
func (p Planned) Brief() Planned {
	out := Planned{Unchanged: p.Unchanged, Orphans: p.Orphans, Hooks: p.Hooks}
	for _, s := range p.Steps {
		switch {
		case s.Action != plan.Skip:
			out.Steps = append(out.Steps, s)
		case s.Kind != link.Test:
			out.Unchanged++
		}
	}
	return out
}
