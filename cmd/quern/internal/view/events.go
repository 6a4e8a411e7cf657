package view

import (
	"math"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/run"
)

// event is what every event of a run has in JSON.
type event struct {
	Version int    `json:"version"`
	RunID   string `json:"run_id"`
	Time    string `json:"time"`
	Event   string `json:"event"`
}

type runStartedEvent struct {
	event
	Command string `json:"command"`
	Steps   int    `json:"steps"`
	Tests   int    `json:"tests"`
}

type nodeStartedEvent struct {
	event
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

type nodeFinishedEvent struct {
	event
	ID           string           `json:"id"`
	Kind         string           `json:"kind"`
	Materialized string           `json:"materialized"`
	Relation     string           `json:"relation"`
	Status       string           `json:"status"`
	Rows         *int64           `json:"rows"` // null where the number is not known
	Seconds      float64          `json:"seconds"`
	Reason       string           `json:"reason"`
	Error        *diag.Diagnostic `json:"error"`
	// Candidate is the relation that was kept for a look.
	Candidate string `json:"candidate"`
	// Note says in a few words what an update did.
	Note     string    `json:"note"`
	Warnings diag.List `json:"warnings"`
}

type testFinishedEvent struct {
	event
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Node     string           `json:"node"`
	Column   string           `json:"column"`
	Status   string           `json:"status"`
	Failures int64            `json:"failures"`
	Total    *int64           `json:"total"` // null where the rows were not counted
	Seconds  float64          `json:"seconds"`
	File     string           `json:"file"`
	Line     int              `json:"line"`
	Reason   string           `json:"reason"`
	Error    *diag.Diagnostic `json:"error"`
	// Columns and Rows are some of the wrong rows, as many as --show-rows asks for.
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	// Stored is the table that keeps all wrong rows.
	Stored string `json:"stored"`
}

type logEvent struct {
	event
	Level      string           `json:"level"`
	Message    string           `json:"message"`
	Diagnostic *diag.Diagnostic `json:"diagnostic,omitempty"`
}

type runFinishedEvent struct {
	event
	Status  string  `json:"status"` // success, error or interrupted
	Seconds float64 `json:"seconds"`
	Summary
	// CriticalPath and Slowest are there where --timings asked for them.
	*Timings
}

// eventOf gives the JSON of an event.
func (r *report) eventOf(e run.Event) any {
	switch e := e.(type) {
	case run.RunStarted:
		return runStartedEvent{r.stamp("run_started", e.Time), r.o.Command, e.Steps, e.Tests}
	case run.NodeStarted:
		return nodeStartedEvent{r.stamp("node_started", e.Time), string(e.ID), e.Kind.String()}
	case run.NodeFinished:
		s := e.Result
		return nodeFinishedEvent{
			event: r.stamp("node_finished", e.Time), ID: string(s.ID), Kind: s.Kind.String(),
			Materialized: materialized(s), Relation: s.Relation.String(), Status: r.status(s),
			Rows: known(s.Rows), Seconds: micro(s.Seconds), Reason: s.Reason, Error: s.Diagnostic,
			Candidate: s.Kept.String(), Note: s.Note, Warnings: append(diag.List{}, s.Warnings...),
		}
	case run.TestFinished:
		return r.testEvent(r.stamp("test_finished", e.Time), e.Result)
	case run.Log:
		return logEvent{event: r.stamp("log", e.Time), Level: "info", Message: e.Message}
	case run.RunFinished:
		return r.finishedEvent(e)
	}
	return nil
}

func (r *report) testEvent(stamp event, t *run.TestResult) testFinishedEvent {
	out := testFinishedEvent{
		event: stamp, ID: string(t.ID), Name: t.Name, Node: string(t.Tested), Column: t.Column,
		Status: t.Status.String(), Failures: t.Failures, Total: known(t.Total), Seconds: micro(t.Seconds),
		File: t.Span.Path(), Line: t.Span.Position().Line, Reason: t.Reason, Error: t.Diagnostic,
		Columns: []string{}, Rows: [][]any{}, Stored: t.Stored.String(),
	}
	table := r.wrongRows(t)
	out.Columns = append(out.Columns, table.Columns...)
	for _, row := range table.Rows {
		values := append([]any{}, row...)
		for c := range values {
			if table.Hidden[c] && values[c] != nil {
				values[c] = masked
			}
		}
		out.Rows = append(out.Rows, values)
	}
	return out
}

func (r *report) finishedEvent(e run.RunFinished) runFinishedEvent {
	s := Summarize(e.Results)
	out := runFinishedEvent{r.stamp("run_finished", e.Time), "success", micro(e.Results.Seconds), s, r.timingsOf(e.Results)}
	switch {
	case e.Results.Interrupted:
		out.Status = "interrupted"
	case s.Failed+s.TestsFailed+s.TestsErrored > 0 || e.Results.Hook != nil:
		out.Status = "error"
	}
	return out
}

func (r *report) diagnosticEvent(at time.Time, d *diag.Diagnostic) logEvent {
	return logEvent{r.stamp("log", at), d.Severity.String(), d.Message, d}
}

// known gives nil for a number below zero.
func known(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// micro rounds seconds to what a clock can tell.
func micro(seconds float64) float64 { return math.Round(seconds*1e6) / 1e6 }

// timestamp writes an instant for programs.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (r *report) stamp(name string, t time.Time) event {
	return event{Version: 1, RunID: r.runID, Time: timestamp(t), Event: name}
}
