package postgres

import (
	"github.com/quernsql/quern/compiler/lineage"
)

// crossJoins counts the relations that stand beside each other without a condition: for queries
// without WHERE. Functions and lateral subqueries are mostly meant so.
func (b *binder) crossJoins(n *selectStmt) {
	beside := 0
	for _, item := range n.FromClause {
		switch item := item.(type) {
		case *rangeVar, *joinExpr:
			beside++
		case *rangeSubselect:
			if !item.Lateral {
				beside++
			}
		}
	}
	if beside > 1 {
		b.facts.CrossJoins += beside - 1
	}
}

// joinFact notes an inner, left or right join of two tables by equality of their columns.
func (b *binder) joinFact(sc *scope, n *joinExpr, left, right []*item, using []string) {
	if n.Jointype == joinFull || !isTable(n.Larg, left) || !isTable(n.Rarg, right) {
		return
	}
	l, r := left[0], right[0]
	fact := lineage.JoinFact{Outer: n.Jointype != joinInner}
	whole := true
	add := func(x, y value) {
		xs, ys := b.tableOf(x), b.tableOf(y)
		switch {
		case xs == l.table && ys == r.table:
		case xs == r.table && ys == l.table:
			x, y = y, x
		default:
			whole = false
			return
		}
		if n.Jointype == joinRight {
			x, y = y, x
		}
		from, to := b.inputs[x.in[0]], b.inputs[y.in[0]]
		if castTo(x.typ, y.typ) {
			b.facts.Casts = append(b.facts.Casts, lineage.Cast{Left: from, Right: to, LeftType: x.typ, RightType: y.typ})
		}
		fact.Left, fact.Right = append(fact.Left, from), append(fact.Right, to)
	}
	for _, name := range using {
		x, _ := l.lookup(name)
		y, _ := r.lookup(name)
		if x == nil || y == nil {
			return
		}
		add(x.value, y.value)
	}
	for _, condition := range conjuncts(n.Quals) {
		e, ok := condition.(*aExpr)
		if !ok || e.Kind != exprOp || operatorName(e) != "=" {
			whole = false
			continue
		}
		x, okLeft := e.Lexpr.(*columnRef)
		y, okRight := e.Rexpr.(*columnRef)
		if !okLeft || !okRight {
			whole = false
			continue
		}
		add(b.columnRef(sc, x), b.columnRef(sc, y))
	}
	if whole && len(fact.Left) > 0 && l.table != r.table {
		b.facts.Joins = append(b.facts.Joins, fact)
	}
}

// isTable reports whether a side of a join is all rows of one table.
func isTable(n node, items []*item) bool {
	_, ok := n.(*rangeVar)
	return ok && len(items) == 1 && items[0].table != nil
}

// tableOf gives the table whose column a value is, nil for other values.
func (b *binder) tableOf(v value) *table {
	if v.kind != lineage.Passthrough || v.opaque || len(v.in) != 1 {
		return nil
	}
	for t, first := range b.first {
		if v.in[0] >= first && v.in[0] < first+int32(len(t.columns)) {
			return t
		}
	}
	return nil
}

// conjuncts gives the parts of a condition that all must hold.
func conjuncts(n node) []node {
	switch e := n.(type) {
	case nil:
		return nil
	case *boolExpr:
		if e.Boolop == boolAnd {
			var out []node
			for _, arg := range e.Args {
				out = append(out, conjuncts(arg)...)
			}
			return out
		}
	}
	return []node{n}
}

// castTo reports whether an index on one of two numbers is of no use for finding the other: whole
// numbers are compared as they are, others after a cast.
func castTo(left, right string) bool {
	l, r := baseType(left), baseType(right)
	return isNumber(l) && isNumber(r) && l != r && !(isInteger(l) && isInteger(r))
}
