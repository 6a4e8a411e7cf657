// Package plan orders what a build has to do, with a reason for every step.
//
// It takes a Program, the selected nodes and what is known of the target, and gives a Plan, which
// is pure data: run executes it and nothing else.
package plan

import (
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// Action says what a step does.
type Action uint8

// The actions. Later parts add train, reuse and drop.
const (
	Create  Action = iota + 1 // the relation is not there yet
	Rebuild                   // the relation is replaced
	Load                      // a seed's file is loaded
	Test                      // a test runs on what is published
	Skip                      // nothing changed
	Update                    // new rows come into the table
	Comment                   // nothing but comments changes
)

// String gives the word of the plan's JSON.
func (a Action) String() string {
	return [...]string{"", "create", "rebuild", "load", "test", "skip", "update", "comment"}[a]
}

// Cause is one fact behind a step's reason.
type Cause struct {
	What   string // code, config, column, input, missing, forced, …
	Node   project.ID
	Detail string
	// unknown says that nobody knows whether what is read changed.
	unknown bool
}

// Plan is what a build will do.
type Plan struct {
	// Steps stand in graph order.
	Steps []*Step
	// Schemas are the schemas to make sure of before anything runs, sorted.
	Schemas []relation.Name // Identifier is empty
	// Context serves the messages about what went wrong.
	Context *explain.Context
	// Versions are the data versions of what no step builds: sources, and relations that were not selected. What
	// is not among them, nor among Views, is not known.
	Versions map[project.ID]state.DataVersion
	// Views are the views, whose rows change with what they read, as they are when they have their step, if
	// they have one.
	Views map[project.ID]View
	// Collates says that collations may be part of types, which digests of rows do not tell.
	Collates bool
	// Orphans are relations that no node has any longer.
	Orphans []Orphan
	// Before and After are the hooks of the build; none where there is nothing to build, but for those that are owed.
	Before, After []Hook
	// Owed says that After are what an earlier build owes, in a plan that builds nothing itself; else nil.
	Owed *state.Owed
	// Trusted are the tables whose rows are on record and that the plan leaves out, lets grow or only reads, sorted.
	Trusted []relation.Name
	// FailuresSchema is where tests store their wrong rows; the zero value where none does.
	FailuresSchema relation.Name
}

// Published are the queries of a test on published relations.
type Published struct{ Query, Total, Through *template.Filled }

// View is a view in the target, as it was last built.
type View struct {
	Code    fingerprint.Digest
	Reads   []project.ID
	Ordered bool
}

// Step builds one node, or runs one test on published relations.
type Step struct {
	ID     project.ID
	Kind   link.Kind
	Action Action
	// Reason says in words why the step is done.
	Reason  string
	Because []Cause
	// Columns say what an update does about columns that the table and the new rows do not have alike.
	Columns []string
	// After are indexes of steps that must have succeeded before, sorted.
	After []int
	// If are the nodes of which one has to have new rows for the step to do anything; none where what it
	// does is certain.
	If []project.ID

	// Code and Reads are what decides about a node's rows: its query and settings, and what it reads.
	Code  Code
	Reads []project.ID
	// Known is what the state says of the relation that is there; nil where it says nothing, or where the
	// relation has to be built whatever its inputs are. Without If, a step with it has nothing to build.
	Known *state.Relation
	// Inputs are the data versions of what is read, as far as they are known before the build.
	Inputs map[project.ID]string
	// Former is the last that was known of the relation, to see whether its rows are new.
	Former *state.Relation

	Materialized project.Materialization // of a model
	Relation     relation.Name
	// Candidate is the reserved name under which the relation is built and audited; empty where the
	// step publishes directly.
	Candidate relation.Name
	// Query is the model's SQL with every hole filled.
	Query *template.Filled
	// Stands is the query for all of a view that may stay although nobody knows whether what it shows changed; empty for
	// others.
	Stands string
	// Member is what the step has as a part of a publish group, nil where it is published by itself.
	Member *Member
	// Growth says how the table of an incremental model grows, nil for others; NewRows is the query for what comes
	// in.
	Growth  *Growth
	NewRows *template.Filled
	// History says how a snapshot keeps its rows, nil for others.
	History *History
	// Labels are the comments on the relation.
	Labels Labels
	// Pre and Post are the hooks of a model: before its query, and in the transaction that publishes it.
	Pre, Post []Hook
	Load      *engine.Load
	// File is the path of a seed's file, relative to the project.
	File   string
	Export *engine.Export
	// Location is the file or folder an external model publishes; Export writes beside it. LocationAt
	// and PartitionAt are the places of the keys that say so.
	Location    string
	LocationAt  source.Span
	PartitionAt []source.Span
	// Audits are the tests that run before the relation is published. A step of a test holds
	// itself as the only one.
	Audits []*Audit
	// Span is where the node is defined.
	Span source.Span
	// Statements show what the step sends, for people.
	Statements []string
}

// Audit is one test, ready to run.
type Audit struct {
	ID     project.ID
	Name   string
	Tested project.ID // "" for a singular test
	Column string
	// Blocking says that a failure stops the publication and what is downstream.
	Blocking bool
	// Query selects the wrong rows, Total counts the rows that were tested; Total is nil where no
	// threshold needs it.
	Query, Total *template.Filled
	// Counts is the column of Query that says for how many wrong rows a selected one stands, quoted;
	// "" where each is one. CountsSpan is where the test says so.
	Counts          string
	CountsSpan      source.Span
	WarnIf, ErrorIf project.Threshold
	Limit           int
	StoreFailures   bool
	Span            source.Span
	// Where is where the test's condition stands, if it has one.
	Where source.Span
	// Definition and Reads are what decides about the verdict; without a Definition it is never known before.
	// Ordered says that the order of the rows does, too.
	Definition fingerprint.Digest
	Reads      []project.ID
	Ordered    bool
	// Known is what the state says of the test when it passed or warned; nil where it did neither, or was another
	// one. Passed says that it need not run, whatever the build does.
	Known  *state.Test
	Passed bool
	// Published are the same on what is published instead of a candidate.
	Published Published
	// Through is the query of the view that is tested, where that happens before the table below it
	// is published; else nil.
	Through *template.Filled
	// Of says in words what is tested, for messages.
	Of string
	// Hint says what to do about wrong rows, where that is not plain.
	Hint string
	// OnDelta says that an update needs to test its new rows only, before they come into the table.
	OnDelta bool
}
