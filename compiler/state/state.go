// Package state is what a target remembers of the builds of a project.
//
// It takes rows of the state tables and gives what is known of each relation and test, and the statements
// that keep more. The tables are an append-only log in the target itself, so that a relation and what is
// known of it change in one transaction: of the rows of a relation the one with the highest sequence counts,
// whoever wrote it. What cannot be read counts as not known, so that it is built again.
package state

import (
	"encoding/json"
	"slices"
	"sync/atomic"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// Version is that of the tables. A target whose state has a higher one was written by a newer program.
const Version = 3

// Key says whose state it is. To read, an empty Target is any.
type Key struct{ Project, Target, Environment string }

// DataVersion names the rows of a relation. It is empty where they are not known.
type DataVersion struct {
	// Rows stays when a rebuild came to the same rows; Build changes with every build, and with it perhaps the
	// order of the rows.
	Rows  string `json:"rows,omitempty"`
	Build string `json:"build,omitempty"`
}

// Seen gives what a reader records of the version: readers that depend on the order of rows see every build.
func (v DataVersion) Seen(ordered bool) string {
	if ordered && v.Rows != "" && v.Build != "" {
		return v.Rows + " built by " + v.Build
	}
	if ordered {
		return ""
	}
	return v.Rows
}

// Relation is what is known of a relation that a build made.
type Relation struct {
	ID project.ID `json:"-"`
	// Name is where it is, Kind how it was materialized.
	Name relation.Name `json:"name"`
	Kind string        `json:"kind"`
	// Code is the digest of Text and Config: the normal form of the query, of the given version, and the
	// settings that change rows.
	Code      fingerprint.Digest `json:"code"`
	Algorithm int                `json:"algorithm"`
	Text      string             `json:"text,omitempty"`
	Config    map[string]string  `json:"config,omitempty"`
	// Inputs are the data versions that were seen of what was read. Ordered says that the rows depend on the
	// order of those.
	Inputs  map[project.ID]string `json:"inputs,omitempty"`
	Ordered bool                  `json:"ordered,omitempty"`
	// Data is the relation's own data version. A view that gives something else in every run has none.
	Data DataVersion `json:"data"`
	// Digest is that of the rows of tables; that of an external model's Content is of its files.
	Digest engine.Digest `json:"digest"`
	// Definition is a hash of a view's text as the engine keeps it.
	Definition string `json:"definition,omitempty"`
	// Labels are the comments that Quern wrote.
	Labels Labels `json:"labels,omitzero"`
	// Incoming is a hash of the columns of the rows that came in last, where the table kept its rows.
	Incoming string `json:"incoming,omitempty"`
	// Growth is that of an incremental model.
	Growth *Growth   `json:"growth,omitempty"`
	Run    string    `json:"run"`
	At     time.Time `json:"at"`
	// Failed says that the last attempt to build it failed; all else is of the relation that is there.
	Failed bool `json:"failed,omitempty"`
	// Whole says that this was an attempt to build all of a table that else grows.
	Whole bool `json:"whole,omitempty"`
	// Void says that nothing is known, since somebody began to build it.
	Void bool `json:"void,omitempty"`
}

// Labels are the digests of the comments on a relation and on its columns; empty for none.
type Labels struct {
	Relation fingerprint.Digest `json:"relation,omitempty"`
	Columns  fingerprint.Digest `json:"columns,omitempty"`
}

// Test is what is known of a test.
type Test struct {
	ID project.ID `json:"-"`
	// Definition is the digest of its query and thresholds, Inputs are the data versions of what it read.
	Definition fingerprint.Digest    `json:"definition"`
	Inputs     map[project.ID]string `json:"inputs,omitempty"`
	// Failed says that it neither passed nor warned the last time. Warned is what it found where it warned.
	Failed bool      `json:"failed,omitempty"`
	Warned *Wrong    `json:"warned,omitempty"`
	Run    string    `json:"run"`
	At     time.Time `json:"at"`
}

// Wrong counts the wrong rows that a test found, and those it tested, -1 where nobody counted them.
type Wrong struct {
	Rows  int64 `json:"rows"`
	Total int64 `json:"total"`
}

// Place is a node and where it is: a node may be kept in several places, one after the other.
type Place struct {
	ID project.ID
	// Name is folded.
	Name relation.Name
}

// Known is the state of one project, target and environment.
type Known struct {
	Relations map[Place]*Relation
	Tests     map[project.ID]*Test
	// Open says that the last build did not end, so that of what it keeps at its end nothing is sure.
	Open bool
	// Last is the run of the last build that had anything to build; empty where nobody knows.
	Last string
	// Owed says which hooks after the last build are still to run; nil where none are.
	Owed *Owed
	// Damaged are the nodes and tests whose rows cannot be read, sorted.
	Damaged []string

	damage []damage
	// claimed are the subjects of relations of which there is a record of anybody.
	claimed map[string]bool
	// files are those that were loaded into relations, by the subjects of these, the oldest first.
	files map[string][]fileRow
	// rows is how many rows the tables hold, last their highest sequence.
	rows int64
	last atomic.Int64
}

// New gives an empty state.
func New() *Known {
	return &Known{Relations: map[Place]*Relation{}, Tests: map[project.ID]*Test{}, claimed: map[string]bool{}}
}

// Find gives what is known of a node where it is; nil where nothing is.
func (k *Known) Find(id project.ID, name relation.Name) *Relation {
	if k == nil {
		return nil
	}
	return k.Relations[Place{ID: id, Name: name.Fold()}]
}

// Add takes the rows that Read gives.
func (k *Known) Add(rows *engine.Rows) {
	for _, row := range rows.Values {
		kind, _ := row[0].(int64)
		node, _ := row[1].(string)
		payload, mine := row[2].(string)
		subject, _ := row[3].(string)
		id := project.ID(node)
		switch kind {
		case rowOfCounts:
			last, _ := row[4].(int64)
			k.rows, _ = row[5].(int64)
			k.last.Store(last)
		case rowOfTest:
			test := &Test{ID: id}
			if json.Unmarshal([]byte(payload), test) != nil || test.Definition == "" {
				k.damaged(damage{node, subject, true})
				continue
			}
			k.Tests[id] = test
		default:
			k.claimed[subject] = true
			if !mine {
				continue
			}
			if node == "" {
				k.addMark(payload)
				continue
			}
			r := &Relation{ID: id}
			switch err := json.Unmarshal([]byte(payload), r); {
			case err != nil || !r.Void && (r.Code == "" || r.Name.Identifier == ""):
				k.damaged(damage{node: node, subject: subject})
			case !r.Void:
				k.Relations[Place{ID: id, Name: r.Name.Fold()}] = r
			}
		}
	}
	slices.Sort(k.Damaged)
	k.Damaged = slices.Compact(k.Damaged)
}

func (k *Known) damaged(d damage) {
	k.Damaged, k.damage = append(k.Damaged, d.node), append(k.damage, d)
}
