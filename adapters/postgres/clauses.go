package postgres

import (
	"slices"
	"strconv"

	"github.com/quernsql/quern/compiler/lineage"
)

func decimal(n int) string { return strconv.Itoa(n) }

// position gives the output that a whole number in ORDER BY or GROUP BY means.
func (b *binder) position(n node, clause string, out *output) (value, bool) {
	c, ok := n.(*aConst)
	if !ok || c.Isnull || c.Ival == nil {
		return value{}, false
	}
	i := c.Ival.Ival - 1
	switch {
	case i >= 0 && i < out.sure:
		return out.list[i].value, true
	case out.unknown == "":
		_ = b.refuse(c.Location, "Binder", "%s term out of range - should be between 1 and %d", clause, len(out.list))
	}
	return unknownValue, true
}

// outputNamed gives the outputs of a name; several must be the same column. distinct says that no two
// outputs are the same.
func (b *binder) outputNamed(out *output, n node, distinct bool) (value, bool) {
	name := bareName(n)
	var found []value
	for _, c := range out.list {
		if c.name == name && name != "" {
			found = append(found, c.value)
		}
	}
	if len(found) == 0 {
		return value{}, false
	}
	differ := func(v value) bool { return distinct || v.id != 0 && found[0].id != 0 && v.id != found[0].id }
	if slices.ContainsFunc(found[1:], differ) {
		if ref, ok := n.(*columnRef); ok {
			b.ambiguousColumn(ref.Location, name, nil)
		}
	}
	return either(found...), true
}

// bareName gives the name of a reference that is nothing but a name.
func bareName(n node) string {
	if ref, ok := n.(*columnRef); ok && len(ref.Fields) == 1 {
		return textOf(ref.Fields[0])
	}
	return ""
}

// byOutput gives the value of an element of ORDER BY or DISTINCT ON: an output where it is the name or
// the number of one, else an expression.
func (b *binder) byOutput(sc *scope, n node, clause string, out *output) value {
	if v, ok := b.position(n, clause, out); ok {
		return v
	}
	if v, ok := b.outputNamed(out, n, false); ok {
		return v
	}
	if out.unknown != "" && bareName(n) != "" && b.err == nil {
		v := b.expr(sc, n)
		b.err = nil // it may be an output whose name is not known
		return v
	}
	return b.expr(sc, n)
}

func (b *binder) orderBy(sc *scope, clause []node, out *output) {
	for _, n := range clause {
		if by, ok := n.(*sortBy); ok {
			sc.effects.add(lineage.Order, b.byOutput(sc, by.Node, "ORDER", out).in)
		}
	}
}

// groupBy notes the groups, and reports whether there are grouping sets, which make groups NULL.
func (b *binder) groupBy(sc *scope, clause []node, out *output) (sets bool) {
	for _, n := range clause {
		switch n := n.(type) {
		case *groupingSet:
			sets = true
			b.groupBy(sc, n.Content, out)
		case *rowExpr:
			b.groupBy(sc, n.Args, out)
		case *listNode:
			b.groupBy(sc, n.Items, out)
		case nil:
		default:
			sc.effects.add(lineage.Group, b.group(sc, n, out).in)
		}
	}
	return sets
}

// group prefers a column to an output of the same name, unlike ORDER BY.
func (b *binder) group(sc *scope, n node, out *output) value {
	name := bareName(n)
	if name == "" {
		if v, ok := b.position(n, "GROUP BY", out); ok {
			return v
		}
		return b.expr(sc, n)
	}
	for _, it := range sc.items {
		if found, several := it.lookup(name); it.open && (found != nil || several) {
			return b.expr(sc, n)
		}
	}
	return b.byOutput(sc, n, "GROUP BY", out)
}

// distinct notes what DISTINCT compares: the outputs or, with ON, its expressions.
func (b *binder) distinct(sc *scope, clause []node, out *output) {
	if len(clause) == 0 {
		return
	}
	if len(clause) == 1 && clause[0] == nil {
		sc.effects.add(lineage.Group, columnsOf(out.list).in)
		return
	}
	for _, n := range clause {
		sc.effects.add(lineage.Group, b.byOutput(sc, n, "DISTINCT ON", out).in)
	}
}

func (b *binder) limit(sc *scope, n *selectStmt) {
	for _, e := range []node{n.LimitCount, n.LimitOffset} {
		b.condition(sc, e, lineage.Filter)
	}
}

// window notes what windows are partitioned and ordered by.
func (b *binder) window(sc *scope, w *windowDef) {
	for _, name := range []string{w.Name, w.Refname} {
		if name != "" && !sc.windows[name] {
			b.refuse(w.Location, "Binder", "window %q does not exist", name).Name = name
		}
	}
	for _, n := range w.PartitionClause {
		sc.effects.add(lineage.Window, b.expr(sc, n).in)
	}
	for _, n := range w.OrderClause {
		if by, ok := n.(*sortBy); ok {
			sc.effects.add(lineage.Window, b.expr(sc, by.Node).in)
		}
	}
	for _, n := range []node{w.StartOffset, w.EndOffset} {
		b.condition(sc, n, lineage.Window)
	}
}
