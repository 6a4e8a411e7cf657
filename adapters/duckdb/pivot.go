//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// fromData asks whether DuckDB makes no view of a query because of a PIVOT, and where that is.
func (s *scratch) fromData(ctx context.Context, query string) []int {
	err := s.session.exec(ctx, around("create temp view "+Dialect{}.Quote("quern pivot")+" as ", query, ""))
	if err == nil {
		err = s.session.exec(ctx, statement{text: "drop view temp." + Dialect{}.Quote("quern pivot")})
	}
	if e, ok := errors.AsType[*engine.Error](err); ok && strings.Contains(e.Message, "cannot be used in views") {
		return []int{pivotAt(query)}
	}
	return nil
}

// pivotAt gives the place of the first PIVOT that lists no values, or else of the first PIVOT.
func pivotAt(query string) int {
	first := -1
	toks := sqltoken.Code(query)
	for i, tok := range toks {
		if !tok.Is(query, "pivot") && !tok.Is(query, "pivot_wider") {
			continue
		}
		if first < 0 {
			first = tok.Start
		}
		if listsNothing(query, toks[i+1:]) {
			return tok.Start
		}
	}
	return first
}

// listsNothing reports whether what follows the word PIVOT is pivoted on something without IN.
func listsNothing(query string, toks []sqltoken.Token) bool {
	depth, on := 0, false
	for _, tok := range toks {
		switch tok.Text(query) {
		case "(":
			depth++
		case ")":
			depth--
		}
		switch {
		case depth < 0, depth == 0 && (tok.Is(query, "using") || tok.Is(query, "group")):
			return on
		case depth > 0:
		case tok.Is(query, "on"):
			on = true
		case on && tok.Is(query, "in"):
			return false
		}
	}
	return on
}
