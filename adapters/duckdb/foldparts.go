package duckdb

import (
	"slices"
	"strings"
)

// parts are what a nested value that the query makes is put together of. A cell without parts is one
// thing: what is taken of it is made of all its inputs, as with the columns of tables.
type parts struct {
	form form
	// names are those of a struct's fields, "" for those of a row.
	names []string
	// cells are a struct's fields, a list's items where each is known, or a map's two lists.
	cells []cell
	// element is any item of a list.
	element cell
	// length decides how many items of a list there are, and which.
	length []int32
	// unplaced says of a list that the query decides which item stands where, but the fold does not know it.
	unplaced bool
	// keys are a map's, where all of them are constants.
	keys []string
}

// form says how parts make a value.
type form int

const (
	// lost are parts that are not told apart any more.
	lost form = iota + 1
	structForm
	listForm
	mapForm
)

var lostParts = &parts{form: lost}

// mostItems limits the items of a list that are known one by one.
const mostItems = 200

// structOf gives a struct of fields.
func structOf(names []string, fields []cell) cell {
	out := together(fields...)
	out.parts = &parts{form: structForm, names: names, cells: fields}
	return out
}

// listOf gives a list of items.
func listOf(items []cell) cell {
	out := together(items...)
	p := &parts{form: listForm, cells: items, element: out}
	switch nested := slices.ContainsFunc(items, func(c cell) bool { return c.parts != nil }); {
	case len(items) == 1:
		p.element = items[0]
	case len(items) > mostItems && nested:
		p.element.parts = lostParts
	case nested:
		p.element = items[0]
		for _, item := range items[1:] {
			p.element = either(p.element, item)
		}
	}
	if len(items) > mostItems {
		p.cells, p.unplaced = nil, true
	}
	out.parts = p
	return out
}

// listOfAny gives a list whose items are all made alike.
func listOfAny(element cell, length []int32) cell {
	m := mix{inputs: slices.Clone(length)}
	m.add(element)
	out := m.cell()
	out.parts = &parts{form: listForm, element: element, length: length}
	return out
}

// together gives a value that is made of cells, and no parts of it.
func together(cells ...cell) cell {
	var m mix
	for _, c := range cells {
		m.add(c)
	}
	out := m.cell()
	out.parts = nil
	return out
}

// taken gives a part of a value of which no parts are known apart. It is made of all of the value where
// that is one thing; nobody knows of what where it was put together.
func taken(c cell) cell {
	out := together(c)
	if c.parts != nil {
		out.parts = lostParts
		out.opaque = out.opaque || len(c.inputs) > 0
	}
	return out
}

// field gives the field of a struct by its place.
func (c cell) field(i int) cell {
	if p := c.parts; p != nil && p.form == structForm && i >= 0 && i < len(p.cells) {
		return p.cells[i].apart()
	}
	return taken(c)
}

// apart gives a part without what counts only for the whole, or where it was made.
func (c cell) apart() cell {
	c.never, c.copied, c.tableOnly = false, false, nil
	return c
}

// item gives any item of a list.
func (c cell) item() cell {
	p := c.parts
	switch {
	case p == nil:
		return together(c)
	case p.form == listForm:
		return p.element.apart()
	}
	out := together(c)
	out.parts = lostParts
	return out
}

// spread adds what decides about a value to all that it is made of.
func (c cell) spread(by mix) cell {
	m := by
	m.inputs = slices.Clone(by.inputs)
	m.add(c)
	m.parts = false
	out := m.cell()
	if c.parts == nil || c.parts.form == lost {
		out.parts = c.parts
		return out
	}
	p := *c.parts
	p.cells = slices.Clone(p.cells)
	for i := range p.cells {
		p.cells[i] = p.cells[i].spread(by)
	}
	if p.form == listForm {
		p.element = p.element.spread(by)
		p.length = united(p.length, sorted(by.inputs))
	}
	out.parts = &p
	return out
}

func sorted(inputs []int32) []int32 {
	out := slices.Sorted(slices.Values(inputs))
	return slices.Clip(slices.Compact(out))
}

// eitherParts gives the parts of a value that is one of two.
func eitherParts(a, b cell) *parts {
	switch {
	case a.parts == nil && b.parts == nil:
		return nil
	case a.parts == nil && len(a.inputs) == 0 && !a.opaque:
		return b.parts
	case b.parts == nil && len(b.inputs) == 0 && !b.opaque:
		return a.parts
	case a.parts == nil:
		return eitherParts(b, a)
	}
	p := *a.parts
	if b.parts != nil && !p.like(b.parts) {
		return lostParts
	}
	switch p.form {
	case structForm:
		p.cells = slices.Clone(p.cells)
		for i := range p.cells {
			p.cells[i] = either(p.cells[i], b.field(i))
		}
	case listForm:
		eitherLists(&p, b)
	case mapForm:
		if b.parts == nil || !slices.Equal(p.keys, b.parts.keys) {
			return lostParts
		}
		p.cells = []cell{either(p.cells[0], b.parts.cells[0]), either(p.cells[1], b.parts.cells[1])}
	default:
		return lostParts
	}
	return &p
}

func (p *parts) like(q *parts) bool {
	return p.form == q.form && slices.EqualFunc(p.names, q.names, strings.EqualFold)
}

func eitherLists(p *parts, b cell) {
	p.element = either(p.element, b.item())
	if b.parts == nil {
		p.length, p.cells = united(p.length, b.inputs), slices.Clone(p.cells)
		for i := range p.cells {
			p.cells[i] = either(p.cells[i], b.item())
		}
		return
	}
	q := b.parts
	p.length, p.unplaced = united(p.length, q.length), p.unplaced || q.unplaced
	if len(p.cells) != len(q.cells) {
		p.cells, p.unplaced = nil, true
		return
	}
	p.cells = slices.Clone(p.cells)
	for i := range p.cells {
		p.cells[i] = either(p.cells[i], q.cells[i])
	}
}

func sameParts(p, q *parts) bool {
	if p == nil || q == nil || p == q {
		return p == q
	}
	return p.like(q) && p.unplaced == q.unplaced && slices.Equal(p.length, q.length) && slices.Equal(p.keys, q.keys) &&
		slices.EqualFunc(p.cells, q.cells, sameCell) && sameCell(p.element, q.element)
}

// at gives a field by its name, or -1.
func (p *parts) at(name string) int {
	return slices.IndexFunc(p.names, func(n string) bool { return strings.EqualFold(n, name) })
}
