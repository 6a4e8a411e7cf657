package check

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/scd"
)

// history adds to the columns of a snapshot's query those that its table has besides, once it is known that
// the query has what the snapshot's keys name.
func (w *bindWorker) history(n *link.Node, out *Node) {
	if n.Model.Materialized != project.Snapshot || out.Columns == nil || out.Unchecked != "" || out.Broken {
		return
	}
	if c := n.Model.Snapshot; len(c.Key) == 0 || c.Strategy == 0 || c.Strategy == scd.Timestamp && c.UpdatedAt.Name == "" {
		out.Broken = true // package project reported it
		return
	}
	h := historian{checker: w.checker, model: n.Model, config: n.Model.Snapshot, node: out}
	h.named()
	h.instants()
	h.apart()
	w.report(h.diags)
	if h.diags.HasErrors() {
		out.Broken = true
		return
	}
	h.add()
}

// historian looks at the columns of one snapshot.
type historian struct {
	*checker
	model  *project.Model
	config *project.SnapshotConfig
	node   *Node
	diags  diag.List
}

// named reports columns that are named and not there.
func (h *historian) named() {
	known := indexColumns(h.node.Columns)
	for _, named := range slices.Concat(h.config.Key, []project.ColumnName{h.config.UpdatedAt}, h.config.Check) {
		if named.Name != "" && known.find(named.Name) < 0 {
			h.diags.Errorf(diag.SnapshotColumn, named.Span, "the query of %q has no column %q", h.model.Name, named.Name).
				Hintf("its columns are %s", strings.Join(known.names(), ", ")).Nearest(named.Name, known.names())
		}
	}
}

// instants reports a column updated_at that says no instant.
func (h *historian) instants() {
	at := h.config.UpdatedAt
	i := indexColumns(h.node.Columns).find(at.Name)
	if i < 0 {
		return
	}
	if c := h.node.Columns[i]; c.Type != "" && !scd.IsInstant(h.env.Dialect, c.Type) {
		h.diags.Errorf(diag.SnapshotColumn, at.Span, "%q is %s, and updated_at needs a date or a timestamp", c.Name, c.Type).
			Hintf("cast it in the query, or use strategy: check")
	}
}

// apart reports columns of the query that are called as one that is added.
func (h *historian) apart() {
	for _, name := range h.config.Added() {
		i := indexColumns(h.node.Columns).find(name.Name)
		if i < 0 {
			continue
		}
		at := name.Span
		if at.IsZero() {
			at = h.program.item(h.node, h.node.Columns[i].Name, h.model.NameSpan)
		}
		h.diags.Errorf(diag.SnapshotColumn, at, "the query of %q has a column %q, which is added to a snapshot", h.model.Name, h.node.Columns[i].Name).
			Hintf("give it another name in the query, or choose other names with valid_from, valid_to and is_deleted")
	}
}

// add adds the columns with what they are made of.
func (h *historian) add() {
	known := indexColumns(h.node.Columns)
	native, _ := h.env.Dialect.TypeName("instant")
	inputs := h.config.Check
	if h.config.Strategy == scd.Timestamp {
		native = h.node.Columns[known.find(h.config.UpdatedAt.Name)].Type
		inputs = []project.ColumnName{h.config.UpdatedAt}
	}
	of := make([]int, 0, len(h.node.Columns))
	for _, c := range inputs {
		of = append(of, known.find(c.Name))
	}
	for i := range h.node.Columns {
		if len(inputs) == 0 {
			of = append(of, i)
		}
	}
	from := h.madeOf(of)
	h.column(relation.Column{Name: h.config.ValidFrom.Name, Type: native, Nullable: relation.NeverNull}, from)
	h.column(relation.Column{Name: h.config.ValidTo.Name, Type: native, Nullable: relation.MayBeNull}, from)
	if h.config.Deletes == scd.NewRecord {
		boolean, _ := h.env.Dialect.TypeName("bool")
		h.column(relation.Column{Name: h.config.IsDeleted.Name, Type: boolean}, ColumnLineage{Kind: lineage.Constant, Certainty: lineage.Resolved})
	}
}

func (h *historian) column(c relation.Column, from ColumnLineage) {
	h.node.Columns = append(slices.Clip(h.node.Columns), c)
	if l := h.node.Lineage; l != nil && len(l.Columns) == len(h.node.Columns)-1 {
		l.Columns = append(slices.Clip(l.Columns), from)
	}
}

// madeOf gives the lineage of a column that columns of the query decide about.
func (h *historian) madeOf(columns []int) ColumnLineage {
	out := ColumnLineage{Kind: lineage.Constant, Certainty: lineage.Resolved}
	if h.node.Lineage == nil {
		return out
	}
	for _, i := range columns {
		if i >= len(h.node.Lineage.Columns) {
			return ColumnLineage{Kind: lineage.Derived, Certainty: lineage.Opaque}
		}
		from := h.node.Lineage.Columns[i]
		out.Inputs = append(out.Inputs, from.Inputs...)
		out.Certainty = max(out.Certainty, from.Certainty)
	}
	slices.SortFunc(out.Inputs, compareInputs)
	if out.Inputs = slices.Compact(out.Inputs); len(out.Inputs) > 0 {
		out.Kind = lineage.Derived
	}
	return out
}
