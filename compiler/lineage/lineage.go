// Package lineage holds what one bound query says of itself: its columns and types, where each of
// them comes from, what else decides about its rows, and facts that lints look at.
//
// It is pure data. An engine's adapter finds it out (see check.Describer), package check puts it
// together over the whole graph. It knows no graph: relations are named as the query names them.
package lineage

import (
	"cmp"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// Kind says how a column is made of its inputs. The zero value is "not known".
type Kind uint8

// The kinds, from the plainest to the least: what is made in several ways is of the greatest one,
// except that Constant has no inputs.
const (
	Passthrough Kind = iota + 1 // one input, under its own name
	Renamed                     // one input, under another name
	Derived                     // an expression over its inputs
	Aggregated                  // an expression with an aggregate or a window function over its inputs
	Constant                    // no inputs
)

// String gives the word of JSON outputs.
func (k Kind) String() string {
	return [...]string{"", "passthrough", "renamed", "derived", "aggregated", "constant"}[k]
}

// Certainty says whether the inputs are known to be all.
type Certainty uint8

// The certainties.
const (
	// Resolved inputs are exactly what the column is made of.
	Resolved Certainty = iota + 1
	// Opaque inputs may be too many or too few: the engine did not say.
	Opaque
)

// String gives the word of JSON outputs.
func (c Certainty) String() string { return [...]string{"", "resolved", "opaque"}[c] }

// Role says how a column decides about the rows of a query without being part of a column.
type Role uint8

// The roles.
const (
	Filter Role = iota + 1 // where, having, qualify, semi and anti joins, subqueries in conditions, limit
	Join                   // conditions of joins, lists whose values become rows
	Group                  // group by, distinct, partitions of pivots
	Order                  // order by of the query, distinct on, limit
	Window                 // partition by and order by of window functions
)

// String gives the word of JSON outputs.
func (r Role) String() string {
	return [...]string{"", "filter", "join", "group", "order", "window"}[r]
}

// Input is a column of a relation that a query reads.
type Input struct {
	Relation relation.Name
	Column   string
}

// Compare orders inputs by relation and column.
func (i Input) Compare(other Input) int {
	if c := i.Relation.Compare(other.Relation); c != 0 {
		return c
	}
	return strings.Compare(i.Column, other.Column)
}

// Column says where a column of a query comes from. Inputs are sorted, without repetitions; an
// opaque column of which nothing is known has none.
type Column struct {
	Kind      Kind
	Certainty Certainty
	Inputs    []Input
}

// Influence is an input that decides about the rows of a query, or about their order.
type Influence struct {
	Input
	Role Role
}

// Compare orders influences by input and role.
func (i Influence) Compare(other Influence) int {
	return cmp.Or(i.Input.Compare(other.Input), cmp.Compare(i.Role, other.Role))
}

// Answer is what an engine says of one query of several, or against it.
type Answer struct {
	Query *Query
	Err   error
}

// Query is what an engine says of a query.
type Query struct {
	// Columns are the output columns in order, with the engine's spelling of their types. Nil means
	// that they are not known, for the reason in Unknown. A parser without a catalog may know the
	// names only: then the types are "".
	Columns []relation.Column
	Unknown string
	// From is parallel to Columns; nil where the level is LevelColumns.
	From []Column
	// Influences are sorted, without repetitions.
	Influences []Influence
	// Reads are the relations and table functions the query reads, sorted, without repetitions.
	Reads []Read
	Facts Facts
}

// Read is something a query reads rows from.
type Read struct {
	Relation relation.Name
	// Function is the name of a table function that reads what the query does not name, such as a
	// file or the catalog; Relation is then empty.
	Function string
}

// Compare orders what is read by relation and function.
func (r Read) Compare(other Read) int {
	return cmp.Or(r.Relation.Compare(other.Relation), strings.Compare(r.Function, other.Function))
}

// Facts are what lints look at. All are sound: what is listed is so; not everything is listed.
type Facts struct {
	// CrossJoins counts joins of two relations that no condition connects, and that are not written
	// as cross joins.
	CrossJoins int
	// Casts are columns that the engine casts implicitly to join them.
	Casts []Cast
	// Joins are inner and left joins on equality, each side of which is made of rows of one relation.
	Joins []JoinFact
	// Ordered says that the query's rows are ordered at the top, without a limit.
	Ordered bool
	// Renamed are output columns the engine renamed since another one has their name.
	Renamed []Renaming
	// Repeated are output columns that have the name of one before them, where the engine renames none:
	// it makes no table or view of such a query.
	Repeated []Repetition
	// FromData are the byte offsets of what takes its columns from the data, such as a PIVOT without a list of
	// values: the engine makes tables of such a query, but no views.
	FromData []int
	// Volatile are the functions, in small letters, whose value differs from run to run.
	Volatile []string
}

// Cast is an implicit cast of a join's key.
type Cast struct {
	Left, Right         Input
	LeftType, RightType string
}

// JoinFact is a join by equality of columns of two relations. Rows of the left side multiply where
// several rows of the right side have equal keys.
type JoinFact struct {
	Left, Right []Input // of equal length, each of one relation
	// Outer says that all rows of the left side are kept.
	Outer bool
}

// Repetition is an output column whose name another one has. Position is the byte offset in the query
// of what gives it.
type Repetition struct {
	Name     string
	Position int
}

// Renaming is an output column that was renamed.
type Renaming struct{ From, To string }

// Table is a relation that a scratch catalog shall know.
type Table struct {
	Name    relation.Name
	Columns []relation.Column
	// View asks for a relation without what only tables have, such as row ids.
	View bool
}

// Level says how much an engine can tell of a query without running it.
type Level uint8

// The levels; each includes those before it.
const (
	// LevelNone checks nothing.
	LevelNone Level = iota
	// LevelSyntax finds mistakes of syntax, and what is read.
	LevelSyntax
	// LevelColumns binds: names and types.
	LevelColumns
	// LevelLineage tells where columns come from.
	LevelLineage
)
