package view

import (
	"strings"
	"sync"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
)

// RunOptions says what a run is and how it is shown.
type RunOptions struct {
	// Command is build, run or test.
	Command string
	Plan    *plan.Plan
	// Warnings are what was found before the run; as JSON they are its first events.
	Warnings diag.List
	// Sensitive are the columns, in lower case, whose values are not shown.
	Sensitive map[string]bool
	// ShowRows is how many wrong rows of a failed test are shown.
	ShowRows int
	// NoTests says that what is built stays unaudited; TestsOnly that nothing is built.
	NoTests, TestsOnly bool
	// Timings shows what the time went into, however short the run was.
	Timings bool
	// Idle says that nothing is to be done: the log then leaves the nodes out.
	Idle bool
}

// Report shows a run as it goes on. Close ends it, also where the run never finished.
type Report interface {
	run.Observer
	Close()
}

// Run gives the report of a run.
func (v *View) Run(o RunOptions) Report {
	r := &report{v: v, o: o, started: make(map[project.ID]time.Time), steps: make(map[project.ID]*plan.Step)}
	for _, s := range o.Plan.Steps {
		r.steps[s.ID] = s
		r.kindWidth = max(r.kindWidth, len(kindWord(s.Kind, s.Materialized)))
		r.nameWidth = min(max(r.nameWidth, columns(r.name(s))), maxName)
	}
	if !v.opts.JSON && !v.opts.Quiet && v.err.tty {
		r.stop = v.startLive(r.liveLines)
	}
	return r
}

// report is a Report for both kinds of output and the log.
type report struct {
	v     *View
	o     RunOptions
	runID string
	stop  func() // of the live lines; nil where there are none

	kindWidth, nameWidth int
	steps                map[project.ID]*plan.Step

	mu       sync.Mutex // guards what the live lines read
	begin    time.Time
	started  map[project.ID]time.Time
	running  []project.ID // in the order they were started
	finished int
	// failures are the first lines of what failed, lines how many lines came after the first.
	failures []string
	lines    int
}

// Observe shows an event.
func (r *report) Observe(e run.Event) {
	switch e := e.(type) {
	case run.RunStarted:
		r.runID = e.RunID
	case run.RunFinished:
		r.hook(e)
	}
	if logged := !r.o.Idle || !isOfNode(e); logged || r.v.opts.JSON {
		value := r.eventOf(e)
		if logged {
			r.v.log.write("", value)
		}
		if r.v.opts.JSON {
			r.object(e, value)
		}
	}
	r.track(e)
	if e, ok := e.(run.RunStarted); ok {
		r.owed(e.Time)
	}
	if r.v.opts.JSON {
		return
	}
	switch e := e.(type) {
	case run.NodeFinished:
		r.node(e.Result)
	case run.Log:
		r.v.Detail("%s", clean(e.Message))
	case run.RunFinished:
		r.Close()
		r.end(e.Results)
	}
}

// isOfNode reports whether an event tells that a node began or ended.
func isOfNode(e run.Event) bool {
	switch e.(type) {
	case run.NodeStarted, run.NodeFinished:
		return true
	}
	return false
}

// object writes an event as JSON.
func (r *report) object(e run.Event, value any) {
	_ = r.v.Object(value) // plain data: this cannot fail
	if e, ok := e.(run.RunStarted); ok {
		for _, d := range r.o.Warnings.Sorted() {
			_ = r.v.Object(r.diagnosticEvent(e.Time, d))
		}
	}
}

// Close takes the live lines away.
func (r *report) Close() {
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
}

// track keeps what the live lines show.
func (r *report) track(e run.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := e.(type) {
	case run.RunStarted:
		r.begin = e.Time
	case run.NodeStarted:
		if _, twice := r.started[e.ID]; !twice {
			r.running = append(r.running, e.ID)
		}
		r.started[e.ID] = e.Time
	case run.NodeFinished:
		r.finished++
		delete(r.started, e.Result.ID)
		for i, id := range r.running {
			if id == e.Result.ID {
				r.running = append(r.running[:i:i], r.running[i+1:]...)
				break
			}
		}
	}
}

// DefaultRows is how many wrong rows of a failed test are shown where nobody said.
func (v *View) DefaultRows() int {
	if v.Terminal() {
		return 5
	}
	return 0
}

// kindWord names what a step makes in one word.
func kindWord(kind link.Kind, m project.Materialization) string {
	if kind == link.Model {
		return m.String()
	}
	return kind.String()
}

func materialized(s *run.StepResult) string {
	if s.Kind != link.Model {
		return ""
	}
	return s.Materialized.String()
}

// name names what a step makes: its relation, or the node where it has none.
func (r *report) name(s *plan.Step) string {
	name := s.Relation.String()
	if name == "" {
		name = s.ID.Name()
	}
	return r.v.secrets.maskText(clean(name))
}

// status gives the word for how a step ended.
func (r *report) status(s *run.StepResult) string {
	if r.o.NoTests && s.Status == run.Success {
		return "unaudited"
	}
	return s.Status.String()
}

// wrongRows gives the rows of a failed test that may be shown. Values of sensitive columns are
// hidden; where the column under test is one, all are, because a test may rename it.
func (r *report) wrongRows(t *run.TestResult) Table {
	if t.Rows == nil || t.Status != run.Fail && t.Status != run.Warn {
		return Table{}
	}
	table := RowsTable(t.Rows)
	if len(table.Rows) > r.o.ShowRows {
		table.Rows = table.Rows[:r.o.ShowRows]
	}
	all := t.Column != "" && r.o.Sensitive[strings.ToLower(t.Column)]
	table.Hidden = make(map[int]bool)
	for c, name := range table.Columns {
		if all || r.o.Sensitive[strings.ToLower(name)] {
			table.Hidden[c] = true
		}
	}
	table.More = t.Failures > int64(len(table.Rows))
	return table
}
