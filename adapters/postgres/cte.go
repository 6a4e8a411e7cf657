package postgres

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
)

// cte is a query of WITH. It is bound when it is first read or, if nobody reads it, at the end, since
// its mistakes count all the same.
type cte struct {
	*commonTableExpr
	scope *scope // where it stands
	// sees is how many of the queries beside it it may read.
	sees  int
	state cteState
	out   *output
	// holes stand for the columns of a recursive query while it is bound.
	holes columns
}

type cteState uint8

const (
	cteNew cteState = iota
	cteOpen
	cteRecursive // its second part is being bound
	cteDone
)

// withClause brings the queries of WITH into the scope.
func (b *binder) withClause(sc *scope, with *withClause) {
	if with == nil {
		return
	}
	for _, n := range with.Ctes {
		expr, ok := n.(*commonTableExpr)
		if !ok {
			continue
		}
		if slices.ContainsFunc(sc.ctes, func(c *cte) bool { return c.Ctename == expr.Ctename }) {
			e := b.refuse(expr.Location, "Binder", "duplicate CTE name %q", expr.Ctename)
			e.Name = expr.Ctename
		}
		c := &cte{commonTableExpr: expr, sees: len(sc.ctes)}
		if with.Recursive {
			c.sees = len(with.Ctes)
		}
		sc.ctes = append(sc.ctes, c)
	}
	for _, c := range sc.ctes {
		c.scope = &scope{parent: sc.parent, ctes: sc.ctes[:min(c.sees, len(sc.ctes))], effects: &effects{}}
	}
	for _, c := range sc.ctes {
		b.bindCTE(c)
	}
}

// cte finds a query of WITH by its name.
func (sc *scope) cte(name string) *cte {
	for s := sc; s != nil; s = s.parent {
		for _, c := range s.ctes {
			if c.Ctename == name {
				return c
			}
		}
	}
	return nil
}

// cteColumns gives what a query that reads a CTE sees of it.
func (b *binder) cteColumns(sc *scope, c *cte) columns {
	b.bindCTE(c)
	switch c.state {
	case cteDone:
		sc.effects.merge(c.out.effects)
		return c.out.columns
	case cteRecursive:
		return c.holes
	default:
		return columns{unknown: "the query " + c.Ctename + " reads itself"}
	}
}

func (b *binder) bindCTE(c *cte) {
	if c.state != cteNew {
		return
	}
	c.state = cteOpen
	query, ok := c.Ctequery.(*selectStmt)
	if !ok {
		e := b.refuse(c.Location, "Binder", "the query %q changes data, which a query to read may not", c.Ctename)
		e.Name = c.Ctename
		c.out, c.state = &output{effects: &effects{}}, cteDone
		return
	}
	if query.Op == opUnion && slices.Contains(c.scope.ctes, c) {
		c.out = b.recursive(c, query)
	} else {
		c.out = b.selectStmt(c.scope.child(), query)
		b.rename(&c.out.columns, c.Aliascolnames, c.Ctename, c.Location)
	}
	c.extend()
	c.state = cteDone
}

// extend adds the columns of SEARCH and CYCLE.
func (c *cte) extend() {
	made := columnsOf(c.out.list)
	if c.SearchClause != nil {
		c.out.add(column{c.SearchClause.SearchSeqColumn, made})
	}
	if c.CycleClause != nil {
		c.out.add(column{c.CycleClause.CycleMarkColumn, made}, column{c.CycleClause.CyclePathColumn, made})
	}
}

// recursive binds a query that may read itself. Its columns are holes while the second part is bound;
// what they come to is then the smallest answer that fits.
func (b *binder) recursive(c *cte, query *selectStmt) *output {
	sc := c.scope.child()
	b.withClause(sc, query.WithClause)
	left := b.selectStmt(sc.child(), query.Larg)
	b.rename(&left.columns, c.Aliascolnames, c.Ctename, c.Location)
	first := int32(len(b.inputs))
	c.holes = columns{unknown: left.unknown, sure: left.sure}
	for _, col := range left.list {
		col.in, col.nullable = set{b.hole()}, 0
		c.holes.list = append(c.holes.list, col)
	}
	if c.SearchClause != nil || c.CycleClause != nil {
		c.holes.lose("SEARCH and CYCLE add columns")
	}
	c.state = cteRecursive
	right := b.selectStmt(sc.child(), query.Rarg)
	c.state = cteOpen
	out := b.union(query, left, right)
	b.fill(first, out)
	b.sorted(sc, query, out)
	return out
}

// fill puts what holes come to in their place: the columns of the query itself.
func (b *binder) fill(first int32, out *output) {
	f := filling{first: first, count: int32(min(len(out.list), len(b.inputs)-int(first)))}
	for i := range f.count {
		v := out.list[i].value
		v.in = f.plain(v.in)
		f.answers = append(f.answers, v)
	}
	for f.again(out) {
	}
	for i, v := range f.answers {
		out.list[i].in, out.list[i].opaque, out.list[i].kind = v.in, v.opaque, v.kind
	}
	for role, in := range out.effects {
		out.effects[role] = f.filled(in)
	}
}

// filling finds what a run of holes comes to.
type filling struct {
	first, count int32
	answers      []value
}

func (f *filling) isHole(n int32) bool { return n >= f.first && n < f.first+f.count }

func (f *filling) plain(in set) set {
	if !slices.ContainsFunc(in, f.isHole) {
		return in
	}
	return slices.DeleteFunc(slices.Clone(in), f.isHole)
}

func (f *filling) filled(in set) set {
	all := f.plain(in)
	for _, n := range in {
		if f.isHole(n) {
			all = all.union(f.answers[n-f.first].in)
		}
	}
	return all
}

// again adds to each answer those of the holes it has, and reports whether that changed any.
func (f *filling) again(out *output) bool {
	changed := false
	for i := range f.answers {
		a := &f.answers[i]
		for _, n := range out.list[i].in {
			if !f.isHole(n) {
				continue
			}
			more := f.answers[n-f.first]
			before := *a
			a.in = a.in.union(more.in)
			a.opaque = a.opaque || more.opaque
			if more.kind != lineage.Constant && (a.kind == lineage.Constant || a.kind < more.kind) {
				a.kind = more.kind
			}
			changed = changed || len(a.in) > len(before.in) || a.opaque != before.opaque || a.kind != before.kind
		}
	}
	return changed
}
