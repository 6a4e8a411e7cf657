package scd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// Conflict is why the rows of a query cannot be kept in a table.
type Conflict struct {
	// Column is the one it is about; it may be empty.
	Column        string
	Message, Hint string
}

func quoted(name string) string { return strconv.Quote(name) }

// column is one that the table is to have, and the expression that gives it from the table as it is.
type column struct{ name, native, value string }

// layout gives the columns that the table is to have: those of the query as it selects them, those that are
// added, and at the end those that the query no longer has. So readers of all columns find them where they
// were when the project was checked.
func (w *writer) layout() (columns []column, notes []string, conflicts []Conflict) {
	if conflicts = w.notKept(); len(conflicts) > 0 {
		return nil, nil, conflicts
	}
	for _, c := range w.Incoming {
		stored := find(w.Stored, c.Name)
		switch {
		case stored == nil && w.isKey(c.Name):
			conflicts = append(conflicts, Conflict{
				Column: c.Name, Message: fmt.Sprintf("%s has no column %q, so that nothing recorded has a key with it", w.Table, c.Name),
				Hint: "keep unique_key as it was, or keep the new history in a model of its own",
			})
		case stored == nil:
			columns = append(columns, column{c.Name, c.Type, "cast(null as " + c.Type + ")"})
			notes = append(notes, fmt.Sprintf("column %q is new: it is NULL in what is recorded", c.Name))
		default:
			kept, ok := wider(w.Dialect, stored.Type, c.Type)
			if !ok {
				conflicts = append(conflicts, w.otherType(*stored, c.Type))
			} else if kept != stored.Type {
				notes = append(notes, fmt.Sprintf("column %q becomes %s; it was %s", c.Name, kept, stored.Type))
			}
			columns = append(columns, w.kept(*stored, kept))
		}
	}
	if len(conflicts) > 0 {
		return nil, nil, conflicts
	}
	if columns, conflicts = w.instants(columns); len(conflicts) > 0 {
		return nil, nil, conflicts
	}
	if w.marks() {
		if stored := find(w.Stored, w.IsDeleted); stored != nil {
			columns = append(columns, w.kept(*stored, stored.Type))
		} else {
			columns = append(columns, column{w.IsDeleted, w.boolean(), "false"})
			notes = append(notes, fmt.Sprintf("column %q is new: it is false in what is recorded", w.IsDeleted))
		}
	}
	for _, c := range w.Stored {
		if !w.isAdded(c.Name) && find(w.Incoming, c.Name) == nil {
			columns = append(columns, w.kept(c, c.Type))
			notes = append(notes, fmt.Sprintf("column %q is no longer selected: it is NULL in new versions", c.Name))
		}
	}
	return columns, notes, nil
}

// kept is a column of the table with the type it is to have.
func (w *writer) kept(c relation.Column, native string) column {
	value := w.q(c.Name)
	if native != c.Type {
		value = "cast(" + value + " as " + native + ")"
	}
	return column{c.Name, native, value}
}

// alter gives the statement that makes the table's columns as they are to be; "" where they are.
func (w *writer) alter(columns []column) string {
	same := len(columns) == len(w.Stored)
	values := make([]string, len(columns))
	for i, c := range columns {
		same = same && c.name == w.Stored[i].Name && c.native == w.Stored[i].Type
		if values[i] = c.value; c.value != w.q(c.name) {
			values[i] += " as " + w.q(c.name)
		}
	}
	if same {
		return ""
	}
	return w.Dialect.CreateTableAs(w.Table, "select "+strings.Join(values, ", ")+" from "+w.table())
}

// notKept says that the table is none of a snapshot with these settings.
func (w *writer) notKept() (out []Conflict) {
	for _, name := range []string{w.ValidFrom, w.ValidTo} {
		if find(w.Stored, name) == nil {
			out = append(out, Conflict{
				Column: name, Message: fmt.Sprintf("%s has no column %q: it is no history that this snapshot could go on with", w.Table, name),
				Hint: "if the column has another name there, set valid_from and valid_to to it; else give the snapshot another alias",
			})
		}
	}
	if c := find(w.Stored, w.IsDeleted); c != nil && w.Deletes == NewRecord && c.Type != w.boolean() {
		out = append(out, Conflict{
			Column: c.Name, Message: fmt.Sprintf("the column %q of %s is %s, and would have to say which versions are deletions", c.Name, w.Table, c.Type),
			Hint: "choose another name with is_deleted",
		})
	}
	return out
}

func (w *writer) boolean() string {
	name, _ := w.Dialect.TypeName("bool")
	return name
}

// instants adds the columns of instants, which hold those of updated_at.
func (w *writer) instants(columns []column) ([]column, []Conflict) {
	for _, name := range []string{w.ValidFrom, w.ValidTo} {
		stored := find(w.Stored, name)
		native := stored.Type
		if c := find(w.Incoming, w.UpdatedAt); c != nil && w.Strategy == Timestamp {
			kept, ok := wider(w.Dialect, native, c.Type)
			if !ok {
				return nil, []Conflict{{
					Column: c.Name, Message: fmt.Sprintf("%q is %s, and %s of %s is %s", c.Name, c.Type, name, w.Table, native),
					Hint: fmt.Sprintf("cast %q to %s in the query", c.Name, native),
				}}
			}
			native = kept
		}
		columns = append(columns, w.kept(*stored, native))
	}
	return columns, nil
}

func (w *writer) otherType(stored relation.Column, incoming string) Conflict {
	return Conflict{
		Column: stored.Name, Message: fmt.Sprintf("the column %q is %s, and recorded as %s, and neither type holds all values of the other",
			stored.Name, incoming, stored.Type),
		Hint: fmt.Sprintf("cast it to %s in the query, or select it under another name", stored.Type),
	}
}

func (w *writer) isKey(name string) bool { return containsFold(w.Key, name) }

// isAdded reports whether a column of the table is none of the query's. What was once added and is no more is.
func (w *writer) isAdded(name string) bool {
	return relation.IsSameColumn(name, w.ValidFrom) || relation.IsSameColumn(name, w.ValidTo) || relation.IsSameColumn(name, w.IsDeleted) && w.marks()
}

// marks reports whether the table says which versions are deletions.
func (w *writer) marks() bool { return w.Deletes == NewRecord }

// leftMarks reports whether the table may say so without the snapshot doing it any more.
func (w *writer) leftMarks() bool {
	c := find(w.Stored, w.IsDeleted)
	return !w.marks() && c != nil && c.Type == w.boolean() && find(w.Incoming, w.IsDeleted) == nil
}

func containsFold(list []string, name string) bool {
	for _, item := range list {
		if relation.IsSameColumn(item, name) {
			return true
		}
	}
	return false
}

// wider gives that of two types that holds all values of both.
func wider(d Dialect, stored, incoming string) (string, bool) {
	if stored == incoming {
		return stored, true
	}
	a, b := parse(d, stored), parse(d, incoming)
	switch {
	case a.Holds(b):
		return stored, true
	case b.Holds(a):
		return incoming, true
	}
	return "", false
}

func parse(d Dialect, native string) relation.Type {
	if logical, ok := d.LogicalType(native); ok {
		native = logical
	}
	t, _ := relation.ParseType(native)
	return t
}
