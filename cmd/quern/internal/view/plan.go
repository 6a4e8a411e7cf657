package view

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

type planStep struct {
	ID         string      `json:"id"`
	Kind       string      `json:"kind"`
	Action     string      `json:"action"`
	Certainty  string      `json:"certainty"`
	If         []string    `json:"if"`
	Reason     string      `json:"reason"`
	Because    []planCause `json:"because"`
	Statements []string    `json:"statements"`
}

type planCause struct {
	What   string `json:"what"`
	Node   string `json:"node"`
	Detail string `json:"detail"`
}

// Plan shows what a build would do.
func (v *View) Plan(p *plan.Plan) error {
	if v.opts.JSON {
		return v.Object(struct {
			Version int        `json:"version"`
			Steps   []planStep `json:"steps"`
		}{1, planSteps(p)})
	}
	v.print(v.out, v.planText(p))
	return nil
}

func planSteps(p *plan.Plan) []planStep {
	steps := make([]planStep, 0, len(p.Steps))
	for _, s := range p.Steps {
		step := planStep{
			ID: string(s.ID), Kind: s.Kind.String(), Action: s.Action.String(), Certainty: certainty(s),
			If: idsOf(s.If), Reason: s.Reason, Because: []planCause{}, Statements: append([]string{}, s.Statements...),
		}
		for _, c := range s.Because {
			step.Because = append(step.Because, planCause{c.What, string(c.Node), c.Detail})
		}
		steps = append(steps, step)
	}
	return steps
}

func certainty(s *plan.Step) string {
	if len(s.If) > 0 {
		return "conditional"
	}
	return "certain"
}

func idsOf(ids []project.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (v *View) planText(p *plan.Plan) string {
	r := &report{v: v}
	var actionWidth int
	for _, s := range p.Steps {
		if s.Action == plan.Skip && !v.opts.Verbose {
			continue
		}
		actionWidth = max(actionWidth, len(s.Action.String()))
		r.kindWidth = max(r.kindWidth, len(kindWord(s.Kind, s.Materialized)))
		r.nameWidth = min(max(r.nameWidth, columns(r.name(s))), maxName)
	}
	var b strings.Builder
	tests := make(map[project.ID]bool)
	for _, s := range p.Steps {
		if s.Action == plan.Skip && !v.opts.Verbose {
			continue
		}
		note := clean(s.Reason)
		left := 0
		for _, audit := range s.Audits {
			if !audit.Passed {
				left++
				tests[audit.ID] = true
			}
		}
		if s.Kind != link.Test && left > 0 {
			note += ", " + count(int64(left), "test")
		}
		head := padRight(s.Action.String(), actionWidth) + "  " + padRight(kindWord(s.Kind, s.Materialized), r.kindWidth)
		line := head + "  " + padRight(r.name(s), r.nameWidth) + "   " + strings.TrimPrefix(note, ", ")
		if width := v.out.width(); width > 0 {
			line = v.glyphs.cut(line, width)
		}
		line = strings.TrimRight(line, " ")
		b.WriteString(v.out.paint(actionStyle(s.Action), line[:len(s.Action.String())]) + line[len(s.Action.String()):] + "\n")
		if v.opts.Verbose {
			b.WriteString(v.statements(s))
		}
	}
	b.WriteString(planSummary(p, len(tests)) + "\n")
	return b.String()
}

func actionStyle(a plan.Action) style {
	if a == plan.Test || a == plan.Skip {
		return dim
	}
	return cyan
}

// statements gives the statements of a step, indented and dim.
func (v *View) statements(s *plan.Step) string {
	var b strings.Builder
	for _, statement := range s.Statements {
		for line := range strings.SplitSeq(strings.TrimRight(statement, "\n"), "\n") {
			b.WriteString(v.out.paint(dim, strings.TrimRight("    "+clean(line), " ")) + "\n")
		}
	}
	return b.String()
}

// planSummary counts, as "plan: 3 to create, 9 to rebuild, 2 to load, 41 tests".
func planSummary(p *plan.Plan, tests int) string {
	n := make(map[plan.Action]int)
	unchanged := 0
	for _, s := range p.Steps {
		switch {
		case s.Kind == link.Test:
		case s.Action == plan.Skip || s.Action == plan.Test:
			unchanged++
		default:
			n[s.Action]++
		}
	}
	var parts []string
	for _, a := range []plan.Action{plan.Create, plan.Rebuild, plan.Update, plan.Load} {
		if n[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n[a], a))
		}
	}
	if unchanged > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", unchanged))
	}
	return "plan: " + strings.Join(append(parts, count(int64(tests), "test")), ", ")
}
