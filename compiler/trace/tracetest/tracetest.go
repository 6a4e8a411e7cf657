// Package tracetest makes small checked programs from a few lines of text, for tests.
package tracetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// Program makes a program. Each line is a node, its columns, and what decides about its rows:
//
//	source.raw.orders: id amount
//	model.orders: id=passthrough(source.raw.orders#id) n=constant() | filter source.raw.orders#amount
//	test.positive of model.orders#id | filter model.orders#id
//	exposure.board reads model.orders
//
// A column with ? behind its kind is opaque. A node without a colon has no known columns, and says why
// in what follows "unchecked". Text after ", " in a column's name is not read: names hold no blanks.
func Program(tb testing.TB, lines ...string) *check.Program {
	tb.Helper()
	slices.Sort(lines)
	b := &builder{tb: tb, graph: &link.Graph{ByID: map[project.ID]*link.Node{}}}
	for _, line := range lines {
		b.node(line)
	}
	b.program = &check.Program{Graph: b.graph, Nodes: make([]check.Node, len(lines))}
	for i, line := range lines {
		b.describe(i, line)
	}
	b.connect()
	return b.program
}

type builder struct {
	tb      testing.TB
	graph   *link.Graph
	program *check.Program
}

func (b *builder) node(line string) {
	id := project.ID(strings.Trim(strings.Fields(line)[0], ":"))
	n := &link.Node{ID: id, Name: id.Name(), Index: len(b.graph.Nodes), Path: "models/" + id.Name() + ".sql"}
	switch id.Kind() {
	case "model":
		n.Kind, n.Model = link.Model, &project.Model{Materialized: project.Table}
	case "seed":
		n.Kind, n.Seed = link.Seed, &project.Seed{Format: "csv"}
	case "source":
		n.Kind, n.Source = link.Source, &project.Source{}
	case "test":
		n.Kind, n.Test = link.Test, &link.TestNode{}
	case "exposure":
		n.Kind, n.Exposure = link.Exposure, &project.Exposure{Type: "dashboard"}
	default:
		b.tb.Fatalf("unknown kind in %q", line)
	}
	b.graph.Nodes = append(b.graph.Nodes, n)
	b.graph.ByID[id] = n
}

func (b *builder) describe(i int, line string) {
	n, out := b.graph.Nodes[i], &b.program.Nodes[i]
	out.Enabled = !strings.Contains(line, " disabled")
	line, out.Unchecked, _ = strings.Cut(line, " unchecked ")
	head, rest, known := strings.Cut(line, ":")
	columns, influences, _ := strings.Cut(rest, "|")
	words := strings.Fields(head)
	if n.Kind == link.Test {
		columns, influences, known = "", after(line, "|"), false
		out.Lineage = &check.Lineage{}
	}
	for w := 1; w+1 < len(words); w++ {
		switch words[w] {
		case "of":
			id, column, _ := strings.Cut(words[w+1], "#")
			n.Test.Tested, n.Test.Column = project.ID(id), column
			n.Parents = append(n.Parents, b.index(id))
		case "singular":
			n.Test.Singular = &project.SingularTest{}
		case "reads":
			for id := range strings.SplitSeq(words[w+1], ",") {
				n.Parents = append(n.Parents, b.index(id))
			}
		}
	}
	if n.Kind == link.Model && known {
		out.Lineage = &check.Lineage{}
	}
	for _, column := range strings.Fields(columns) {
		b.column(n, out, column)
	}
	if known && out.Columns == nil {
		out.Columns = []relation.Column{}
	}
	role := lineage.Role(0)
	for _, word := range strings.Fields(influences) {
		if strings.Contains(word, "#") {
			out.Lineage.Influences = append(out.Lineage.Influences, check.Influence{Input: b.input(n, word), Role: role})
			continue
		}
		for role = lineage.Filter; role.String() != word; role++ {
		}
	}
}

func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

func (b *builder) column(n *link.Node, out *check.Node, text string) {
	name, made, isMade := strings.Cut(text, "=")
	out.Columns = append(out.Columns, relation.Column{Name: name, Type: "BIGINT"})
	if !isMade {
		return
	}
	kind, inputs, _ := strings.Cut(strings.TrimSuffix(made, ")"), "(")
	word, opaque := strings.CutSuffix(kind, "?")
	c := check.ColumnLineage{Kind: lineage.Passthrough, Certainty: lineage.Resolved}
	if opaque {
		c.Certainty = lineage.Opaque
	}
	for c.Kind.String() != word {
		c.Kind++
	}
	for input := range strings.SplitSeq(inputs, ",") {
		if input != "" {
			c.Inputs = append(c.Inputs, b.input(n, input))
		}
	}
	out.Lineage.Columns = append(out.Lineage.Columns, c)
}

// input reads NODE#COLUMN, and makes the node a parent.
func (b *builder) input(n *link.Node, text string) check.Input {
	id, column, _ := strings.Cut(text, "#")
	in := check.Input{Node: b.index(id), Column: column}
	if in.Node != n.Index {
		n.Parents = append(n.Parents, in.Node)
	}
	return in
}

func (b *builder) index(id string) int {
	n, ok := b.graph.ByID[project.ID(id)]
	if !ok {
		b.tb.Fatalf("there is no node %q", id)
	}
	return n.Index
}

// connect makes children and levels of the parents.
func (b *builder) connect() {
	g := b.graph
	for _, n := range g.Nodes {
		slices.Sort(n.Parents)
		n.Parents = slices.Compact(n.Parents)
		for _, p := range n.Parents {
			g.Nodes[p].Children = append(g.Nodes[p].Children, n.Index)
		}
	}
	g.Level = make([]int, len(g.Nodes))
	var level func(i int) int
	level = func(i int) int {
		for _, p := range g.Nodes[i].Parents {
			g.Level[i] = max(g.Level[i], level(p)+1)
		}
		return g.Level[i]
	}
	for i := range g.Nodes {
		level(i)
	}
}

// Node gives the index of a node.
func Node(tb testing.TB, p *check.Program, id string) int {
	tb.Helper()
	n, ok := p.Graph.ByID[project.ID(id)]
	if !ok {
		tb.Fatalf("there is no node %q", id)
	}
	return n.Index
}

// Wide gives the lines of a program with chains of models: every model passes its columns on.
func Wide(models, columns, chain int) []string {
	lines := []string{}
	for i := range models {
		parent := fmt.Sprintf("model.m%05d", i-1)
		if i%chain == 0 {
			parent = fmt.Sprintf("source.raw.t%05d", i)
			line := parent + ":"
			for c := range columns {
				line += fmt.Sprintf(" c%d", c)
			}
			lines = append(lines, line)
		}
		var line strings.Builder
		fmt.Fprintf(&line, "model.m%05d:", i)
		for c := range columns {
			fmt.Fprintf(&line, " c%d=derived(%s#c%d,%s#c%d)", c, parent, c, parent, (c+1)%columns)
		}
		lines = append(lines, line.String()+" | filter "+parent+"#c0")
	}
	return lines
}
