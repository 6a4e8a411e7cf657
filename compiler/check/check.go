package check

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// All checks a graph: each node by itself, then what they have in common, then, with a Describer, each
// against its parents' columns. The error is the context's, when it ended the work.
func All(ctx context.Context, g *link.Graph, env Env) (*Program, diag.List, error) {
	c := newChecker(g, env)
	diags := c.eachNode(ctx)
	if err := ctx.Err(); err != nil {
		return c.program, nil, fmt.Errorf("check the project: %w", err)
	}
	c.quote()
	diags = append(diags, c.relations()...)
	diags = append(diags, c.disabled()...)
	diags = append(diags, c.noFiles()...)
	diags = append(diags, c.landings()...)
	diags = append(diags, c.grants()...)
	c.spreadBroken()
	c.program.unaltered = !slices.Contains(c.late, true)
	if env.Inline != nil {
		diags = append(diags, c.readInline(*env.Inline)...)
	}
	if env.Describer == nil {
		diags = append(diags, c.renderInline(ctx)...)
	} else {
		found, err := c.bind(ctx)
		if err != nil {
			return c.program, nil, fmt.Errorf("check the project: %w", err)
		}
		diags = append(diags, found...)
		c.program.unaltered = c.program.unaltered && len(found) == 0
	}
	found, err := c.buildHooks(ctx)
	if err != nil {
		return c.program, nil, fmt.Errorf("check the project: %w", err)
	}
	diags = append(append(diags, c.sizes()...), found...)
	c.renderSteady(ctx)
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
	// late are the nodes whose templates ask for columns that are not known yet, by index.
	late []bool
	// inline stands for the query of the command line; nil where there is none, or where it has an error.
	inline *link.Node
}

func newChecker(g *link.Graph, env Env) *checker {
	return newCheckerOf(g, env, make([]Node, len(g.Nodes)))
}

func newCheckerOf(g *link.Graph, env Env, nodes []Node) *checker {
	c := &checker{graph: g, parsed: g.Parsed, env: env}
	target := g.Project.Target
	c.program = &Program{
		Graph:  g,
		Nodes:  nodes,
		env:    env,
		schema: environmentSchema(or(target.Schema, env.DefaultSchema), target.Environment),
		quoted: make([]string, len(g.Nodes)),

		baseSchema: or(target.Schema, env.DefaultSchema),
	}
	c.late = make([]bool, len(g.Nodes))
	c.program.explain = sync.OnceValue(func() *explain.Context {
		return c.program.newContext()
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
	workers := c.workers()
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
				lists[w] = append(lists[w], c.alone(ctx, c.graph.Nodes[i])...)
				lists[w] = append(lists[w], c.columnTypes(c.graph.Nodes[i])...)
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

// NotAsked is Node.Unchecked where nobody asked for the check.
const NotAsked = "the check was not asked for"

// alone checks a node as far as that needs no other. A template that asks for columns nobody knows yet
// is rendered when its turn comes in the graph.
func (c *checker) alone(ctx context.Context, n *link.Node) diag.List {
	diags := c.node(ctx, n)
	out := &c.program.Nodes[n.Index]
	if slices.ContainsFunc(diags, asksColumns) {
		c.late[n.Index] = true
		out.Broken = n.Broken
		return nil
	}
	out.Broken = out.Broken || diags.HasErrors()
	return diags
}

func asksColumns(d *diag.Diagnostic) bool { return d.Code == diag.ColumnsNotKnown }

func (c *checker) node(ctx context.Context, n *link.Node) diag.List {
	out := &c.program.Nodes[n.Index]
	out.Enabled, out.Broken, out.Unchecked = true, n.Broken, NotAsked
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
	n := c.graph.Find(id)
	if n == nil {
		return nil, false
	}
	// A node's own columns are set before its readers are rendered; those of sources from the start.
	known := c.program.Nodes[n.Index].Columns
	if n.Kind == link.Source && known == nil {
		known = c.sourceColumns(n.Source)
	}
	if known == nil {
		return nil, false
	}
	names := make([]string, len(known))
	for i, col := range known {
		names[i] = col.Name
	}
	return names, true
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
