package state

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
)

// Run is one run of a command on a target.
type Run struct {
	ID      string
	Command string // build, run or test
	Started time.Time
	Ended   time.Time
	// Status is success, error or interrupted.
	Status string
	// Quern and Engine are versions.
	Quern, Engine string
}

// Result is how a node or a test ended in a run. What was left out because nothing changed has none.
type Result struct {
	// Node is the node, or that which a test belongs to; Test is empty for a node.
	Node, Test project.ID
	// Status is one of the JSON output.
	Status string
	Reason string
	// Rows are the rows of a node, or the wrong ones of a test; -1 where they are not known.
	Rows    int64
	Seconds float64
	Error   string
}

// Past is how much is kept of earlier runs of anybody. Last is the highest sequence: which run is the last one is told
// by that, since clocks go wrong.
type Past struct{ Last, Runs, Results int64 }

// ReadPast gives the query for what NewPast takes.
func (t Tables) ReadPast() string {
	return fmt.Sprintf("select coalesce(max(sequence), 0), count(*), (select count(*) from %s) from %s", t.name(resultsTable), t.name(runsTable))
}

// NewPast reads the row of ReadPast.
func NewPast(rows *engine.Rows) Past {
	var p Past
	for i, into := range []*int64{&p.Last, &p.Runs, &p.Results} {
		*into, _ = rows.Values[0][i].(int64)
	}
	return p
}

// resultsAtOnce is how many results one statement writes.
const resultsAtOnce = 500

// Record gives the statements that note a run with its results.
func (t Tables) Record(p Past, r *Run, results []Result) []string {
	d := t.Dialect
	at := func(at time.Time) string { return d.Literal(at.UTC().Format("2006-01-02T15:04:05.000000Z")) }
	who := strings.Join([]string{
		d.Literal(t.Key.Project), d.Literal(t.Key.Target), d.Literal(t.Key.Environment), strconv.FormatInt(p.Last+1, 10), d.Literal(r.ID),
	}, ", ")
	statements := []string{t.insert(runsTable, []string{"(" + strings.Join([]string{
		who, d.Literal(r.Command), at(r.Started), at(r.Ended), d.Literal(r.Status), d.Literal(r.Quern), d.Literal(r.Engine),
	}, ", ") + ")"})}
	for some := range slices.Chunk(results, resultsAtOnce) {
		rows := make([]string, len(some))
		for i := range some {
			rows[i] = "(" + who + ", " + t.result(&some[i]) + ")"
		}
		statements = append(statements, t.insert(resultsTable, rows))
	}
	return statements
}

func (t Tables) result(r *Result) string {
	text := func(s string) string {
		if s == "" {
			return "null"
		}
		return t.Dialect.Literal(s)
	}
	rows := "null"
	if r.Rows >= 0 {
		rows = strconv.FormatInt(r.Rows, 10)
	}
	return strings.Join([]string{
		text(string(r.Node)), text(string(r.Test)), text(r.Status), text(r.Reason), rows,
		strconv.FormatFloat(r.Seconds, 'f', 6, 64), text(r.Error),
	}, ", ")
}

// How much of the past is kept: so many runs of a project, target and environment, and so many of the newest results.
// Those of the last run stay however many they are.
const (
	keptRuns    = 100
	keptResults = 20_000
)

// Forget gives the statements that take old runs out, none while they are few. Of each node the last success stays,
// since it says how long the node takes.
func (t Tables) Forget(p Past) []string {
	if p.Runs < 2*keptRuns && p.Results < 2*keptResults {
		return nil
	}
	const key = "project, target, environment"
	return []string{
		fmt.Sprintf("delete from %[1]s where sequence in (select sequence from (select sequence, row_number() over"+
			" (partition by %[2]s order by sequence desc) as nth from %[1]s) as numbered where nth > %[3]d)",
			t.name(runsTable), key, keptRuns),
		fmt.Sprintf("delete from %[1]s where sequence not in (select sequence from (select sequence, sum(count(*)) over"+
			" (order by sequence desc) as n from %[1]s group by sequence) as summed where n <= %[4]d)"+
			" and sequence not in (select max(sequence) from %[2]s group by %[3]s)"+
			" and (test is not null or status <> 'success' or (%[3]s, node, sequence) not in (select %[3]s, node, max(sequence)"+
			" from %[1]s where test is null and status = 'success' group by %[3]s, node))",
			t.name(resultsTable), t.name(runsTable), key, keptResults),
	}
}

// ReadLast gives the query for what Last takes: the results of the last run of this key.
func (t Tables) ReadLast() string {
	return fmt.Sprintf("select l.run, l.command, l.status, r.node, r.test, r.status from (select * from %[1]s"+
		" where %[3]s order by sequence desc limit 1) as l left join %[2]s as r on r.sequence = l.sequence and r.run = l.run",
		t.name(runsTable), t.name(resultsTable), t.mine())
}

// Last gives the last run with its results by node or test; false where there was none. Of the run no more is set than
// who, what and how it ended.
func Last(rows *engine.Rows) (Run, map[project.ID]string, bool) {
	var last Run
	results := map[project.ID]string{}
	for _, row := range rows.Values {
		var node, test, status string
		for i, into := range []*string{&last.ID, &last.Command, &last.Status, &node, &test, &status} {
			*into, _ = row[i].(string)
		}
		if id := cmp.Or(test, node); id != "" {
			results[project.ID(id)] = status
		}
	}
	return last, results, len(rows.Values) > 0
}

// ReadSeconds gives the query for what Seconds takes: how long each node of this key took when it was built last.
func (t Tables) ReadSeconds() string {
	return fmt.Sprintf("select node, seconds from (select node, seconds, row_number() over"+
		" (partition by node order by sequence desc) as nth from %[1]s where test is null and status = 'success' and %[2]s)"+
		" as timed where nth = 1", t.name(resultsTable), t.mine())
}

// Seconds gives how long nodes took.
func Seconds(rows *engine.Rows) map[project.ID]float64 {
	out := make(map[project.ID]float64, len(rows.Values))
	for _, row := range rows.Values {
		node, _ := row[0].(string)
		out[project.ID(node)], _ = row[1].(float64)
	}
	return out
}
