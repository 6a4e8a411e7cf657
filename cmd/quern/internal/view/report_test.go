package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/source"
)

// sampleRun gives the results of a run in which everything happens once.
func sampleRun() (*plan.Plan, *run.Results) {
	model := source.NewFile("models/marts/fleet_age.sql", "select\n  tailnum,\n  avg(yaer) as age\nfrom planes\n")
	yml := source.NewFile("models/marts/marts.yml", "models:\n  - name: x\n    tests: [not_null]\n")
	var wrong diag.List
	wrong.Errorf("E0301", model.Span(24, 28), `column "yaer" not found in "planes"`).Hintf(`did you mean "year"?`)
	wrong.Errorf("E0301", model.Span(11, 18), `column "tailnum" not found in "flights"`)
	rows := &engine.Rows{
		Columns: []relation.Column{{Name: "tailnum"}, {Name: "year"}, {Name: "seats"}},
		Values:  [][]any{{"N12345", nil, int64(149)}, {"N2", nil, int64(2)}, {"N3", nil, int64(30)}},
	}
	pass := run.TestResult{ID: "test.pass", Name: "pass", Status: run.Pass, Total: -1}
	test := func(status run.Status, name string, failures, total int64) run.TestResult {
		return run.TestResult{
			ID: project.ID("test." + name), Name: name, Tested: "model.x", Column: "x", Status: status,
			Failures: failures, Total: total, Span: yml.Span(32, 40), Rows: rows,
		}
	}
	broken := test(run.TestError, "between_fleet_age_1f0c2e", 0, -1)
	broken.Diagnostic, broken.Rows = wrong[1], nil
	results := &run.Results{RunID: "r1", Seconds: 1.84, Steps: []run.StepResult{
		{ID: "seed.airlines", Kind: link.Seed, Status: run.Success, Rows: 16, Seconds: 0.011},
		{
			ID: "model.stg_flights", Kind: link.Model, Materialized: project.View, Status: run.Success, Rows: -1,
			Seconds: 0.004, Tests: []run.TestResult{pass, pass, pass},
		},
		{
			ID: "model.flights", Kind: link.Model, Materialized: project.Table, Status: run.Success, Rows: 336776,
			Seconds: 1.2, Tests: []run.TestResult{pass, test(run.Warn, "relationships_flights_tailnum_1a2b3c", 50094, 336776)},
		},
		{
			ID: "model.daily_delays", Kind: link.Model, Materialized: project.Table, Status: run.Failed, Rows: 3322,
			Seconds: 0.12, Kept: relation.Name{Schema: "marts", Identifier: "daily_delays__candidate"},
			Reason: "a blocking test failed",
			Tests:  []run.TestResult{pass, test(run.Fail, "not_null_daily_delays_year", 70, -1), broken},
		},
		{
			ID: "model.fleet_age", Kind: link.Model, Materialized: project.Table, Status: run.Failed, Rows: -1,
			Seconds: 0.01, Diagnostic: wrong[0],
		},
		{
			ID: "model.weather_delay", Kind: link.Model, Materialized: project.Table, Status: run.Skipped, Rows: -1,
			Reason: "model.daily_delays failed", Tests: []run.TestResult{{ID: "test.t", Name: "t", Status: run.Skipped, Total: -1}},
		},
		{
			ID: "test.assert_counts", Kind: link.Test, Status: run.Failed, Rows: -1, Seconds: 0.02,
			Tests: []run.TestResult{test(run.Fail, "assert_counts", 1, -1)},
		},
	}}
	p := &plan.Plan{}
	for i := range results.Steps {
		s := &results.Steps[i]
		if s.Kind != link.Test {
			s.Relation = relation.Name{Schema: "marts", Identifier: s.ID.Name()}
		}
		p.Steps = append(p.Steps, &plan.Step{ID: s.ID, Kind: s.Kind, Materialized: s.Materialized, Relation: s.Relation})
	}
	return p, results
}

// play sends the events of a run.
func play(r run.Observer, results *run.Results) {
	now := time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC)
	r.Observe(run.RunStarted{RunID: results.RunID, Time: now, Steps: len(results.Steps), Tests: 9})
	for i := range results.Steps {
		s := &results.Steps[i]
		if s.Status != run.Skipped {
			r.Observe(run.NodeStarted{Time: now, ID: s.ID, Kind: s.Kind})
		}
		for j := range s.Tests {
			r.Observe(run.TestFinished{Time: now, Result: &s.Tests[j]})
		}
		r.Observe(run.NodeFinished{Time: now, Result: s})
	}
	r.Observe(run.RunFinished{Time: now, Results: results})
}

func TestReportOfARun(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		width int
		opts  Options
		run   RunOptions
	}{
		{"run_pipe", 0, Options{}, RunOptions{}},
		{"run_pipe_rows", 0, Options{}, RunOptions{ShowRows: 2}},
		{"run_quiet", 0, Options{Quiet: true}, RunOptions{}},
		{"run_no_tests", 0, Options{}, RunOptions{NoTests: true}},
		{"run_100", 100, Options{Quiet: true}, RunOptions{ShowRows: 5}},
		{"run_40", 40, Options{Quiet: true}, RunOptions{ShowRows: 5}},
		{"run_ascii", 0, Options{LookupEnv: func(n string) (string, bool) { return "C", n == "LC_ALL" }}, RunOptions{ShowRows: 1}},
		{"run_color", 0, Options{Color: "always"}, RunOptions{ShowRows: 1}},
		{"run_json", 0, Options{JSON: true}, RunOptions{ShowRows: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(tc.width, tc.opts)
			p, results := sampleRun()
			tc.run.Command, tc.run.Plan = "build", p
			tc.run.Sensitive = map[string]bool{"tailnum": true}
			r := v.Run(tc.run)
			play(r, results)
			r.Close()
			golden(t, tc.name, "--- stdout\n"+s.out.String()+"--- stderr\n"+s.err.String())
			if strings.Contains(s.out.String(), "N12345") {
				t.Error("the value of a sensitive column is shown")
			}
		})
	}
}

func TestLastLine(t *testing.T) {
	t.Parallel()
	paint := func(_ style, text string) string { return text }
	results := &run.Results{Seconds: 1.84}
	for range 12 {
		results.Steps = append(results.Steps, run.StepResult{Kind: link.Model, Status: run.Success})
	}
	for i := range 42 {
		status := run.Pass
		if i == 0 {
			status = run.Warn
		}
		results.Steps[i%12].Tests = append(results.Steps[i%12].Tests, run.TestResult{Status: status})
	}
	s := Summarize(results)
	for _, tc := range []struct {
		name string
		o    RunOptions
		r    run.Results
		want string
	}{
		{"build", RunOptions{}, *results, "built 12, tests 41 passed, 1 warned, 0 failed in 1.8 s"},
		{"test", RunOptions{TestsOnly: true}, *results, "tests 41 passed, 1 warned, 0 failed in 1.8 s"},
		{"no tests", RunOptions{NoTests: true}, *results, "built 12, no tests were run in 1.8 s"},
		{"interrupted", RunOptions{}, run.Results{Interrupted: true, Seconds: 70}, "interrupted: built 12, tests 41 passed, 1 warned, 0 failed in 1 m 10 s"},
	} {
		if got := s.line(paint, tc.o, &tc.r); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// What failed early in a long run is named again at the end.
func TestReportNamesFarFailuresAgain(t *testing.T) {
	t.Parallel()
	v, s := testView(0, Options{})
	p, results := sampleRun()
	for i := range 30 {
		results.Steps = append(results.Steps, run.StepResult{
			ID: project.ID(fmt.Sprintf("model.m%d", i)), Kind: link.Model, Materialized: project.Table, Status: run.Success,
		})
	}
	play(v.Run(RunOptions{Plan: p}), results)
	_, recap, found := strings.Cut(s.out.String(), "\nfailed\n")
	if !found || !strings.Contains(recap, "model.fleet_age") || !strings.Contains(recap, "models/marts/fleet_age.sql:3:7") {
		t.Errorf("the end does not name the failures again:\n%s", s.out.String())
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, when string
		width      int
		env        map[string]string
		want       bool
	}{
		{"a terminal", "auto", 80, nil, true},
		{"no terminal", "auto", 0, nil, false},
		{"NO_COLOR", "auto", 80, map[string]string{"NO_COLOR": "1"}, false},
		{"an empty NO_COLOR", "auto", 80, map[string]string{"NO_COLOR": ""}, true},
		{"asked for", "always", 0, map[string]string{"NO_COLOR": "1"}, true},
		{"not wanted", "never", 80, nil, false},
	} {
		v, s := testView(tc.width, Options{Color: tc.when, LookupEnv: func(name string) (string, bool) {
			value, ok := tc.env[name]
			return value, ok
		}})
		v.Error(fmt.Errorf("trouble"), "look")
		if got := strings.Contains(s.err.String(), "\x1b["); got != tc.want {
			t.Errorf("%s: colour = %v, want %v: %q", tc.name, got, tc.want, s.err.String())
		}
	}
}
