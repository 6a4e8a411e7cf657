package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
)

// lineage puts what an engine says of a query into the terms of the graph; nil where it says nothing.
func (w *bindWorker) lineage(q *bound, answer *lineage.Query) *Lineage {
	if w.level < lineage.LevelLineage && answer.From == nil {
		return nil
	}
	out := &Lineage{Columns: make([]ColumnLineage, len(answer.From))}
	for k, from := range answer.From {
		c := ColumnLineage{Kind: from.Kind, Certainty: from.Certainty}
		if len(from.Inputs) > 0 {
			c.Inputs = make([]Input, 0, len(from.Inputs))
		}
		for _, input := range from.Inputs {
			if in, ok := w.input(q, input); ok {
				c.Inputs = append(c.Inputs, in)
			} else {
				c.Certainty = lineage.Opaque
			}
		}
		slices.SortFunc(c.Inputs, compareInputs)
		c.Inputs = slices.Compact(c.Inputs)
		out.Columns[k] = c
	}
	for _, influence := range answer.Influences {
		if in, ok := w.input(q, influence.Input); ok {
			out.Influences = append(out.Influences, Influence{Input: in, Role: influence.Role})
		}
	}
	sortInfluences(out)
	return out
}

func sortInfluences(l *Lineage) {
	slices.SortFunc(l.Influences, func(a, b Influence) int {
		return cmp.Or(compareInputs(a.Input, b.Input), cmp.Compare(a.Role, b.Role))
	})
	l.Influences = slices.Compact(l.Influences)
}

func compareInputs(a, b Input) int {
	return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Column, b.Column))
}

// input gives a column of a node, as the node spells it.
func (w *bindWorker) input(q *bound, from lineage.Input) (Input, bool) {
	i, ok := w.nodeOf(q, from.Relation)
	if !ok {
		return Input{}, false
	}
	for _, c := range w.program.Nodes[i].Columns {
		if c.Name == from.Column {
			return Input{Node: i, Column: c.Name}, true
		}
	}
	for _, c := range w.program.Nodes[i].Columns {
		if strings.EqualFold(c.Name, from.Column) {
			return Input{Node: i, Column: c.Name}, true
		}
	}
	return Input{Node: i, Column: from.Column}, true
}

// merge adds the lineage of another variant of the same columns.
func (l *Lineage) merge(other *Lineage) {
	if other == nil {
		return
	}
	for k := range min(len(l.Columns), len(other.Columns)) {
		a, b := &l.Columns[k], other.Columns[k]
		if a.Kind != b.Kind && (a.Kind == lineage.Constant || b.Kind > a.Kind && b.Kind != lineage.Constant) {
			a.Kind = b.Kind
		}
		a.Certainty = max(a.Certainty, b.Certainty)
		a.Inputs = append(slices.Clone(a.Inputs), b.Inputs...)
		slices.SortFunc(a.Inputs, compareInputs)
		a.Inputs = slices.Compact(a.Inputs)
		if len(a.Inputs) > 1 && (a.Kind == lineage.Passthrough || a.Kind == lineage.Renamed) {
			a.Kind = lineage.Derived
		}
	}
	l.Influences = append(l.Influences, other.Influences...)
	sortInfluences(l)
}
