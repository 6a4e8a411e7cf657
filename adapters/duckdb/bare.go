//go:build cgo

package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// bareView is the view that tells which columns are NULL without a type, or have one in them.
const bareView = "quern types of a view"

// bareTypes tells the types that a view of a query keeps. The plan makes a table, and gives each NULL a
// type with a cast that the query might have written itself; so a view is made and looked at.
func (s *scratch) bareTypes(ctx context.Context, query string, columns []relation.Column) error {
	if !slices.ContainsFunc(columns, func(c relation.Column) bool { return strings.Contains(c.Type, "INTEGER") }) {
		return nil // a NULL is given no other type
	}
	full := "temp.main." + Dialect{}.Quote(bareView)
	if err := s.session.exec(ctx, around("create or replace temporary view "+full+" as ", query, "")); err != nil {
		return ctx.Err() // what can be no view has the types of a table
	}
	rows, err := s.session.values(ctx, "select type from pragma_table_info("+textLiteral(full)+")")
	if err != nil {
		return err
	}
	for i := range min(len(rows), len(columns)) {
		if bare, _ := rows[i][0].(string); strings.Contains(bare, `"NULL"`) && bare != columns[i].Type {
			columns[i].Bare = bare
		}
	}
	return s.session.exec(ctx, statement{text: "drop view " + full})
}

// untyped reports whether a column of an operator may be a NULL that was given a type only for the table
// of the plan. It looks through all that hands columns on.
func (t *planTree) untyped(n int32) bool {
	for n > 0 {
		switch t.member(n, "type") {
		case "LOGICAL_PROJECTION":
			if t.castsNull(n, "expressions") {
				return true
			}
		case "LOGICAL_AGGREGATE_AND_GROUP_BY":
			return t.castsNull(n, "groups")
		case "LOGICAL_UNION", "LOGICAL_EXCEPT", "LOGICAL_INTERSECT", "LOGICAL_RECURSIVE_CTE":
			for c := t.first(n, "children"); c > 0; c = t.next(c) {
				if t.untyped(c) {
					return true
				}
			}
			return false
		case "LOGICAL_MATERIALIZED_CTE":
			if c := t.first(n, "children"); c > 0 {
				n = t.next(c)
				continue
			}
		case "LOGICAL_FILTER", "LOGICAL_LIMIT", "LOGICAL_ORDER_BY", "LOGICAL_DISTINCT", "LOGICAL_SAMPLE":
		default:
			return false
		}
		n = t.first(n, "children")
	}
	return false
}

// castsNull reports whether one of some expressions is a cast of what has no type, or of what has NULL in its
// type.
func (t *planTree) castsNull(n int32, key string) bool {
	for e := t.first(n, key); e > 0; e = t.next(e) {
		if t.member(e, "expression_class") != "BOUND_CAST" {
			continue
		}
		child := t.get(e, "child")
		typ := t.get(child, "return_type")
		if typ == 0 {
			typ = t.get(t.get(child, "value"), "type")
		}
		if typ > 0 && t.hasNull(typ) {
			return true
		}
	}
	return false
}

// hasNull reports whether a type has NULL in it.
func (t *planTree) hasNull(n int32) bool {
	if t.member(n, "id") == "NULL" {
		return true
	}
	for c := t.nodes[n].first; c > 0; c = t.next(c) {
		if kind := t.nodes[c].kind; (kind == '{' || kind == '[') && t.hasNull(c) {
			return true
		}
	}
	return false
}
