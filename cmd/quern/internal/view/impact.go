package view

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/trace"
)

// Impact is what a change touches.
type Impact struct {
	Graph *trace.Graph
	// Roots are what changes.
	Roots []LineageRoot
	*trace.Impact
}

// impactOf names what changes; Column is "" for a whole node.
type impactOf struct {
	Node   string `json:"node"`
	Column string `json:"column"`
}

// impactPart holds nodes that are touched in one way, by kind.
type impactPart struct {
	Models    []impactNode `json:"models"`
	Tests     []impactNode `json:"tests"`
	Exposures []impactNode `json:"exposures"`
	Features  []impactNode `json:"features"`
	MLModels  []impactNode `json:"ml_models"`
}

type impactNode struct {
	ID      string   `json:"id"`
	Columns []string `json:"columns"`
	Reason  string   `json:"reason"`
}

// Impact shows what a change touches.
func (v *View) Impact(i Impact) error {
	if v.IsJSON() {
		of := []impactOf{}
		for _, r := range i.Roots {
			of = append(of, impactOf{string(i.node(r.Node).ID), i.columnName(r)})
		}
		return v.Object(struct {
			Version int        `json:"version"`
			Of      []impactOf `json:"of"`
			Values  impactPart `json:"values"`
			Rows    impactPart `json:"rows"`
			Unknown impactPart `json:"unknown"`
		}{1, of, i.part(i.Values), i.part(i.Rows), i.part(i.Unknown)})
	}
	v.print(v.out, i.text(v))
	return nil
}

func (i *Impact) node(n int) *link.Node { return i.Graph.Program.Graph.Nodes[n] }

func (i *Impact) columnName(r LineageRoot) string {
	if r.Column >= 0 {
		return i.Graph.Name(r.Column)
	}
	return r.Name
}

func (i *Impact) part(touched []trace.Touched) impactPart {
	p := impactPart{[]impactNode{}, []impactNode{}, []impactNode{}, []impactNode{}, []impactNode{}}
	for _, t := range touched {
		node := impactNode{ID: string(i.node(t.Node).ID), Columns: append([]string{}, i.names(t.Columns)...), Reason: t.Reason}
		switch i.node(t.Node).Kind {
		case link.Test:
			p.Tests = append(p.Tests, node)
		case link.Exposure:
			p.Exposures = append(p.Exposures, node)
		default:
			p.Models = append(p.Models, node)
		}
	}
	return p
}

func (i *Impact) names(columns []trace.Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, i.Graph.Name(c))
	}
	return names
}

// text lists what is touched by how it is, then by kind, and counts it.
func (i *Impact) text(v *View) string {
	d := &drawn{v: v, g: i.Graph}
	var subjects []string
	for _, r := range i.Roots {
		name := i.node(r.Node).ID.Name()
		if column := i.columnName(r); column != "" {
			name += "#" + column
		}
		subjects = append(subjects, name)
	}
	var b strings.Builder
	for _, group := range []struct {
		title   string
		touched []trace.Touched
	}{
		{"change with it", i.Values},
		{"only their rows may change", i.Rows},
		{"not known what changes", i.Unknown},
	} {
		if len(group.touched) == 0 {
			continue
		}
		b.WriteString(d.paint(bold, group.title) + "\n" + i.list(d, group.touched) + "\n")
	}
	line := d.paint(bold, strings.Join(subjects, ", ")) + " touches " + i.summary()
	if len(i.Unknown) > 0 {
		line += "; " + v.out.paint(yellow, "not known of "+i.counts(i.Unknown))
	}
	b.WriteString(v.out.wrapped(line) + "\n")
	return b.String()
}

func (i *Impact) summary() string {
	switch {
	case len(i.Values) == 0 && len(i.Rows) == 0:
		return "nothing"
	case len(i.Values) == 0:
		return i.counts(i.Rows) + " by their rows only"
	case len(i.Rows) == 0:
		return i.counts(i.Values)
	default:
		return i.counts(i.Values) + ", and by their rows only " + i.counts(i.Rows)
	}
}

// list gives a line per node: models first, the nearest ones first, then tests, then exposures. The
// names of tests are long, and have nothing beside them.
func (i *Impact) list(d *drawn, touched []trace.Touched) string {
	level := i.Graph.Program.Graph.Level
	touched = slices.Clone(touched)
	slices.SortStableFunc(touched, func(a, b trace.Touched) int { return level[a.Node] - level[b.Node] })
	text := ""
	for _, kinds := range [][]link.Kind{{link.Model, link.Seed, link.Source}, {link.Test}, {link.Exposure}} {
		var rows []listRow
		for _, t := range touched {
			if n := i.node(t.Node); slices.Contains(kinds, n.Kind) {
				kind := padRight(n.Kind.String(), len("exposure"))
				rows = append(rows, listRow{cells: []string{kind, n.ID.Name()}, last: strings.Join(i.names(t.Columns), ", "), note: t.Reason})
			}
		}
		text += d.list(rows, "  ", 1)
	}
	return text
}

// counts counts by kind, as "2 models, 3 tests and 1 exposure".
func (i *Impact) counts(touched []trace.Touched) string {
	n := make(map[link.Kind]int64)
	for _, t := range touched {
		n[i.node(t.Node).Kind]++
	}
	var parts []string
	for _, kind := range []link.Kind{link.Model, link.Seed, link.Source, link.Test, link.Exposure} {
		if n[kind] > 0 {
			parts = append(parts, count(n[kind], kind.String()))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
