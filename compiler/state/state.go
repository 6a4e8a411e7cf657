// Package state is what a target remembers of the builds of a project.
//
// It takes rows of the state tables and gives what is known of each relation and test, and the statements
// that keep more. The tables are an append-only log in the target itself, so that a relation and what is
// known of it change in one transaction: of the rows of a node the one with the highest sequence counts.
// What cannot be read counts as not known, so that it is built again.
package state

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// Version is that of the tables. A target whose state has a higher one was written by a newer program.
const Version = 1

// Key says whose state it is.
type Key struct{ Project, Target, Environment string }

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
	Text      string             `json:"text"`
	Config    map[string]string  `json:"config,omitempty"`
	// Inputs are the data versions of what was read.
	Inputs map[project.ID]string `json:"inputs,omitempty"`
	// Data is the relation's own data version. It stays when a rebuild came to the same rows. A view that gives
	// something else in every run has none.
	Data string `json:"data"`
	// Digest is that of the rows of tables; that of an external model's Content is of its files.
	Digest engine.Digest `json:"digest"`
	Run    string        `json:"run"`
	At     time.Time     `json:"at"`
	// Failed says that the last attempt to build it failed; all else is of the relation that is there.
	Failed bool `json:"failed,omitempty"`
}

// Test is what is known of a test that passed.
type Test struct {
	ID project.ID `json:"-"`
	// Definition is the digest of its query and thresholds, Inputs are the data versions of what it read.
	Definition fingerprint.Digest    `json:"definition"`
	Inputs     map[project.ID]string `json:"inputs,omitempty"`
	Run        string                `json:"run"`
	At         time.Time             `json:"at"`
}

// Known is the state of one project, target and environment.
type Known struct {
	Relations map[project.ID]*Relation
	Tests     map[project.ID]*Test
	// Damaged are the nodes and tests whose rows cannot be read, sorted.
	Damaged []string

	rows int
	last atomic.Int64
}

// New gives an empty state.
func New() *Known {
	return &Known{Relations: map[project.ID]*Relation{}, Tests: map[project.ID]*Test{}}
}

// Tables writes the statements about the tables of one schema.
type Tables struct {
	Dialect Dialect
	// Schema is the tables' schema; Identifier is empty.
	Schema relation.Name
	Key    Key
}

// Dialect is what state needs of an engine.
type Dialect interface {
	Literal(value any) string
	Relation(name relation.Name) string
}

func (t Tables) name(table string) string {
	name := t.Schema
	name.Identifier = table
	return t.Dialect.Relation(name)
}

// The tables. VersionTable is made last.
const (
	relationsTable = "relations"
	testsTable     = "tests"
	VersionTable   = "version"
)

// Create gives the statements that make the tables where they are missing.
func (t Tables) Create() []string {
	log := "(project varchar, target varchar, environment varchar, node varchar, sequence bigint, run varchar, built_at varchar, payload varchar)"
	return []string{
		"create table if not exists " + t.name(relationsTable) + " " + log,
		"create table if not exists " + t.name(testsTable) + " " + log,
		"create table if not exists " + t.name(VersionTable) + " (version integer)",
		"insert into " + t.name(VersionTable) + " select " + strconv.Itoa(Version) +
			" where not exists (select 1 from " + t.name(VersionTable) + ")",
	}
}

// ReadVersion gives the query for the version of the tables.
func (t Tables) ReadVersion() string { return "select max(version) from " + t.name(VersionTable) }

// Read gives the query for the rows that Add takes: of this key, and of the relations of others, since the last who
// built a relation decides what it holds.
func (t Tables) Read() string {
	one := func(mark, table string) string {
		return "select " + mark + " as kind, node, sequence, payload from " + t.name(table) + " where " + t.mine()
	}
	return one("0", relationsTable) + " union all " + one("1", testsTable) +
		" union all select 2, node, sequence, payload from " + t.name(relationsTable) + " where not (" + t.mine() +
		") order by sequence"
}

func (t Tables) mine() string {
	d := t.Dialect
	return "project = " + d.Literal(t.Key.Project) + " and target = " + d.Literal(t.Key.Target) +
		" and environment = " + d.Literal(t.Key.Environment)
}

// Add takes the rows that Read gives. A relation that another target, environment or project built later is not
// known.
func (k *Known) Add(rows *engine.Rows) {
	others := map[relation.Name]time.Time{}
	for _, row := range rows.Values {
		kind, _ := row[0].(int64)
		node, _ := row[1].(string)
		sequence, _ := row[2].(int64)
		payload, _ := row[3].(string)
		if kind == 2 {
			var r Relation
			if json.Unmarshal([]byte(payload), &r) == nil && r.At.After(others[r.Name]) {
				others[r.Name] = r.At
			}
			continue
		}
		k.rows++
		if sequence > k.last.Load() {
			k.last.Store(sequence)
		}
		id := project.ID(node)
		if kind == 1 {
			test := &Test{ID: id}
			if json.Unmarshal([]byte(payload), test) != nil || test.Definition == "" {
				k.damaged(node)
				delete(k.Tests, id)
				continue
			}
			k.Tests[id] = test
			continue
		}
		r := &Relation{ID: id}
		if json.Unmarshal([]byte(payload), r) != nil || r.Code == "" {
			k.damaged(node)
			delete(k.Relations, id)
			continue
		}
		k.Relations[id] = r
	}
	for id, r := range k.Relations {
		if !r.At.After(others[r.Name]) {
			delete(k.Relations, id)
		}
	}
}

func (k *Known) damaged(node string) {
	for _, known := range k.Damaged {
		if known == node {
			return
		}
	}
	k.Damaged = append(k.Damaged, node)
}

// Keep gives the statement that notes what is known of relations now. It is safe for concurrent use.
func (t Tables) Keep(k *Known, relations ...*Relation) (string, error) {
	var b strings.Builder
	b.WriteString(t.insert(relationsTable))
	for i, r := range relations {
		payload, err := json.Marshal(r)
		if err != nil {
			return "", fmt.Errorf("write the state of %s: %w", r.ID, err)
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.row(k, string(r.ID), r.Run, r.At, string(payload)))
	}
	return b.String(), nil
}

// KeepTests gives the statement that notes tests that passed; "" where there are none.
func (t Tables) KeepTests(k *Known, tests []*Test) (string, error) {
	if len(tests) == 0 {
		return "", nil
	}
	var b strings.Builder
	b.WriteString(t.insert(testsTable))
	for i, test := range tests {
		payload, err := json.Marshal(test)
		if err != nil {
			return "", fmt.Errorf("write the state of %s: %w", test.ID, err)
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.row(k, string(test.ID), test.Run, test.At, string(payload)))
	}
	return b.String(), nil
}

func (t Tables) insert(table string) string { return "insert into " + t.name(table) + " values " }

func (t Tables) row(k *Known, node, run string, at time.Time, payload string) string {
	d := t.Dialect
	return "(" + strings.Join([]string{
		d.Literal(t.Key.Project), d.Literal(t.Key.Target), d.Literal(t.Key.Environment), d.Literal(node),
		strconv.FormatInt(k.last.Add(1), 10), d.Literal(run), d.Literal(at.UTC().Format(time.RFC3339Nano)), d.Literal(payload),
	}, ", ") + ")"
}

// spareRows is how many rows that count no more a log may have besides as many as there are nodes.
const spareRows = 1000

// Shorten gives the statements that take rows out that count no more, none while they are few.
func (t Tables) Shorten(k *Known) []string {
	live := len(k.Relations) + len(k.Tests)
	if k.rows < 2*live+spareRows {
		return nil
	}
	var out []string
	for _, table := range []string{relationsTable, testsTable} {
		name := t.name(table)
		out = append(out, "delete from "+name+" where "+t.mine()+" and sequence not in (select max(sequence) from "+
			name+" where "+t.mine()+" group by node)")
	}
	return out
}
