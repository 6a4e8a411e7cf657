// Package engine holds the values that pass between the compiler and an adapter's session: errors
// with a class and a position, rows, and requests to load, export and publish. It is pure data; the
// adapters give it meaning.
package engine

import (
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/relation"
)

// ErrNotKnown says that something cannot be told without the target.
var ErrNotKnown = errors.New("not known without the target")

// Class says what can be done about an error.
type Class uint8

// The classes of errors.
const (
	// Permanent errors come again however often the statement is tried.
	Permanent Class = iota + 1
	// Transient errors may be gone at the next try.
	Transient
	// Ambiguous errors leave open whether the statement took effect.
	Ambiguous
	// Cancelled means that the caller's context ended the statement.
	Cancelled
	// Locked means that somebody else holds the target.
	Locked
	// Broken means that the engine failed inside, and does nothing more until it is opened anew.
	Broken
	// Stopped means that the engine was broken before, by another statement.
	Stopped
)

// Error is what an engine says of a statement it refused. It never holds a secret.
type Error struct {
	Class Class
	// Kind is the engine's own word, such as "Binder" or "Conversion".
	Kind string
	// Subtype is the engine's finer word, such as "COLUMN_NOT_FOUND"; mostly empty.
	Subtype string
	// Message is one line or a few, for people, without the engine's prefix and position excerpt.
	Message string
	// Hint says what to do; it may be empty.
	Hint string
	// Position is the byte offset in the query that was given, or -1 where the engine names none.
	Position int
	// Name is the identifier the error is about, where the engine says so.
	Name string
	// Candidates are the names the engine would have accepted.
	Candidates []string
	// Place is where in a data file the error is; nil for other errors.
	Place *Place
	// Holder is who holds the target, of a Locked error; nil where it is this process itself.
	Holder *Holder
	// Cause is the driver's error, for errors.Is.
	Cause error
}

// Errorf gives a Permanent error of a kind that names no place in a query.
func Errorf(kind, format string, args ...any) *Error {
	return &Error{Class: Permanent, Kind: kind, Position: -1, Message: fmt.Sprintf(format, args...)}
}

// WithHint sets the hint and gives the error back.
func (e *Error) WithHint(hint string) *Error {
	e.Hint = hint
	return e
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Place is a place in a data file.
type Place struct {
	Path string
	// Line and Column count from 1, the column in characters.
	Line, Column int
	// Start and End are byte offsets in the file, of the value or row that is wrong.
	Start, End int64
	// Text is the line, cut where it is very long.
	Text string
}

// Unwrap gives the driver's error.
func (e *Error) Unwrap() error { return e.Cause }

// ClassOf gives the class of an error; one that is no *Error is Permanent.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Permanent
}

// Rows is the result of a query, whole. A value is nil, bool, int64, float64, json.Number (decimals
// and integers beyond 64 bits), string (everything else, as the engine writes it), []any or
// map[string]any.
type Rows struct {
	Columns []relation.Column
	Values  [][]any
	// More says that the query had more rows than were asked for.
	More bool
}

// Load asks a session to load a file into a table that it creates or replaces.
type Load struct {
	Into relation.Name
	// Path is absolute. Format is csv, parquet or json.
	Path, Format string
	// ColumnTypes gives types by column name; others are inferred from the whole file.
	ColumnTypes map[string]string
	// Delimiter and Quote are empty for the defaults, a comma and a double quote.
	Delimiter, Quote string
	// NullValues are the words that mean NULL besides the empty field.
	NullValues []string
	// NoHeader says that the first line of a CSV file is data.
	NoHeader bool
}

// Export asks a session to write a query's rows to a file or, partitioned, to a folder of files.
type Export struct {
	Query string
	// Path is absolute. Format is csv, parquet or json.
	Path, Format string
	PartitionBy  []string
	// Columns are the query's, as Describe gives them; what is read back has their names and types.
	Columns []relation.Column
	// Options are the engine's own, passed on by name.
	Options map[string]string
}

// Publication asks a session to put what was built in the place of what is there.
type Publication struct {
	// To is the relation that readers see.
	To   relation.Name
	Kind relation.Kind
	// From is the candidate that takes the place of To; for a view without one, Query is its text.
	From  relation.Name
	Query string
	// Fresh says that nothing was called To when somebody looked. It may be wrong; it saves time.
	Fresh bool
}
