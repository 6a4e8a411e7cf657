package view

import "strconv"

// WrittenColumns says what was written into a file of a node's columns. Gone are columns that the file
// lists and the node does not have.
type WrittenColumns struct {
	File  string   `json:"file"`
	Node  string   `json:"node"`
	Added []string `json:"added"`
	Typed []string `json:"typed"`
	Gone  []string `json:"gone"`
}

// written shows what was written.
func (v *View) written(say func(format string, args ...any), list []WrittenColumns) {
	for _, w := range list {
		switch added, typed := int64(len(w.Added)), int64(len(w.Typed)); {
		case added > 0 && typed > 0:
			say("wrote %s and %s of %s into %s", count(added, "column"), count(typed, "type"), w.Node, w.File)
		case added > 0:
			say("wrote %s of %s into %s", count(added, "column"), w.Node, w.File)
		case typed > 0:
			say("wrote %s of %s into %s", count(typed, "type"), w.Node, w.File)
		}
	}
}

// gone names the columns that people have to remove.
func (v *View) gone(list []WrittenColumns) {
	for _, w := range list {
		for _, column := range w.Gone {
			v.Note("%s lists the column %s, which %s does not have any more", w.File, strconv.Quote(column), w.Node)
		}
	}
}
