package postgres

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// fromClause brings the relations of FROM into the scope.
func (b *binder) fromClause(sc *scope, list []node) {
	for _, n := range list {
		_, items := b.fromItem(sc, n)
		b.distinctNames(n, sc.items, items)
		setLateral(items, true, false)
		sc.items = append(sc.items, items...)
	}
	setLateral(sc.items, false, false)
}

func setLateral(items []*item, lateral, refused bool) {
	for _, it := range items {
		it.lateral, it.refused = lateral, refused
	}
}

// distinctNames refuses two relations of one name. Two tables without aliases may have one when they
// are of different schemas.
func (b *binder) distinctNames(at node, before, added []*item) {
	for _, one := range before {
		for _, other := range added {
			if !one.named || !other.named || one.name == "" || one.name != other.name {
				continue
			}
			if one.plain && other.plain && (one.table == nil || other.table == nil || one.table != other.table) {
				continue
			}
			at := location(at)
			if at < 0 {
				at = b.findAlias(one.name)
			}
			b.duplicateAlias(at, one.name)
		}
	}
}

// location gives where the name of a relation stands, -1 where the tree does not say.
func location(n node) int {
	switch n := n.(type) {
	case *rangeVar:
		return n.Location
	case *joinExpr:
		return location(n.Rarg)
	case *rangeTableSample:
		return location(n.Relation)
	default:
		return -1
	}
}

// fromItem gives the columns of an element of FROM, and the relations it brings into sight.
func (b *binder) fromItem(sc *scope, n node) (columns, []*item) {
	var it *item
	switch n := n.(type) {
	case *rangeVar:
		it = b.rangeVar(sc, n)
	case *rangeSubselect:
		it = b.rangeSubselect(sc, n)
	case *rangeFunction:
		it = b.rangeFunction(sc, n)
	case *rangeTableFunc:
		it = b.rangeTableFunc(sc, n)
	case *rangeTableSample:
		out, items := b.fromItem(sc, n.Relation)
		b.lateral(sc, true, func() {
			for _, arg := range append(slices.Clip(n.Args), n.Repeatable) {
				sc.effects.add(lineage.Filter, b.expr(sc, arg).in)
			}
		})
		if n.Repeatable == nil {
			b.volatile["tablesample"] = true
		}
		return out, items
	case *joinExpr:
		return b.join(sc, n)
	default:
		it = &item{columns: columns{unknown: "a part of the from clause is not known"}, named: true, open: true}
	}
	b.identify(&it.columns)
	return it.columns, []*item{it}
}

// lateral does something while lateral relations of the scope are in sight, or not.
func (b *binder) lateral(sc *scope, on bool, do func()) {
	before := sc.lateral
	sc.lateral = on
	do()
	sc.lateral = before
}

// rangeVar is a table, a view or a query of WITH.
func (b *binder) rangeVar(sc *scope, n *rangeVar) *item {
	it := &item{name: n.Relname, named: true, open: true, plain: n.Alias == nil}
	if n.Schemaname == "" {
		if c := sc.cte(n.Relname); c != nil {
			it.columns = b.cteColumns(sc, c)
			it.plain = false
			b.alias(it, n.Alias, n.Location)
			return it
		}
	}
	it.table = b.relation(n)
	if it.table == nil {
		it.table = &table{name: relation.Name{Schema: n.Schemaname, Identifier: n.Relname}}
	}
	b.reads[lineage.Read{Relation: it.table.name}] = true
	for i, c := range it.table.columns {
		it.add(column{c.Name, value{
			in: set{b.number(it.table, i)}, kind: lineage.Passthrough, typ: c.Type, nullable: c.Nullable,
		}})
	}
	if !it.table.complete {
		it.lose("the columns of " + it.table.name.String() + " are not known")
	}
	b.alias(it, n.Alias, n.Location)
	return it
}

// relation finds a table; nil for those of PostgreSQL's own schemas. Others have to be declared.
func (b *binder) relation(n *rangeVar) *table {
	schema := cmp.Or(n.Schemaname, defaultSchema)
	t := b.tables[[2]string{schema, n.Relname}]
	switch {
	case t != nil && (n.Catalogname == "" || t.name.Database == "" || t.name.Database == n.Catalogname):
		return t
	case strings.HasPrefix(schema, "pg_"), schema == "information_schema", n.Schemaname == "" && strings.HasPrefix(n.Relname, "pg_"):
		return nil
	}
	var candidates []string
	for _, other := range b.tables {
		candidates = append(candidates, other.name.Identifier)
	}
	slices.Sort(candidates)
	b.missingTable(n.Location, n.Relname, slices.Compact(candidates))
	return nil
}

// alias gives a relation its name in the query and new names to its first columns.
func (b *binder) alias(it *item, a *alias, at int) {
	if a == nil {
		return
	}
	it.name, it.plain = a.Aliasname, false
	b.rename(&it.columns, a.Colnames, a.Aliasname, at)
}

func (b *binder) rename(c *columns, aliases []node, of string, at int) {
	if len(aliases) == 0 {
		return
	}
	c.list = slices.Clone(c.list)
	for i, n := range aliases {
		name := textOf(n)
		switch {
		case i < c.sure:
			c.list[i].name = name
		case c.unknown != "":
			// Which columns these are is not known, and so neither which names are left.
			c.list = append(c.list[:i:i], column{name, unknownValue})
			c.sure = i + 1
		default:
			if at < 0 {
				at = b.findAlias(of)
			}
			e := b.refuse(at, "Binder", "table %q has %d columns available but %d columns specified", of, c.sure, len(aliases))
			e.Name = of
			return
		}
	}
}

func textOf(n node) string {
	if s, ok := n.(*stringNode); ok {
		return s.Sval
	}
	return ""
}

func (b *binder) rangeSubselect(sc *scope, n *rangeSubselect) *item {
	it := &item{named: n.Alias != nil, open: true}
	query, ok := n.Subquery.(*selectStmt)
	if !ok {
		it.lose("a subquery is not known")
		return it
	}
	b.lateral(sc, n.Lateral, func() {
		out := b.selectStmt(sc.child(), query)
		sc.effects.merge(out.effects)
		it.columns = out.columns
	})
	b.alias(it, n.Alias, -1)
	return it
}
