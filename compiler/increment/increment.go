// Package increment writes the statements that bring new rows into a table that is there.
//
// It takes a Spec, which names the table, the rows that come in (the delta, a table too) and how they go
// together, and gives statements in the engine's SQL. It refuses a delta whose columns the table cannot take,
// with a *SchemaError. It also tells the windows of time of a microbatch. It is pure: it runs nothing.
package increment

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// Strategy says how a delta comes into the table.
type Strategy uint8

// The strategies.
const (
	Append       Strategy = iota + 1 // its rows are added
	DeleteInsert                     // rows of its keys are deleted, then its rows are added
	Merge                            // rows of its keys are updated, others are added
	Microbatch                       // the rows of a window of time are deleted, then its rows are added
)

// String gives the word of the key incremental_strategy.
func (s Strategy) String() string {
	return [...]string{"", "append", "delete+insert", "merge", "microbatch"}[s]
}

// HasKey reports whether the strategy finds rows by a key.
func (s Strategy) HasKey() bool { return s == DeleteInsert || s == Merge }

// Dialect writes an engine's names and literals.
type Dialect interface {
	Quote(identifier string) string
	Relation(name relation.Name) string
	Literal(value any) string
	LogicalType(native string) (string, bool)
}

// The names under which predicates see the stored table and the delta.
const (
	TargetAlias = "target"
	DeltaAlias  = "delta"
)

// Spec says what comes into which table, and how.
type Spec struct {
	Strategy      Strategy
	Target, Delta relation.Name
	// Table are the columns of the stored table, Columns those of the delta.
	Table, Columns []relation.Column
	OnSchemaChange SchemaChange
	// Key are the columns that find a row; NULL is a value like others.
	Key []string
	// Predicates narrow the rows of the table that are looked at; a row beyond them is never found. They name
	// columns as target.c and delta.c.
	Predicates []string
	// Update are the columns that a merge updates; nil means all but the key and those of Exclude.
	Update, Exclude []string
	// Window is what a microbatch replaces, on the column EventTime.
	Window    Window
	EventTime string
}

// Statements are what brings a delta in, in this order and in one transaction.
type Statements struct {
	// Alter makes the table's columns those of the delta, Apply brings its rows in.
	Alter, Apply []string
}

// Statements gives the statements. The error is a *SchemaError.
func (s Spec) Statements(d Dialect) (Statements, error) {
	columns, alter, err := s.settle(d)
	if err != nil {
		return Statements{}, err
	}
	w := writer{Spec: s, Dialect: d, columns: columns}
	switch s.Strategy {
	case DeleteInsert:
		return Statements{alter, []string{w.deleteKeys(), w.insert()}}, nil
	case Merge:
		return Statements{alter, []string{w.merge()}}, nil
	case Microbatch:
		return Statements{alter, []string{w.deleteWindow(), w.insert()}}, nil
	default:
		return Statements{alter, []string{w.insert()}}, nil
	}
}

// Duplicates gives the query for keys that the delta holds more than once, each with how often; the key
// columns come first.
func (s Spec) Duplicates(d Dialect) string {
	keys := make([]string, len(s.Key))
	for i, k := range s.Key {
		keys[i] = d.Quote(k)
	}
	list := strings.Join(keys, ", ")
	return "select " + list + ", count(*) from " + d.Relation(s.Delta) + " group by " + list +
		" having count(*) > 1 order by " + list
}

// writer writes the statements of one spec.
type writer struct {
	Spec
	Dialect
	// columns are those that come in, as the table has them.
	columns []column
}

// column is one that the table and the delta have.
type column struct {
	// name is as the table has it.
	name string
	// cast is the type that the delta's values take; empty where they have it.
	cast string
}

// value gives a column of the delta, of the table's type.
func (w *writer) value(c column) string {
	text := DeltaAlias + "." + w.Quote(c.name)
	if c.cast != "" {
		return "cast(" + text + " as " + c.cast + ")"
	}
	return text
}

func (w *writer) list(item func(c column) string) string {
	items := make([]string, len(w.columns))
	for i, c := range w.columns {
		items[i] = item(c)
	}
	return strings.Join(items, ", ")
}

func (w *writer) names() string { return w.list(func(c column) string { return w.Quote(c.name) }) }

func (w *writer) insert() string {
	return "insert into " + w.Relation(w.Target) + " (" + w.names() + ") select " + w.list(w.value) +
		" from " + w.Relation(w.Delta) + " as " + DeltaAlias
}

// match is the condition under which a row of the table is one of the delta.
func (w *writer) match() string {
	var terms []string
	for _, key := range w.Key {
		c := w.columns[indexOf(w.columns, key)]
		terms = append(terms, TargetAlias+"."+w.Quote(c.name)+" is not distinct from "+w.value(c))
	}
	for _, p := range w.Predicates {
		terms = append(terms, "(\n"+p+"\n)") // it may end in a comment
	}
	return strings.Join(terms, " and ")
}

func (w *writer) deleteKeys() string {
	return "delete from " + w.Relation(w.Target) + " as " + TargetAlias + " where exists (select 1 from " +
		w.Relation(w.Delta) + " as " + DeltaAlias + " where " + w.match() + ")"
}

func (w *writer) merge() string {
	text := "merge into " + w.Relation(w.Target) + " as " + TargetAlias + " using " + w.Relation(w.Delta) + " as " +
		DeltaAlias + " on " + w.match()
	if set := w.updates(); len(set) > 0 {
		text += " when matched then update set " + strings.Join(set, ", ")
	}
	return text + " when not matched then insert (" + w.names() + ") values (" + w.list(w.value) + ")"
}

// updates gives the assignments of a merge.
func (w *writer) updates() []string {
	var out []string
	for _, c := range w.columns {
		given := w.Update == nil || isAmong(w.Update, c.name)
		if given && !isAmong(w.Key, c.name) && !isAmong(w.Exclude, c.name) {
			out = append(out, w.Quote(c.name)+" = "+w.value(c))
		}
	}
	return out
}

func (w *writer) deleteWindow() string {
	return "delete from " + w.Relation(w.Target) + " as " + TargetAlias + " where " +
		Within(TargetAlias+"."+w.Quote(w.EventTime), w.eventType(), w.Window)
}

// eventType gives the type that the column of the window has in the table.
func (w *writer) eventType() string {
	if i := find(w.Table, w.EventTime); i >= 0 {
		return w.Table[i].Type
	}
	return ""
}

func isAmong(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return relation.IsSameColumn(n, name) })
}

func indexOf(columns []column, name string) int {
	return slices.IndexFunc(columns, func(c column) bool { return relation.IsSameColumn(c.name, name) })
}
