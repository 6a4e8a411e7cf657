package template

import (
	"context"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// Parsed is every template of a project. Render may be called concurrently.
type Parsed struct {
	// Models, Tests (singular) and GenericTests are keyed by name.
	Models       map[string]*Unit
	Tests        map[string]*Unit
	GenericTests map[string]*Unit
}

// Parse reads every template of the project.
func Parse(ctx context.Context, p *project.Project) (*Parsed, diag.List) {
	return &Parsed{}, nil
}

// ParseText reads a template that stands in YAML: a where, an expression, an assert, a schema.
func (t *Parsed) ParseText(name string, text project.Text) (*Unit, diag.List) {
	return &Unit{}, nil
}

// Render executes a template.
func (t *Parsed) Render(ctx context.Context, u *Unit, env *Env) (*Rendered, diag.List) {
	return &Rendered{}, nil
}

// TestReads gives what a use of a generic test reads, its arguments being known.
func (t *Parsed) TestReads(u *Unit, use *project.TestUse) (Reads, diag.List) {
	return Reads{}, nil
}
