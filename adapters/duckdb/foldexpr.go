package duckdb

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
)

// mix collects what an expression is made of.
type mix struct {
	inputs     []int32
	aggregated bool
	opaque     bool
	// parts says that something has parts, which are not told apart in what is made of it.
	parts bool
}

func (m *mix) add(c cell) {
	m.inputs = append(m.inputs, c.inputs...)
	m.aggregated = m.aggregated || c.kind == lineage.Aggregated
	m.opaque = m.opaque || c.opaque
	m.parts = m.parts || c.parts != nil
}

// cell gives the column that was mixed.
func (m *mix) cell() cell {
	out := cell{kind: lineage.Derived, opaque: m.opaque}
	if len(m.inputs) > 0 {
		slices.Sort(m.inputs)
		out.inputs = slices.Clip(slices.Compact(m.inputs))
	}
	switch {
	case m.aggregated:
		out.kind = lineage.Aggregated
	case len(out.inputs) == 0 && !m.opaque:
		out.kind = lineage.Constant
	}
	if m.parts {
		out.parts = lostParts
	}
	return out
}

// expr gives the column an expression makes of an operator's.
func (f *fold) expr(n int32, in []cell) (cell, error) {
	switch f.member(n, "type") {
	case "BOUND_REF", "BOUND_COLUMN_REF":
		return f.reference(n, in)
	case "VALUE_CONSTANT":
		value := f.get(n, "value")
		return cell{kind: lineage.Constant, never: value > 0 && f.member(value, "is_null") == "false"}, nil
	}
	out, ok, err := f.nested(n, in)
	if err != nil {
		return cell{}, err
	}
	if !ok {
		var m mix
		if err := f.flat(n, in, &m); err != nil {
			return cell{}, err
		}
		out = m.cell()
	}
	never, err := f.neverNull(n, in)
	out.never = never
	return out, err
}

func (f *fold) reference(n int32, in []cell) (cell, error) {
	if f.member(n, "type") == "BOUND_REF" {
		i := f.number(n, "index")
		if i < 0 || i >= int64(len(in)) {
			return cell{}, unresolved("a reference")
		}
		if in[i].tableOnly != nil {
			f.tableOnly = in[i].tableOnly
		}
		return in[i], nil
	}
	binding := f.get(n, "binding")
	cells, ok := f.bound[f.number(binding, "table_index")]
	i := f.number(binding, "column_index")
	if !ok || i < 0 || i >= int64(len(cells)) || f.number(n, "depth") != 0 {
		return cell{}, unresolved("a reference")
	}
	return cells[i], nil
}

// mixed adds what an expression is made of.
func (f *fold) mixed(n int32, in []cell, m *mix) error {
	c, ok, err := f.nested(n, in)
	if err != nil {
		return err
	}
	if !ok {
		return f.flat(n, in, m)
	}
	m.add(c)
	return nil
}

// flat adds what an expression is made of, whatever it does with it. Only known members are looked into:
// a lambda's body, for one, has references of its own, and what it captures is among the function's
// children.
func (f *fold) flat(n int32, in []cell, m *mix) error {
	switch class := f.member(n, "expression_class"); class {
	case "BOUND_REF", "BOUND_COLUMN_REF":
		c, err := f.reference(n, in)
		m.add(c)
		return err
	case "BOUND_CONSTANT":
		return nil
	case "BOUND_CAST", "BOUND_UNNEST":
		return f.members(n, in, m, "child")
	case "BOUND_COMPARISON":
		return f.members(n, in, m, "left", "right")
	case "BOUND_BETWEEN":
		return f.members(n, in, m, "input", "lower", "upper")
	case "BOUND_FUNCTION", "BOUND_OPERATOR", "BOUND_CONJUNCTION":
		m.parts = m.parts || class == "BOUND_FUNCTION" && puts[f.member(n, "name")] && f.count(f.get(n, "children")) > 1
		return f.lists(n, in, m, "children")
	case "BOUND_CASE":
		for c := f.first(n, "case_checks"); c > 0; c = f.next(c) {
			if err := f.members(c, in, m, "when_expr", "then_expr"); err != nil {
				return err
			}
		}
		return f.members(n, in, m, "else_expr")
	case "BOUND_AGGREGATE":
		return f.aggregate(n, in, m)
	case "BOUND_WINDOW":
		return f.window(n, in, m)
	default:
		return unresolved(class)
	}
}

// members adds expressions that are members of a node; those that are missing are left out.
func (f *fold) members(n int32, in []cell, m *mix, keys ...string) error {
	for _, key := range keys {
		if c := f.get(n, key); c > 0 {
			if err := f.mixed(c, in, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// lists adds the expressions of lists.
func (f *fold) lists(n int32, in []cell, m *mix, keys ...string) error {
	for _, key := range keys {
		for c := f.first(n, key); c > 0; c = f.next(c) {
			if err := f.mixed(c, in, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// orders adds the expressions of an ORDER BY.
func (f *fold) orders(n int32, in []cell, m *mix, key string) error {
	for o := f.first(n, key); o > 0; o = f.next(o) {
		if err := f.members(o, in, m, "expression"); err != nil {
			return err
		}
	}
	return nil
}

// aggregate adds an aggregate. Its filter and its order decide about its value, not about rows.
func (f *fold) aggregate(n int32, in []cell, m *mix) error {
	m.aggregated = true
	if err := f.lists(n, in, m, "children"); err != nil {
		return err
	}
	if err := f.members(n, in, m, "filter"); err != nil {
		return err
	}
	if o := f.get(n, "order_bys"); o > 0 {
		return f.orders(o, in, m, "orders")
	}
	return nil
}

// window adds a window function. What it is partitioned and ordered by is told apart.
func (f *fold) window(n int32, in []cell, m *mix) error {
	m.aggregated = true
	if err := f.lists(n, in, m, "children"); err != nil {
		return err
	}
	if err := f.members(n, in, m, "filters", "start_expr", "end_expr", "offset_expr", "default_expr"); err != nil {
		return err
	}
	if err := f.orders(n, in, m, "arg_orders"); err != nil {
		return err
	}
	if err := f.influenceOrders(lineage.Window, n, in, "orders"); err != nil {
		return err
	}
	for p := f.first(n, "partitions"); p > 0; p = f.next(p) {
		c, err := f.expr(p, in)
		if err != nil {
			return err
		}
		if !c.copied {
			f.influence(lineage.Window, c)
		}
	}
	return nil
}

func (f *fold) influenceOrders(role lineage.Role, n int32, in []cell, key string) error {
	for o := f.first(n, key); o > 0; o = f.next(o) {
		c, err := f.expr(f.get(o, "expression"), in)
		if err != nil {
			return err
		}
		if !c.copied {
			f.influence(role, c)
		}
	}
	return nil
}

// neverNull reports whether an expression is surely never NULL.
func (f *fold) neverNull(n int32, in []cell) (bool, error) {
	switch f.member(n, "expression_class") {
	case "BOUND_REF", "BOUND_COLUMN_REF", "BOUND_CONSTANT":
		c, err := f.expr(n, in)
		return c.never, err
	case "BOUND_CAST":
		if f.member(n, "try_cast") == "true" || !f.keepsNull(n) {
			return false, nil
		}
		return f.neverNull(f.get(n, "child"), in)
	case "BOUND_AGGREGATE":
		name := f.member(n, "name")
		return name == "count" || name == "count_star", nil
	case "BOUND_WINDOW":
		switch f.member(n, "type") {
		case "WINDOW_ROW_NUMBER", "WINDOW_RANK", "WINDOW_RANK_DENSE":
			return true, nil
		}
		name := f.member(n, "name")
		return name == "count" || name == "count_star", nil
	case "BOUND_OPERATOR":
		return f.neverNullOperator(n, in)
	}
	return false, nil
}

func (f *fold) neverNullOperator(n int32, in []cell) (bool, error) {
	switch f.member(n, "type") {
	case "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL":
		return true, nil
	case "OPERATOR_COALESCE":
		for c := f.first(n, "children"); c > 0; c = f.next(c) {
			if never, err := f.neverNull(c, in); never || err != nil {
				return never, err
			}
		}
	}
	return false, nil
}

// scalars are the types between which a cast makes no NULL: it gives a value or an error.
var scalars = map[string]bool{
	"BOOLEAN": true, "TINYINT": true, "SMALLINT": true, "INTEGER": true, "BIGINT": true, "HUGEINT": true,
	"UTINYINT": true, "USMALLINT": true, "UINTEGER": true, "UBIGINT": true, "UHUGEINT": true,
	"FLOAT": true, "DOUBLE": true, "DECIMAL": true, "DATE": true, "TIMESTAMP": true, "VARCHAR": true,
	"TIMESTAMP WITH TIME ZONE": true,
}

func (f *fold) keepsNull(cast int32) bool {
	child := f.get(cast, "child")
	from := f.get(child, "return_type")
	if from == 0 {
		from = f.get(f.get(child, "value"), "type")
	}
	to := f.get(cast, "return_type")
	return from > 0 && scalars[f.member(from, "id")] && scalars[f.member(to, "id")] && f.plainType(from) && f.plainType(to)
}

// plainType reports that a type is not another one under an alias, such as JSON.
func (f *fold) plainType(n int32) bool {
	info := f.get(n, "type_info")
	return info == 0 || f.member(info, "alias") == ""
}
