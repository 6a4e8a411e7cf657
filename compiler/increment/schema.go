package increment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// SchemaChange says what to do where the delta has other columns than the table.
type SchemaChange uint8

// The ways. The zero value is FailOnChange.
const (
	FailOnChange     SchemaChange = iota // nothing comes in
	IgnoreChange                         // what the table does not have is left out, what the delta lacks is NULL
	AppendNewColumns                     // the table takes new columns, and keeps those that are gone
	SyncAllColumns                       // the table takes new columns and types, and loses those that are gone
)

// String gives the word of the key on_schema_change.
func (c SchemaChange) String() string {
	return [...]string{"fail", "ignore", "append_new_columns", "sync_all_columns"}[c]
}

// Difference is a column in which the delta and the table differ: Was is its type in the table, empty for a
// new one, and Is that in the delta, empty for one that is gone.
type Difference struct{ Column, Was, Is string }

// String says it in words.
func (d Difference) String() string {
	switch {
	case d.Was == "":
		return fmt.Sprintf("%q is new", d.Column)
	case d.Is == "":
		return fmt.Sprintf("%q is gone", d.Column)
	default:
		return fmt.Sprintf("%q is %s and was %s", d.Column, d.Is, d.Was)
	}
}

// Differences compares the columns of a table with those of a delta; their order does not matter.
func Differences(table, delta []relation.Column) []Difference {
	var out []Difference
	for _, c := range delta {
		switch i := find(table, c.Name); {
		case i < 0:
			out = append(out, Difference{Column: c.Name, Is: c.Type})
		case table[i].Type != c.Type:
			out = append(out, Difference{Column: table[i].Name, Was: table[i].Type, Is: c.Type})
		}
	}
	for _, c := range table {
		if find(delta, c.Name) < 0 {
			out = append(out, Difference{Column: c.Name, Was: c.Type})
		}
	}
	return out
}

func find(columns []relation.Column, name string) int {
	return slices.IndexFunc(columns, func(c relation.Column) bool { return relation.IsSameColumn(c.Name, name) })
}

// SchemaError says that the columns of a delta cannot come into the table.
type SchemaError struct {
	Differences []Difference
	// Needed is the column that the strategy needs and the table lacks; empty where all is there.
	Needed string
	// Loses is the column whose values would not be the same in the type that it would have; empty where none is.
	Loses string
}

// Error says what differs.
func (e *SchemaError) Error() string {
	if e.Needed != "" {
		return fmt.Sprintf("the table has no column %q, which the increment needs", e.Needed)
	}
	if e.Loses != "" {
		return fmt.Sprintf("values of %q would be lost, since %s", e.Loses, e.of(e.Loses))
	}
	words := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		words[i] = d.String()
	}
	return "its columns differ from those of the table: " + strings.Join(words, ", ")
}

func (e *SchemaError) of(column string) string {
	for _, d := range e.Differences {
		if relation.IsSameColumn(d.Column, column) {
			return d.String()
		}
	}
	return "its type differs"
}

// settle gives the columns that come in, and the statements that make the table take them.
func (s Spec) settle(d Dialect) ([]column, []string, error) {
	differences := Differences(s.Table, s.Columns)
	if s.OnSchemaChange == FailOnChange && len(differences) > 0 {
		return nil, nil, &SchemaError{Differences: differences}
	}
	alter := s.alter(d, differences)
	var columns []column
	for _, c := range s.Columns {
		i := find(s.Table, c.Name)
		switch {
		case i < 0 && s.OnSchemaChange == IgnoreChange:
		case i < 0:
			columns = append(columns, column{name: c.Name})
		case s.Table[i].Type != c.Type && !s.keeps(d, s.Table[i].Type, c.Type):
			return nil, nil, &SchemaError{Differences: differences, Loses: c.Name}
		case s.Table[i].Type == c.Type || s.OnSchemaChange == SyncAllColumns:
			columns = append(columns, column{name: s.Table[i].Name})
		default:
			columns = append(columns, column{name: s.Table[i].Name, cast: s.Table[i].Type})
		}
	}
	needed := s.Key
	if s.Strategy == Microbatch {
		needed = []string{s.EventTime}
	}
	for _, name := range needed {
		if indexOf(columns, name) < 0 {
			return nil, nil, &SchemaError{Differences: differences, Needed: name}
		}
	}
	if len(columns) == 0 {
		return nil, nil, &SchemaError{Differences: differences}
	}
	return columns, alter, nil
}

// keeps reports whether no value is lost where the type of a column changes: those of the table, which takes the new
// type, or else those that come in.
func (s Spec) keeps(d Dialect, stored, incoming string) bool {
	from, to := incoming, stored
	if s.OnSchemaChange == SyncAllColumns {
		from, to = stored, incoming
	}
	parse := func(native string) relation.Type {
		if logical, ok := d.LogicalType(native); ok {
			native = logical
		}
		t, _ := relation.ParseType(native)
		return t
	}
	wide := parse(to)
	return wide.Word == "string" && !wide.Quoted || wide.Holds(parse(from))
}

// alter gives the statements for differences: new columns first, since a table cannot be without any.
func (s Spec) alter(d Dialect, differences []Difference) []string {
	if s.OnSchemaChange < AppendNewColumns {
		return nil
	}
	table := "alter table " + d.Relation(s.Target) + " "
	var add, change, drop []string
	for _, diff := range differences {
		name := d.Quote(diff.Column)
		switch {
		case diff.Was == "":
			add = append(add, table+"add column "+name+" "+diff.Is)
		case s.OnSchemaChange == AppendNewColumns:
		case diff.Is == "":
			drop = append(drop, table+"drop column "+name)
		default:
			change = append(change, table+"alter column "+name+" type "+diff.Is)
		}
	}
	return slices.Concat(add, change, drop)
}
