package postgres

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
)

// join gives the columns of a join, and the relations that can be seen because of it: its sides by
// name only, its columns alone, or, with an alias, nothing but the join.
func (b *binder) join(sc *scope, n *joinExpr) (columns, []*item) {
	left, leftItems := b.fromItem(sc, n.Larg)
	// The right side may look at the left one, unless that may be missing.
	setLateral(leftItems, true, n.Jointype != joinInner && n.Jointype != joinLeft)
	outside := sc.items
	sc.items = append(slices.Clip(sc.items), leftItems...)
	right, rightItems := b.fromItem(sc, n.Rarg)
	sc.items = outside
	b.distinctNames(n, leftItems, rightItems)
	items := append(slices.Clip(leftItems), rightItems...)
	setLateral(items, false, false)

	j := &joined{binder: b, kind: n.Jointype, at: location(n.Rarg)}
	j.left, j.right = left, right
	j.nullables(leftItems, rightItems)
	using := usingNames(n)
	if n.IsNatural {
		using = j.common()
	}
	out, merged := j.columns(sc, using)
	b.on(sc, items, func() {
		b.condition(sc, n.Quals, lineage.Join)
		b.joinFact(sc, n, leftItems, rightItems, using)
	})
	whole := &item{columns: out, open: true}
	if n.Alias != nil {
		whole.named = true
		b.alias(whole, n.Alias, j.at)
		return whole.columns, []*item{whole}
	}
	for _, it := range items {
		it.open = false
	}
	if n.JoinUsingAlias != nil {
		items = append(items, &item{columns: merged, name: n.JoinUsingAlias.Aliasname, named: true})
	}
	return out, append(items, whole)
}

// on does something while only the sides of a join are in sight, as its condition sees them.
func (b *binder) on(sc *scope, items []*item, do func()) {
	outside := sc.items
	sc.items = items
	do()
	sc.items = outside
}

func usingNames(n *joinExpr) []string {
	var out []string
	for _, name := range n.UsingClause {
		out = append(out, textOf(name))
	}
	return out
}

// joined puts the columns of two sides together.
type joined struct {
	*binder
	kind        int
	left, right columns
	at          int
	// natural says that the names were found, not given.
	natural bool
}

// nullables knows that the columns of an outer side may be NULL.
func (j *joined) nullables(leftItems, rightItems []*item) {
	if j.kind == joinLeft || j.kind == joinFull {
		j.right.list = nullable(j.right.list)
		for _, it := range rightItems {
			it.list = nullable(it.list)
		}
	}
	if j.kind == joinRight || j.kind == joinFull {
		j.left.list = nullable(j.left.list)
		for _, it := range leftItems {
			it.list = nullable(it.list)
		}
	}
}

// common gives the names that both sides have. Where a side has columns that are not known there may
// be more.
func (j *joined) common() []string {
	j.natural = true
	var out []string
	for _, c := range j.left.list {
		if slices.ContainsFunc(j.right.list, func(r column) bool { return r.name == c.name }) {
			out = append(out, c.name)
		}
	}
	return out
}

// columns gives those of the join: first the merged ones, then what is left of both sides.
func (j *joined) columns(sc *scope, using []string) (out, merged columns) {
	for _, name := range using {
		l, okLeft := j.side(&j.left, "left", name)
		r, okRight := j.side(&j.right, "right", name)
		if !okLeft || !okRight {
			continue
		}
		sc.effects.add(lineage.Join, l.in.union(r.in))
		merged.add(column{name, j.merge(l, r)})
	}
	out.add(merged.list...)
	rest := func(of *columns) {
		for i, c := range of.list {
			if i == of.sure && of.unknown != "" {
				out.lose(of.unknown)
			}
			if !slices.Contains(using, c.name) {
				out.add(c)
			}
		}
		if of.unknown != "" {
			out.lose(of.unknown)
		}
	}
	if j.natural && (j.left.unknown != "" || j.right.unknown != "") {
		out.lose("a natural join reads relations whose columns are not known")
	}
	rest(&j.left)
	rest(&j.right)
	return out, merged
}

// side finds a column of USING on one side.
func (j *joined) side(of *columns, word, name string) (value, bool) {
	var found []value
	for _, c := range of.list {
		if c.name == name {
			found = append(found, c.value)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1:
		e := j.refuse(j.find(j.at, "using", name), "Binder", "column name %q is ambiguous: it exists more than once on %s side of join", name, word)
		e.Subtype, e.Name = "AMBIGUOUS_REFERENCE", name
	case of.unknown == "":
		e := j.refuse(j.find(j.at, "using", name), "Binder", "column %q does not exist on %s side of join", name, word)
		e.Subtype, e.Name, e.Candidates = "COLUMN_NOT_FOUND", name, near(name, names(of.list))
	default:
		return unknownValue, true
	}
	return value{}, false
}

// merge gives a column of USING: that of the side that is always there.
func (j *joined) merge(l, r value) value {
	typ := commonType([]value{l, r})
	out := l
	switch j.kind {
	case joinRight:
		out = r
	case joinFull:
		out = either(l, r)
	}
	out.typ, out.id = typ, 0
	return out
}
