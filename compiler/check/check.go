package check

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// All checks a graph. The error is the context's, when it ended the work.
func All(ctx context.Context, g *link.Graph, env Env) (*Program, diag.List, error) {
	c := newChecker(g, env)
	diags := c.eachNode(ctx)
	if err := ctx.Err(); err != nil {
		return c.program, nil, fmt.Errorf("check the project: %w", err)
	}
	c.quote()
	diags = append(diags, c.relations()...)
	diags = append(diags, c.disabled()...)
	c.spreadBroken()
	diags = append(diags, c.sizes()...)
	return c.program, diags, nil
}

type checker struct {
	graph   *link.Graph
	parsed  *template.Parsed
	env     Env
	program *Program
	// models is what the template of every model sees; those of tests add arguments.
	models *template.Env
	// plain are the generic tests that were rendered without arguments.
	plain sync.Map // of plainUse to *template.Rendered
}

func newChecker(g *link.Graph, env Env) *checker {
	c := &checker{graph: g, parsed: g.Parsed, env: env}
	target := g.Project.Target
	c.program = &Program{
		Graph:  g,
		Nodes:  make([]Node, len(g.Nodes)),
		env:    env,
		schema: or(target.Schema, env.DefaultSchema),
		quoted: make([]string, len(g.Nodes)),
	}
	c.program.explain = sync.OnceValue(func() *explain.Context {
		return explain.NewContext(g, func(i int) relation.Name { return c.program.Nodes[i].Relation })
	})
	c.models = &template.Env{
		Resolve:   g.Resolve,
		Source:    g.ResolveSource,
		Vars:      g.Project.Vars,
		LookupEnv: env.LookupEnv,
		Target:    template.TargetInfo{Name: target.Name, Type: target.Type, Schema: c.program.schema},
		Literal:   env.Dialect.Literal,
		Quote:     env.Dialect.Quote,
		Columns:   c.columns,
	}
	return c
}

// eachNode checks the nodes by themselves, in parallel: none needs what is found in another.
func (c *checker) eachNode(ctx context.Context) diag.List {
	workers := c.env.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	lists := make([]diag.List, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.graph.Nodes) {
					return
				}
				found := c.node(ctx, c.graph.Nodes[i])
				if found.HasErrors() {
					c.program.Nodes[i].Broken = true
				}
				lists[w] = append(lists[w], found...)
			}
		})
	}
	wg.Wait()
	var all diag.List
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

func (c *checker) node(ctx context.Context, n *link.Node) diag.List {
	out := &c.program.Nodes[n.Index]
	out.Enabled, out.Broken, out.Unchecked = true, n.Broken, "types are not checked in this version"
	switch n.Kind {
	case link.Model:
		return c.model(ctx, n, out)
	case link.Seed:
		return c.seed(ctx, n.Seed, out)
	case link.Source:
		c.source(n.Source, out)
	case link.Test:
		return c.test(ctx, n, out)
	default:
	}
	return nil
}

// columns gives the columns of a node for {{ columns }}.
func (c *checker) columns(id project.ID) ([]string, bool) {
	n, ok := c.graph.ByID[id]
	if !ok || n.Kind != link.Source {
		return nil, false
	}
	full := fullColumns(n.Source)
	if full == nil {
		return nil, false
	}
	names := make([]string, len(full))
	for i, col := range full {
		names[i] = col.Name
	}
	return names, true
}

// fullColumns gives the columns of a source where the project says that it knows all of them.
func fullColumns(s *project.Source) []project.Column {
	if s.ColumnsComplete {
		return s.Columns
	}
	return s.Locked
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
