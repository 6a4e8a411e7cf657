package check

import (
	"context"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// expression renders an SQL expression from YAML or front matter, and refuses what would not stay
// inside the parentheses it is put in. It gives nil after an error.
func (c *checker) expression(ctx context.Context, name string, text project.Text) (*template.Rendered, diag.List) {
	rendered, diags := c.text(ctx, name, text)
	if rendered == nil {
		return nil, diags
	}
	q := sqltoken.Split(rendered.Text)
	at := func(tok sqltoken.Token) source.Span { return primary(rendered.Map, tok, text.Span) }
	if q.First.Kind == 0 && len(rendered.Holes) == 0 {
		diags.Errorf(diag.EmptyExpression, text.Span, "the expression is empty").
			Hintf("write a condition such as amount >= 0")
		return nil, diags
	}
	if q.More.Kind != 0 {
		diags.Errorf(diag.SeveralStatements, at(q.More), "the expression holds a semicolon").
			Hintf("write one condition; join several with and")
		return nil, diags
	}
	if tok, found := sqltoken.Unbalanced(rendered.Text); found {
		diags.Errorf(diag.Unbalanced, at(tok), "the expression has an unbalanced %q", tok.Text(rendered.Text)).
			Hintf("every parenthesis needs its counterpart")
		return nil, diags
	}
	return cut(rendered, q.End), diags
}

// text renders a text that may hold templates; most hold none and are taken as they are.
func (c *checker) text(ctx context.Context, name string, text project.Text) (*template.Rendered, diag.List) {
	if !strings.Contains(text.Value, "{{") {
		return &template.Rendered{
			Text: text.Value,
			Map:  textMap(text),
		}, nil
	}
	unit, diags := c.parsed.ParseText(name, text)
	if unit != nil && unit.Batch {
		diags.Errorf(diag.NoBatch, text.Span, "this text has no windows that {{ batch_start }} and {{ batch_end }} could mean").
			Hintf("compare with {{ run_time }}")
	}
	if unit == nil || diags.HasErrors() {
		return nil, diags
	}
	rendered, more := c.render(ctx, unit, c.models)
	return rendered, append(diags, more...)
}

func (c *checker) rowwise(expr *template.Rendered) bool {
	return sqltoken.CallsOf(expr.Text, c.env.Dialect.IsAggregate) == sqltoken.Calls{}
}

// assertion makes the query for the wrong rows of an assertion. Without aggregates the expression
// must not be false for any row, as a CHECK constraint; with aggregates it must be true.
func (c *checker) assertion(expr *template.Rendered) *template.Rendered {
	const rows = "select * from "
	switch calls := sqltoken.CallsOf(expr.Text, c.env.Dialect.IsAggregate); {
	case calls.Aggregate:
		before, after := "select * from (select (\n", "\n) as holds from "
		hole := len(before) + len(expr.Text) + len(after)
		return surround(before, expr, after+") as assertion where holds is not true", hole)
	case calls.Window:
		// A column of the relation may be called as the expression is.
		before, after := "select * from (select *, (\n", "\n) as quern_holds from "
		hole := len(before) + len(expr.Text) + len(after)
		return surround(before, expr, after+") as assertion where not quern_holds", hole)
	default:
		return surround(rows+" where not (\n", expr, "\n)", len(rows))
	}
}

// surround puts text around an expression, with a hole for the relation under test.
func surround(before string, expr *template.Rendered, after string, hole int) *template.Rendered {
	out := &template.Rendered{
		Text: before + expr.Text + after,
		Map:  expr.Map.Shift(len(before)),
		Refs: expr.Refs,
	}
	model := template.Hole{Offset: hole, Kind: template.HoleModel}
	if hole <= len(before) {
		out.Holes = append(out.Holes, model)
	}
	for _, h := range expr.Holes {
		h.Offset += len(before)
		out.Holes = append(out.Holes, h)
	}
	if hole > len(before) {
		out.Holes = append(out.Holes, model)
	}
	return out
}

// cut gives the text up to an offset, and with it the holes in it.
func cut(r *template.Rendered, end int) *template.Rendered {
	if end == len(r.Text) {
		return r
	}
	out := *r
	out.Text = r.Text[:end]
	out.Holes = nil
	for _, hole := range r.Holes {
		if hole.Offset <= end {
			out.Holes = append(out.Holes, hole)
		}
	}
	return &out
}
