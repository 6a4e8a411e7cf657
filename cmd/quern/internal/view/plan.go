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
	Group      string      `json:"publish_group,omitempty"`
}

type planCause struct {
	What   string `json:"what"`
	Node   string `json:"node"`
	Detail string `json:"detail"`
}

// ShowsAll reports whether a plan is shown with the steps that do nothing.
func (v *View) ShowsAll() bool { return v.opts.JSON || v.opts.Verbose }

// Plan shows what a build would do.
func (v *View) Plan(p Planned) error {
	if v.opts.JSON {
		return v.Object(struct {
			Version int           `json:"version"`
			Steps   []planStep    `json:"steps"`
			Hooks   []PlannedHook `json:"hooks"`
			Orphans []orphan      `json:"orphans"`
		}{1, planSteps(p), append([]PlannedHook{}, p.Hooks...), orphansOf(p)})
	}
	v.print(v.out, v.planText(p))
	return nil
}

func planSteps(p Planned) []planStep {
	steps := make([]planStep, 0, len(p.Steps))
	for _, s := range p.Steps {
		step := planStep{
			ID: string(s.ID), Kind: s.Kind.String(), Action: s.Action.String(), Certainty: "certain",
			If: idsOf(s.If), Reason: s.Reason, Because: []planCause{}, Statements: append([]string{}, s.Statements...), Group: s.Group,
		}
		if len(s.If) > 0 {
			step.Certainty = "conditional"
		}
		for _, c := range s.Because {
			step.Because = append(step.Because, planCause{c.What, string(c.Node), c.Detail})
		}
		steps = append(steps, step)
	}
	return steps
}

func idsOf(ids []project.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (v *View) planText(p Planned) string {
	shown := p.Brief()
	if v.opts.Verbose {
		shown = p
	}
	var actionWidth, wordWidth, nameWidth int
	for i := range shown.Steps {
		s := &shown.Steps[i]
		s.Name = v.secrets.maskText(clean(s.Name))
		actionWidth = max(actionWidth, len(s.Action.String()))
		wordWidth = max(wordWidth, len(s.Word))
		nameWidth = min(max(nameWidth, columns(s.Name)), maxName)
	}
	var b strings.Builder
	tests := make(map[project.ID]bool)
	for _, s := range shown.Steps {
		for _, id := range s.Tests {
			tests[id] = true
		}
		note := clean(s.Reason)
		if s.Kind != link.Test && len(s.Tests) > 0 {
			note += ", " + count(int64(len(s.Tests)), "test")
		}
		if s.Group != "" && s.Action != plan.Skip {
			note += ", published with group " + clean(s.Group)
		}
		line := padRight(s.Action.String(), actionWidth) + "  " + padRight(s.Word, wordWidth) + "  " + padRight(s.Name, nameWidth) +
			"   " + strings.TrimPrefix(note, ", ")
		if width := v.out.width(); width > 0 {
			line = v.glyphs.cut(line, width)
		}
		line = strings.TrimRight(line, " ")
		b.WriteString(v.out.paint(actionStyle(s.Action), line[:len(s.Action.String())]) + line[len(s.Action.String()):] + "\n")
		if v.opts.Verbose {
			b.WriteString(v.statements(s.Statements))
		}
	}
	b.WriteString(v.hookLines(p.Hooks))
	b.WriteString(v.orphanLines(p))
	b.WriteString(planSummary(p.Brief(), len(tests)) + "\n")
	return b.String()
}

func actionStyle(a plan.Action) style {
	if a == plan.Test || a == plan.Skip {
		return dim
	}
	return cyan
}

// statements gives the statements of a step, indented and dim.
func (v *View) statements(all []string) string {
	var b strings.Builder
	for _, statement := range all {
		for line := range strings.SplitSeq(strings.TrimRight(statement, "\n"), "\n") {
			b.WriteString(v.out.paint(dim, strings.TrimRight("    "+clean(line), " ")) + "\n")
		}
	}
	return b.String()
}

// planSummary counts, as "plan: 3 to create, 9 to rebuild, 2 to load, 41 tests".
func planSummary(p Planned, tests int) string {
	n := make(map[plan.Action]int)
	unchanged := p.Unchanged
	for _, s := range p.Steps {
		switch {
		case s.Kind == link.Test:
		case s.Action == plan.Test:
			unchanged++
		default:
			n[s.Action]++
		}
	}
	var parts []string
	for _, a := range []plan.Action{plan.Create, plan.Rebuild, plan.Update, plan.Load, plan.Comment} {
		if n[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n[a], a))
		}
	}
	if unchanged > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", unchanged))
	}
	parts = append(parts, count(int64(tests), "test"))
	if n := len(p.Hooks); n > 0 {
		parts = append(parts, count(int64(n), "hook"))
	}
	if n := len(p.Orphans); n > 0 {
		parts = append(parts, count(int64(n), "orphan"))
	}
	return "plan: " + strings.Join(parts, ", ")
}
