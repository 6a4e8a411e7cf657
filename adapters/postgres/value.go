package postgres

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// set is a sorted set of inputs, by their numbers. It is never changed once made.
type set []int32

func (s set) union(t set) set {
	switch {
	case len(s) == 0:
		return t
	case len(t) == 0 || slices.Equal(s, t):
		return s
	}
	out := make(set, 0, len(s)+len(t))
	for len(s) > 0 && len(t) > 0 {
		switch {
		case s[0] < t[0]:
			out, s = append(out, s[0]), s[1:]
		case s[0] > t[0]:
			out, t = append(out, t[0]), t[1:]
		default:
			out, s, t = append(out, s[0]), s[1:], t[1:]
		}
	}
	return append(append(out, s...), t...)
}

// value is what is known of an expression.
type value struct {
	in set
	// kind is Passthrough for a column that is handed on, whatever it is called on the way.
	kind lineage.Kind
	// opaque says that in may be too few or too many.
	opaque bool
	// typ is "" where it is not known. A literal, a text or NULL, takes the type of what it meets; its
	// typ is what it has alone.
	typ      string
	literal  bool
	nullable relation.Nullable
	// id is the column of a relation in sight that the value is, made for what is surely none, 0 where
	// that is not sure. Outputs of one name are ambiguous where they are not the same.
	id int32
	// at is where an output stands in the query.
	at int
}

const made = -1

var unknownValue = value{kind: lineage.Derived, opaque: true}

func constant(typ string) value {
	return value{kind: lineage.Constant, typ: typ, nullable: relation.NeverNull}
}

// typed gives the value with a type and nothing known of NULLs.
func (v value) typed(typ string) value {
	v.typ, v.literal, v.nullable = typ, false, 0
	return v
}

// derive gives an expression over values. Its type is not known.
func derive(parts ...value) value {
	out := value{kind: lineage.Constant}
	for _, p := range parts {
		out.in = out.in.union(p.in)
		out.opaque = out.opaque || p.opaque
		switch {
		case p.kind == lineage.Constant:
		case p.kind == lineage.Aggregated:
			out.kind = lineage.Aggregated
		case out.kind != lineage.Aggregated:
			out.kind = lineage.Derived
		}
	}
	return out
}

// columnsOf gives a value that is made of columns.
func columnsOf(list []column) value { return derive(valuesOf(list)...) }

func valuesOf(list []column) []value {
	parts := make([]value, len(list))
	for i := range list {
		parts[i] = list[i].value
	}
	return parts
}

// either gives a value that is one of several, row by row, such as those of a set operation.
func either(parts ...value) value {
	out := parts[0]
	for _, p := range parts[1:] {
		switch {
		case out.kind == lineage.Constant:
			out.kind = p.kind
		case p.kind != lineage.Constant:
			out.kind = max(out.kind, p.kind)
		}
		out.in = out.in.union(p.in)
		out.opaque = out.opaque || p.opaque
		if p.nullable != relation.NeverNull {
			out.nullable = 0
		}
	}
	out.typ, out.literal, out.id = commonType(parts), false, 0
	return out
}

// effects are the inputs that decide about rows, by role.
type effects [lineage.Window + 1]set

func (e *effects) add(role lineage.Role, in set) { e[role] = e[role].union(in) }

func (e *effects) merge(other *effects) {
	for role, in := range other {
		e[role] = e[role].union(in)
	}
}

// all gives the inputs of all roles.
func (e *effects) all() set {
	var out set
	for _, in := range e {
		out = out.union(in)
	}
	return out
}

// column is an output of a query or a column of a relation in sight.
type column struct {
	name string
	value
}

// columns are those of a query or relation.
type columns struct {
	list []column
	// unknown says why there may be more; only the first sure ones are then where they stand.
	unknown string
	sure    int
}

// add appends columns; after unknown ones no place is sure.
func (c *columns) add(more ...column) {
	c.list = append(c.list, more...)
	if c.unknown == "" {
		c.sure = len(c.list)
	}
}

func (c *columns) lose(why string) {
	if c.unknown == "" {
		c.unknown = why
	}
}
