package postgres

import (
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// subLink is a subquery in the place of a value.
func (b *binder) subLink(sc *scope, n *subLink) value {
	test := b.expr(sc, n.Testexpr)
	sub := b.subquery(sc, n.Subselect)
	if sub.unknown == "" && len(sub.list) > 0 {
		b.subqueries[n] = sub.list[0].name
	}
	width := -1
	switch n.SubLinkType {
	case subExpr, subArray:
		width = 1
	case subAny, subAll:
		width = widthOf(n.Testexpr, test)
	case subExists:
		v := sub.whole().typed("boolean")
		v.nullable = relation.NeverNull
		return v
	}
	if width > 0 && sub.unknown == "" && len(sub.list) != width {
		_ = b.refuse(n.Location, "Binder", "Subquery returns %d columns - expected %d", len(sub.list), width)
		return unknownValue
	}
	switch {
	case n.SubLinkType == subAny || n.SubLinkType == subAll:
		return derive(test, columnsOf(sub.list)).typed("boolean")
	case sub.unknown != "" || len(sub.list) == 0:
		return derive(columnsOf(sub.list), unknownValue)
	case n.SubLinkType == subArray:
		v := derive(sub.list[0].value)
		v.typ = arrayOf(sub.list[0].typ)
		return v
	case n.SubLinkType == subExpr:
		v := sub.list[0].value
		v.nullable, v.id, v.literal = 0, 0, false
		return v
	default:
		return derive(columnsOf(sub.list), unknownValue)
	}
}

// rowCompare is a row beside an operator and a subquery, which gives a column for each of the row's.
func (b *binder) rowCompare(sc *scope, row *rowExpr, n *subLink) value {
	test := b.expr(sc, row)
	sub := b.subquery(sc, n.Subselect)
	width := widthOf(row, test)
	if width > 0 && sub.unknown == "" && len(sub.list) != width {
		_ = b.refuse(n.Location, "Binder", "Subquery returns %d columns - expected %d", len(sub.list), width)
	}
	return derive(test, columnsOf(sub.list)).typed("boolean")
}

// widthOf gives how many columns a subquery is compared with, 0 where that is not known.
func widthOf(test node, v value) int {
	row, ok := test.(*rowExpr)
	switch {
	case !ok && v.typ != "":
		return 1
	case !ok: // perhaps a row
		return 0
	}
	for _, arg := range row.Args {
		if ref, ok := arg.(*columnRef); ok && isStar(ref.Fields) {
			return 0
		}
	}
	return len(row.Args)
}

// subquery binds a query that stands in an expression; what decides about its rows decides about those
// of the query around it.
func (b *binder) subquery(sc *scope, n node) *output {
	query, ok := n.(*selectStmt)
	if !ok {
		return &output{columns: columns{unknown: "a subquery is not known"}, effects: &effects{}}
	}
	out := b.selectStmt(sc.child(), query)
	sc.effects.merge(out.effects)
	return out
}

// whole gives a value that depends on all of a query, such as EXISTS.
func (o *output) whole() value {
	v := columnsOf(o.list)
	v.in = v.in.union(o.effects.all())
	v.opaque = v.opaque || o.unknown != ""
	switch {
	case v.kind == lineage.Aggregated:
	case len(v.in) > 0 || v.opaque:
		v.kind = lineage.Derived
	}
	return v
}
