// Package link resolves the names a project's templates read and builds its graph.
//
// It takes a Project and its parsed templates, gives a Graph of nodes and edges, and refuses unknown
// names, cycles, and two nodes of one name or one relation.
package link

import (
	"cmp"
	"slices"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// Kind says what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Model Kind = iota + 1
	Seed
	Source
	Test
	Exposure
)

// String gives the first part of the node's id.
func (k Kind) String() string {
	return [...]string{"", "model", "seed", "source", "test", "exposure"}[k]
}

// Node is one node of the graph. Exactly one of the pointers is set, by Kind.
type Node struct {
	ID   project.ID
	Name string
	Kind Kind
	// Index is the node's place in Graph.Nodes.
	Index int
	// Path is the file that defines the node, relative to the project folder.
	Path string

	Model    *project.Model
	Seed     *project.Seed
	Source   *project.Source
	Test     *TestNode
	Exposure *project.Exposure

	// Unit is the template of a model, nil for the others.
	Unit *template.Unit
	// Parents and Children are sorted by index, without repetitions. A test's parents are all it
	// reads; a test is no parent of anything.
	Parents, Children []int
	// Broken says that something the node itself reads or is given is wrong, so that it cannot be
	// rendered. What is below it is not marked.
	Broken bool
}

// IsEphemeral reports whether the node is a model that is a part of the queries that read it.
func (n *Node) IsEphemeral() bool {
	return n.Kind == Model && n.Model.Materialized == project.Ephemeral
}

// Properties gives what the node's files say of it.
func (n *Node) Properties() *project.Properties {
	switch n.Kind {
	case Model:
		return &n.Model.Properties
	case Seed:
		return &n.Seed.Properties
	case Source:
		return &n.Source.Properties
	case Exposure:
		return &n.Exposure.Properties
	default:
		return &n.Test.Properties
	}
}

// TestNode is a test that has been resolved: a use of a generic test, an assert, or a singular test.
type TestNode struct {
	project.Properties
	// Tested is the node the test belongs to; "" for a singular test.
	Tested project.ID
	Column string
	// Config is never nil, and not the test's alone.
	Config *project.TestConfig
	// Use is set for generic tests, Singular for singular ones, Assert for assert entries.
	Use      *project.TestUse
	Singular *project.SingularTest
	Assert   *project.Text
	// Generic is the test that Use uses, nil where that is.
	Generic *project.GenericTest
	// Reads are the nodes the test reads besides Tested, sorted by id. Unless the test is late, Tested
	// is built after them, because the test runs before Tested is published.
	Reads []project.ID
	// Unit is the template that is rendered; nil for an assert, whose text is rendered by itself.
	Unit *template.Unit
	// Span is where the test stands.
	Span source.Span
	// Late says that the test can only run after all it reads is published, because running it
	// earlier would make a cycle. Such a test blocks no publication.
	Late bool

	tested *Node // of Tested, nil where that is ""
}

// Expression gives the argument of the built-in test "expression", the one argument of a test whose
// templates are expanded.
func (t *TestNode) Expression() (project.Text, bool) {
	if t.Use == nil || t.Use.Test != "expression" {
		return project.Text{}, false
	}
	for _, arg := range t.Use.Args {
		if arg.Name == "expression" && !arg.Text.IsZero() {
			return arg.Text, true
		}
	}
	return project.Text{}, false
}

// Blocks reports whether the test can fail, and not only warn.
func (t *TestNode) Blocks() bool {
	c := t.Config
	return c.Severity != project.SeverityWarn && (c.WarnIf.Op == "" || c.ErrorIf.Op != "")
}

// Graph is the linked project. It is never changed after Build gave it.
type Graph struct {
	Project *project.Project
	Parsed  *template.Parsed
	// Nodes are sorted by id.
	Nodes []*Node
	// Order lists indexes so that parents come before children, and what a test reads before what it
	// tests, unless it is late. Nodes on a cycle, and those behind one, are not in it.
	Order []int
	// Level is, per node, the length of the longest path from a node without parents; -1 for a node
	// on or behind a cycle.
	Level []int
	// ByID may be nil; Find looks without it.
	ByID map[project.ID]*Node
}

// Find gives the node of an id; nil where there is none.
func (g *Graph) Find(id project.ID) *Node {
	if g.ByID != nil {
		return g.ByID[id]
	}
	i, ok := slices.BinarySearchFunc(g.Nodes, id, func(n *Node, id project.ID) int { return cmp.Compare(n.ID, id) })
	if !ok {
		return nil
	}
	return g.Nodes[i]
}
