package view

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/trace"
)

// columnSections gives where a column comes from, what decides about its rows, and what uses it.
func (d *drawn) columnSections(c trace.Column) string {
	text := ""
	if d.Up != 0 && d.g.Origin(c) != nil {
		switch above := d.columnsAbove(c); {
		case len(above) > 0:
			text += d.section("comes from", above, d.Up)
		case d.g.Opaque(c):
			text += "\n" + d.paint(bold, "comes from") + " " + d.paint(yellow, "what the engine does not tell: opaque") + "\n"
		case d.g.Kind(c) == lineage.Constant:
			text += "\n" + d.paint(bold, "comes from") + " " + d.paint(dim, "a constant, no column") + "\n"
		default:
			text += "\n" + d.paint(bold, "comes from") + " " + d.paint(dim, "rows alone, no column") + "\n"
		}
	}
	if d.Up != 0 {
		text += d.decidedBy(c)
	}
	if d.Down != 0 && d.node(d.g.Node(c)).Kind != link.Test {
		text += d.section("is used by", d.columnsBelow(c), d.Down)
		text += d.decidesAbout(c)
	}
	return text
}

func (d *drawn) columnsAbove(c trace.Column) []branch {
	var out []branch
	for _, in := range d.g.Inputs(c) {
		out = append(out, d.columnBranch(in, func() []branch {
			if in == c {
				return nil
			}
			return d.columnsAbove(in)
		}))
	}
	return out
}

// columnsBelow gives the columns made of a column, then nodes that may use it, then exposures.
func (d *drawn) columnsBelow(c trace.Column) []branch {
	var out, last []branch
	direct := make(map[int]bool)
	for _, use := range d.g.ReadBy(c) {
		direct[d.g.Node(use)] = true
		out = append(out, d.columnBranch(use, func() []branch { return d.columnsBelow(use) }))
	}
	for _, reader := range d.g.Readers(d.g.Node(c)) {
		b := branch{key: d.g.Len() + reader, name: d.name(reader), about: "may use it", noteStyle: yellow}
		switch reason := d.g.Unchecked(reader); {
		case d.node(reader).Kind == link.Exposure:
			b.about = "exposure"
			last = append(last, b)
		case reason != "":
			b.note = "not checked: " + reason
			out = append(out, b)
		case !direct[reader] && len(d.opaque(reader)) > 0:
			b.note = "opaque: " + strings.Join(d.opaque(reader), ", ")
			out = append(out, b)
		}
	}
	return append(out, last...)
}

// opaque gives the names of a node's columns of which it is not known what they are made of.
func (d *drawn) opaque(n int) []string {
	var names []string
	for c, end := d.g.Columns(n); c < end; c++ {
		if d.g.Opaque(c) {
			names = append(names, d.g.Name(c))
		}
	}
	return names
}

func (d *drawn) columnBranch(c trace.Column, below func() []branch) branch {
	b := branch{key: int(c), name: d.column(c), about: d.made(c), below: below}
	switch n := d.g.Node(c); {
	case d.g.Opaque(c):
		b.note, b.noteStyle = "opaque", yellow
	case d.g.Origin(c) == nil && d.g.Unchecked(n) != "" && !d.g.Origins(n):
		b.note, b.noteStyle = "not checked: "+d.g.Unchecked(n), yellow
	}
	return b
}

// decidedBy lists what decides about the rows on the way to a column, the nearest node first.
func (d *drawn) decidedBy(c trace.Column) string {
	first := d.g.Node(c)
	var rows []listRow
	add := func(of trace.NodeInfluences) {
		name := d.name(of.Node)
		for _, role := range roles(of.Inputs) {
			rows = append(rows, listRow{cells: []string{name, role.String()}, last: d.joined(of.Inputs, role)})
			name = ""
		}
	}
	above := d.g.Up([]trace.Column{c}, fewer(d.Up))
	nodes := map[int]bool{}
	for a := range above.All() {
		nodes[d.g.Node(trace.Column(a))] = true
	}
	for _, of := range d.near(d.Part.Influences, first) {
		if nodes[of.Node] {
			add(of)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return "\n" + d.paint(bold, "its rows depend on") + "\n" + d.list(rows, "  ", 0)
}

// near gives influences with a node's own first, then those of nodes that are deeper in the graph.
func (d *drawn) near(all []trace.NodeInfluences, first int) []trace.NodeInfluences {
	level := d.g.Program.Graph.Level
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b trace.NodeInfluences) int {
		switch {
		case a.Node == first:
			return -1
		case b.Node == first:
			return 1
		}
		return level[b.Node] - level[a.Node]
	})
	return out
}

func (d *drawn) joined(inputs []trace.Influence, role lineage.Role) string {
	var names []string
	for _, in := range inputs {
		if in.Role == role {
			names = append(names, d.column(in.Column))
		}
	}
	return strings.Join(names, ", ")
}

// roles gives the roles that occur, in their order.
func roles(inputs []trace.Influence) []lineage.Role {
	var out []lineage.Role
	for _, in := range inputs {
		if !slices.Contains(out, in.Role) {
			out = append(out, in.Role)
		}
	}
	slices.Sort(out)
	return out
}

// decidesAbout lists the nodes about whose rows a column, or one that is made of it, decides.
func (d *drawn) decidesAbout(c trace.Column) string {
	inputs := make(map[int][]trace.Influence)
	for below := range d.g.Down([]trace.Column{c}, fewer(d.Down)).All() {
		for _, decision := range d.g.Decisions(trace.Column(below)) {
			if d.node(decision.Node).Kind != link.Test {
				inputs[decision.Node] = append(inputs[decision.Node], trace.Influence{Column: trace.Column(below), Role: decision.Role})
			}
		}
	}
	var rows []listRow
	for _, n := range d.Part.Nodes {
		name := d.name(n)
		for _, role := range roles(inputs[n]) {
			rows = append(rows, listRow{cells: []string{name, role.String()}, last: d.joined(inputs[n], role)})
			name = ""
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return "\n" + d.paint(bold, "rows depend on it in") + "\n" + d.list(rows, "  ", 0)
}
