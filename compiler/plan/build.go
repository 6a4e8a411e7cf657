package plan

import (
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/relation"
)

// Options says what to plan.
type Options struct {
	// Selected holds the indexes of the graph's nodes that were selected, tests included.
	Selected []int
	// NoTests leaves the tests out; TestsOnly leaves everything else out.
	NoTests, TestsOnly bool
	// Existing are the relations found in the target. Nil means that nobody looked.
	Existing map[relation.Name]relation.Kind
	// Dialect writes the statements.
	Dialect Dialect
}

// Dialect is what plan needs of an engine.
type Dialect interface {
	check.Dialect
	CreateTableAs(name relation.Name, query string) string
	CreateView(name relation.Name, query string) string
}

// Build plans.
func Build(p *check.Program, opts Options) (*Plan, diag.List) {
	return &Plan{}, nil
}
