package duckdb

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
)

// picks are aggregates that hand on a value of one of the rows. Others decide which.
var picks = ansi.Words(`
	first last any_value arbitrary arg_max arg_min max_by min_by argmax argmin arg_max_null arg_min_null
	max min mode
`)

// aggregateParts gives a nested value that an aggregate hands on of rows.
func (f *fold) aggregateParts(n int32, in []cell) (cell, error) {
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return f.whole(n, in)
	}
	m := mix{aggregated: true}
	if err := f.members(n, in, &m, "filter"); err != nil {
		return cell{}, err
	}
	length := sorted(m.inputs)
	if o := f.get(n, "order_bys"); o > 0 {
		if err := f.orders(o, in, &m, "orders"); err != nil {
			return cell{}, err
		}
	}
	return f.handedOn(n, cells, m, length)
}

// handedOn gives what an aggregate hands on of its arguments, of which some more decide.
func (f *fold) handedOn(n int32, cells []cell, m mix, length []int32) (cell, error) {
	name := f.member(n, "name")
	value := cells[0]
	if name == "list" || name == "array_agg" {
		return listOfAny(value.spread(m), length), nil
	}
	for _, c := range cells[1:] {
		m.add(c)
	}
	switch {
	case !picks[name]:
		m.add(value)
		m.parts = m.parts || len(cells) > 1
		return m.cell(), nil
	case name == "max" || name == "min" || name == "mode":
		m.add(value) // what is compared is all of it
	}
	// One argument more is how many values are wanted.
	most := 1
	if strings.HasPrefix(name, "arg") || strings.HasSuffix(name, "_by") {
		most = 2
	}
	out := value.spread(m)
	if len(cells) > most && name != "mode" {
		return listOfAny(out, sorted(m.inputs)), nil
	}
	return out, nil
}

// windowParts gives a nested value that a window function hands on of a row.
func (f *fold) windowParts(n int32, in []cell) (cell, error) {
	all, err := f.whole(n, in)
	if err != nil {
		return cell{}, err
	}
	cells, err := f.exprs(n, in)
	if err != nil || len(cells) == 0 {
		return all, err
	}
	m := mix{aggregated: true}
	if err := f.members(n, in, &m, "filters", "start_expr", "end_expr", "offset_expr"); err != nil {
		return cell{}, err
	}
	length := sorted(m.inputs)
	if err := f.orders(n, in, &m, "arg_orders"); err != nil {
		return cell{}, err
	}
	switch f.member(n, "type") {
	case "WINDOW_AGGREGATE":
		return f.handedOn(n, cells, m, length)
	case "WINDOW_FIRST_VALUE", "WINDOW_LAST_VALUE", "WINDOW_NTH_VALUE", "WINDOW_LEAD", "WINDOW_LAG":
		value := cells[0]
		if d := f.get(n, "default_expr"); d > 0 {
			other, err := f.expr(d, in)
			if err != nil {
				return cell{}, err
			}
			value = either(value, other)
		}
		for _, c := range cells[1:] {
			m.add(c)
		}
		return value.spread(m), nil
	}
	return all, nil
}
