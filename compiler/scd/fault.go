package scd

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// Fault is a query for what must not be. Its rows are some of the keys it is about, each followed by how many
// there are; no row means that all is well.
type Fault struct {
	Kind Kind
	// Key is the one of the snapshot's keys that it is about; empty where it is about none.
	Key   string
	Query string
}

// Kind says what a fault is.
type Kind uint8

// The kinds.
const (
	repeated Kind = iota + 1
	undated
	marked
	early
	late
	overlapping
)

// shown is how many keys a message names.
const shown = 3

// Faults find what must not be among the rows of a candidate.
func (s Spec) Faults() []Fault {
	w := writer{Spec: s}
	names := strings.Join(w.keyOf(""), ", ")
	out := []Fault{{Kind: repeated, Key: "unique_key", Query: w.limited("select " + names + " from " + w.candidate() + " group by " + names + " having count(*) > 1")}}
	if s.Strategy == Timestamp {
		out = append(out, Fault{Kind: undated, Key: "updated_at", Query: w.keys(w.candidate(), "t."+w.q(s.UpdatedAt)+" is null")})
	}
	return out
}

// Say puts a fault into words. Rows are those of its query, of which there has to be one.
func (s Spec) Say(f Fault, rows *engine.Rows) (message, hint string) {
	total, some := s.named(rows)
	one := total == 1
	counted := func(single, several string) string {
		if one {
			return "1 " + single
		}
		return strconv.FormatInt(total, 10) + " " + several
	}
	key := strings.Join(s.Key, ", ")
	switch f.Kind {
	case repeated:
		return counted("key of "+quoted(key)+" stands", "keys of "+quoted(key)+" stand") + " in more than one row: " + some,
			"select one row for each key, or add to unique_key what tells the rows apart"
	case undated:
		return counted("row has", "rows have") + " NULL in " + quoted(s.UpdatedAt) + ", which says when a row was changed: " + some,
			"leave such rows out, or give them an instant with coalesce"
	case marked:
		return counted("open version says", "open versions say") + " that it is deleted, and hard_deletes is " + s.Deletes.String() + ": " + some,
			"set hard_deletes: new_record as it was, or another name with is_deleted if the column means something else"
	case early:
		return "the run's instant " + s.Run.UTC().Format("2006-01-02 15:04:05 UTC") + " is before the instants recorded for " +
				counted("key that changed", "keys that changed") + ": " + some,
			"run with a later --run-time; history is not written backwards"
	case late:
		return counted("row came", "rows came") + " late: " + quoted(s.UpdatedAt) + " is earlier than recorded, or the same with other values; left out: " + some,
			"a row is recorded once its " + s.UpdatedAt + " is later; with strategy: check the values decide"
	default:
		return counted("key has", "keys have") + " versions that overlap or end before they begin: " + some,
			"unique_key does not tell them apart, or somebody else changed the table: set it as it was, or put the table right"
	}
}

// named gives how many keys there are, and names some.
func (s Spec) named(rows *engine.Rows) (total int64, some string) {
	var list []string
	for _, row := range rows.Values[:min(len(rows.Values), shown)] {
		var parts []string
		for i, name := range s.Key {
			value := text(row[i])
			if s.Hidden[strings.ToLower(name)] {
				value = "***"
			}
			parts = append(parts, name+" = "+value)
		}
		total, _ = row[len(s.Key)].(int64)
		one := strings.Join(parts, ", ")
		if len(parts) > 1 {
			one = "(" + one + ")"
		}
		list = append(list, one)
	}
	if more := total - int64(len(list)); more > 0 {
		return total, fmt.Sprintf("%s and %d more", strings.Join(list, ", "), more)
	}
	return total, strings.Join(list, ", ")
}

func text(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + v + "'"
	case []any, map[string]any:
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(value)
}

// keyOf gives the key's columns of a relation.
func (w *writer) keyOf(alias string) []string {
	out := make([]string, len(w.Key))
	for i, name := range w.Key {
		if out[i] = w.q(name); alias != "" {
			out[i] = alias + "." + out[i]
		}
	}
	return out
}

// keys gives the query for the keys of a relation, which is called t, where a condition holds.
func (w *writer) keys(of, condition string) string {
	return w.limited("select " + strings.Join(w.keyOf("t"), ", ") + " from " + of + " as t where " + condition)
}

// limited counts the rows of a query of keys and gives the first of them.
func (w *writer) limited(query string) string {
	keys := make([]string, len(w.Key))
	for i := range keys {
		keys[i] = strconv.Itoa(i + 1)
	}
	return "select *, count(*) over () from (" + query + ") as keys order by " + strings.Join(keys, ", ") + " limit " + strconv.Itoa(shown)
}

// earlier finds what the run's instant would have to be recorded before.
func (w *writer) earlier() Fault {
	run, vf, vt := w.run(), "t."+w.q(w.ValidFrom), "t."+w.q(w.ValidTo)
	keys := strings.Join(w.keyOf("t"), ", ")
	both := "select " + keys + " from " + w.candidate() + " as c join " + w.table() + " as t on " + w.sameKey("c") + " where "
	query := both + w.open() + " and " + vf + " > " + run + " and " + w.changed() +
		" union " + both + vt + " > " + run + " and not exists (select 1 from " + w.table() + " as o where o." + w.q(w.ValidTo) +
		" is null and " + w.sameKey("o") + ")"
	if w.Deletes != Ignore {
		query += " union select " + keys + " from " + w.table() + " as t where " + w.live() + " and " + vf + " > " + run + " and " + w.gone()
	}
	return Fault{Kind: early, Query: w.limited(query)}
}

func (w *writer) lateKeys() Fault {
	keys := "select " + strings.Join(w.keyOf("t"), ", ") + " from " + w.candidate() + " as c join " + w.table() + " as t on " +
		w.sameKey("c") + " where " + w.open() + " and " + w.late()
	return Fault{Kind: late, Key: "updated_at", Query: w.limited(keys)}
}

// invariant finds keys whose versions do not follow each other.
func (w *writer) invariant() Fault {
	vf, vt := w.q(w.ValidFrom), w.q(w.ValidTo)
	keys := w.keyOf("")
	var named, out []string
	for i, key := range keys {
		named, out = append(named, key+" as k"+strconv.Itoa(i)), append(out, "k"+strconv.Itoa(i))
	}
	versions := "select " + strings.Join(named, ", ") + ", " + vf + " as began, " + vt + " as ended, lead(" + vf + ") over (partition by " +
		strings.Join(keys, ", ") + " order by " + vf + ", " + vt + " nulls last) as following from " + w.table()
	query := "select distinct " + strings.Join(out, ", ") + " from (" + versions +
		") as versions where began is null or ended < began or following is not null and (ended is null or ended > following)"
	return Fault{Kind: overlapping, Query: w.limited(query)}
}
