package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/selector"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/trace"
)

func newLineageCmd(a *App) *cobra.Command {
	var f lineageFlags
	cmd := &cobra.Command{
		Use:   "lineage [NODE[#COLUMN]]...",
		Short: "Show where tables and columns come from, and what uses them",
		Long: `Show where tables and columns come from, and what uses them.

Without a name: every table and what it reads, or those that --select chooses. With a node: all it
reads, up to sources and seeds, and all that reads it, down to exposures. With NODE#COLUMN: the same
for one column, with how each column is made: passthrough, renamed, derived, aggregated or constant.
What decides only about rows (filter, join, group, order, window) stands apart. What is not known is
said: "not checked" with the reason, or "opaque" where the engine does not tell.`,
		Example: `  quern lineage
  quern lineage -s tag:finance --output mermaid
  quern lineage orders --up 1 --down 0
  quern lineage 'orders#amount'
  quern lineage 'raw.orders#amount' --impact`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.limited = cmd.Flags().Changed("up") || cmd.Flags().Changed("down")
			return runLineage(cmd.Context(), a, f, args)
		},
	}
	cmd.ValidArgsFunction = completing{a}.lineage
	f.tests = selector.None.String()
	f.registerNodes(cmd.Flags())
	cmd.Flags().IntVar(&f.up, "up", trace.Unlimited, "go at most this `number` of steps up from NODE (default: no limit)")
	cmd.Flags().IntVar(&f.down, "down", trace.Unlimited, "go at most this `number` of steps down from NODE (default: no limit)")
	cmd.Flags().BoolVar(&f.impact, "impact", false, "list what a change of NODE or its COLUMN touches: models, tests, exposures")
	a.outputFlag(cmd, outputText, outputJSON, view.Mermaid, view.DOT)
	hideDefault(cmd.Flags(), "up", "down")
	return cmd
}

func runLineage(ctx context.Context, a *App, f lineageFlags, args []string) error {
	if err := f.check(a, args); err != nil {
		return err
	}
	result, diags, err := a.CompileFor(ctx, checkAll, &compiler.Want{
		Parts: snapshot.Parts{Columns: true, Lineage: true, ByID: true},
	})
	if err != nil || diags.HasErrors() { // warnings are for those who build and compile
		a.View.Diagnostics(diags)
	}
	switch {
	case err != nil:
		return err
	case result.Program == nil:
		return failure(diags)
	case diags.HasErrors(): // what is not wrong has its lineage all the same
		if err := a.lineage(ctx, result, f, args); err != nil {
			return err
		}
		return failure(diags)
	}
	return a.lineage(ctx, result, f, args)
}

func (a *App) lineage(ctx context.Context, result compiler.Result, f lineageFlags, args []string) error {
	graph := trace.New(result.Program)
	if len(args) == 0 {
		return a.lineageOfSelection(ctx, result, graph, &f)
	}
	var roots []view.LineageRoot
	for _, arg := range args {
		root, err := lineageRoot(graph, arg)
		if err != nil {
			return err
		}
		roots = append(roots, root)
	}
	if f.impact {
		nodes, columns := split(roots)
		return a.View.Impact(view.Impact{Graph: graph, Roots: roots, Impact: graph.Impact(nodes, columns)})
	}
	return a.showLineage(view.Lineage{Part: partOf(graph, roots, f.up, f.down), Roots: roots, Up: f.up, Down: f.down})
}

func (a *App) lineageOfSelection(ctx context.Context, r compiler.Result, g *trace.Graph, f *lineageFlags) error {
	if f.all() {
		return a.showLineage(view.Lineage{Part: g.All()})
	}
	selected, err := a.Select(ctx, r, &f.selectFlags)
	if err != nil {
		return err
	}
	return a.showLineage(view.Lineage{Part: g.Of(selected)})
}

func (a *App) showLineage(l view.Lineage) error {
	l.Format, l.About = a.Flags.Output, about
	return a.View.Lineage(l)
}

// split gives the nodes and the columns that were asked for. Of a node whose columns are not known a
// column is the whole.
func split(roots []view.LineageRoot) (nodes []int, columns []trace.Column) {
	for _, r := range roots {
		if r.Column >= 0 {
			columns = append(columns, r.Column)
		} else {
			nodes = append(nodes, r.Node)
		}
	}
	return nodes, columns
}

// partOf gives the part of a program around what was asked for.
func partOf(g *trace.Graph, roots []view.LineageRoot, up, down int) *trace.Part {
	nodes, columns := split(roots)
	if len(nodes) == 0 {
		return g.Around(columns, up, down)
	}
	for _, c := range columns { // asked for with whole nodes, a column is its node's
		nodes = append(nodes, g.Node(c))
	}
	both := g.Ancestors(nodes, up)
	both.Union(g.Descendants(nodes, down))
	for _, n := range nodes {
		both.Add(n)
	}
	return g.Of(slices.Clone(both.Sorted()))
}
