package view

import (
	"strings"

	"github.com/quernsql/quern/compiler/plan"
)

// orphan is a relation that no node has any longer, as JSON.
type orphan struct {
	ID       string `json:"id"`
	Relation string `json:"relation"`
	Kind     string `json:"kind"`
	// Action is drop, or keep where nobody asked to drop it or it has to stay.
	Action string `json:"action"`
	Reason string `json:"reason"`
}

func orphanOf(o plan.Orphan) orphan {
	out := orphan{ID: string(o.ID), Relation: o.Relation.String(), Kind: o.Kind, Action: "keep", Reason: o.Why}
	switch {
	case o.Stays != "":
		out.Reason += "; it stays, because " + o.Stays
	case o.Drop:
		out.Action = "drop"
	}
	return out
}

func orphansOf(p Planned) []orphan {
	out := make([]orphan, len(p.Orphans))
	for i, o := range p.Orphans {
		out[i] = orphanOf(o)
	}
	return out
}

// orphanLines shows orphans in a plan.
func (v *View) orphanLines(p Planned) string {
	var kind, name int
	all := orphansOf(p)
	for _, o := range all {
		kind, name = max(kind, len(o.Kind)), max(name, columns(clean(o.Relation)))
	}
	var b strings.Builder
	for i, o := range all {
		word := "orphan"
		if o.Action == "drop" {
			word = "drop  "
		} else if p.Orphans[i].Stays == "" {
			o.Reason += "; build --drop-orphans drops it"
		}
		line := padRight(o.Kind, kind) + "  " + padRight(v.secrets.maskText(clean(o.Relation)), name) + "   " + clean(o.Reason)
		b.WriteString(v.out.paint(yellow, word) + "  " + line + "\n")
	}
	return b.String()
}

type orphanEvent struct {
	event
	orphan
}

// Orphan says what became of an orphan at the end of a run.
func (v *View) Orphan(run string, o plan.Orphan) {
	shown := orphanOf(o)
	if v.opts.JSON {
		// Plain data: this cannot fail.
		_ = v.Object(orphanEvent{event{Version: 1, RunID: run, Time: timestamp(v.opts.Now()), Event: "orphan"}, shown})
		return
	}
	if o.Drop {
		v.Result("dropped %s: %s", clean(shown.Relation), clean(shown.Reason))
		return
	}
	v.Note("%s is an orphan: %s", clean(shown.Relation), clean(shown.Reason))
}
