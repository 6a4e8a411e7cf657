package duckdb

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
)

// spelledType writes a type of a plan as DESCRIBE spells it; false for types it does not know.
func (t *planTree) spelledType(n int32) (string, bool) {
	id := t.member(n, "id")
	info := t.get(n, "type_info")
	if info == 0 {
		return strings.Clone(id), id != "" && id != "NULL" && !nestedTypes[id]
	}
	if alias := t.member(info, "alias"); alias != "" {
		return t.aliased(info, alias)
	}
	switch id {
	case "DECIMAL":
		return "DECIMAL(" + t.digits(info, "width") + "," + t.digits(info, "scale") + ")", true
	case "VARCHAR", "VARIANT":
		return id, true
	case "LIST":
		child, ok := t.spelledType(t.get(info, "child_type"))
		return child + "[]", ok
	case "ARRAY":
		child, ok := t.spelledType(t.get(info, "child_type"))
		return child + "[" + t.digits(info, "size") + "]", ok
	case "MAP":
		pair := t.first(t.get(t.get(info, "child_type"), "type_info"), "child_types")
		if pair == 0 || t.next(pair) == 0 {
			return "", false
		}
		key, ok := t.spelledType(t.get(pair, "second"))
		value, ok2 := t.spelledType(t.get(t.next(pair), "second"))
		return "MAP(" + key + ", " + value + ")", ok && ok2
	case "STRUCT":
		return t.fields("STRUCT", t.first(info, "child_types"))
	case "UNION":
		// The first field is the tag.
		first := t.first(info, "child_types")
		if first == 0 {
			return "", false
		}
		return t.fields("UNION", t.next(first))
	case "ENUM":
		return t.enum(info), true
	}
	return "", false
}

// nestedTypes are those that need more than their name.
var nestedTypes = map[string]bool{
	"DECIMAL": true, "LIST": true, "ARRAY": true, "MAP": true, "STRUCT": true, "UNION": true, "ENUM": true,
	"AGGREGATE_STATE": true, "INVALID": true, "UNKNOWN": true, "ANY": true,
}

// aliased gives a type of an extension. One with modifiers is left to DESCRIBE.
func (t *planTree) aliased(info int32, alias string) (string, bool) {
	if t.get(info, "extension_info") > 0 {
		return "", false
	}
	return strings.Clone(alias), alias == "JSON" || alias == "GEOMETRY"
}

func (t *planTree) digits(n int32, key string) string {
	if text := t.member(n, key); text != "" {
		return text
	}
	return "0"
}

func (t *planTree) fields(word string, field int32) (string, bool) {
	var b strings.Builder
	b.WriteString(word + "(")
	for i := 0; field > 0; field = t.next(field) {
		spelled, ok := t.spelledType(t.get(field, "second"))
		if !ok {
			return "", false
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if name := t.member(field, "first"); name != "" {
			b.WriteString(quoteField(name) + " ")
		}
		b.WriteString(spelled)
		i++
	}
	b.WriteString(")")
	return b.String(), true
}

// quoteField quotes a field's name where DuckDB does.
func quoteField(name string) string {
	if softKeywords[strings.ToLower(name)] {
		return Dialect{}.Quote(name)
	}
	return style.Identifier(name)
}

func (t *planTree) enum(info int32) string {
	var b strings.Builder
	b.WriteString("ENUM(")
	for i, v := 0, t.first(info, "values"); v > 0; i, v = i+1, t.next(v) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(ansi.Text(t.nodes[v].text))
	}
	b.WriteString(")")
	return b.String()
}
