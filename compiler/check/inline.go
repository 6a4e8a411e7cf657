package check

import (
	"context"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// inline is what stands for a path in the places of a query of the command line.
const inline = "--inline"

// Inline renders a query of the command line as if it were a model of the project, and does not check
// it. It gives nil where the query has an error.
func (p *Program) Inline(ctx context.Context, sql string) (*template.Rendered, diag.List) {
	n, diags := inlineNode(p.Graph, sql)
	if n == nil {
		return nil, diags
	}
	rendered, more := newChecker(p.Graph, p.env).inlineQuery(ctx, n)
	return rendered, append(diags, more...)
}

// inlineNode gives the node that stands for a query of the command line, which is not in the graph; nil
// where the query has an error.
func inlineNode(g *link.Graph, sql string) (*link.Node, diag.List) {
	span := source.NewFile(inline, sql).Span(0, len(sql))
	unit, diags := g.Parsed.ParseText(inline, project.Text{Value: sql, Span: span, Exact: true})
	diags = append(diags, g.Unknown(unit)...)
	if diags.HasErrors() {
		return nil, diags
	}
	if unit.This {
		diags.Errorf(diag.NoThis, span, "a query of the command line has no relation that {{ this }} could mean").
			Hintf("write {{ ref }} with the name of a model")
		return nil, diags
	}
	unit.Incremental = false // it has no table, and so one variant
	n := &link.Node{
		Name: inline, Kind: link.Model, Index: -1, Unit: unit,
		Model: &project.Model{Name: inline, Materialized: project.Ephemeral, Properties: project.Properties{NameSpan: span}},
	}
	for _, ref := range unit.Refs {
		id, _ := g.Resolve(ref.Name)
		n.Parents = append(n.Parents, g.Find(id).Index)
	}
	for _, ref := range unit.Sources {
		id, _ := g.ResolveSource(ref.Source, ref.Table)
		n.Parents = append(n.Parents, g.Find(id).Index)
	}
	slices.Sort(n.Parents)
	n.Parents = slices.Compact(n.Parents)
	return n, diags
}

func (c *checker) inlineQuery(ctx context.Context, n *link.Node) (*template.Rendered, diag.List) {
	rendered, diags := c.render(ctx, n.Unit, c.models)
	if rendered == nil || diags.HasErrors() {
		return nil, diags
	}
	query, more := oneQuery(rendered, "query", n.Unit.Span)
	return query, append(diags, more...)
}

// readInline finds out what the query of the command line reads, before nodes are bound.
func (c *checker) readInline(sql string) diag.List {
	n, diags := inlineNode(c.graph, sql)
	c.program.Inlined = &Node{Enabled: true, Broken: n == nil, Unchecked: NotAsked}
	if n == nil {
		return diags
	}
	diags = append(diags, c.readsDisabled(n)...)
	if c.env.Dialect.FileScan("", "csv") == "" {
		diags = append(diags, c.readsFiles(n)...)
	}
	if c.program.Inlined.Broken = diags.HasErrors(); !c.program.Inlined.Broken {
		c.inline = n
	}
	return diags
}

// renderInline renders the query of the command line, once the columns are known that it may ask for.
func (c *checker) renderInline(ctx context.Context) diag.List {
	if c.inline == nil {
		return nil
	}
	out := c.program.Inlined
	for _, p := range c.inline.Parents {
		if c.program.Nodes[p].Broken {
			out.Broken = true
			return nil // which was reported there
		}
	}
	rendered, diags := c.inlineQuery(ctx, c.inline)
	out.SQL, out.Broken = rendered, rendered == nil
	return diags
}

// inlineReads reports whether the query of the command line reads a node.
func (c *checker) inlineReads(i int) bool {
	return c.inline != nil && slices.Contains(c.inline.Parents, i)
}

// bindInline binds the query of the command line when all nodes had their turn.
func (b *binder) bindInline(ctx context.Context) (diag.List, error) {
	w := &bindWorker{binder: b}
	defer w.end()
	w.diags = b.renderInline(ctx)
	if b.program.Inlined.Broken {
		return w.diags, ctx.Err()
	}
	b.program.Inlined.Unchecked = ""
	err := w.model(ctx, b.inline, b.program.Inlined)
	return w.diags, err
}
