package scd

import (
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/relation"
)

// writer writes statements. The candidate is c in them, the table t.
type writer struct{ Spec }

func (w *writer) q(name string) string { return w.Dialect.Quote(name) }

func (w *writer) table() string     { return w.Dialect.Relation(w.Table) }
func (w *writer) candidate() string { return w.Dialect.Relation(w.Candidate) }

// instant writes the run's instant as a value of a type.
func (w *writer) instant(name string) string {
	layout := "2006-01-02 15:04:05.000000"
	switch logical, _ := w.Dialect.LogicalType(name); logical {
	case "date":
		layout = time.DateOnly
	case "instant":
		layout += "+00"
	}
	return "cast(" + w.Dialect.Literal(w.Run.UTC().Format(layout)) + " as " + name + ")"
}

// run is the run's instant in the type of valid_from, as it is when the table is altered.
func (w *writer) run() string {
	name := find(w.Stored, w.ValidFrom).Type
	if w.Strategy == Timestamp {
		if kept, ok := wider(w.Dialect, name, find(w.Incoming, w.UpdatedAt).Type); ok {
			name = kept
		}
	}
	return w.instant(name)
}

// sameKey compares the key of something with that of t; NULL is a value like others.
func (w *writer) sameKey(a string) string {
	parts := make([]string, len(w.Key))
	for i, name := range w.Key {
		parts[i] = a + "." + w.q(name) + " is not distinct from t." + w.q(name)
	}
	return strings.Join(parts, " and ")
}

func (w *writer) open() string { return "t." + w.q(w.ValidTo) + " is null" }

// deleted is the condition that an open version says that its key is deleted.
func (w *writer) deleted() string { return "coalesce(t." + w.q(w.IsDeleted) + ", false)" }

// live is the condition that a version is open and says of no deletion.
func (w *writer) live() string {
	if w.marks() {
		return w.open() + " and not " + w.deleted()
	}
	return w.open()
}

// changed is the condition that a row of the candidate makes a version after an open one.
func (w *writer) changed() string {
	var parts []string
	if w.Strategy == Timestamp {
		u := w.q(w.UpdatedAt)
		parts = append(parts, "c."+u+" > t."+u, "t."+u+" is null")
	} else {
		parts = w.differs(w.checked())
	}
	if w.marks() {
		parts = append(parts, w.deleted())
	}
	return either(parts)
}

func either(parts []string) string {
	if len(parts) == 0 {
		return "false"
	}
	return "(" + strings.Join(parts, " or ") + ")"
}

func (w *writer) differs(columns []string) []string {
	parts := make([]string, len(columns))
	for i, name := range columns {
		parts[i] = "c." + w.q(name) + " is distinct from t." + w.q(name)
	}
	return parts
}

// checked are the columns that are compared.
func (w *writer) checked() []string {
	if len(w.Check) > 0 {
		return w.Check
	}
	var out []string
	for _, c := range w.Incoming {
		if !w.isKey(c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// late is the condition that a row is not new and yet not what is recorded. Columns that were not recorded
// before say nothing.
func (w *writer) late() string {
	if w.Strategy == Check {
		return "false"
	}
	var shared []string
	for _, c := range w.Incoming {
		if !w.isKey(c.Name) && find(w.Stored, c.Name) != nil && !relation.IsSameColumn(c.Name, w.UpdatedAt) {
			shared = append(shared, c.Name)
		}
	}
	u := w.q(w.UpdatedAt)
	return "not " + w.changed() + " and " + either(append([]string{"c." + u + " < t." + u}, w.differs(shared)...))
}

// gone is the condition that the key of a version is not among the rows.
func (w *writer) gone() string {
	return "not exists (select 1 from " + w.candidate() + " as c where " + w.sameKey("c") + ")"
}

// count gives the query for how many keys are added, changed, removed and late.
func (w *writer) count() string {
	number := func(condition string) string { return "count(case when " + condition + " then 1 end)" }
	from := "t." + w.q(w.ValidFrom)
	seen := "select " + number(from+" is null") + " as added, " + number(from+" is not null and "+w.changed()) + " as changed, " +
		number(from+" is not null and "+w.late()) + " as late" +
		" from " + w.candidate() + " as c left join (select * from " + w.table() + " as t where " + w.open() + ") as t on " + w.sameKey("c")
	removed := "select 0 as removed"
	if w.Deletes != Ignore {
		removed = "select count(*) as removed from " + w.table() + " as t where " + w.live() + " and " + w.gone()
	}
	return "select added, changed, removed, late from (" + seen + ") as seen cross join (" + removed + ") as gone"
}

// remove gives the statements for keys that are no longer among the rows.
func (w *writer) remove() (out []string) {
	if w.Deletes == Ignore {
		return nil
	}
	end := "greatest(" + w.run() + ", t." + w.q(w.ValidFrom) + ")"
	if w.marks() {
		out = append(out, w.markDeleted(end))
	}
	return append(out, "update "+w.table()+" as t set "+w.q(w.ValidTo)+" = "+end+" where "+w.live()+" and "+w.gone())
}

// apply gives the statements for rows that make a version. The first ends the open ones before them, so that
// their keys have none, like keys that are new and keys that are back: the second adds versions to all these.
func (w *writer) apply() []string {
	begin := w.run()
	if w.Strategy == Timestamp {
		begin = w.begin("t." + w.q(w.ValidFrom))
	}
	end := "update " + w.table() + " as t set " + w.q(w.ValidTo) + " = " + begin + " from " + w.candidate() + " as c where " + w.open() +
		" and " + w.sameKey("c") + " and " + w.changed()
	return []string{end, w.insert()}
}

// begin is where a version begins that follows what is recorded until last.
func (w *writer) begin(last string) string {
	u := "c." + w.q(w.UpdatedAt)
	return "case when " + u + " < " + last + " then greatest(" + w.run() + ", " + last + ") else " + u + " end"
}

// markDeleted adds versions that say that their keys are deleted.
func (w *writer) markDeleted(at string) string {
	var names, values []string
	for _, c := range w.Stored {
		if !w.isAdded(c.Name) {
			names, values = append(names, w.q(c.Name)), append(values, "t."+w.q(c.Name))
		}
	}
	for _, c := range w.Incoming {
		if find(w.Stored, c.Name) == nil {
			names, values = append(names, w.q(c.Name)), append(values, "t."+w.q(c.Name))
		}
	}
	names = append(names, w.q(w.ValidFrom), w.q(w.ValidTo), w.q(w.IsDeleted))
	values = append(values, at, "null", "true")
	return "insert into " + w.table() + " (" + strings.Join(names, ", ") + ") select " + strings.Join(values, ", ") +
		" from " + w.table() + " as t where " + w.live() + " and " + w.gone()
}

// insert adds a version for every row whose key has no open one.
func (w *writer) insert() string {
	var names, values []string
	for _, c := range w.Incoming {
		names, values = append(names, w.q(c.Name)), append(values, "c."+w.q(c.Name))
	}
	begin, last := w.run(), ""
	if w.Strategy == Timestamp {
		begin, last = w.begin("h.ended"), " left join "+w.ended()+" on "+w.sameEnded()
	}
	names, values = append(names, w.q(w.ValidFrom), w.q(w.ValidTo)), append(values, begin, "null")
	if w.marks() {
		names, values = append(names, w.q(w.IsDeleted)), append(values, "false")
	}
	return "insert into " + w.table() + " (" + strings.Join(names, ", ") + ") select " + strings.Join(values, ", ") +
		" from " + w.candidate() + " as c" + last +
		" where not exists (select 1 from " + w.table() + " as t where " + w.open() + " and " + w.sameKey("c") + ")"
}

// ended gives, for each key that has ended versions, where the last of them ended.
func (w *writer) ended() string {
	var keys, groups []string
	for i, name := range w.Key {
		keys, groups = append(keys, w.q(name)+" as k"+strconv.Itoa(i)), append(groups, w.q(name))
	}
	vt := w.q(w.ValidTo)
	return "(select " + strings.Join(keys, ", ") + ", max(" + vt + ") as ended from " + w.table() +
		" where " + vt + " is not null group by " + strings.Join(groups, ", ") + ") as h"
}

func (w *writer) sameEnded() string {
	parts := make([]string, len(w.Key))
	for i, name := range w.Key {
		parts[i] = "h.k" + strconv.Itoa(i) + " is not distinct from c." + w.q(name)
	}
	return strings.Join(parts, " and ")
}
