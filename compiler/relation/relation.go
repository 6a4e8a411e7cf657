// Package relation holds the words for tables and views that the compiler and the adapters share:
// names, columns and what a catalog says. It knows no engine and no SQL.
package relation

import "strings"

// Name is the name of a table or view. Empty parts are left to the engine's defaults.
type Name struct {
	Database, Schema, Identifier string
}

// String gives the parts with dots between them, unquoted, for people.
func (n Name) String() string {
	s := n.Identifier
	if n.Schema != "" {
		s = n.Schema + "." + s
	}
	if n.Database != "" {
		s = n.Database + "." + s
	}
	return s
}

// Fold gives the name by which relations are compared: case does not count.
func (n Name) Fold() Name {
	return Name{
		Database: strings.ToLower(n.Database), Schema: strings.ToLower(n.Schema), Identifier: strings.ToLower(n.Identifier),
	}
}

// Compare orders names by database, schema and identifier.
func (n Name) Compare(other Name) int {
	if c := strings.Compare(n.Database, other.Database); c != 0 {
		return c
	}
	if c := strings.Compare(n.Schema, other.Schema); c != 0 {
		return c
	}
	return strings.Compare(n.Identifier, other.Identifier)
}

// Kind says what a relation is.
type Kind uint8

// The kinds of relations a catalog can hold.
const (
	Table Kind = iota + 1
	View
)

// String gives "table" or "view".
func (k Kind) String() string {
	if k == View {
		return "view"
	}
	return "table"
}

// Column is one column of a relation or of a query's result. Type is spelled as the engine spells it.
type Column struct {
	Name     string
	Type     string
	Nullable Nullable
	// Bare is the type as a view keeps it where a NULL in it has none, such as "NULL"[]: it takes one from
	// what reads it. It is empty for other columns, and for those of tables, which are as Type says.
	Bare string
}

// Nullable says whether a column may hold NULL. The zero value is unknown.
type Nullable uint8

// The known cases.
const (
	MayBeNull Nullable = iota + 1
	NeverNull
)

// Object is a relation found in a catalog.
type Object struct {
	Name Name
	Kind Kind
}
