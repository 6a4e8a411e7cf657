package check

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// growth renders what says how an incremental model grows: its other variant and its predicates.
func (c *checker) growth(ctx context.Context, n *link.Node, out *Node) diag.List {
	var diags diag.List
	config := &n.Model.Incremental
	out.Increment, out.Predicates = nil, nil
	if !n.Unit.Incremental && config.Strategy == increment.Append && !config.NewFiles {
		diags.Errorf(diag.AppendDoubles, n.Properties().NameSpan, "every increment would append all rows of %q again", n.Name).
			Hintf("select only new rows where {{ if incremental }} is true, or set a unique_key; of a source of files, new_files_only: true")
	}
	if n.Unit.Incremental {
		rendered, found := c.variant(ctx, n)
		diags = append(diags, found...)
		out.Increment, out.Broken = rendered, out.Broken || rendered == nil
	}
	for _, text := range config.Predicates {
		rendered, found := c.predicate(ctx, n, text)
		diags = append(diags, found...)
		if out.Broken = out.Broken || rendered == nil; rendered != nil {
			out.Predicates = append(out.Predicates, rendered)
		}
	}
	return diags
}

// variant renders the query of a model as it is when its table is there.
func (c *checker) variant(ctx context.Context, n *link.Node) (*template.Rendered, diag.List) {
	env := *c.models
	env.Incremental = true
	rendered, diags := c.render(ctx, n.Unit, &env)
	if rendered == nil {
		return nil, diags
	}
	query, more := oneQuery(rendered, "model", n.Unit.Span)
	return query, append(diags, more...)
}

// predicate renders a condition of incremental_predicates. What it may read has its names already.
func (c *checker) predicate(ctx context.Context, n *link.Node, text project.Text) (*template.Rendered, diag.List) {
	rendered, diags := c.expression(ctx, string(n.ID), text)
	if rendered == nil {
		return nil, diags
	}
	for _, hole := range rendered.Holes {
		if hole.Kind == template.HoleRelation || hole.Kind == template.HoleThis {
			diags.Errorf(diag.SettingReads, text.Span, "%q reads a relation", "incremental_predicates").
				Hintf("compare columns of %s, which is the table, and of %s, which are the new rows", increment.TargetAlias, increment.DeltaAlias)
			return nil, diags
		}
	}
	return rendered, diags
}

// predicates binds the conditions of incremental_predicates.
func (w *bindWorker) predicates(ctx context.Context, n *link.Node, out *Node) error {
	if len(out.Predicates) == 0 || out.Broken || out.Columns == nil || out.Unchecked != "" {
		return nil
	}
	w.known[n.Index], w.digest[n.Index] = true, columnsKey(out.Columns)
	defer func() { w.known[n.Index] = false }()
	for _, p := range out.Predicates {
		q := w.query(n, onBoth(p), nil)
		_, err := w.describe(ctx, q)
		if err != nil {
			delete(w.defined, n.Index)
			return w.refuse(n, out, q, err)
		}
	}
	delete(w.defined, n.Index)
	return nil
}

// onBoth makes a query of a condition on the table and the new rows of a model.
func onBoth(condition *template.Rendered) *template.Rendered {
	const from = "select 1 as one from "
	const and = " as " + increment.TargetAlias + ", "
	const where = " as " + increment.DeltaAlias + " where (\n"
	before := len(from) + len(and) + len(where)
	out := &template.Rendered{
		Text: from + and + where + condition.Text + "\n)",
		Map:  condition.Map.Shift(before),
		Holes: []template.Hole{
			{Offset: len(from), Kind: template.HoleThis}, {Offset: len(from) + len(and), Kind: template.HoleThis},
		},
	}
	for _, hole := range condition.Holes {
		hole.Offset += before
		out.Holes = append(out.Holes, hole)
	}
	return out
}

// growthColumns reports columns that say how a model grows and that it does not have.
func growthColumns(n *link.Node, out *Node) diag.List {
	if n.Kind != link.Model || n.Model.Materialized != project.Incremental {
		return nil
	}
	c := n.Model.Incremental
	named := slices.Concat(c.Key, c.Update, c.Exclude)
	if c.EventTime.Name != "" {
		named = append(named, c.EventTime)
	}
	known := indexColumns(out.Columns)
	var diags diag.List
	for _, named := range named {
		at := known.find(named.Name)
		switch {
		case at >= 0 && named == c.EventTime && !increment.IsTime(out.Columns[at].Type):
			diags.Errorf(diag.GrowthColumn, named.Span, "%q is %s and does not say when something happened", named.Name, out.Columns[at].Type).
				Hintf("name a column that is a date, a timestamp or an instant")
		case at < 0:
			diags.Errorf(diag.GrowthColumn, named.Span, "%q has no column %q", n.Name, named.Name).
				Hintf("its columns are %s", strings.Join(known.names(), ", ")).Nearest(named.Name, known.names())
		}
	}
	out.Broken = out.Broken || diags.HasErrors()
	return diags
}
