package trace

import (
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
)

// Impact is what a change of columns touches. Every list is sorted by node, and no node is in two.
type Impact struct {
	// Values are nodes that hold values of the columns, or values made of them; tests that look at
	// such values; exposures that show such nodes.
	Values []Touched
	// Rows are nodes of which only the rows may change, and what reads those.
	Rows []Touched
	// Unknown are nodes of which it is not known whether they are touched, or what of them is.
	Unknown []Touched
}

// Touched is a node that is touched.
type Touched struct {
	Node int
	// Columns are those of a model that hold such values.
	Columns []Column
	// Reason says why it is not known what of the node is touched; "" where it is known.
	Reason string
}

// Impact tells what a change of columns touches, and of whole nodes, whose rows change too. The nodes
// themselves and those of the columns are not in it, unless they are touched by another one.
func (g *Graph) Impact(nodes []int, columns []Column) *Impact {
	from := slices.Clone(columns)
	for _, n := range nodes {
		for c, end := g.Columns(n); c < end; c++ {
			from = append(from, c)
		}
	}
	i := &impact{g: g, values: g.Down(from, Unlimited), begin: dag.NewSet(len(g.Program.Nodes))}
	i.holders = g.owners(i.values)
	i.whole = dag.NewSet(len(g.Program.Nodes))
	for _, n := range nodes {
		i.holders.Add(n)
		i.begin.Add(n)
		i.whole.Add(n)
	}
	for _, c := range columns {
		i.begin.Add(g.Node(c))
	}
	i.spreadRows(nodes)
	i.spreadUnknown()
	return i.collect()
}

type impact struct {
	g *Graph
	// values are the columns that are touched, holders their nodes; begin is where the change is, whole
	// where it is one of rows too.
	values, holders, begin, whole dag.Set
	// rows are the nodes whose rows are touched.
	rows dag.Set
	// unknown says why, by node.
	unknown map[int]string
}

// spreadRows finds the nodes whose rows are touched: those about which a touched column decides, and
// all that reads them.
func (i *impact) spreadRows(nodes []int) {
	var from []int
	for _, n := range nodes {
		from = append(from, i.g.Readers(n)...)
	}
	for c := range i.values.All() {
		for _, d := range i.g.Decisions(Column(c)) {
			if i.g.kind(d.Node) != link.Test {
				from = append(from, d.Node)
			}
		}
	}
	i.rows = i.g.Descendants(from, Unlimited)
}

// spreadUnknown finds the nodes that read a touched one in a way that is not known, and all that
// reads them.
func (i *impact) spreadUnknown() {
	i.unknown = make(map[int]string)
	for n := range i.holders.All() {
		for _, reader := range i.g.Readers(n) {
			if reason := i.doubt(reader); reason != "" {
				i.unknown[reader] = reason
			}
		}
	}
	for queue := slices.Sorted(maps.Keys(i.unknown)); len(queue) > 0; queue = queue[1:] {
		for _, n := range i.g.Readers(queue[0]) {
			if _, ok := i.unknown[n]; !ok {
				i.unknown[n] = "it reads " + i.g.Program.Graph.Nodes[queue[0]].Name
				queue = append(queue, n)
			}
		}
	}
}

// doubt says why it is not known how a node reads another one.
func (i *impact) doubt(node int) string {
	if reason := i.unchecked(node); reason != "" {
		return reason
	}
	for c, end := i.g.Columns(node); c < end; c++ {
		if i.g.Opaque(c) && !i.values.Has(int(c)) {
			return "opaque: it is not known what " + i.g.Name(c) + " is made of"
		}
	}
	return ""
}

func (i *impact) unchecked(node int) string {
	if reason := i.g.Unchecked(node); reason != "" {
		return "not checked: " + reason
	}
	return ""
}

func (i *impact) collect() *Impact {
	out := &Impact{}
	for n, node := range i.g.Program.Graph.Nodes {
		if !i.g.Program.Nodes[n].Enabled {
			continue
		}
		switch {
		case node.Kind == link.Test:
			i.test(out, n)
		case node.Kind == link.Exposure:
			i.exposure(out, n)
		case i.holders.Has(n) && !i.begin.Has(n):
			out.Values = append(out.Values, Touched{Node: n, Columns: i.columnsOf(n)})
		case i.begin.Has(n):
		default:
			i.other(out, n, i.rows.Has(n))
		}
	}
	return out
}

// other adds a node that is not known to hold a touched value. Where a model's rows are touched but its
// columns are in doubt, its values may be too; tests and exposures have no values.
func (i *impact) other(out *Impact, n int, rows bool) {
	reason, doubtful := i.unknown[n]
	switch {
	case rows && (!doubtful || i.g.kind(n) != link.Model):
		out.Rows = append(out.Rows, Touched{Node: n})
	case doubtful:
		out.Unknown = append(out.Unknown, Touched{Node: n, Reason: reason})
	}
}

func (i *impact) columnsOf(n int) []Column {
	var out []Column
	for c, end := i.g.Columns(n); c < end; c++ {
		if i.values.Has(int(c)) {
			out = append(out, c)
		}
	}
	return out
}

func (i *impact) exposure(out *Impact, n int) {
	rows := false
	for _, parent := range i.g.Parents(n) {
		if i.holders.Has(parent) {
			out.Values = append(out.Values, Touched{Node: n})
			return
		}
		rows = rows || i.rows.Has(parent)
	}
	i.other(out, n, rows)
}

// test adds a test. What it selects says little: most tests select whole rows to show them. What it
// looks at decides about its rows; only a singular test must have the columns that it selects.
func (i *impact) test(out *Impact, n int) {
	if i.looks(n) {
		out.Values = append(out.Values, Touched{Node: n})
		return
	}
	rows, reads := false, false
	for _, parent := range i.g.Parents(n) {
		rows = rows || i.rows.Has(parent) || i.whole.Has(parent)
		reads = reads || i.holders.Has(parent)
		if reason, ok := i.unknown[parent]; ok && i.unknown[n] == "" && !i.holders.Has(parent) {
			i.unknown[n] = reason
		}
	}
	if reason := i.unchecked(n); reason != "" && reads {
		i.unknown[n] = reason
	}
	i.other(out, n, rows)
}

// looks reports whether a test looks at touched values.
func (i *impact) looks(n int) bool {
	g, t := i.g, i.g.Program.Graph.Nodes[n].Test
	if tested := g.Program.Graph.Find(t.Tested); tested != nil && t.Column != "" {
		if c, ok := g.Find(tested.Index, t.Column); ok && i.values.Has(int(c)) {
			return true
		}
	}
	touched := func(c Column) bool { return i.values.Has(int(c)) }
	for _, in := range g.Influences(n) {
		if touched(in.Column) {
			return true
		}
	}
	for c, end := g.Columns(n); c < end; c++ {
		if of := g.Origin(c); of == nil || of.Kind == lineage.Passthrough && t.Singular == nil {
			continue
		}
		if slices.ContainsFunc(g.Inputs(c), touched) {
			return true
		}
	}
	return false
}
