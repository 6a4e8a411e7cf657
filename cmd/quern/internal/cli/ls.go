package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/snapshot"
)

func newLsCmd(a *App) *cobra.Command {
	var f selectFlags
	cmd := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List the selected nodes",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLs(cmd.Context(), a, f) },
	}
	f.register(cmd.Flags())
	return cmd
}

func runLs(ctx context.Context, a *App, f selectFlags) error {
	result, err := a.MustCompileFor(ctx, renderOnly, &compiler.Want{
		Parts: snapshot.Parts{Declared: a.View.IsJSON()},
	})
	if err != nil {
		return err
	}
	selected, err := a.Select(ctx, result, &f)
	if err != nil {
		return err
	}
	var nodes []view.Node
	for _, i := range selected {
		if result.Program.Nodes[i].Enabled {
			nodes = append(nodes, a.listed(result, i))
		}
	}
	return a.View.Nodes(nodes)
}

// listed gives a node as `ls` shows it.
func (a *App) listed(r compiler.Result, i int) view.Node {
	n, checked := r.Graph.Nodes[i], r.Program.Nodes[i]
	p := n.Properties()
	out := view.Node{
		ID: string(n.ID), Name: n.ID.Name(), Kind: n.Kind.String(), Path: n.Path,
		Tags: append([]string{}, p.Tags...), Description: p.Description,
		DependsOn: []string{}, Columns: columnsOf(n, checked.Columns), About: about(n),
	}
	if n.Kind == link.Model {
		out.Materialized = n.Model.Materialized.String()
	}
	if checked.Relation.Identifier != "" {
		out.Relation = a.Registry[r.Project.Target.Type].Dialect.Relation(checked.Relation)
	}
	for _, parent := range n.Parents {
		out.DependsOn = append(out.DependsOn, string(r.Graph.Nodes[parent].ID))
	}
	return out
}

// columnsOf gives a node's columns where they are known, else those that are declared.
func columnsOf(n *link.Node, known []relation.Column) []view.NodeColumn {
	out := []view.NodeColumn{}
	for _, c := range known {
		out = append(out, view.NodeColumn{Name: c.Name, Type: c.Type})
	}
	if len(out) > 0 {
		return out
	}
	declared := n.Properties().Columns
	if n.Kind == link.Source && n.Source.Locked != nil {
		declared = n.Source.Locked
	}
	for _, c := range declared {
		out = append(out, view.NodeColumn{Name: c.Name, Type: c.Type})
	}
	return out
}

// about says in a word or two what a node is.
func about(n *link.Node) string {
	switch n.Kind {
	case link.Model:
		return n.Model.Materialized.String()
	case link.Seed:
		return n.Seed.Format
	case link.Source:
		return cmp.Or(n.Source.Format, "table")
	case link.Exposure:
		return n.Exposure.Type
	case link.Test:
		return aboutTest(n.Test)
	}
	return ""
}

func aboutTest(t *link.TestNode) string {
	what := cmp.Or(t.Tested.Name(), "singular")
	if t.Column != "" {
		what += "." + t.Column
	}
	if t.Config.Severity == project.SeverityWarn {
		what += " (warns)"
	}
	return what
}
