package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/state"
)

// State is what a target remembers.
type State struct {
	Relations []StateRelation
	// Damaged are the nodes and tests of which nothing can be read.
	Damaged []string
	// One says that a node was asked for.
	One bool
}

// StateRelation is a relation that a target remembers, and how it is now.
type StateRelation struct {
	*state.Relation
	Standing state.Standing
}

type stateRelationJSON struct {
	ID       string       `json:"id"`
	Relation string       `json:"relation"`
	Kind     string       `json:"kind"`
	Rows     *int64       `json:"rows"` // null where the number is not known
	BuiltAt  string       `json:"built_at"`
	Run      string       `json:"run"`
	Version  string       `json:"data_version"`
	Inputs   []stateInput `json:"inputs"`
	Failed   bool         `json:"failed"`
	Status   string       `json:"status"` // as_left, altered or missing
	Query    *string      `json:"query,omitempty"`
}

type stateInput struct {
	ID      string `json:"id"`
	Version string `json:"data_version"`
}

// State shows what a target remembers.
func (v *View) State(s State) error {
	if v.opts.JSON {
		return v.stateJSON(s)
	}
	for i, r := range s.Relations {
		if s.One || v.opts.Verbose {
			if i > 0 {
				v.print(v.out, "\n")
			}
			v.print(v.out, v.stateOf(r))
			continue
		}
	}
	if !s.One && !v.opts.Verbose {
		v.stateTable(s.Relations)
	}
	for _, node := range s.Damaged {
		v.Note("what the state says of %s cannot be read: \"quern state repair\" takes it out", clean(node))
	}
	return nil
}

func (v *View) stateJSON(s State) error {
	out := make([]stateRelationJSON, len(s.Relations))
	for i, r := range s.Relations {
		out[i] = stateRelationJSON{
			ID: string(r.ID), Relation: r.Name.String(), Kind: r.Kind, Rows: rowsOf(r), BuiltAt: timestamp(r.At), Run: r.Run,
			Version: r.Data.Rows, Inputs: []stateInput{}, Failed: r.Failed, Status: string(r.Standing),
		}
		for _, id := range inputsOf(r) {
			out[i].Inputs = append(out[i].Inputs, stateInput{string(id), r.Inputs[id]})
		}
		if v.opts.Verbose {
			out[i].Query = &r.Text
		}
	}
	return v.Object(struct {
		Version   int                 `json:"version"`
		Relations []stateRelationJSON `json:"relations"`
		Damaged   []string            `json:"damaged"`
	}{1, out, append([]string{}, s.Damaged...)})
}

func rowsOf(r StateRelation) *int64 {
	if r.Digest.Columns == "" || r.Digest.Rows == 0 && r.Kind == project.External.String() {
		return nil
	}
	return &r.Digest.Rows
}

func inputsOf(r StateRelation) []project.ID { return slices.Sorted(maps.Keys(r.Inputs)) }

// stateTable shows a line per relation.
func (v *View) stateTable(all []StateRelation) {
	if len(all) == 0 {
		v.Result("nothing is known of this target")
		return
	}
	table := Table{Columns: []string{"node", "relation", "kind", "rows", "built at", "now"}}
	for _, r := range all {
		var rows any
		if n := rowsOf(r); n != nil {
			rows = *n
		}
		table.Rows = append(table.Rows, []any{string(r.ID), r.Name.String(), r.Kind, rows, builtAt(r), standing(r)})
	}
	v.Table(table)
}

func builtAt(r StateRelation) string { return r.At.UTC().Format("2006-01-02 15:04:05Z") }

func standing(r StateRelation) string {
	text := map[state.Standing]string{
		state.AsLeft: "as it was left", state.Altered: "altered by someone else", state.Missing: "missing",
	}[r.Standing]
	if r.Failed {
		text += ", the last build failed"
	}
	return text
}

// stateOf shows all there is to say of a relation.
func (v *View) stateOf(r StateRelation) string {
	var b strings.Builder
	line := func(name, text string) {
		fmt.Fprintf(&b, "  %s  %s\n", v.out.paint(dim, padRight(name, 8)), v.secrets.maskText(clean(text)))
	}
	b.WriteString(string(r.ID) + "\n")
	line("relation", r.Name.String())
	line("kind", r.Kind)
	if n := rowsOf(r); n != nil {
		line("rows", comma(*n))
	}
	line("built", builtAt(r)+" by the run "+r.Run)
	for i, id := range inputsOf(r) {
		name := ""
		if i == 0 {
			name = "inputs"
		}
		version := r.Inputs[id]
		if version == "" {
			version = "not known"
		}
		line(name, string(id)+"  "+version)
	}
	line("now", standing(r))
	if v.opts.Verbose {
		line("query", r.Text)
	}
	return b.String()
}

// Unlock says who holds a target; nobody where holder is empty.
func (v *View) Unlock(holder, why string) error {
	if v.opts.JSON {
		return v.Object(struct {
			Version  int    `json:"version"`
			Unlocked bool   `json:"unlocked"`
			Holder   string `json:"holder"`
		}{1, false, holder})
	}
	v.Result("nothing to unlock: %s", clean(why))
	if holder != "" {
		v.Note("the lock is the file's own, and ends with that process")
	}
	return nil
}

// Mended is one thing that was done to the state.
type Mended struct {
	// What is forgotten, made, set_aside, renamed or kept.
	What     string `json:"what"`
	Node     string `json:"node"`
	Relation string `json:"relation"`
	Detail   string `json:"detail"`
}

// Mended shows what was done to the state; nothing is said in a word.
func (v *View) Mended(all []Mended, nothing string) error {
	if v.opts.JSON {
		return v.Object(struct {
			Version int      `json:"version"`
			Actions []Mended `json:"actions"`
		}{1, append([]Mended{}, all...)})
	}
	for _, m := range all {
		v.Result("%s", v.secrets.maskText(clean(m.Detail)))
	}
	if len(all) == 0 {
		v.Result("%s", nothing)
	}
	return nil
}
