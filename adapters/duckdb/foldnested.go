package duckdb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
)

// puts are functions that put values together in ways the fold does not follow.
var puts = ansi.Words(`
	list_concat list_cat array_concat array_cat list_append array_append array_push_back list_prepend
	array_prepend array_push_front list_zip array_zip list_resize array_resize struct_concat struct_update
	map_concat map_from_entries json_object json_array json_merge_patch list_intersect array_intersect
`)

// nested gives the column of an expression that makes, hands on or takes of a nested value, with its
// parts; false for all others.
func (f *fold) nested(n int32, in []cell) (c cell, ok bool, err error) {
	switch f.member(n, "expression_class") {
	case "BOUND_FUNCTION":
		return f.nestedFunction(n, in)
	case "BOUND_UNNEST":
		c, err = f.unnested(n, in)
		return c, true, err
	case "BOUND_CAST", "BOUND_CASE", "BOUND_OPERATOR", "BOUND_AGGREGATE", "BOUND_WINDOW":
		switch f.member(f.get(n, "return_type"), "id") {
		case "STRUCT", "LIST", "ARRAY", "MAP":
			c, err = f.nestedValue(n, in)
			return c, true, err
		}
	}
	return cell{}, false, nil
}

func (f *fold) nestedFunction(n int32, in []cell) (c cell, ok bool, err error) {
	switch f.member(n, "name") {
	case "struct_pack", "row", "union_value":
		c, err = f.structMade(n, in)
	case "struct_insert":
		c, err = f.structInserted(n, in)
	case "list_value", "array_value", "list_pack":
		c, err = f.listMade(n, in)
	case "map":
		c, err = f.mapMade(n, in)
	case "map_keys", "map_values":
		c, err = f.mapSide(n, in)
	case "struct_extract", "struct_extract_at", "array_extract", "list_extract", "list_element",
		"map_extract", "map_extract_value", "element_at", "union_extract", "union_tag", "variant_extract",
		"json_extract", "json_extract_string", "json_value", "->", "->>", "json_extract_path", "json_extract_path_text":
		c, err = f.access(n, in)
	case "list_slice", "array_slice":
		c, err = f.sliced(n, in)
	case "list_transform", "array_transform", "list_apply", "array_apply", "apply":
		c, err = f.transformed(n, in)
	case "list_filter", "array_filter", "filter":
		c, err = f.filtered(n, in)
	case "list_sort", "array_sort", "list_reverse_sort", "array_reverse_sort", "list_distinct", "array_distinct":
		c, err = f.reordered(n, in)
	case "len", "length", "array_length", "cardinality":
		c, err = f.counted(n, in)
	default:
		return cell{}, false, nil
	}
	return c, true, err
}

// whole gives what an expression makes, its parts not told apart.
func (f *fold) whole(n int32, in []cell) (cell, error) {
	var m mix
	err := f.flat(n, in, &m)
	return m.cell(), err
}

// exprs gives the columns of the arguments of an expression.
func (f *fold) exprs(n int32, in []cell) ([]cell, error) {
	var out []cell
	for e := f.first(n, "children"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// fieldNames gives the names of a struct type's fields, and of a union's members.
func (f *fold) fieldNames(typ int32) []string {
	var out []string
	for c := f.first(f.get(typ, "type_info"), "child_types"); c > 0; c = f.next(c) {
		out = append(out, strings.Clone(f.member(c, "first")))
	}
	if f.member(typ, "id") == "UNION" && len(out) > 0 {
		return out[1:] // the first is the tag
	}
	return out
}

func (f *fold) structMade(n int32, in []cell) (cell, error) {
	fields, err := f.exprs(n, in)
	if err != nil {
		return cell{}, err
	}
	names := f.fieldNames(f.get(n, "return_type"))
	if len(names) != len(fields) {
		return cell{}, unresolved("a struct")
	}
	return structOf(names, fields), nil
}

// structInserted is a struct with more fields. Those of a column's struct are made of that column.
func (f *fold) structInserted(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	names := f.fieldNames(f.get(n, "return_type"))
	old, added := cells[0], cells[1:]
	if len(names) < len(added) {
		return cell{}, unresolved("a struct")
	}
	var fields []cell
	for i := range len(names) - len(added) {
		fields = append(fields, old.field(i))
	}
	return structOf(names, append(fields, added...)), nil
}

func (f *fold) listMade(n int32, in []cell) (cell, error) {
	items, err := f.exprs(n, in)
	return listOf(items), err
}

// mapMade is a map of a list of keys and a list of values.
func (f *fold) mapMade(n int32, in []cell) (cell, error) {
	lists, err := f.exprs(n, in)
	if err != nil {
		return cell{}, err
	}
	out := together(lists...)
	if len(lists) != 2 {
		return out, nil
	}
	out.parts = &parts{form: mapForm, cells: lists, keys: f.constantItems(f.first(n, "children"))}
	return out, nil
}

// constantItems gives the items of a list where all are constants.
func (f *fold) constantItems(list int32) []string {
	if f.member(list, "name") != "list_value" {
		return nil
	}
	var out []string
	for c := f.first(list, "children"); c > 0; c = f.next(c) {
		text, ok := f.constant(c)
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// mapSide gives the keys of a map, or its values.
func (f *fold) mapSide(n int32, in []cell) (cell, error) {
	c, err := f.expr(f.first(n, "children"), in)
	if err != nil || c.parts == nil || c.parts.form != mapForm {
		return taken(c), err
	}
	if f.member(n, "name") == "map_keys" {
		return c.parts.cells[0].apart(), nil
	}
	return c.parts.cells[1].apart(), nil
}

// keyTypes are the types of constants that are equal where their texts are.
var keyTypes = ansi.Words(`VARCHAR INTEGER BIGINT SMALLINT TINYINT DATE BOOLEAN STRING_LITERAL INTEGER_LITERAL`)

// constant gives the text of a constant with its type. Casts of whole numbers keep their text.
func (f *fold) constant(n int32) (string, bool) {
	typ := ""
	for f.member(n, "expression_class") == "BOUND_CAST" {
		if typ == "" {
			typ = f.member(f.get(n, "return_type"), "id")
		}
		n = f.get(n, "child")
		if id := f.member(f.get(f.get(n, "value"), "type"), "id"); id != "" && !strings.HasSuffix(id, "INT") && !strings.HasPrefix(id, "INTEGER") {
			return "", false
		}
	}
	value := f.get(n, "value")
	if f.member(n, "expression_class") != "BOUND_CONSTANT" || value == 0 || f.member(value, "is_null") != "false" {
		return "", false
	}
	if typ == "" {
		typ = f.member(f.get(value, "type"), "id")
	}
	return typ + " " + strings.Clone(f.member(value, "value")), keyTypes[typ]
}

// access takes a part of a value, by the name of a field, the place of an item, or a key.
func (f *fold) access(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	value, by := cells[0], cells[1:]
	if value.parts == nil {
		return together(cells...), nil
	}
	key := f.next(f.first(n, "children"))
	text, known := "", false
	if key > 0 && len(by) == 1 {
		text, known = f.constant(key)
	}
	var m mix
	for _, c := range by {
		m.add(c)
	}
	switch value.parts.form {
	case structForm:
		if known {
			return value.named(text), nil
		}
	case listForm:
		return value.placed(text, known, m), nil
	case mapForm:
		out := value.keyed(text, known, m)
		if name := f.member(n, "name"); name == "map_extract" || name == "element_at" {
			return listOfAny(out, out.inputs), nil
		}
		return out, nil
	}
	out := taken(value)
	if len(m.inputs) > 0 {
		// What is not named by a constant is an item of a list, or a value of a map: it may be any.
		out.opaque = value.opaque
	}
	return out.spread(m), nil
}

// named gives a field by a constant: its name, or its place from one on.
func (c cell) named(key string) cell {
	typ, text, _ := strings.Cut(key, " ")
	if i := c.parts.at(text); i >= 0 && text != "" && (typ == "VARCHAR" || typ == "STRING_LITERAL") {
		return c.field(i)
	}
	if i, err := strconv.Atoi(text); err == nil {
		return c.field(i - 1)
	}
	return taken(c)
}

// placed gives an item by its place, from one on, or from the end with negative numbers.
func (c cell) placed(key string, known bool, by mix) cell {
	p := c.parts
	_, text, _ := strings.Cut(key, " ")
	i, err := strconv.Atoi(text)
	switch {
	case known && err == nil && p.cells != nil:
		if i < 0 {
			i += len(p.cells) + 1
		}
		if i < 1 || i > len(p.cells) {
			return constant
		}
		return p.cells[i-1].apart().spreadAny(mix{inputs: p.length})
	case len(by.inputs) == 0 && (p.unplaced || p.cells != nil):
		return taken(c)
	}
	by.inputs = append(slices.Clone(by.inputs), p.length...)
	return c.item().spreadAny(by)
}

// spreadAny is spread where there is something to add: a part that nothing decides about is handed on.
func (c cell) spreadAny(by mix) cell {
	if len(by.inputs) == 0 && !by.aggregated && !by.opaque {
		return c
	}
	return c.spread(by)
}

// keyed gives the value of a map's key. Which value it is the keys decide, unless all are constants.
func (c cell) keyed(key string, known bool, by mix) cell {
	p := c.parts
	keys, values := p.cells[0], p.cells[1]
	if known && p.keys != nil && values.parts != nil && len(values.parts.cells) == len(p.keys) {
		i := slices.Index(p.keys, key)
		typ, _, _ := strings.Cut(key, " ")
		switch {
		case i >= 0:
			return values.parts.cells[i].apart()
		case strings.HasPrefix(p.keys[0], typ+" "):
			return constant
		}
		return taken(c)
	}
	if len(by.inputs) == 0 && !known {
		return taken(c)
	}
	by.add(keys)
	if values.parts != nil && values.parts.form == listForm {
		by.inputs = append(by.inputs, values.parts.length...)
	}
	if len(by.inputs) == 0 {
		return taken(c) // a constant key among constant ones that are not known
	}
	return values.item().spreadAny(by)
}
