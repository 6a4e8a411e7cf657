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
		from, to := f.member(e, "alias"), q.Columns[i].Name
		if from != "" && isRenaming(from, to) {
			q.Facts.Renamed = append(q.Facts.Renamed, lineage.Renaming{From: strings.Clone(from), To: to})
		}
		i++
	}
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
			if !f.onlyDrops(n) {
				return n
			}
			n = f.first(n, "children")
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
