// Package scd keeps the history of rows: it is slowly changing dimension type 2.
//
// It takes what a snapshot's table and the rows of its query have for columns, and gives the statements that
// bring the rows in, the queries that find what must not be brought in, and the one that makes sure of the
// result. It runs nothing, and refuses columns that cannot be kept together.
//
// A row of the table is a version: it was so from valid_from on, until before valid_to, which is NULL in the
// version that is open. The versions of a key follow each other without overlapping. What becomes of a row:
//
//	its key has no version          it begins at updated_at, or at the run's instant with check
//	its key has no open version     the same: the key is back
//	updated_at is later             the open version ends where the new one begins
//	a checked column differs        the same, at the run's instant; NULL is a value like others here
//	updated_at is the same          nothing; with other values it is late
//	updated_at is earlier           nothing; it is late: counted, named and left out
//	the key is not among the rows   nothing, or the version ends, or a version follows that says it is deleted
//
// A version never begins before the end of what is recorded of its key: where updated_at is earlier than that,
// it begins at the run's instant, when it was seen. A version that was replaced at the instant at which it began
// stays, with valid_from = valid_to: no instant is in it. A deletion is dated by the run's instant.
//
// With check, all is dated by the run's instant: one that is earlier than what is recorded is refused.
//
// A new column is NULL in what is recorded; to check it makes versions, to timestamp it does not. A column that
// the query no longer has stays, and is NULL in new versions. A type becomes the wider one of both, without
// losing a value, or is refused.
package scd

import (
	"fmt"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/relation"
)

// Strategy says how a row is known to have changed.
type Strategy uint8

// The strategies.
const (
	// Timestamp looks at a column that says when the row was changed.
	Timestamp Strategy = iota + 1
	// Check compares columns.
	Check
)

// String gives the word of the `strategy` key.
func (s Strategy) String() string { return [...]string{"", "timestamp", "check"}[s] }

// Deletes says what a key means that is no longer there.
type Deletes uint8

// The cases.
const (
	// Ignore leaves its version open.
	Ignore Deletes = iota + 1
	// Invalidate ends it.
	Invalidate
	// NewRecord ends it and adds a version that says that the row is deleted.
	NewRecord
)

// String gives the word of the `hard_deletes` key.
func (d Deletes) String() string { return [...]string{"", "ignore", "invalidate", "new_record"}[d] }

// Settings are those of a snapshot.
type Settings struct {
	// Key are the columns that name a thing; NULL is a value like others in them.
	Key      []string
	Strategy Strategy
	// UpdatedAt is the column of Timestamp. Check are those of Check; none means all but the key.
	UpdatedAt string
	Check     []string
	Deletes   Deletes
	// ValidFrom, ValidTo and IsDeleted are the columns that are added, IsDeleted with NewRecord only.
	ValidFrom, ValidTo, IsDeleted string
}

// Added gives the names of the columns that the table has besides those of the query.
func (s Settings) Added() []string {
	if s.Deletes == NewRecord {
		return []string{s.ValidFrom, s.ValidTo, s.IsDeleted}
	}
	return []string{s.ValidFrom, s.ValidTo}
}

// Dialect is what scd needs of an engine.
type Dialect interface {
	Quote(identifier string) string
	Literal(value any) string
	Relation(name relation.Name) string
	CreateTableAs(name relation.Name, query string) string
	TypeName(written string) (string, bool)
	LogicalType(native string) (string, bool)
}

// Spec is what one run of a snapshot has to do with.
type Spec struct {
	Settings
	Dialect Dialect
	// Table keeps the history, Candidate has the rows of the query.
	Table, Candidate relation.Name
	// Run is the run's instant.
	Run time.Time
	// Hidden are columns, in small letters, whose values nobody may see.
	Hidden map[string]bool
	// Stored are the columns of Table, Incoming those of Candidate.
	Stored, Incoming []relation.Column
}

// Update is what brings a candidate without Faults into a table, in this order.
type Update struct {
	// Alter is the statement that makes the table's columns as they are to be; "" where they are. Notes say
	// what becomes of columns.
	Alter string
	Notes []string
	// Faults find what must not be brought in.
	Faults []Fault
	// Count gives one row: how many keys are added, changed, removed and late. Late is for Say as faults are.
	Count string
	Late  Fault
	// Remove are the statements for keys that are removed, Apply those for keys that are added or changed; where
	// there are none of these they do nothing.
	Remove, Apply []string
	// Invariant finds what must not be in the table.
	Invariant Fault
}

// Update gives what is to be done, or why it cannot be.
func (s Spec) Update() (*Update, []Conflict) {
	conflicts := s.Missing(s.Incoming)
	w := writer{Spec: s}
	columns, notes, more := w.layout()
	if conflicts = append(conflicts, more...); len(conflicts) > 0 {
		return nil, conflicts
	}
	alter := w.alter(columns)
	if alter == "" {
		notes = nil // they were said when it was done
	}
	var faults []Fault
	if w.leftMarks() {
		faults = append(faults, Fault{Kind: marked, Key: "hard_deletes", Query: w.keys(w.table(), "t."+w.q(s.ValidTo)+" is null and t."+w.q(s.IsDeleted))})
	}
	if s.Strategy == Check {
		faults = append(faults, w.earlier())
	}
	return &Update{
		Alter: alter, Notes: notes, Faults: faults, Count: w.count(), Late: w.lateKeys(), Remove: w.remove(), Apply: w.apply(), Invariant: w.invariant(),
	}, nil
}

// Around gives what stands before and after a query in the one that gives the first rows of the table.
func (s Spec) Around() (before, after string) {
	w := writer{Spec: s}
	from := "q." + w.q(s.UpdatedAt)
	if s.Strategy == Check {
		name, _ := s.Dialect.TypeName("instant")
		from = w.instant(name)
	}
	before = "select q.*, " + from + " as " + w.q(s.ValidFrom) + ", case when false then " + from + " end as " + w.q(s.ValidTo)
	if s.Deletes == NewRecord {
		before += ", false as " + w.q(s.IsDeleted)
	}
	return before + " from (\n", "\n) as q"
}

// Missing says what keeps a query with these columns from being kept.
func (s Spec) Missing(columns []relation.Column) []Conflict {
	var out []Conflict
	need := func(key string, names ...string) {
		for _, name := range names {
			if name != "" && find(columns, name) == nil {
				out = append(out, Conflict{
					Column: name, Message: "the query has no column " + quoted(name) + ", which " + key + " names",
					Hint: "select it, or correct the name",
				})
			}
		}
	}
	need("unique_key", s.Key...)
	need("updated_at", s.UpdatedAt)
	need("check_cols", s.Check...)
	if c := find(columns, s.UpdatedAt); c != nil && c.Type != "" && !IsInstant(s.Dialect, c.Type) {
		out = append(out, Conflict{
			Column: c.Name, Message: fmt.Sprintf("%q is %s, and updated_at needs a date or a timestamp", c.Name, c.Type),
			Hint: "cast it in the query, or use strategy: check",
		})
	}
	for _, name := range s.Added() {
		if find(columns, name) != nil {
			out = append(out, Conflict{
				Column: name, Message: "the query has a column " + quoted(name) + ", which is added to a snapshot",
				Hint: "give it another name in the query, or choose other names with valid_from, valid_to and is_deleted",
			})
		}
	}
	return out
}

// IsInstant reports whether the values of a type are instants or days, as those of updated_at have to be.
func IsInstant(d interface {
	LogicalType(native string) (string, bool)
}, native string,
) bool {
	logical, _ := d.LogicalType(native)
	return logical == "date" || logical == "timestamp" || logical == "instant" || strings.HasPrefix(strings.ToLower(native), "timestamp")
}

func find(columns []relation.Column, name string) *relation.Column {
	for i := range columns {
		if relation.IsSameColumn(columns[i].Name, name) {
			return &columns[i]
		}
	}
	return nil
}
