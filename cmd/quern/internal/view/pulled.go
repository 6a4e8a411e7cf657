package view

import (
	"slices"
	"strings"
)

// The ends of reading a source's columns.
const (
	PullNew        = "new"
	PullChanged    = "changed"
	PullSame       = "same"
	PullUnreadable = "unreadable"
)

// Pulled is what a pull of sources came to.
type Pulled struct {
	Version int            `json:"version"`
	Sources []PulledSource `json:"sources"`
	// File is the lock file; Written says that it was written anew.
	File    string `json:"file"`
	Written bool   `json:"written"`
	// Columns are those that were written into the project's YAML; nil where nobody asked for it.
	Columns []WrittenColumns `json:"-"`
}

// PulledSource is one source: its columns now, and how they differ from those in the lock file. The
// columns of an unreadable one are those of the lock file.
type PulledSource struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Status  string       `json:"status"`
	Columns []NodeColumn `json:"columns"`
	Added   []NodeColumn `json:"added"`
	Removed []NodeColumn `json:"removed"`
	Retyped []Retyped    `json:"retyped"`
}

// Retyped is a column whose type changed.
type Retyped struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Compare says how columns differ from those that were locked; a nil old means that none were.
func Compare(name string, old, now []NodeColumn) PulledSource {
	s := PulledSource{
		ID: "source." + name, Name: name, Status: PullSame, Columns: append([]NodeColumn{}, now...),
		Added: []NodeColumn{}, Removed: []NodeColumn{}, Retyped: []Retyped{},
	}
	if old == nil {
		s.Status = PullNew
		return s
	}
	if !slices.Equal(old, now) {
		s.Status = PullChanged
	}
	types := make(map[string]string, len(old))
	for _, c := range old {
		types[c.Name] = c.Type
	}
	for _, c := range now {
		switch before, known := types[c.Name]; {
		case !known:
			s.Added = append(s.Added, c)
		case before != c.Type:
			s.Retyped = append(s.Retyped, Retyped{c.Name, before, c.Type})
		}
		delete(types, c.Name)
	}
	for _, c := range old {
		if _, gone := types[c.Name]; gone {
			s.Removed = append(s.Removed, c)
		}
	}
	return s
}

// String says how the source changed, in words.
func (s PulledSource) String() string {
	if s.Status != PullChanged {
		return map[string]string{
			PullNew: "new", PullSame: "same as before", PullUnreadable: "could not be read: kept as it was",
		}[s.Status]
	}
	var parts []string
	for _, c := range s.Added {
		parts = append(parts, "+ "+c.Name+" "+c.Type)
	}
	for _, c := range s.Removed {
		parts = append(parts, "- "+c.Name)
	}
	for _, c := range s.Retyped {
		parts = append(parts, c.Name+" was "+c.From+", is "+c.To)
	}
	if parts == nil {
		return "changed: the columns are in another order"
	}
	return "changed: " + strings.Join(parts, "; ")
}

// Pulled shows what a pull of sources came to.
func (v *View) Pulled(p Pulled) error {
	p.Version = 1
	if v.IsJSON() {
		if p.Sources == nil {
			p.Sources = []PulledSource{}
		}
		return v.Object(struct {
			Pulled
			Columns any `json:"columns_written,omitempty"`
		}{p, wanted(p.Columns)})
	}
	var rows [][]string
	for _, s := range p.Sources {
		rows = append(rows, []string{s.Name, count(int64(len(s.Columns)), "column"), s.String()})
	}
	v.sections([]section{{rows: rows}})
	if p.Written {
		v.Result("wrote %s", p.File)
	} else {
		v.Result("%s is as it was", p.File)
	}
	v.written(v.Result, p.Columns)
	v.gone(p.Columns)
	return nil
}
