package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
)

// groupBy gives the groups, then the aggregates, then what GROUPING says.
func (f *fold) groupBy(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	sets := f.get(n, "grouping_sets")
	several := sets > 0 && f.count(sets) > 1
	var groups, aggregates, groupings []cell
	for e := f.first(n, "groups"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		if !c.copied {
			f.influence(lineage.Group, c)
		}
		c.never = c.never && !several
		groups = append(groups, c)
	}
	for e := f.first(n, "expressions"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		aggregates = append(aggregates, c)
	}
	for g := f.first(n, "grouping_functions"); g > 0; g = f.next(g) {
		c, err := f.grouping(g, groups)
		if err != nil {
			return rows{}, err
		}
		groupings = append(groupings, c)
	}
	f.bound[f.number(n, "group_index")] = groups
	f.bound[f.number(n, "aggregate_index")] = aggregates
	if len(groupings) > 0 {
		f.bound[f.number(n, "groupings_index")] = groupings
	}
	return rows{
		cells: slices.Concat(groups, aggregates, groupings), of: -1, reads: in.reads,
		single: len(groups) == 0 && !several,
	}, nil
}

// grouping is a GROUPING of some groups.
func (f *fold) grouping(n int32, groups []cell) (cell, error) {
	var m mix
	for c := f.nodes[n].first; c > 0; c = f.next(c) {
		i := f.integer(c)
		if i < 0 || i >= int64(len(groups)) {
			return cell{}, unresolved("a grouping")
		}
		m.add(groups[i])
	}
	out := m.cell()
	out.never = true
	return out, nil
}

// appended adds the columns of window functions, or of UNNEST, to those of the child.
func (f *fold) appended(n int32, kind string) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	f.window0 = len(f.roles[lineage.Window])
	var made []cell
	for e := f.first(n, "expressions"); e > 0; e = f.next(e) {
		c, err := f.expr(e, in.cells)
		if err != nil {
			return rows{}, err
		}
		made = append(made, c)
		// How many values there are decides about the rows. UNPIVOT makes lists of one length.
		if kind == "LOGICAL_UNNEST" && !strings.HasPrefix(f.member(f.get(e, "child"), "alias"), "unpivot_") {
			list, err := f.expr(f.get(e, "child"), in.cells)
			if err != nil {
				return rows{}, err
			}
			f.influence(lineage.Join, list)
		}
	}
	index := "window_index"
	if kind == "LOGICAL_UNNEST" {
		index = "unnest_index"
		in.of, in.single = -1, false
	}
	f.bound[f.number(n, index)] = made
	in.cells = slices.Concat(in.cells, made)
	return in, nil
}

// scalarSubquery recognises the one column of a scalar subquery that DuckDB guards: the first value,
// or an error where there are several rows. The column is the subquery's own.
func (f *fold) scalarSubquery(n int32) (cell, bool) {
	e := f.first(n, "expressions")
	if e == 0 || f.next(e) > 0 || f.member(e, "type") != "CASE_EXPR" {
		return cell{}, false
	}
	check := f.first(e, "case_checks")
	if check == 0 || f.member(f.get(check, "then_expr"), "name") != "error" {
		return cell{}, false
	}
	group := f.first(n, "children")
	if f.member(group, "type") != "LOGICAL_AGGREGATE_AND_GROUP_BY" || f.first(group, "groups") > 0 {
		return cell{}, false
	}
	first := f.first(group, "expressions")
	if first == 0 || f.member(first, "name") != "first" {
		return cell{}, false
	}
	argument, below := f.first(first, "children"), f.first(group, "children")
	if argument == 0 || below == 0 || !strings.HasPrefix(f.member(argument, "type"), "BOUND_") {
		return cell{}, false
	}
	var in []cell
	if f.member(below, "type") == "LOGICAL_PROJECTION" {
		in = f.bound[f.number(below, "table_index")]
	}
	out, err := f.reference(argument, in)
	out.never = false
	return out, err == nil
}

// pivot is a PIVOT of more values than DuckDB writes as filtered aggregates. The child has the groups,
// a list for every aggregate, and the list of the values it is pivoted on; the pivot gives the
// groups, then for every value all aggregates.
func (f *fold) pivot(n int32) (rows, error) {
	in, err := f.only(n)
	if err != nil {
		return rows{}, err
	}
	bound := f.get(n, "bound_pivot")
	groups := int(f.number(bound, "group_count"))
	aggregates := f.count(f.get(bound, "aggregates"))
	columns := f.count(f.get(bound, "types"))
	if groups < 0 || aggregates == 0 || groups+aggregates+1 != len(in.cells) {
		return rows{}, unresolved("a pivot")
	}
	out := rows{of: -1, cells: slices.Clone(in.cells[:groups]), reads: in.reads}
	for i := range columns - groups {
		m := mix{aggregated: true}
		m.add(in.cells[groups+i%aggregates])
		m.add(in.cells[groups+aggregates])
		out.cells = append(out.cells, m.cell())
	}
	f.bound[f.number(n, "pivot_index")] = out.cells
	return out, nil
}
