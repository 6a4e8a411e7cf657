package duckdb

import (
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
)

// factsOfTop tells what the uppermost operators say: whether they order, and how they name columns.
func (f *fold) factsOfTop(n int32, q *lineage.Query) {
	q.Facts.Ordered = f.endsOrdered(n)
	n = f.naming(n)
	if n == 0 {
		return
	}
	i := 0
	for e := f.first(n, "expressions"); e > 0 && i < len(q.Columns); e = f.next(e) {
		from, to := f.alias(n, e), q.Columns[i].Name
		for j := 0; from != to && !isRenaming(from, to) && j < i; j++ {
			// What has no name is called by its text, which the plan does not say.
			if isRenaming(q.Columns[j].Name, to) {
				from = q.Columns[j].Name
			}
		}
		if from != "" && isRenaming(from, to) {
			q.Facts.Renamed = append(q.Facts.Renamed, lineage.Renaming{From: strings.Clone(from), To: to})
		}
		i++
	}
}

// alias gives the name of a projection's column. GROUP BY ALL moves it to the group.
func (f *fold) alias(projection, e int32) string {
	if alias := f.member(e, "alias"); alias != "" {
		return alias
	}
	group := f.first(f.first(projection, "children"), "groups")
	for i := f.number(e, "index"); i > 0 && group > 0; i-- {
		group = f.next(group)
	}
	if group == 0 || f.member(e, "type") != "BOUND_REF" {
		return ""
	}
	return f.member(group, "alias")
}

// isRenaming reports that a name is another one with a number at its end.
func isRenaming(from, to string) bool {
	number, ok := strings.CutPrefix(to, from+"_")
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// endsOrdered reports that the rows are ordered at the top, without a limit.
func (f *fold) endsOrdered(n int32) bool {
	for n > 0 {
		switch kind := f.member(n, "type"); {
		case kind == "LOGICAL_ORDER_BY":
			return true
		case kind == "LOGICAL_MATERIALIZED_CTE":
			n = f.body(n)
		case kind == "LOGICAL_PROJECTION" && f.onlyDrops(n):
			n = f.first(n, "children")
		default:
			return false
		}
	}
	return false
}

// body gives the query of a common table expression's operator.
func (f *fold) body(n int32) int32 {
	if definition := f.first(n, "children"); definition > 0 {
		return f.next(definition)
	}
	return 0
}

// onlyDrops reports that a projection only leaves out the columns that an ORDER BY needed.
func (f *fold) onlyDrops(n int32) bool {
	e := f.first(n, "expressions")
	for ; e > 0; e = f.next(e) {
		if f.member(e, "type") != "BOUND_REF" || f.member(e, "alias") != "" {
			return false
		}
	}
	return true
}

// naming gives the projection that names the columns, 0 where there is none.
func (f *fold) naming(n int32) int32 {
	for n > 0 {
		switch f.member(n, "type") {
		case "LOGICAL_PROJECTION":
			below := f.first(n, "children")
			if !f.onlyDrops(n) || f.member(below, "type") == "LOGICAL_AGGREGATE_AND_GROUP_BY" {
				return n
			}
			n = below
		case "LOGICAL_MATERIALIZED_CTE":
			n = f.body(n)
		case "LOGICAL_ORDER_BY", "LOGICAL_LIMIT", "LOGICAL_DISTINCT", "LOGICAL_FILTER",
			"LOGICAL_UNION", "LOGICAL_EXCEPT", "LOGICAL_INTERSECT":
			n = f.first(n, "children")
		default:
			return 0
		}
	}
	return 0
}
