package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// fileColumns are what a query may ask of the rows of files besides their columns. What stands for files
// in a scratch does not have them.
var fileColumns = []string{"filename", "file_index", "file_row_number"}

// ofFiles gives the column of files that a query was refused for; "" where it was refused for another
// reason.
func (w *bindWorker) ofFiles(q *bound, e *engine.Error) string {
	name := strings.ToLower(e.Name[strings.LastIndexByte(e.Name, '.')+1:])
	if e.Subtype != "COLUMN_NOT_FOUND" || !slices.Contains(fileColumns, name) {
		return ""
	}
	for _, i := range q.reads {
		if n := w.graph.Nodes[i]; n.Kind == link.Source && n.Source.Files != "" {
			return name
		}
	}
	return ""
}

// mostType is how long the name of a type may be whose column readers are checked against. Structs of
// structs may double it with every model.
const mostType = 128 << 10

// hugeType says that a column has a type of which no more can be made here; "" where none has.
func hugeType(columns []relation.Column) string {
	for _, c := range columns {
		if len(c.Type) > mostType {
			return fmt.Sprintf("the type of its column %q is %d KB long", c.Name, len(c.Type)>>10)
		}
	}
	return ""
}

// typed gives the columns of a relation that has rows of its own their types, where a view would keep a NULL
// without one.
func typed(n *link.Node, columns []relation.Column) {
	if n.Model.Materialized == project.View || n.Model.Materialized == project.Ephemeral {
		return
	}
	for i := range columns {
		columns[i].Bare = ""
	}
}

// tableless says against a model that no table can be made of it, though a view can; nil where one can.
func tableless(n *link.Node, answer *lineage.Query) error {
	if !n.Model.Materialized.IsTable() {
		return nil
	}
	for _, c := range answer.Columns {
		if t, ok := relation.ParseType(c.Type); ok && strings.Contains(c.Type, "(") && hasUnnamed(t) {
			return &engine.Error{
				Class: engine.Permanent, Kind: "Not implemented", Name: c.Name, Position: -1,
				Message: fmt.Sprintf("the fields of the struct %q have no names, and a table needs them", c.Name),
				Hint:    "name them, as in {'id': id}, or make the model a view",
			}
		}
	}
	return nil
}

// hasUnnamed reports whether there is a struct in a type whose fields have no names.
func hasUnnamed(t relation.Type) bool {
	return t.Word == "struct" && len(t.Fields) == 0 || slices.ContainsFunc(t.Of, hasUnnamed)
}

// repeats says against a model that two of its columns have one name, where no table or view can have.
func repeats(n *link.Node, answer *lineage.Query) error {
	if n.Model.Materialized == project.Ephemeral || len(answer.Facts.Repeated) == 0 {
		return nil
	}
	r := answer.Facts.Repeated[0]
	return &engine.Error{
		Class: engine.Permanent, Kind: "Binder", Name: r.Name, Position: r.Position,
		Message: fmt.Sprintf("two columns are called %q", r.Name),
		Hint:    "give one of them another name, or leave it out",
	}
}

// viewless says against a model that no view can be made of it, though a table can; nil where one can.
func viewless(n *link.Node, answer *lineage.Query) error {
	if n.Model.Materialized != project.View || len(answer.Facts.FromData) == 0 {
		return nil
	}
	return &engine.Error{
		Class: engine.Permanent, Kind: "View", Position: answer.Facts.FromData[0],
		Message: "the columns of this PIVOT come from the data, which those of a view cannot",
		Hint:    "list the values, on … in (…), or make the model a table",
	}
}
