// Package check renders every node of a graph and learns what can be known of it before it runs.
//
// It takes a Graph and an Env, gives a Program: per node its SQL with holes, its relation and, where
// a Describer tells them, its columns. It refuses what a template refuses, relations that two nodes
// share, and names an engine cannot hold.
package check

import (
	"context"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// Describer tells the columns of a query whose parents' columns are known. An engine's adapter
// gives one; without it nodes stay unchecked.
type Describer interface {
	Describe(ctx context.Context, query string) ([]relation.Column, error)
}

// Dialect is what check needs of an engine.
type Dialect interface {
	Quote(identifier string) string
	Literal(value any) string
	FileScan(pattern, format string) string
	Pattern(path string) string
	Relation(name relation.Name) string
	IsAggregate(function string) bool
	MaxIdentifier() int
}

// Env is everything outside the project's files that the result depends on.
type Env struct {
	Dialect Dialect
	// DefaultSchema is used where neither the model nor the target names a schema.
	DefaultSchema string
	LookupEnv     func(string) (string, bool)
	// Describer may be nil.
	Describer Describer
	// Workers limits the goroutines. Zero means one per processor.
	Workers int
}

// Program is a checked graph. It is never changed after All gave it.
type Program struct {
	Graph *link.Graph
	// Nodes has one entry per node of the graph, at the same index.
	Nodes []Node

	env Env
	// schema is the target's, or the engine's default where the target names none.
	schema string
	// quoted are the relations as the engine writes them, by index of the node.
	quoted []string
}

// Node is what is known of a graph's node.
type Node struct {
	// SQL is the rendered query of a model or test, nil for other nodes and broken ones.
	SQL *template.Rendered
	// Where narrows the relation under test; nil where the test has none.
	Where *template.Rendered
	// Relation is the node's own. It is empty for ephemeral models, file sources, tests, exposures.
	Relation relation.Name
	// Location is the absolute file or folder of an external model.
	Location string
	Enabled  bool
	// Broken says that an error was found in the node or above it: it cannot be built.
	Broken bool
	// Columns are the node's, where they are known.
	Columns []relation.Column
	// Unchecked says why Columns is not known.
	Unchecked string
}

// Node gives what is known of a node by its id.
func (p *Program) Node(id project.ID) (*Node, bool) {
	n, ok := p.Graph.ByID[id]
	if !ok {
		return nil, false
	}
	return &p.Nodes[n.Index], true
}
