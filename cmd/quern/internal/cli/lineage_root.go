package cli

import (
	"strings"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/trace"
)

// lineageRoot reads NODE or NODE#COLUMN. Names of tests may have a # too.
func lineageRoot(g *trace.Graph, written string) (view.LineageRoot, error) {
	kinds := []link.Kind{link.Model, link.Seed, link.Source, link.Test, link.Exposure}
	name, column, hasColumn := written, "", false
	n, names := findNode(g.Program.Graph, written, kinds)
	for from := 0; n == nil; {
		at := strings.IndexByte(written[from:], '#')
		if at < 0 {
			break
		}
		from += at + 1
		if n, _ = findNode(g.Program.Graph, written[:from-1], kinds); n != nil || !hasColumn {
			name, column, hasColumn = written[:from-1], written[from:], true
		}
	}
	root := view.LineageRoot{Column: -1}
	switch {
	case n == nil:
		return root, usagef(diag.UnknownNode, "there is no model, seed, source, test or exposure %q", name).
			hint(`see what there is with "quern ls"`).nearest(name, names)
	case !g.Program.Nodes[n.Index].Enabled:
		return root, usagef(diag.UnknownNode, "%q is disabled", n.ID.Name()).hint("set enabled: true to see its lineage")
	}
	root.Node = n.Index
	if !hasColumn {
		return root, nil
	}
	return lineageColumn(g, n, column)
}

func lineageColumn(g *trace.Graph, n *link.Node, column string) (view.LineageRoot, error) {
	root := view.LineageRoot{Node: n.Index, Column: -1}
	known := g.Program.Nodes[n.Index].Columns
	c, ok := g.Find(n.Index, column)
	switch {
	case ok:
		root.Column = c
		return root, nil
	case n.Kind == link.Exposure || n.Kind == link.Test:
		return root, usagef(diag.UnknownColumn, "%q is %s %s and has no column %q", n.ID.Name(), article(n.Kind), n.Kind, column).
			hint("ask for %s itself", n.ID.Name())
	case column == "":
		return root, usagef(diag.UnknownColumn, "the name of a column is missing after the # of %q", n.ID.Name()+"#").
			hint("write NODE#COLUMN, or the node alone")
	case known == nil:
		root.Name = column
		return root, nil
	}
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].Name
	}
	wrong := usagef(diag.UnknownColumn, "%q has no column %q", n.ID.Name(), column)
	if len(names) > 0 && len(names) <= 12 {
		wrong = wrong.hint("its columns are %s", oneOf(names))
	}
	return root, wrong.nearest(column, names)
}

func article(kind link.Kind) string {
	if kind == link.Exposure {
		return "an"
	}
	return "a"
}
