package project

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/relation"
)

// described holds what one place says of a node, before what all places say is put together.
type described struct {
	Properties
	columnTests, ownTests []TestUse
}

// describe sets one of the keys that every described node has; it reports whether it was one.
func (d *doc) describe(f field, to *described) bool {
	switch f.name() {
	case "description":
		to.Description = strings.TrimSpace(f.value.text)
	case "tags":
		to.Tags = d.tags(f.value)
	case "meta":
		to.Meta, _ = d.anyOf(f.value).(map[string]any)
	case "owner":
		to.Owner = d.owner(f.value)
	case "group":
		to.Group = f.value.text
	case "columns":
		to.Columns, to.columnTests = d.columns(f.value)
		to.ColumnsAt = d.span(f.key)
	case "tests":
		to.ownTests = d.tests(f.value, "", make([]TestUse, 0, len(f.value.kids)))
	default:
		return false
	}
	return true
}

func (d *doc) tags(n *node) []string {
	out := make([]string, 0, max(len(n.kids), 1))
	each(n, func(item *node) {
		if item.text == "" || strings.ContainsAny(item.text, " ,\t\n") {
			d.diags.Errorf(diag.InvalidValue, d.span(item), "the tag %q cannot be selected by", item.text).
				Hintf("write it without spaces and commas")
			return
		}
		out = append(out, item.text)
	})
	return sortedSet(out)
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// owner reads a name, or a mapping with name and email.
func (d *doc) owner(n *node) string {
	if n.kind == scalarNode {
		if n.isText() || d.wrong(n, quoted("owner"), "text") {
			return n.text
		}
		return ""
	}
	var name, email string
	d.fields(n, ownerPlace, func(f field) {
		if f.name() == "name" {
			name = f.value.text
		} else {
			email = f.value.text
		}
	})
	if name == "" {
		return email
	}
	return name
}

// columns reads the columns of a node, and the tests put on them.
func (d *doc) columns(n *node) ([]Column, []TestUse) {
	columns := make([]Column, 0, len(n.kids))
	tests := make([]TestUse, 0, countTests(n))
	var first map[string]int // index by name, for tables that are wide
	if len(n.kids) > 32 {
		first = make(map[string]int, len(n.kids))
	}
	for i := range n.kids {
		var c Column
		var testsAt *node
		item := &n.kids[i]
		ok := d.fields(item, columnPlace, func(f field) {
			switch f.name() {
			case "name":
				c.Name, c.Span = f.value.text, d.span(f.value)
			case "type":
				c.Type, c.TypeSpan = f.value.text, d.text(f.value).Span
			case "native_type":
				c.Type, c.Native, c.TypeSpan = f.value.text, true, d.text(f.value).Span
			case "nullable":
				c.Nullable, c.NullableSpan = relation.NeverNull, d.span(f.value)
				if f.value.isTrue() {
					c.Nullable = relation.MayBeNull
				}
			case "description":
				c.Description = strings.TrimSpace(f.value.text)
			case "sensitive":
				c.Sensitive = f.value.isTrue()
			case "meta":
				c.Meta, _ = d.anyOf(f.value).(map[string]any)
			case "tests":
				testsAt = f.value
			}
		})
		if !ok || c.Name == "" {
			continue
		}
		d.bothTypes(item)
		if before := firstColumn(columns, first, c.Name); before >= 0 {
			d.diags.Errorf(diag.DuplicateName, c.Span, "the column %q is described twice", c.Name).
				Hintf("keep one of them").Notef(columns[before].Span, "it is described here first")
			continue
		}
		if testsAt != nil {
			tests = d.tests(testsAt, c.Name, tests)
		}
		columns = append(columns, c)
	}
	return columns, tests
}

// firstColumn gives the index of the column of that name, or -1. The map, where there is one, knows
// all columns up to now and learns this one.
func firstColumn(columns []Column, first map[string]int, name string) int {
	if first == nil {
		return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
	}
	if i, ok := first[name]; ok {
		return i
	}
	first[name] = len(columns)
	return -1
}

func (d *doc) bothTypes(column *node) {
	if !column.has("type") || !column.has("native_type") {
		return
	}
	d.eachKey(column, func(f field) {
		if f.name() == "native_type" {
			d.diags.Errorf(diag.InvalidValue, d.span(f.key), `a column has "type" or "native_type", not both`).Hintf("remove one of them")
		}
	})
}

// countTests counts the tests of columns, so that their list is made once.
func countTests(columns *node) int {
	count := 0
	for i := range columns.kids {
		kids := columns.kids[i].kids
		for j := 0; j+1 < len(kids); j += 2 {
			if kids[j].text == "tests" {
				count += len(kids[j+1].kids)
			}
		}
	}
	return count
}

// references reads names of nodes.
func (d *doc) references(n *node) []Reference {
	out := make([]Reference, 0, max(len(n.kids), 1))
	each(n, func(item *node) {
		out = append(out, Reference{Name: item.text, Span: d.text(item).Span})
	})
	return out
}
