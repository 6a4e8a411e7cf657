package check

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// columnType gives the engine's spelling of a declared column's type: "" where none is declared.
// A native type that the dialect does not know, such as one of the user's, is given as it is written.
func (c *checker) columnType(col project.Column) (spelled string, ok bool) {
	switch {
	case col.Type == "":
		return "", true
	case !col.Native:
		return c.env.Dialect.TypeName(col.Type)
	}
	if name, known := c.env.Dialect.NativeType(col.Type); known {
		return name, true
	}
	return col.Type, true
}

// columnTypes reports types of a node's declared columns that do not exist.
func (c *checker) columnTypes(n *link.Node) diag.List {
	var diags diag.List
	for _, col := range n.Properties().Columns {
		if _, ok := c.columnType(col); ok {
			continue
		}
		d := diags.Errorf(diag.TypeNotFound, col.TypeSpan, "there is no type %q", col.Type)
		d.Hintf(`write one of %s, or the engine's own name as "native_type"`, strings.Join(relation.Logical, ", "))
		word, _, _ := strings.Cut(col.Type, "(")
		d.Nearest(word, relation.Logical)
	}
	return diags
}

// Declare gives columns as a project declares them: with logical types, else with those of the engine.
// A type that is not known is left out.
func (p *Program) Declare(columns []relation.Column) []project.Column {
	out := make([]project.Column, len(columns))
	for i, col := range columns {
		out[i] = project.Column{Name: col.Name, Type: col.Type, Native: true}
		if logical, ok := p.env.Dialect.LogicalType(col.Type); ok || col.Type == "" {
			out[i].Type, out[i].Native = logical, false
		}
	}
	return out
}

// typed gives columns as the engine has them. Those of a type that does not exist have none.
func (c *checker) typed(columns []project.Column) []relation.Column {
	if columns == nil {
		return nil
	}
	out := make([]relation.Column, len(columns))
	for i, col := range columns {
		out[i] = relation.Column{Name: col.Name}
		out[i].Type, _ = c.columnType(col)
	}
	return out
}
