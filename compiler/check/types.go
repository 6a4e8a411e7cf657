// Package check renders every node of a graph and learns what can be known of it before it runs.
//
// It takes a Graph and an Env, gives a Program: per node its SQL with holes, its relation and, where
// a Describer tells them, its columns. It refuses what a template refuses, relations that two nodes
// share, and names an engine cannot hold.
package check

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// Describer tells of queries what an engine knows without running them. An engine's adapter gives
// one; without it nodes stay unchecked.
type Describer interface {
	// Version names the engine, and everything else that answers depend on besides the query and the
	// tables it reads. Equal versions give equal answers.
	Version() string
	Level() lineage.Level
	// Scratch opens an empty catalog. Scratches can be used side by side.
	Scratch(ctx context.Context) (Scratch, error)
}

// Scratch is an empty catalog in which queries are bound. It is not safe for concurrent use. What an
// engine says against a query is an *engine.Error with its position in the query.
type Scratch interface {
	// Define makes empty tables, in the place of those of the same name. Schemas and databases are
	// made where they are missing.
	Define(ctx context.Context, tables []lineage.Table) error
	// Describe binds a query. A query that reads what was not defined is refused, or tells so in
	// Reads.
	Describe(ctx context.Context, query string) (*lineage.Query, error)
	// DescribeAll binds several queries, which takes less time than one after the other. The answers are
	// those of Describe, in the same order.
	DescribeAll(ctx context.Context, queries []string) []lineage.Answer
	// Parse finds mistakes of syntax in a query whose tables are not known.
	Parse(ctx context.Context, query string) error
	// Clear makes the catalog as empty as another one would be. After an error it is to be closed.
	Clear(ctx context.Context) error
	Close() error
}

// Files tells the columns of data files. Errors about a file are *engine.Error with a Place; where
// only the target could tell it is engine.ErrNotKnown.
type Files interface {
	// ScanColumns gives the columns of what Dialect.FileScan reads.
	ScanColumns(ctx context.Context, pattern, format string) ([]relation.Column, error)
	// LoadColumns gives the columns of the table that a load would make. It reads the whole file.
	LoadColumns(ctx context.Context, load engine.Load) ([]relation.Column, error)
}

// Dialect is what check needs of an engine.
type Dialect interface {
	Quote(identifier string) string
	Literal(value any) string
	FileScan(pattern, format string) string
	Pattern(path string) string
	SomeFiles(all, some []string, format string, columns []relation.Column) string
	ListFiles(pattern string) string
	Relation(name relation.Name) string
	IsAggregate(function string) bool
	// Grant gives the statement that grants a privilege on a relation to roles, and false where there are no roles.
	Grant(privilege string, name relation.Name, roles []string) (string, bool)
	MaxIdentifier() int
	// TypeName, NativeType and LogicalType translate the names of types: those that a project writes,
	// and those in the engine's own words, to the engine's own spelling, and that to logical ones.
	TypeName(written string) (string, bool)
	NativeType(written string) (string, bool)
	LogicalType(native string) (string, bool)
}

// Env is everything outside the project's files that the result depends on.
type Env struct {
	Dialect Dialect
	// DefaultSchema is used where neither the model nor the target names a schema.
	DefaultSchema string
	// Base is the database in which an environment finds what it does not build; empty where that is in the
	// same one.
	Base      string
	LookupEnv func(string) (string, bool)
	// Describer and Files may be nil: then what they would tell is not known.
	Describer Describer
	Files     Files
	// Store keeps what the Describer said between runs; it may be nil.
	Store Store
	// OnDemand binds only what templates need, because they ask for columns.
	OnDemand bool
	// Inline is a query of the command line that is checked after the nodes; what it reads is bound. Nil is
	// none.
	Inline *string
	// Workers limits the goroutines. Zero means one per processor.
	Workers int
}

// Program is a checked graph. It is never changed after All gave it.
type Program struct {
	Graph *link.Graph
	// Nodes has one entry per node of the graph, at the same index.
	Nodes []Node
	// Hooks are the statements that run around a build.
	Hooks BuildHooks
	// Inlined is what is known of the query of Env.Inline; nil where there is none.
	Inlined *Node

	env Env
	// schema is the target's, or the engine's default where the target names none. That of an environment
	// ends in its name; without that it is baseSchema.
	schema, baseSchema string
	// quoted are the relations as the engine writes them, by index of the node.
	quoted []string
	// explain is made when the first message needs it.
	explain func() *explain.Context
	// steady has the texts of the nodes as far as they are part of the code; nil where they all are.
	steady *Program
	// unaltered says that binding found nothing to say, and nothing that templates depend on.
	unaltered bool
}

// Unaltered reports whether binding had nothing to say and nothing depends on it: without it the
// diagnostics and the SQL are the same.
func (p *Program) Unaltered() bool { return p.unaltered }

// Explain gives what messages about the program's queries need to know.
func (p *Program) Explain() *explain.Context { return p.explain() }

// Node is what is known of a graph's node.
type Node struct {
	// SQL is the rendered query of a model or test, nil for other nodes and broken ones.
	SQL *template.Rendered
	// Increment is the query of an incremental model when its table is there; nil where that is SQL.
	Increment *template.Rendered
	// Predicates are the conditions of incremental_predicates.
	Predicates []*template.Rendered
	// Hooks are the statements that run with a model.
	Hooks Hooks
	// Where narrows the relation under test; nil where the test has none.
	Where *template.Rendered
	// Relation is the node's own. It is empty for ephemeral models, file sources, tests, exposures.
	Relation relation.Name
	// Location is the absolute file or folder of an external model.
	Location string
	// Base is what Relation and Location are without an environment; empty where there is none.
	Base    BaseNames
	Enabled bool
	// Broken says that an error was found in the node or above it: it cannot be built.
	Broken bool
	// Columns are the node's, where they are known.
	Columns []relation.Column
	// Grows are those of the query Increment where it gives other types; nil where it does not.
	Grows []relation.Column
	// Unchecked says why Columns is not known.
	Unchecked string
	// Lineage says where Columns and rows come from; nil where that is not known, and for seeds and
	// sources, which are where columns come from.
	Lineage *Lineage
	// Facts are what lints look at.
	Facts lineage.Facts
}

// Lineage is where the columns of a model, or the wrong rows of a test, come from.
type Lineage struct {
	// Columns is parallel to Node.Columns; of a test it is those of its query.
	Columns    []ColumnLineage
	Influences []Influence
}

// ColumnLineage says where a column comes from. Inputs are sorted, without repetitions.
type ColumnLineage struct {
	Kind      lineage.Kind
	Certainty lineage.Certainty
	Inputs    []Input
}

// Input is a column of a node, spelled as the node spells it. Node is an index into Graph.Nodes; an
// ephemeral model is a node like any other, and a model that reads {{ this }} reads itself.
type Input struct {
	Node   int
	Column string
}

// Influence is an input that decides about rows or their order without being part of a column.
type Influence struct {
	Input
	Role lineage.Role
}

// Node gives what is known of a node by its id.
func (p *Program) Node(id project.ID) (*Node, bool) {
	n := p.Graph.Find(id)
	if n == nil {
		return nil, false
	}
	return &p.Nodes[n.Index], true
}
