package check

import (
	"context"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// inline is what stands for a path in the places of a query of the command line.
const inline = "--inline"

// Inline renders a query of the command line as if it were a model of the project. It gives nil
// where the query has an error.
func (p *Program) Inline(ctx context.Context, sql string) (*template.Rendered, diag.List) {
	span := source.NewFile(inline, sql).Span(0, len(sql))
	unit, diags := p.Graph.Parsed.ParseText(inline, project.Text{Value: sql, Span: span, Exact: true})
	diags = append(diags, p.Graph.Unknown(unit)...)
	if diags.HasErrors() {
		return nil, diags
	}
	if unit.This {
		diags.Errorf(diag.NoThis, span, "a query of the command line has no relation that {{ this }} could mean").
			Hintf("write {{ ref }} with the name of a model")
		return nil, diags
	}
	c := newChecker(p.Graph, p.env)
	rendered, more := c.render(ctx, unit, c.models)
	diags = append(diags, more...)
	if rendered == nil || diags.HasErrors() {
		return nil, diags
	}
	rendered, more = oneQuery(rendered, "query", span)
	return rendered, append(diags, more...)
}
