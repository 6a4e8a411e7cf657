package postgres

import (
	"slices"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// item is a relation in sight, by PostgreSQL's rules for its namespaces: a join hides the columns of
// its sides and leaves their names.
type item struct {
	// name is what the relation is called in the query; "" where it has no name. A table without an
	// alias can be named with its schema too.
	name  string
	table *table
	plain bool
	columns
	// index finds the columns of wide relations.
	index map[string]int

	named, open bool // can be named; its columns can be named alone
	// lateral says that only what is lateral sees the relation, refused that even that may not.
	lateral, refused bool
}

// lookup gives a column; several says that more than one has the name.
func (it *item) lookup(name string) (found *column, several bool) {
	const wide = 16
	if len(it.list) <= wide {
		for i := range it.list {
			if it.list[i].name == name {
				if found != nil {
					return found, true
				}
				found = &it.list[i]
			}
		}
		return found, false
	}
	if it.index == nil {
		it.index = make(map[string]int, len(it.list))
		for i := range it.list {
			at := i
			if _, twice := it.index[it.list[i].name]; twice {
				at = -1
			}
			it.index[it.list[i].name] = at
		}
	}
	switch at, ok := it.index[name]; {
	case !ok:
		return nil, false
	case at < 0:
		return nil, true
	default:
		return &it.list[at], false
	}
}

func (it *item) complete() bool { return it.unknown == "" }

// systemColumns are columns that every table has besides its own.
var systemColumns = ansi.Words("ctid xmin cmin xmax cmax tableoid")

// scope is what the expressions of one query see.
type scope struct {
	parent *scope
	items  []*item
	// lateral says that what stands now may see the lateral relations.
	lateral bool
	ctes    []*cte
	windows map[string]bool
	// effects are those of the query whose scope it is.
	effects *effects
}

func (sc *scope) child() *scope { return &scope{parent: sc, effects: &effects{}} }

// sees reports whether an item of the scope's own list is in sight.
func (sc *scope) sees(it *item) bool { return !it.lateral || sc.lateral }

// column resolves a name that stands alone.
func (b *binder) column(sc *scope, name string, at int) value {
	inner := false // something nearer may have the column
	for s := sc; s != nil; s = s.parent {
		found, unknown, stop := b.columnIn(s, name, at)
		if stop {
			return unknownValue
		}
		if found != nil {
			out := found.value
			out.opaque = out.opaque || inner
			return out
		}
		inner = inner || unknown
	}
	if it := b.relationNamed(sc, "", name, at); it != nil {
		out := wholeRow(it)
		out.opaque = out.opaque || inner
		return out
	}
	if !inner && b.err == nil {
		b.missingColumn(at, "", name, sc.columnNames())
	}
	return unknownValue
}

// columnIn looks for a column in one scope. unknown says that it may be there although it is not
// found, stop that a mistake was found.
func (b *binder) columnIn(s *scope, name string, at int) (found *column, unknown, stop bool) {
	var in []*item
	for _, it := range s.items {
		if !it.open || !s.sees(it) {
			continue
		}
		c, several := it.lookup(name)
		if several {
			b.ambiguousColumn(at, name, s.uses(name))
			return nil, false, true
		}
		if c == nil && it.table != nil && systemColumns[name] {
			c = &column{name, unknownValue}
		}
		if c != nil {
			found = c
			in = append(in, it)
		}
		unknown = unknown || !it.complete()
	}
	if len(in) > 1 {
		b.ambiguousColumn(at, name, s.uses(name))
		return nil, false, true
	}
	if len(in) == 1 && in[0].lateral && in[0].refused {
		if in[0].name == "" {
			b.missingColumn(at, "", name, nil)
		} else {
			b.invisible(at, in[0].name)
		}
		return nil, false, true
	}
	return found, unknown, false
}

// uses gives the ways in which a column of several relations can be told.
func (sc *scope) uses(name string) []string {
	var out []string
	for _, it := range sc.items {
		if found, _ := it.lookup(name); found == nil || !it.named || it.name == "" || !sc.sees(it) {
			continue
		}
		of := style.Identifier(it.name)
		twice := func(other *item) bool { return other != it && other.named && other.name == it.name }
		if it.plain && it.table != nil && slices.ContainsFunc(sc.items, twice) {
			of = style.Identifier(it.table.schema()) + "." + of
		}
		out = append(out, of+"."+style.Identifier(name))
	}
	return out
}

// relationNamed finds a relation by its name, nil where there is none in sight. A schema means a table
// without an alias.
func (b *binder) relationNamed(sc *scope, schema, name string, at int) *item {
	for s := sc; s != nil; s = s.parent {
		var found *item
		for _, it := range s.items {
			if !it.named || it.name != name || !s.sees(it) || schema != "" && !it.inSchema(schema) {
				continue
			}
			if found != nil {
				e := b.refuse(at, "Binder", "ambiguous reference to table %q (give each an alias of its own)", name)
				e.Name = name
				return found
			}
			found = it
		}
		if found != nil {
			if found.lateral && found.refused {
				b.invisible(at, name)
			}
			return found
		}
	}
	return nil
}

func (it *item) inSchema(schema string) bool {
	return it.plain && it.table != nil && it.table.schema() == schema
}

// qualified resolves a column of a named relation.
func (b *binder) qualified(sc *scope, schema, of, name string, at int) value {
	it := b.relationNamed(sc, schema, of, at)
	if it == nil {
		if b.err == nil {
			b.missingFrom(at, of, sc.relationNames())
		}
		return unknownValue
	}
	found, several := it.lookup(name)
	switch {
	case several:
		b.ambiguousColumn(at, name, nil)
	case found != nil:
		return found.value
	case it.table != nil && systemColumns[name], !it.complete():
	case rowFunctions[name]: // t.count is count(t)
		return derive(wholeRow(it), unknownValue)
	default:
		b.missingColumn(at, of, name, names(it.list))
	}
	return unknownValue
}

// wholeRow is a relation's name in the place of a value.
func wholeRow(it *item) value {
	out := columnsOf(it.list)
	out.opaque = out.opaque || !it.complete()
	if out.kind != lineage.Aggregated {
		out.kind = lineage.Derived
	}
	return out
}

// names gives the names of columns, each once.
func names(list []column) []string {
	out := make([]string, 0, len(list))
	for i := range list {
		out = append(out, list[i].name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// columnNames are the names a column could have had, for hints.
func (sc *scope) columnNames() []string {
	var out []string
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if it.open && s.sees(it) {
				out = append(out, names(it.list)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (sc *scope) relationNames() []string {
	var out []string
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if it.named && it.name != "" && s.sees(it) {
				out = append(out, it.name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nullable gives columns on the outer side of a join.
func nullable(list []column) []column {
	out := slices.Clone(list)
	for i := range out {
		if out[i].nullable == relation.NeverNull {
			out[i].nullable = 0
		}
	}
	return out
}
