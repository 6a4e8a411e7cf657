package postgres

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/lineage"
)

// rangeFunction is a function in FROM. It sees what stands to its left.
func (b *binder) rangeFunction(sc *scope, n *rangeFunction) *item {
	it := &item{named: true, open: true}
	b.lateral(sc, true, func() {
		for _, f := range n.Functions {
			b.functionColumns(sc, n, f, it)
		}
	})
	if n.Ordinality {
		it.add(column{"ordinality", constant("bigint")})
	}
	b.alias(it, n.Alias, -1)
	return it
}

// functionColumns adds the columns of one function: its entry is the call and, in ROWS FROM, a list of
// columns.
func (b *binder) functionColumns(sc *scope, n *rangeFunction, f node, it *item) {
	defs := n.Coldeflist
	call := f
	if list, ok := f.(*listNode); ok && len(list.Items) > 0 {
		call = list.Items[0]
		if len(list.Items) > 1 {
			if more, ok := list.Items[1].(*listNode); ok && len(more.Items) > 0 {
				defs = more.Items
			}
		}
	}
	if fn, ok := call.(*funcCall); ok && len(defs) == 0 {
		if name, own := functionName(fn); own && name == "unnest" {
			b.unnest(sc, n, fn, it)
			return
		}
	}
	v := b.expr(sc, call)
	sc.effects.add(lineage.Join, v.in) // what a function is given decides how many rows it adds
	if v.kind == lineage.Passthrough {
		v.kind = lineage.Derived
	}
	name := b.nameOf(call)
	if it.name == "" {
		it.name = name
	}
	if len(defs) > 0 {
		for _, def := range defs {
			if def, ok := def.(*columnDef); ok {
				it.add(column{def.Colname, v.typed(typeOf(def.TypeName))})
			}
		}
		return
	}
	fn, ok := call.(*funcCall)
	if !ok { // a function of standard SQL without parentheses, or one like COALESCE
		it.add(column{scalarName(n, name), v})
		return
	}
	b.callColumns(n, fn, v, it)
}

// callColumns adds the columns of a function of PostgreSQL's own; those of others are not known.
func (b *binder) callColumns(n *rangeFunction, f *funcCall, v value, it *item) {
	name, own := functionName(f)
	if strings.HasPrefix(name, "pg_") && own {
		b.reads[lineage.Read{Function: name}] = true
	}
	shape, known := tableFunctions[name]
	switch {
	case own && known:
		for _, c := range shape {
			column := column{c.name, v.typed(c.typ)}
			if c.name == "" {
				column.name = scalarName(n, name)
			}
			it.add(column)
		}
	case own && functionNames()[name] && !composites[name]:
		it.add(column{scalarName(n, name), v})
	default:
		it.lose("the columns of the function " + name + " are not known")
	}
}

// scalarName gives the name of the column of a function that gives one value a row.
func scalarName(n *rangeFunction, function string) string {
	if n.Alias != nil && len(n.Functions) == 1 && !n.IsRowsfrom {
		return n.Alias.Aliasname
	}
	return function
}

// unnest gives a column for each array. Arrays of rows give one for each field, so that the type of
// the elements has to be known.
func (b *binder) unnest(sc *scope, n *rangeFunction, f *funcCall, it *item) {
	if it.name == "" {
		it.name = "unnest"
	}
	for _, arg := range f.Args {
		v := b.expr(sc, arg)
		sc.effects.add(lineage.Join, v.in)
		element := elementOf(v.typ, false)
		if element == "" {
			it.lose("the elements that unnest gives are not known")
			return
		}
		out := derive(v)
		out.typ = element
		name := "unnest"
		if len(f.Args) == 1 {
			name = scalarName(n, name)
		}
		it.add(column{name, out})
	}
}

// rangeTableFunc is XMLTABLE.
func (b *binder) rangeTableFunc(sc *scope, n *rangeTableFunc) *item {
	it := &item{name: "xmltable", named: true, open: true}
	b.lateral(sc, true, func() {
		made := b.parts(sc, n.Docexpr, n.Rowexpr)
		sc.effects.add(lineage.Join, made.in)
		for _, c := range n.Columns {
			c, ok := c.(*rangeTableFuncCol)
			if !ok {
				it.lose("the columns of xmltable are not known")
				continue
			}
			v := derive(made, b.expr(sc, c.Colexpr), b.expr(sc, c.Coldefexpr))
			v.typ = typeOf(c.TypeName)
			if c.ForOrdinality {
				v.typ = "integer"
			}
			it.add(column{c.Colname, v})
		}
	})
	b.alias(it, n.Alias, -1)
	return it
}

// shape is a column of a table function; without a name it is called as the function or its alias.
type shape struct{ name, typ string }

// tableFunctions are functions whose rows have known columns.
var tableFunctions = map[string][]shape{
	"json_each":                 {{"key", "text"}, {"value", "json"}},
	"jsonb_each":                {{"key", "text"}, {"value", "jsonb"}},
	"json_each_text":            {{"key", "text"}, {"value", "text"}},
	"jsonb_each_text":           {{"key", "text"}, {"value", "text"}},
	"json_array_elements":       {{"value", "json"}},
	"jsonb_array_elements":      {{"value", "jsonb"}},
	"json_array_elements_text":  {{"value", "text"}},
	"jsonb_array_elements_text": {{"value", "text"}},
	"json_object_keys":          {{"", "text"}},
	"jsonb_object_keys":         {{"", "text"}},
	"jsonb_path_query":          {{"", "jsonb"}},
	"generate_series":           {{"", ""}},
	"generate_subscripts":       {{"", "integer"}},
	"regexp_matches":            {{"", "text[]"}},
	"regexp_split_to_table":     {{"", "text"}},
	"string_to_table":           {{"", "text"}},
	"ts_parse":                  {{"tokid", "integer"}, {"token", "text"}},
	"ts_token_type":             {{"tokid", "integer"}, {"alias", "text"}, {"description", "text"}},
}

// composites are functions whose rows have columns that depend on their arguments.
var composites = ansi.Words(`
	json_populate_record json_populate_recordset jsonb_populate_record jsonb_populate_recordset
	json_to_record json_to_recordset jsonb_to_record jsonb_to_recordset ts_debug ts_stat aclexplode
	query_to_xml_and_xmlschema
`)
