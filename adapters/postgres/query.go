package postgres

import (
	"github.com/quernsql/quern/compiler/lineage"
)

// output is what a query gives.
type output struct {
	columns
	effects *effects
}

// selectStmt binds a query in a scope of its own.
func (b *binder) selectStmt(sc *scope, n *selectStmt) *output {
	if n == nil {
		return &output{effects: sc.effects}
	}
	if n.IntoClause != nil {
		at := -1
		if n.IntoClause.Rel != nil {
			at = n.IntoClause.Rel.Location
		}
		b.refuse(at, "Parser", "select into is not allowed here").Subtype = "SYNTAX_ERROR"
	}
	b.withClause(sc, n.WithClause)
	switch {
	case n.Op != opNone:
		left := b.selectStmt(sc.child(), n.Larg)
		right := b.selectStmt(sc.child(), n.Rarg)
		out := b.union(n, left, right)
		b.sorted(sc, n, out)
		return out
	case len(n.ValuesLists) > 0:
		out := b.values(sc, n)
		b.sorted(sc, n, out)
		return out
	default:
		return b.plain(sc, n)
	}
}

// plain binds SELECT … FROM ….
func (b *binder) plain(sc *scope, n *selectStmt) *output {
	b.fromClause(sc, n.FromClause)
	sc.windows = map[string]bool{}
	for _, w := range n.WindowClause {
		if w, ok := w.(*windowDef); ok {
			sc.windows[w.Name] = true
		}
	}
	out := &output{effects: sc.effects}
	for _, target := range n.TargetList {
		b.target(sc, target, &out.columns)
	}
	b.condition(sc, n.WhereClause, lineage.Filter)
	b.condition(sc, n.HavingClause, lineage.Filter)
	b.orderBy(sc, n.SortClause, out)
	sets := b.groupBy(sc, n.GroupClause, out)
	b.distinct(sc, n.DistinctClause, out)
	b.limit(sc, n)
	for _, w := range n.WindowClause {
		if w, ok := w.(*windowDef); ok {
			b.window(sc, w)
		}
	}
	if sets {
		out.list = nullable(out.list)
	}
	if n.WhereClause == nil {
		b.crossJoins(n)
	}
	return out
}

// condition notes the inputs of a condition.
func (b *binder) condition(sc *scope, n node, role lineage.Role) {
	if n != nil {
		sc.effects.add(role, b.expr(sc, n).in)
	}
}

// target adds the columns of an element of the select list.
func (b *binder) target(sc *scope, n node, out *columns) {
	target, ok := n.(*resTarget)
	if !ok {
		out.lose("a part of the select list is not known")
		return
	}
	if ref, ok := target.Val.(*columnRef); ok && isStar(ref.Fields) {
		b.star(sc, ref, out)
		return
	}
	if ind, ok := target.Val.(*aIndirection); ok && isStar(ind.Indirection) {
		b.fields(sc, ind, out)
		return
	}
	v := b.expr(sc, target.Val)
	v.at = target.Location
	if v.id == 0 && isMade(target.Val) {
		v.id = made
	}
	name := target.Name
	if name == "" {
		name = b.nameOf(target.Val)
	}
	if name == "" {
		out.lose("the name of a column is not known")
		return
	}
	out.add(column{name, v})
}

// isMade reports whether an expression can be no column: a cast can, where it changes nothing.
func isMade(n node) bool {
	switch n := n.(type) {
	case *funcCall:
		name, _ := functionName(n)
		return nativeNames[name] == "" // else it may be a cast
	case *aExpr, *boolExpr, *caseExpr, *subLink, *aArrayExpr, *rowExpr, *nullTest, *booleanTest, *aConst, *sQLValueFunction:
		return true
	}
	return false
}

func isStar(fields []node) bool {
	if len(fields) == 0 {
		return false
	}
	_, ok := fields[len(fields)-1].(*aStar)
	return ok
}

// star adds the columns that * or t.* stands for.
func (b *binder) star(sc *scope, ref *columnRef, out *columns) {
	parts := fieldNames(ref.Fields)
	if len(ref.Fields) == 1 {
		if len(sc.items) == 0 {
			b.refuse(ref.Location, "Binder", "* is read without a table").Name = "*"
		}
		for _, it := range sc.items {
			if it.open && sc.sees(it) {
				extend(out, it, ref.Location)
			}
		}
		return
	}
	schema, name := "", parts[len(parts)-1]
	if len(parts) > 1 {
		schema = parts[len(parts)-2]
	}
	it := b.relationNamed(sc, schema, name, ref.Location)
	if it == nil {
		if b.err == nil {
			b.missingFrom(ref.Location, name, sc.relationNames())
		}
		out.lose("the columns of " + name + " are not known")
		return
	}
	extend(out, it, ref.Location)
}

// extend adds the columns of a relation that a star at a place stands for.
func extend(out *columns, it *item, at int) {
	for i, c := range it.list {
		if i == it.sure {
			out.lose(it.unknown)
		}
		c.at = at
		out.add(c)
	}
	if it.unknown != "" {
		out.lose(it.unknown)
	}
}

// fieldNames gives the names of a reference, without a star at its end.
func fieldNames(fields []node) []string {
	var out []string
	for _, f := range fields {
		if s, ok := f.(*stringNode); ok {
			out = append(out, s.Sval)
		}
	}
	return out
}

// fields adds the columns of (row).*: they are known where the row is a relation's.
func (b *binder) fields(sc *scope, ind *aIndirection, out *columns) {
	ref, ok := ind.Arg.(*columnRef)
	if ok && len(ind.Indirection) == 1 && len(ref.Fields) == 1 {
		parts := fieldNames(ref.Fields)
		if len(parts) == 1 && !b.anyColumn(sc, parts[0]) {
			b.star(sc, &columnRef{Fields: []node{ref.Fields[0], &aStar{}}, Location: ref.Location}, out)
			return
		}
	}
	b.expr(sc, ind.Arg)
	out.lose("the fields of a row are not known")
}

// anyColumn reports whether a relation in sight has, or may have, a column of the name.
func (b *binder) anyColumn(sc *scope, name string) bool {
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if found, several := it.lookup(name); found != nil || several || !it.complete() {
				return true
			}
		}
	}
	return false
}

// values binds VALUES, whose columns have names of their own.
func (b *binder) values(sc *scope, n *selectStmt) *output {
	out := &output{effects: sc.effects}
	var rows [][]value
	for _, row := range n.ValuesLists {
		list, ok := row.(*listNode)
		if !ok {
			out.lose("a row is not known")
			continue
		}
		parts, known := b.row(sc, list.Items)
		if !known {
			out.lose("the fields of a row are not known")
			continue
		}
		if rows = append(rows, parts); len(parts) != len(rows[0]) {
			_ = b.refuse(placeOf(list.Items), "Binder", "VALUES lists must all be the same length")
			return out
		}
	}
	if len(rows) == 0 {
		return out
	}
	for i := range rows[0] {
		parts := make([]value, 0, len(rows))
		for _, row := range rows {
			parts = append(parts, row[i])
		}
		out.add(column{"column" + decimal(i+1), settled(either(parts...), parts)})
	}
	return out
}

// row gives the values of a row, in which t.* stands for all columns of t. It reports false where those
// are not known.
func (b *binder) row(sc *scope, items []node) ([]value, bool) {
	var out []value
	known := true
	for _, item := range items {
		var star columns
		switch n := item.(type) {
		case *columnRef:
			if isStar(n.Fields) {
				b.star(sc, n, &star)
				out, known = append(out, valuesOf(star.list)...), known && star.unknown == ""
				continue
			}
		case *aIndirection:
			if isStar(n.Indirection) {
				b.fields(sc, n, &star)
				out, known = append(out, valuesOf(star.list)...), known && star.unknown == ""
				continue
			}
		}
		out = append(out, b.expr(sc, item))
	}
	return out, known
}

// placeOf gives the place of the first expression that has one.
func placeOf(list []node) int {
	for _, n := range list {
		switch n := n.(type) {
		case *aConst:
			return n.Location
		case *columnRef:
			return n.Location
		case *funcCall:
			return n.Location
		}
	}
	return -1
}

// settled gives the type that literals take where nothing else gives one.
func settled(v value, parts []value) value {
	for _, p := range parts {
		if !p.literal {
			return v
		}
	}
	v.typ = "text"
	return v
}

// union puts the queries of a set operation together.
func (b *binder) union(n *selectStmt, left, right *output) *output {
	out := &output{effects: left.effects}
	out.effects.merge(right.effects)
	if left.unknown == "" && right.unknown == "" && len(left.list) != len(right.list) {
		_ = b.refuse(b.setOperator(n), "Binder", "set operations can only apply to expressions with the same number of result columns")
	}
	out.unknown, out.sure = left.unknown, left.sure
	for i, l := range left.list {
		r := unknownValue
		if i < right.sure && i < left.sure {
			r = right.list[i].value
		}
		if n.Op != opUnion {
			out.effects.add(lineage.Filter, l.in.union(r.in))
			l.typ, l.literal = commonType([]value{l.value, r}), false
			out.list = append(out.list, l)
			continue
		}
		out.list = append(out.list, column{l.name, either(l.value, r)})
	}
	return out
}

// setOperator gives the place of the query after a set operator.
func (b *binder) setOperator(n *selectStmt) int {
	for right := n.Rarg; right != nil; right = right.Larg {
		for _, target := range right.TargetList {
			if t, ok := target.(*resTarget); ok {
				return t.Location
			}
		}
	}
	return -1
}

// sorted binds what stands after a set operation or VALUES.
func (b *binder) sorted(sc *scope, n *selectStmt, out *output) {
	for _, s := range n.SortClause {
		by, ok := s.(*sortBy)
		if !ok {
			continue
		}
		if v, found := b.position(by.Node, "ORDER", out); found {
			out.effects.add(lineage.Order, v.in)
			continue
		}
		v, found := b.outputNamed(out, by.Node, true)
		switch ref, ok := by.Node.(*columnRef); {
		case found:
			out.effects.add(lineage.Order, v.in)
		case ok && len(ref.Fields) > 1:
			b.missingFrom(ref.Location, textOf(ref.Fields[len(ref.Fields)-2]), nil)
		case ok && bareName(ref) != "" && out.unknown == "":
			b.missingColumn(ref.Location, "", bareName(ref), names(out.list))
		}
	}
	inner := &scope{parent: sc.parent, ctes: sc.ctes, effects: out.effects}
	b.limit(inner, n)
}
