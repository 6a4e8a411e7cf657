//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// viewPadding stands before every CREATE VIEW, as an empty statement of its own that is not stored.
// DuckDB keeps the positions of a view's text as they were when it was created, and an error inside
// a view names such a position in the statement that only reads the view. With the padding, those
// lie behind the end of any usual query and are told from the query's own.
var viewPadding = strings.Repeat(" ", 8191) + ";"

// toError makes an *engine.Error of a driver's error. The position is the statement's still.
func toError(ctx context.Context, err error, st statement) *engine.Error {
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e
	}
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	said := err.Error()
	if e, ok := errors.AsType[*duckdb.Error](err); ok {
		said = e.Msg
	}
	if strings.HasPrefix(said, "incorrect argument count for command") || strings.Contains(said, "nexpected prepared parameter") {
		return parameterError(st)
	}
	e := parseReport(said).inBytes(st.text).toError()
	e.Cause = err
	return e
}

// parameterError is for a query with a parameter, such as ? or $1, that nobody fills.
func parameterError(st statement) *engine.Error {
	e := engine.Errorf("Parser", "the query has a parameter that has no value")
	e.Subtype = "SYNTAX_ERROR"
	if at := parameterAt(st.text[st.before : st.before+st.length]); at >= 0 {
		e.Position = st.before + at
	}
	return e.WithHint("write the value itself, or quote the sign if it is text")
}

// parameterAt gives the offset of the first parameter of a query, or -1.
func parameterAt(query string) int {
	if !strings.ContainsAny(query, "?$") {
		return -1
	}
	for at, piece := range sqltoken.Pieces(query, 0) {
		if piece == "?" || piece == "$" {
			return at
		}
	}
	return -1
}

// placed turns the statement's position into the query's, or -1 where it is outside or a view's.
func (s *session) placed(e *engine.Error, st statement) error {
	at := e.Position - st.before
	query := st.text[st.before : st.before+st.length]
	if e.Position < 0 || at < 0 || at > len(query) || !plausible(query, at, e) {
		at = -1
	}
	e.Position = at
	return e
}

// plausible reports whether an error can be at an offset of the query: at the start of a token, and
// where a name is not found, at that name.
func plausible(query string, at int, e *engine.Error) bool {
	if at == len(query) {
		return true // at end of input
	}
	if !startsPiece(query, at) {
		return false
	}
	if e.Name == "" || e.Subtype != "COLUMN_NOT_FOUND" && e.Subtype != "MISSING_ENTRY" {
		return true
	}
	return names(query[at:], e.Name)
}

func startsPiece(query string, at int) bool {
	for start := range sqltoken.Pieces(query, 0) {
		if start >= at {
			return start == at
		}
	}
	return false
}

func isOtherKind(err error) bool {
	e, ok := errors.AsType[*engine.Error](err)
	return ok && e.Kind == "Catalog" && strings.Contains(e.Message, "existing object ") &&
		(strings.Contains(e.Message, "trying to drop type") || strings.Contains(e.Message, "trying to replace with type"))
}

// isMissingSchema reports that the database or schema of a name is not there.
func isMissingSchema(err error) bool {
	e, ok := errors.AsType[*engine.Error](err)
	return ok && (e.Kind == "Catalog" || e.Kind == "Binder") && strings.HasPrefix(e.Message, "catalog ") &&
		strings.HasSuffix(e.Message, "does not exist")
}
