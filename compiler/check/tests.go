package check

import (
	"context"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

func (c *checker) test(ctx context.Context, n *link.Node, out *Node) diag.List {
	if n.Broken {
		return nil
	}
	var diags diag.List
	t := n.Test
	if !t.Config.Where.IsZero() {
		where, found := c.expression(ctx, n.Name, t.Config.Where)
		diags = append(diags, found...)
		out.Where, out.Broken = where, where == nil
	}
	switch {
	case t.Tested == "":
		diags = append(diags, shares(t, "a singular test has no number of rows",
			"compare with a number, or write a generic test")...)
	case t.Use != nil && t.Use.Test == "row_count":
		diags = append(diags, shares(t, wholly("row_count"), "compare with a number, or leave the threshold out")...)
	}
	query, found := c.testQuery(ctx, n)
	if t.Unit != nil && t.Unit.Batch {
		found.Errorf(diag.NoBatch, t.Span, "a test has no windows that {{ batch_start }} and {{ batch_end }} could mean").
			Hintf("compare with {{ run_time }}")
		query = nil
	}
	if query == nil {
		out.Broken = true
	}
	out.SQL = query
	return append(diags, found...)
}

func wholly(test string) string {
	return test + " tests the relation as a whole: there is no share of rows that are wrong"
}

// shares refuses shares as thresholds of tests whose wrong rows are no part of the rows tested. A
// singular test reads what it likes, so that nobody knows how many rows it looked at; a test of the
// whole relation selects one row at most.
func shares(t *link.TestNode, why, hint string) diag.List {
	var diags diag.List
	for _, limit := range []project.Threshold{t.Config.WarnIf, t.Config.ErrorIf} {
		if limit.Percent {
			diags.Errorf(diag.ShareOfNothing, limit.Span, "%q is a share, and %s", limit.Text, why).Hint = hint
		}
	}
	return diags
}

func (c *checker) testQuery(ctx context.Context, n *link.Node) (*template.Rendered, diag.List) {
	t := n.Test
	switch {
	case t.Assert != nil:
		expr, diags := c.expression(ctx, n.Name, *t.Assert)
		if expr == nil {
			return nil, diags
		}
		return c.assertion(expr), diags
	case t.Use != nil:
		return c.genericTest(ctx, n)
	default:
		rendered, diags := c.render(ctx, t.Unit, c.models)
		if rendered == nil {
			return nil, diags
		}
		query, more := oneQuery(rendered, "test", t.Unit.Span)
		return query, append(diags, more...)
	}
}

// plainUse is the use of a generic test with a column at most. Its text depends on nothing else, since
// the tested relation is a hole.
type plainUse struct {
	test, column string
}

// genericTest renders a generic test with the arguments of one use. Most uses are like many others;
// those are rendered once.
func (c *checker) genericTest(ctx context.Context, n *link.Node) (*template.Rendered, diag.List) {
	if len(n.Test.Use.Args) > 0 {
		return c.use(ctx, n)
	}
	key := plainUse{n.Test.Use.Test, n.Test.Column}
	if known, ok := c.plain.Load(key); ok {
		return known.(*template.Rendered), nil
	}
	rendered, diags := c.use(ctx, n)
	if rendered != nil && len(diags) == 0 {
		c.plain.Store(key, rendered)
	}
	return rendered, diags
}

func (c *checker) use(ctx context.Context, n *link.Node) (*template.Rendered, diag.List) {
	t := n.Test
	env := *c.models
	env.Args = c.arguments(t)
	var diags diag.List
	if text, ok := t.Expression(); ok {
		expr, found := c.expression(ctx, n.Name, text)
		diags = append(diags, found...)
		if expr == nil {
			return nil, diags
		}
		if sqltoken.CallsOf(expr.Text, c.env.Dialect.IsAggregate).Aggregate {
			diags = append(diags, shares(t, wholly("an expression with an aggregate"), "compare with a number, or leave the threshold out")...)
		}
		if !c.rowwise(expr) {
			return c.assertion(expr), diags
		}
		env.Args["expression"] = expr
	}
	rendered, found := c.render(ctx, t.Unit, &env)
	for _, d := range found {
		d.Notef(t.Span, "the test is used here")
	}
	diags = append(diags, found...)
	if rendered == nil {
		return nil, diags
	}
	query, found := oneQuery(rendered, "test", t.Span)
	return query, append(diags, found...)
}

func (c *checker) arguments(t *link.TestNode) map[string]any {
	args := map[string]any{"model": string(t.Tested)}
	if t.Column != "" {
		args["column"] = c.env.Dialect.Quote(t.Column)
	}
	for _, arg := range t.Use.Args {
		args[arg.Name] = arg.Value
	}
	return args
}
