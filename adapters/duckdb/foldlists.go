package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
)

// by gives the mix of a cell that decides about others.
func by(c cell) mix {
	return mix{inputs: c.inputs, aggregated: c.kind == lineage.Aggregated, opaque: c.opaque}
}

// lengthOf gives what decides how many items of a list there are.
func lengthOf(list cell) []int32 {
	if p := list.parts; p != nil && p.form == listForm {
		return p.length
	}
	return list.inputs
}

// unnested gives any item of a list; that there are so many rows is an influence.
func (f *fold) unnested(n int32, in []cell) (cell, error) {
	list, err := f.expr(f.get(n, "child"), in)
	return list.item().spread(mix{}), err
}

// sliced is a list of some items of another.
func (f *fold) sliced(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	list, bounds := cells[0], by(together(cells[1:]...))
	if list.parts == nil || list.parts.form != listForm {
		return mixed(cells), nil
	}
	out := listOfAny(list.item().spreadAny(bounds), united(list.parts.length, sorted(bounds.inputs)))
	if len(bounds.inputs) == 0 {
		out.parts.unplaced = list.parts.cells != nil || list.parts.unplaced
	}
	return out, nil
}

// reordered is a list in an order that all its values decide.
func (f *fold) reordered(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	list := cells[0]
	if list.parts == nil || list.parts.form != listForm {
		return mixed(cells), nil
	}
	return listOfAny(list.item().spread(by(list)), list.inputs), nil
}

// mostTransformed limits how often the lambdas of a query are looked at for one item of a list each:
// those in lambdas multiply.
const mostTransformed = 500

// transformed is a list of what a lambda makes of every item of another.
func (f *fold) transformed(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	list := cells[0]
	made, ok := f.lambda(n, list.item(), cells[1:])
	if !ok {
		return mixed(cells), nil
	}
	out := listOfAny(made, lengthOf(list))
	p := list.parts
	if p == nil || p.form != listForm {
		return out, nil
	}
	out.parts.unplaced = p.unplaced || p.cells != nil
	f.transforms += len(p.cells)
	if len(p.cells) == 0 || f.transforms > mostTransformed {
		return out, nil
	}
	items := make([]cell, len(p.cells))
	for i, item := range p.cells {
		if items[i], ok = f.lambda(n, item, cells[1:]); !ok {
			return out, nil
		}
	}
	out.parts.cells = items
	return out, nil
}

// filtered is a list of the items that a lambda wants.
func (f *fold) filtered(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	list := cells[0]
	wanted, ok := f.lambda(n, list.item(), cells[1:])
	if !ok {
		return mixed(cells), nil
	}
	return listOfAny(list.item().spread(by(wanted)), united(lengthOf(list), wanted.inputs)), nil
}

// lambda gives what the lambda of a function makes of an item; false where that is not known. Its
// parameters come first, the last of them foremost, then what it captures.
func (f *fold) lambda(n int32, item cell, captures []cell) (cell, bool) {
	data := f.get(n, "function_data")
	body := f.get(data, "lambda_expr")
	if data == 0 || body == 0 {
		return cell{}, false
	}
	in := []cell{item.apart()}
	if f.member(data, "has_index") == "true" {
		in = []cell{constant, item.apart()}
	}
	made, err := f.expr(body, slices.Concat(in, captures))
	return made, err == nil
}

// mixed gives what is made of all of some cells.
func mixed(cells []cell) cell {
	var m mix
	for _, c := range cells {
		m.add(c)
	}
	return m.cell()
}

// counted gives the length of a list or a map.
func (f *fold) counted(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	list := cells[0]
	if list.parts != nil && list.parts.form == mapForm {
		list = list.parts.cells[0]
	}
	if list.parts == nil || list.parts.form != listForm {
		return mixed(cells), nil
	}
	m := by(together(cells...))
	m.inputs = list.parts.length
	return m.cell(), nil
}

// nestedValue gives a nested value that an expression hands on of others.
func (f *fold) nestedValue(n int32, in []cell) (cell, error) {
	switch f.member(n, "expression_class") {
	case "BOUND_CAST":
		return f.castParts(n, in)
	case "BOUND_CASE":
		return f.caseParts(n, in)
	case "BOUND_AGGREGATE":
		return f.aggregateParts(n, in)
	case "BOUND_WINDOW":
		return f.windowParts(n, in)
	}
	if f.member(n, "type") != "OPERATOR_COALESCE" {
		return f.whole(n, in)
	}
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return cell{}, err
	}
	return oneOf(cells).spread(mix{}), nil
}

// oneOf gives a value that is one of some.
func oneOf(cells []cell) cell {
	out := cells[0]
	for _, c := range cells[1:] {
		out = either(out, c)
	}
	return out
}

func (f *fold) caseParts(n int32, in []cell) (cell, error) {
	var values []cell
	var conditions mix
	for c := f.first(n, "case_checks"); c > 0; c = f.next(c) {
		if err := f.members(c, in, &conditions, "when_expr"); err != nil {
			return cell{}, err
		}
		v, err := f.expr(f.get(c, "then_expr"), in)
		if err != nil {
			return cell{}, err
		}
		values = append(values, v)
	}
	if e := f.get(n, "else_expr"); e > 0 {
		v, err := f.expr(e, in)
		if err != nil {
			return cell{}, err
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return f.whole(n, in)
	}
	return oneOf(values).spread(conditions), nil
}

// castParts casts part by part. What TRY_CAST makes NULL all parts decide.
func (f *fold) castParts(n int32, in []cell) (cell, error) {
	c, err := f.expr(f.get(n, "child"), in)
	if err != nil {
		return cell{}, err
	}
	if f.member(n, "try_cast") == "true" && c.parts != nil {
		return c.spread(by(c)).cast(f, 0), nil
	}
	return c.spread(mix{}).cast(f, f.get(n, "return_type")), nil
}

// cast gives a value the form of a type. A struct's fields are found by their names, where both sides
// have some.
func (c cell) cast(f *fold, typ int32) cell {
	if c.parts == nil {
		return c
	}
	p := *c.parts
	c.parts = lostParts
	id := ""
	if typ > 0 {
		id = f.member(typ, "id")
	}
	info := f.get(typ, "type_info")
	switch {
	case p.form == structForm && id == "STRUCT":
		if !p.castFields(f, typ) {
			return c
		}
	case p.form == listForm && (id == "LIST" || id == "ARRAY"):
		child := f.get(info, "child_type")
		p.element, p.cells = p.element.cast(f, child), slices.Clone(p.cells)
		for i := range p.cells {
			p.cells[i] = p.cells[i].cast(f, child)
		}
	default:
		return c
	}
	c.parts = &p
	return c
}

func (p *parts) castFields(f *fold, typ int32) bool {
	names := f.fieldNames(typ)
	byName := !slices.Contains(p.names, "") && !slices.Contains(names, "")
	if !byName && len(names) != len(p.names) {
		return false
	}
	cells := make([]cell, len(names))
	field := f.first(f.get(typ, "type_info"), "child_types")
	for i, name := range names {
		from := i
		if byName {
			from = slices.IndexFunc(p.names, func(n string) bool { return strings.EqualFold(n, name) })
		}
		cells[i] = constant
		if from >= 0 {
			cells[i] = p.cells[from].cast(f, f.get(field, "second"))
		}
		field = f.next(field)
	}
	p.names, p.cells = names, cells
	return true
}
