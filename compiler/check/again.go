package check

import (
	"context"
	"fmt"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

// Again checks models whose query changed and nothing else of them: what they read, how they are
// configured, what their parents have. They are in graph order. The nodes are those of a program that was
// restored, and become those of the new one. Only what is to be said of the queries is in the list; where
// nothing could be bound at all, that is not.
func Again(ctx context.Context, g *link.Graph, env Env, nodes []Node, changed []int) (*Program, diag.List, error) {
	c := newCheckerOf(g, env, nodes)
	var diags diag.List
	for _, i := range changed {
		out := &nodes[i]
		out.SQL, out.Broken = nil, false
		diags = append(diags, c.modelQuery(ctx, g.Nodes[i], out)...)
		out.Broken = out.Broken || out.SQL == nil
	}
	for i := range reached(g, changed) {
		if name := nodes[i].Relation; name.Identifier != "" {
			c.program.quoted[i] = env.Dialect.Relation(name)
		}
	}
	if err := ctx.Err(); err != nil || diags.HasErrors() || env.Describer == nil {
		return c.program, diags, err
	}
	found, err := c.bindAgain(ctx, changed)
	if err != nil {
		return c.program, nil, fmt.Errorf("check the project: %w", err)
	}
	return c.program, append(diags, found...), nil
}

// reached gives nodes and their parents.
func reached(g *link.Graph, nodes []int) map[int]bool {
	out := make(map[int]bool, 4*len(nodes))
	for _, i := range nodes {
		out[i] = true
		for _, p := range g.Nodes[i].Parents {
			out[p] = true
		}
	}
	return out
}

func (c *checker) bindAgain(ctx context.Context, changed []int) (diag.List, error) {
	size := len(c.graph.Nodes)
	b := &binder{
		checker: c, level: c.env.Describer.Level(), version: c.env.Describer.Version(),
		tables: make([]relation.Name, size), sql: make([]string, size),
		known: make([]bool, size), digest: make([]Key, size), notNull: map[int][]string{},
	}
	for i := range reached(c.graph, changed) {
		b.tables[i], b.sql[i] = c.stand(c.graph.Nodes[i])
		b.settled(i)
	}
	for _, i := range changed {
		for _, child := range c.graph.Nodes[i].Children {
			c.keepsNotNull(b.notNull, c.graph.Nodes[child])
		}
	}
	w := &bindWorker{binder: b}
	defer w.end()
	for _, i := range changed {
		n, out := c.graph.Nodes[i], &c.program.Nodes[i]
		out.Columns, out.Unchecked, out.Lineage, out.Facts = nil, "", nil, lineage.Facts{}
		b.known[i] = false
		if err := w.model(ctx, n, out); err != nil {
			return nil, err
		}
		w.notNullColumns(n, out)
		b.settled(i)
	}
	return w.diags, ctx.Err()
}

// settled makes what is known of a node ready for its readers.
func (b *binder) settled(i int) {
	n := &b.program.Nodes[i]
	if b.known[i] = n.Columns != nil && n.Unchecked == "" && !n.Broken; b.known[i] {
		b.digest[i] = columnsKey(n.Columns)
	}
}
