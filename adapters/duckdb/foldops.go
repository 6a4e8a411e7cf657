package duckdb

import (
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// operators say how each operator of a plan makes its rows.
func (f *fold) operator(n int32) (rows, error) {
	switch kind := f.member(n, "type"); kind {
	case "LOGICAL_PROJECTION":
		return f.projection(n)
	case "LOGICAL_FILTER":
		return f.filter(n)
	case "LOGICAL_GET":
		return f.scan(n)
	case "LOGICAL_COMPARISON_JOIN", "LOGICAL_ANY_JOIN", "LOGICAL_ASOF_JOIN", "LOGICAL_DELIM_JOIN", "LOGICAL_DEPENDENT_JOIN":
		return f.join(n)
	case "LOGICAL_CROSS_PRODUCT", "LOGICAL_POSITIONAL_JOIN":
		return f.product(n, kind)
	case "LOGICAL_AGGREGATE_AND_GROUP_BY":
		return f.groupBy(n)
	case "LOGICAL_WINDOW", "LOGICAL_UNNEST":
		return f.appended(n, kind)
	case "LOGICAL_ORDER_BY":
		return f.ordered(n)
	case "LOGICAL_LIMIT":
		return f.limit(n)
	case "LOGICAL_DISTINCT":
		return f.distinct(n)
	case "LOGICAL_UNION", "LOGICAL_EXCEPT", "LOGICAL_INTERSECT":
		return f.setOperation(n, kind)
	case "LOGICAL_MATERIALIZED_CTE":
		return f.materialized(n)
	case "LOGICAL_RECURSIVE_CTE":
		return f.recursive(n)
	case "LOGICAL_CTE_REF":
		return f.cteRef(n)
	case "LOGICAL_DELIM_GET":
		return f.delimGet(n)
	case "LOGICAL_DUMMY_SCAN":
		return f.keep(n, rows{cells: []cell{constant}, of: -1, single: true}), nil
	case "LOGICAL_EXPRESSION_GET":
		return f.values(n)
	case "LOGICAL_CHUNK_GET", "LOGICAL_COLUMN_DATA_GET", "LOGICAL_EMPTY_RESULT":
		return f.constants(n)
	case "LOGICAL_SAMPLE":
		out, err := f.only(n)
		out.narrowed = true
		return out, err
	case "LOGICAL_PIVOT":
		return f.pivot(n)
	default:
		return rows{}, unresolved(kind)
	}
}

// keep notes an operator's columns under its table index.
func (f *fold) keep(n int32, r rows) rows {
	f.bound[f.number(n, "table_index")] = r.cells
	return r
}

// only gives the rows of an operator's one child.
func (f *fold) only(n int32) (rows, error) {
	c := f.first(n, "children")
	if c == 0 {
		return rows{}, unresolved("no child")
	}
	return f.operator(c)
}

func (f *fold) projection(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	if c, ok := f.scalarSubquery(n); ok {
		return f.keep(n, rows{cells: []cell{c}, of: -1, single: true}), nil
	}
	out := in
	out.cells = nil
	for e := f.first(n, "expressions"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		out.cells = append(out.cells, c)
	}
	return f.keep(n, out), nil
}

func (f *fold) filter(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	if f.limitsRows(n) {
		// What the rows are numbered by is the order of the query that has the limit.
		f.roles[lineage.Order] = append(f.roles[lineage.Order], f.roles[lineage.Window][f.window0:]...)
		f.roles[lineage.Window] = f.roles[lineage.Window][:f.window0]
	}
	for e := f.first(n, "expressions"); e > 0; e = f.next(e) {
		if err := f.condition(e, in.cells, lineage.Filter); err != nil {
			return rows{}, err
		}
	}
	in.narrowed = true
	return f.mapped(n, "projection_map", in)
}

// limitsRows recognises the LIMIT of a correlated query, which DuckDB writes as a filter of numbered
// rows.
func (f *fold) limitsRows(n int32) bool {
	e := f.first(n, "expressions")
	if e == 0 {
		return false
	}
	left := f.get(e, "left")
	return left > 0 && f.member(left, "alias") == "limit_rownum" &&
		f.member(f.first(n, "children"), "type") == "LOGICAL_WINDOW"
}

// condition notes the influence of a condition, and of each part of an AND on its own.
func (f *fold) condition(e int32, in []cell, role lineage.Role) error {
	if f.member(e, "type") == "CONJUNCTION_AND" {
		for c := f.first(e, "children"); c > 0; c = f.next(c) {
			if err := f.condition(c, in, role); err != nil {
				return err
			}
		}
		return nil
	}
	c, err := f.expr(e, in)
	f.influence(role, c)
	f.facts.connect(c.inputs, nil)
	return err
}

// mapped keeps the columns a list of indexes names, all where there is none.
func (f *fold) mapped(n int32, key string, in rows) (rows, error) {
	list := f.get(n, key)
	if list == 0 || f.nodes[list].first == 0 {
		return in, nil
	}
	var cells []cell
	for c := f.nodes[list].first; c > 0; c = f.next(c) {
		i := f.integer(c)
		if i < 0 || i >= int64(len(in.cells)) {
			return rows{}, unresolved(key)
		}
		cells = append(cells, in.cells[i])
	}
	in.cells = cells
	return in, nil
}

// scan gives the columns of a table, or of a table function.
func (f *fold) scan(n int32) (rows, error) {
	if f.first(n, "children") > 0 {
		return f.lateral(n)
	}
	at := f.readOf(n)
	out := rows{of: at}
	for c := f.first(n, "column_indexes"); c > 0; c = f.next(c) {
		i := f.number(c, "index")
		switch {
		case at == -1:
			out.cells = append(out.cells, constant)
		case at < 0 || i < 0 || i >= int64(len(f.reads[at].columns)):
			// A row id, for one.
			c := cell{kind: lineage.Derived, opaque: true}
			if at >= 0 && f.reads[at].table != nil && f.reads[at].table.view {
				c.tableOnly = f.reads[at].table
			}
			out.cells = append(out.cells, c)
		default:
			r := f.reads[at]
			out.cells = append(out.cells, cell{
				kind: lineage.Passthrough, inputs: []int32{r.base + int32(i)},
				never: r.table != nil && r.table.columns[i].Nullable == relation.NeverNull,
			})
		}
	}
	if out.of = max(at, -1); at >= 0 {
		out.reads = []int32{int32(at)}
	}
	return f.keep(n, out), nil
}

// lateral gives the columns of a table function that is fed by columns, with those that go along.
func (f *fold) lateral(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	along := map[int64]bool{}
	var projected []cell
	for c := f.first(n, "projected_input"); c > 0; c = f.next(c) {
		i := f.integer(c)
		if i < 0 || i >= int64(len(in.cells)) {
			return rows{}, unresolved("projected_input")
		}
		along[i] = true
		projected = append(projected, in.cells[i])
	}
	var m mix
	var fed cell
	for i, c := range in.cells {
		if !along[int64(i)] {
			m.add(c)
			fed = c
		}
	}
	if f.readOf(n) == -2 {
		m.opaque = true
	}
	made := m.cell()
	f.influence(lineage.Join, made)
	if f.member(n, "name") == "unnest" && len(in.cells) == len(along)+1 && f.count(f.get(n, "column_indexes")) == 1 {
		made = fed.item().spread(mix{})
	}
	out := rows{of: -1}
	for c := f.first(n, "column_indexes"); c > 0; c = f.next(c) {
		out.cells = append(out.cells, made)
	}
	out.cells, out.reads = append(out.cells, projected...), in.reads
	return f.keep(n, out), nil
}

func (f *fold) ordered(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	if err := f.influenceOrders(lineage.Order, n, in.cells, "orders"); err != nil {
		return rows{}, err
	}
	return f.mapped(n, "projection_map", in)
}

func (f *fold) limit(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	in.narrowed = true
	for _, key := range []string{"limit_val", "offset_val"} {
		value := f.get(n, key)
		if key == "limit_val" && f.member(value, "type") == "CONSTANT_VALUE" && f.number(value, "constant_integer") <= 1 {
			in.single = true
		}
		e := f.get(value, "expression")
		if e == 0 {
			continue
		}
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		f.influence(lineage.Filter, c)
	}
	return in, nil
}

// distinct keeps one row of those that are equal. A plain DISTINCT compares all columns.
func (f *fold) distinct(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	for e := f.first(n, "distinct_targets"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		if !c.copied {
			f.influence(lineage.Group, c)
		}
	}
	if o := f.get(n, "order_by"); o > 0 {
		if err := f.influenceOrders(lineage.Order, o, in.cells, "orders"); err != nil {
			return rows{}, err
		}
	}
	in.narrowed = true
	return in, nil
}

// values gives the columns of VALUES, each made of all its rows.
func (f *fold) values(n int32) (rows, error) {
	in := rows{cells: []cell{constant}}
	if f.first(n, "children") > 0 {
		var err error
		if in, err = f.only(n); err != nil {
			return rows{}, err
		}
	}
	out := rows{of: -1}
	for row := f.first(n, "expressions"); row > 0; row = f.next(row) {
		i := 0
		for e := f.nodes[row].first; e > 0; e = f.next(e) {
			c, err := f.expr(e, in.cells)
			if err != nil {
				return rows{}, err
			}
			if i < len(out.cells) {
				c = either(out.cells[i], c)
				out.cells[i] = c
			} else {
				out.cells = append(out.cells, c)
			}
			i++
		}
	}
	return f.keep(n, out), nil
}

// constants gives columns that the plan holds itself.
func (f *fold) constants(n int32) (rows, error) {
	types := f.first(n, "chunk_types")
	if types == 0 {
		types = f.first(n, "return_types")
	}
	out := rows{of: -1}
	for ; types > 0; types = f.next(types) {
		out.cells = append(out.cells, constant)
	}
	return f.keep(n, out), nil
}
