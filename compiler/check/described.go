package check

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// columnIndex finds columns by name; case does not count.
type columnIndex struct {
	columns []relation.Column
	byName  map[string]int // of wide relations only
}

func indexColumns(columns []relation.Column) columnIndex {
	x := columnIndex{columns: columns}
	if len(columns) > 16 {
		x.byName = make(map[string]int, len(columns))
		for i, c := range columns {
			x.byName[strings.ToLower(c.Name)] = i
		}
	}
	return x
}

// find gives the index of a column, or -1.
func (x columnIndex) find(name string) int {
	if x.byName != nil {
		if i, ok := x.byName[strings.ToLower(name)]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(x.columns, func(c relation.Column) bool { return strings.EqualFold(c.Name, name) })
}

func (x columnIndex) names() []string {
	out := make([]string, len(x.columns))
	for i, c := range x.columns {
		out[i] = c.Name
	}
	return out
}

// described reports columns that a node's files speak of and that it does not have: an error where a
// test is put on one, once for all its tests, else a warning.
func (c *checker) described(n *link.Node, out *Node) diag.List {
	about := n.Properties()
	if len(about.Columns) == 0 || n.Kind == link.Model && n.Model.Contract.Enforced {
		return nil // a contract says more of them
	}
	var diags diag.List
	known := indexColumns(out.Columns)
	for _, col := range about.Columns {
		if known.find(col.Name) >= 0 {
			continue
		}
		tested := slices.ContainsFunc(about.Tests, func(t project.TestUse) bool { return t.Column == col.Name })
		if tested {
			diags.Errorf(diag.ColumnNotFound, col.Span, "column %q is tested and not found in %q", col.Name, n.ID.Name())
		} else {
			diags.Warnf(diag.MissingColumn, col.Span, "column %q is described and not found in %q", col.Name, n.ID.Name())
		}
		diags[len(diags)-1].Hintf("%s", missingHint(n)).Nearest(col.Name, known.names())
	}
	return diags
}

func missingHint(n *link.Node) string {
	if n.Kind == link.Source && n.Source.Locked != nil && n.Source.Files == "" {
		return `remove it or, if the source has it by now, run "quern sources pull"`
	}
	return "correct its name, or remove it"
}

// lacksColumn reports whether a test is put on a column that its relation is known not to have, which
// was reported there.
func (w *bindWorker) lacksColumn(n *link.Node) bool {
	t := n.Test
	if t.Column == "" || t.Tested == "" {
		return false
	}
	tested := w.graph.Find(t.Tested).Index
	if !w.known[tested] {
		return false
	}
	return !slices.ContainsFunc(w.program.Nodes[tested].Columns, func(c relation.Column) bool {
		return strings.EqualFold(c.Name, t.Column)
	})
}

// item gives the place where a model's query names an output column: where the name stands just once,
// else where the query begins.
func (p *Program) item(n *Node, name string, fallback source.Span) source.Span {
	if n.SQL == nil {
		return fallback
	}
	text := n.SQL.Text
	if found := sqltoken.Find(text, name); len(found) == 1 {
		return primary(n.SQL.Map, found[0], fallback)
	}
	if first := sqltoken.Split(text).First; first.Kind != 0 {
		return primary(n.SQL.Map, first, fallback)
	}
	return fallback
}
