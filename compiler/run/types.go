// Package run executes a plan: in graph order, in parallel, each relation built, audited and then
// published.
//
// It takes a Plan and a Warehouse, tells an Observer what happens, and gives Results. A step that
// fails leaves the published relation as it was and skips what depends on it, with the cause.
package run

import (
	"context"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
)

// Warehouse opens sessions. It is used concurrently.
type Warehouse interface {
	Session(ctx context.Context) (Session, error)
	// MaxSessions is how many sessions may work at once; zero means no limit.
	MaxSessions() int
}

// Session is one connection to the warehouse, used by one goroutine at a time. Its errors are
// *engine.Error.
type Session interface {
	EnsureSchema(ctx context.Context, database, schema string) error
	List(ctx context.Context, database, schema string) ([]relation.Object, error)
	CreateTable(ctx context.Context, name relation.Name, query string) (int64, error)
	CreateView(ctx context.Context, name relation.Name, query string) error
	Load(ctx context.Context, load engine.Load) (int64, error)
	Describe(ctx context.Context, query string) ([]relation.Column, error)
	Export(ctx context.Context, export engine.Export) (int64, error)
	ExportScan(export engine.Export, rows int64) string
	Publish(ctx context.Context, publications []engine.Publication, with ...string) error
	Digest(ctx context.Context, name relation.Name) (engine.Digest, error)
	Digests(ctx context.Context, names []relation.Name) ([]engine.Digest, error)
	Definitions(ctx context.Context, database, schema string) (map[string]string, error)
	InTransaction(ctx context.Context, do func(ctx context.Context) error) error
	Exec(ctx context.Context, statement string) error
	Columns(ctx context.Context, name relation.Name) ([]relation.Column, error)
	Drop(ctx context.Context, name relation.Name) error
	Query(ctx context.Context, query string, limit int) (*engine.Rows, error)
	Close() error
}

// Options says how to execute.
type Options struct {
	// Threads limits the steps at work. Zero means the warehouse's own limit, at most 8.
	Threads  int
	FailFast bool
	// ShowRows is how many wrong rows a failed test fetches.
	ShowRows int
	// Now reads the clock; nil means time.Now.
	Now func() time.Time
	// Found are the relations that somebody found in the target just now, in any number of its schemas. A schema of
	// which there is none is looked at again.
	Found []relation.Name
	// State keeps what is built; nil keeps nothing.
	State *Keeper
	// Reopen closes the warehouse, of which no session is open any more, and opens it anew after the engine broke
	// down; nil where that cannot be.
	Reopen func(ctx context.Context) (Warehouse, error)
}

// Keeper keeps what a build came to in the target.
type Keeper struct {
	Tables state.Tables
	Known  *state.Known
	// Missing says that the tables are not there yet.
	Missing bool
	// Run is what is to be known of this run but how it goes: the command and the versions.
	Run state.Run
	// FileDigest gives the digest of what an external model wrote to its location.
	FileDigest func(location string) (string, error)
	// Disk looks at files that are loaded once each. Looked is when somebody began to look at them for the plan.
	Disk   Disk
	Looked time.Time
	// Touched reports whether a file of a source or a seed is not the one of which the plan has the version, or was
	// written since, even if it is the same again. Nil means that nobody knows.
	Touched func(id project.ID) bool
}

// Status is how a step or test ended.
type Status uint8

// The statuses. A step ends as Success, Unchanged, Failed, Skipped or Cancelled; a test as Pass, Unchanged
// (it passed before and did not run), Warn, Fail, TestError, Skipped or Cancelled.
const (
	Success Status = iota + 1
	Failed
	Skipped
	Cancelled
	Pass
	Warn
	Fail
	TestError
	Unchanged
)

// String gives the word of the JSON output.
func (s Status) String() string {
	return [...]string{"", "success", "error", "skipped", "cancelled", "pass", "warn", "fail", "error", "unchanged"}[s]
}

// Results is what an execution came to.
type Results struct {
	RunID string
	// Steps are in the plan's order.
	Steps   []StepResult
	Seconds float64
	// Interrupted says that the context ended the run.
	Interrupted bool
	// Hook is the hook of the build that failed; nil for none.
	Hook *HookFailure
}

// HookFailure says that a statement before or after the build failed.
type HookFailure struct {
	Diagnostic *diag.Diagnostic
	// Class is that of the engine's error, for exit codes.
	Class engine.Class
}

// StepResult is how one step ended.
type StepResult struct {
	ID           project.ID
	Kind         link.Kind
	Materialized project.Materialization
	Relation     relation.Name
	Status       Status
	// Rows is the number of rows built, -1 where it is not known, as for views.
	Rows    int64
	Seconds float64
	// Reason says why the step was done, skipped or failed.
	Reason string
	// Diagnostic is what went wrong, at its place in the template.
	Diagnostic *diag.Diagnostic
	// Class is the class of the engine's error, for exit codes and retries.
	Class engine.Class
	// Kept is the candidate that was left for a look.
	Kept  relation.Name
	Tests []TestResult
	// Note says in a few words what an update did. Warnings are what a person should know of it.
	Note     string
	Warnings diag.List
	// Commented says that nothing but comments was written.
	Commented bool
	// stays says that the step built nothing, since its relation is as it would be.
	stays bool
}

// TestResult is how one test ended.
type TestResult struct {
	ID         project.ID
	Name       string
	Tested     project.ID
	Column     string
	Status     Status
	Failures   int64 // wrong rows
	Before     bool  // it did not run: an earlier build found that, and nothing changed
	Total      int64 // rows tested, -1 where they were not counted
	Seconds    float64
	Span       source.Span
	Rows       *engine.Rows  // some of the wrong rows
	Stored     relation.Name // where all wrong rows are kept; empty where they are not
	Query      string        // selects the wrong rows, as sent
	Diagnostic *diag.Diagnostic
	Reason     string // why it did not run
	breaks     bool   // the engine broke down over it
}

// Event is one thing that happened: RunStarted, NodeStarted, NodeFinished, TestFinished, Log or
// RunFinished.
type Event interface{ event() }

// RunStarted is the first event.
type RunStarted struct {
	RunID string
	Time  time.Time
	// Steps and Tests are how many there will be.
	Steps, Tests int
}

// NodeStarted says that a step began to work.
type NodeStarted struct {
	Time time.Time
	ID   project.ID
	Kind link.Kind
}

// NodeFinished says that a step ended.
type NodeFinished struct {
	Time   time.Time
	Result *StepResult
}

// TestFinished says that a test ended; it comes before the NodeFinished of its step.
type TestFinished struct {
	Time   time.Time
	Result *TestResult
}

// Log is a line of conversation.
type Log struct {
	Time    time.Time
	Message string
}

// RunFinished is the last event.
type RunFinished struct {
	Time    time.Time
	Results *Results
}

func (RunStarted) event()   {}
func (NodeStarted) event()  {}
func (NodeFinished) event() {}
func (TestFinished) event() {}
func (Log) event()          {}
func (RunFinished) event()  {}

// Observer is told what happens, one event at a time, in an order that fits the plan's.
type Observer interface {
	Observe(Event)
}
