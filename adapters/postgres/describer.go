//go:build cgo

package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/pganalyze/pg_query_go/v5/parser"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// version names the grammar and the rules of this package; it changes when answers do.
const version = "libpg_query 16-5.1.0, rules 7"

// describer tells of queries without a server. The settings of a target change nothing for it.
type describer struct{}

var (
	_ adapters.Describer = describer{}
	_ adapters.Scratch   = (*scratch)(nil)
)

func describers() func(adapters.Config) adapters.Describer {
	return func(adapters.Config) adapters.Describer { return describer{} }
}

func (describer) Version() string { return version }

// Level is that of a parser: names and lineage are told where they are known, types where they are
// certain.
func (describer) Level() lineage.Level { return lineage.LevelSyntax }

// Scratch gives an empty catalog.
func (describer) Scratch(context.Context) (adapters.Scratch, error) {
	return &scratch{tables: catalog{}}, nil
}

// ScanColumns refuses: a PostgreSQL server reads no files of the project.
func (describer) ScanColumns(context.Context, string, string) ([]relation.Column, error) {
	return nil, engine.ErrNotKnown
}

// LoadColumns refuses: what a load makes of a file is not known without a server.
func (describer) LoadColumns(context.Context, engine.Load) ([]relation.Column, error) {
	return nil, engine.ErrNotKnown
}

func (describer) Close() error { return nil }

// scratch is a catalog of names.
type scratch struct{ tables catalog }

// Define takes tables in. One whose columns are nil is known by its name only.
func (s *scratch) Define(_ context.Context, tables []lineage.Table) error {
	for _, t := range tables {
		s.tables.define(t)
	}
	return nil
}

// Describe binds a query.
func (s *scratch) Describe(ctx context.Context, query string) (*lineage.Query, error) {
	if err := ctx.Err(); err != nil {
		return nil, &engine.Error{Class: engine.Cancelled, Kind: "Interrupt", Message: "the check was cancelled", Position: -1, Cause: context.Cause(ctx)}
	}
	if tooDeep(query) {
		return &lineage.Query{Unknown: "the query is nested too deeply to be checked"}, nil
	}
	stmt, err := parseOne(query)
	switch {
	case err != nil && usesLater(query):
		return &lineage.Query{Unknown: "the query may use a syntax that is younger than the grammar here, PostgreSQL 16's"}, nil
	case err != nil:
		return nil, err
	}
	return newBinder(s.tables, query).describe(stmt)
}

// DescribeAll binds one query after the other.
func (s *scratch) DescribeAll(ctx context.Context, queries []string) []lineage.Answer {
	answers := make([]lineage.Answer, len(queries))
	for i, query := range queries {
		answers[i].Query, answers[i].Err = s.Describe(ctx, query)
	}
	return answers
}

// Parse finds mistakes of syntax.
func (s *scratch) Parse(_ context.Context, query string) error {
	if tooDeep(query) {
		return nil
	}
	if _, err := parseOne(query); err != nil && !usesLater(query) {
		return err
	}
	return nil
}

// laterFunctions are expressions of their own syntax in versions of PostgreSQL after 16.
var laterFunctions = ansi.Words("json json_exists json_query json_scalar json_serialize json_table json_value")

// usesLater reports whether a query has the beginning of an expression that only a later grammar knows.
func usesLater(query string) bool {
	previous := ""
	for _, token := range sqltoken.Pieces(query, 0) {
		if token == "(" && laterFunctions[strings.ToLower(previous)] {
			return true
		}
		previous = token
	}
	return false
}

// Clear forgets all names.
func (s *scratch) Clear(context.Context) error {
	clear(s.tables)
	return nil
}

// Close does nothing.
func (s *scratch) Close() error { return nil }

// parseOne parses a query of one statement. What is wrong with it is an *engine.Error.
func parseOne(query string) (*rawStmt, error) {
	if at := strings.IndexByte(query, 0); at >= 0 {
		return nil, syntaxError(query, "syntax error: the text holds a zero byte", 1+len([]rune(query[:at])))
	}
	data, err := parser.ParseToProtobuf(query)
	if e, ok := errors.AsType[*parser.Error](err); ok {
		return nil, syntaxError(query, e.Message, e.Cursorpos)
	}
	if err != nil {
		return nil, err
	}
	tree, err := decodeTree(data)
	switch {
	case err != nil:
		return nil, err
	case len(tree.Stmts) == 0:
		return nil, syntaxError(query, "the query is empty", 0)
	case len(tree.Stmts) > 1:
		e := syntaxError(query, "the text holds more than one statement", 0)
		b := binder{query: query}
		e.Position = b.firstToken(tree.Stmts[1].StmtLocation)
		return nil, e
	}
	return tree.Stmts[0], nil
}
