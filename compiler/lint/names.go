package lint

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// captured reports a subquery that compares a column with itself: where customer_id in (select
// customer_id from x), x having no such column, the inner name means the outer column.
func (l *linter) captured() {
	if !has(l.sql, "in") || !has(l.sql, "select") {
		return
	}
	l.tokenize()
	for _, s := range l.selections {
		if s.depth == 0 || !l.is(s.first-1, "(") || !l.is(s.first-2, "in") || len(s.ctes) > 0 || s.compound ||
			len(s.items) != 1 || len(s.from) != 1 || s.from[0].node < 0 {
			continue
		}
		item, e := s.items[0], s.from[0]
		if item.last-item.first != 1 || !l.isName(item.first) {
			continue
		}
		name := l.name(item.first)
		columns, known := l.columns(e.node)
		if !known || contains(columns, name) || l.calledElement(e, name) || !l.outer(e.node, name) {
			continue
		}
		inner := l.p.Graph.Nodes[e.node].Name
		d := l.warn(diag.AmbiguousName, item, "%q is no column of %q: it means that of the query around", name, inner).
			Hintf("the condition compares the column with itself; select a column of %q", inner)
		d.Nearest(name, columns)
	}
}

// outer reports whether another relation of the query has a column.
func (l *linter) outer(inner int, name string) bool {
	for i := range l.toks {
		if node, ok := l.hole(i); ok && node != inner {
			if columns, known := l.columns(node); known && contains(columns, name) {
				return true
			}
		}
	}
	return false
}

// groupedByColumn reports a group by whose name is both an expression of the select and a column: the
// column counts, and rows come out that look the same.
func (l *linter) groupedByColumn() {
	if !has(l.sql, "group") {
		return
	}
	l.tokenize()
	for _, s := range l.selections {
		for _, g := range s.group {
			if g.last-g.first != 1 || !l.isName(g.first) {
				continue
			}
			name := l.name(g.first)
			k, ok := l.expressionCalled(s, name)
			if !ok || l.groupsPosition(s, k) {
				continue
			}
			for _, e := range s.from {
				if columns, known := l.columnsOf(e); known && contains(columns, name) {
					l.warn(diag.AmbiguousName, g, "group by %q means the column of %q and not the expression that is selected under its name",
						name, l.p.Graph.Nodes[e.node].Name).
						Hintf("give the expression another name, or group by %d", k+1)
					break
				}
			}
		}
	}
}

func (l *linter) columnsOf(e element) ([]string, bool) {
	if e.node < 0 {
		return nil, false
	}
	return l.columns(e.node)
}

// expressionCalled gives the item that is an expression under a name. The plain column under its own
// name is none, and neither is a cast of it, which groups alike.
func (l *linter) expressionCalled(s *selection, name string) (int, bool) {
	for k, item := range s.items {
		if item.last-item.first < 3 || !l.is(item.last-2, "as") || !l.called(item.last-1, name) {
			continue
		}
		expr := tokens{item.first, item.last - 2}
		if l.isColumn(expr, name) || l.isCast(expr, name) {
			return 0, false
		}
		return k, true
	}
	return 0, false
}

// isColumn reports whether an expression is a column of that name.
func (l *linter) isColumn(expr tokens, name string) bool {
	for i := expr.first; i < expr.last-1; i += 2 {
		if !l.isName(i) || !l.is(i+1, ".") {
			return false
		}
	}
	return (expr.last-expr.first)%2 == 1 && l.called(expr.last-1, name)
}

func (l *linter) isCast(expr tokens, name string) bool {
	for i := expr.first; i < expr.last; i++ {
		if l.is(i, "::") {
			return l.isColumn(tokens{expr.first, i}, name)
		}
	}
	return l.is(expr.first, "cast", "try_cast")
}

func (l *linter) groupsPosition(s *selection, k int) bool {
	for _, g := range s.group {
		if g.last-g.first != 1 {
			continue
		}
		tok := l.toks[g.first]
		if tok.Kind == sqltoken.Number && tok.Text(l.sql) == strconv.Itoa(k+1) {
			return true
		}
	}
	return false
}

// renamed reports output columns that the engine renamed, since others have their names.
func (l *linter) renamed() {
	for _, r := range l.known.Facts.Renamed {
		l.tokenize()
		l.warn(diag.DuplicateOutput, l.repeated(r.From), "two columns are called %q; this one becomes %q", r.From, r.To).
			Hintf("give it another name, or leave it out")
	}
}

// repeated gives the place of the second output column of a name.
func (l *linter) repeated(name string) tokens {
	s := l.outermost()
	if s == nil {
		return start()
	}
	seen, star := 0, tokens{-1, -1}
	for _, item := range s.items {
		switch last := item.last - 1; {
		case l.called(last, name):
			if seen++; seen == 2 {
				return item
			}
		case l.is(last, "*"):
			star = item
		}
	}
	if star.first >= 0 {
		return star
	}
	return start()
}

// outermost gives the first selection of the query itself, nil where it was not understood.
func (l *linter) outermost() *selection {
	if len(l.selections) == 0 || l.selections[0].depth > 0 {
		return nil
	}
	return l.selections[0]
}

// unnamed reports columns that are named after the text of a subquery, in which relations stand with
// their schemas.
func (l *linter) unnamed() {
	for k, c := range l.known.Columns {
		if !strings.Contains(c.Name, "(SELECT ") || l.known.Unchecked != "" {
			continue
		}
		l.tokenize()
		at := start()
		if s := l.outermost(); s != nil && len(s.items) == len(l.known.Columns) {
			at = s.items[k]
		}
		l.warn(diag.UnnamedSubquery, at, "a column without a name is called after the text of its subquery, and the schema is part of that").
			Hintf("name it: … as name")
	}
}
