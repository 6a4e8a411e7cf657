package view

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

func TestJUnit(t *testing.T) {
	t.Parallel()
	v, _ := testView(0, Options{})
	v.Mask([]string{"yaer"})
	_, results := sampleRun()
	data, err := v.JUnit(RunOptions{Command: "build"}, results)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "junit", string(data))
}

func samplePlan() *plan.Plan {
	p, _ := sampleRun()
	p.Steps[0].Action, p.Steps[0].Reason = plan.Load, "never built"
	p.Steps[0].Because = []plan.Cause{{What: "missing", Node: "seed.airlines"}}
	for _, s := range p.Steps[1:6] {
		s.Action, s.Reason = plan.Rebuild, "every build rebuilds"
		s.Statements = []string{"create table x as\nselect 1"}
		s.Audits = []*plan.Audit{{ID: "test.a"}, {ID: project.ID("test." + string(s.ID))}}
	}
	p.Steps[6].Action, p.Steps[6].Audits = plan.Test, []*plan.Audit{{ID: p.Steps[6].ID}}
	return p
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		width int
		opts  Options
	}{
		{"plan", 0, Options{}},
		{"plan_verbose", 60, Options{Verbose: true}},
		{"plan_json", 0, Options{JSON: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(tc.width, tc.opts)
			if err := v.Plan(ShownPlan(samplePlan())); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, s.out.String())
		})
	}
}

func TestCompiled(t *testing.T) {
	t.Parallel()
	file := source.NewFile("models/a.sql", "select 1")
	var found diag.List
	found.Warnf("W0301", file.Span(0, 6), "look here").Hintf("do this")
	for _, tc := range []struct {
		name string
		opts Options
		diag.List
		warnError, ok bool
	}{
		{"compiled", Options{}, nil, false, true},
		{"compiled_warning", Options{}, found, false, true},
		{"compiled_warn_error", Options{}, found, true, false},
		{"compiled_json", Options{JSON: true}, found, false, true},
		{"compiled_json_nothing", Options{JSON: true}, nil, false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(0, tc.opts)
			c := Compiled{Tests: 3, Seconds: 0.12, Diagnostics: tc.List, WarnError: tc.warnError}
			if !strings.HasSuffix(tc.name, "nothing") {
				c.Add(&link.Node{ID: "model.a", Path: "models/a.sql"}, &check.Node{
					Columns: []relation.Column{{Name: "x", Type: "INTEGER", Nullable: relation.NeverNull}, {Name: "y"}},
				}, "select 1")
			}
			ok, err := v.Compiled(c)
			if err != nil || ok != tc.ok {
				t.Errorf("Compiled = %v, %v; want %v", ok, err, tc.ok)
			}
			golden(t, tc.name, "--- stdout\n"+s.out.String()+"--- stderr\n"+s.err.String())
		})
	}
}

// A project with errors is a run that never began: its events are whole lines of JSON all the same.
func TestCanBuild(t *testing.T) {
	t.Parallel()
	file := source.NewFile("models/a.sql", "select 1")
	var found diag.List
	found.Warnf("W0301", file.Span(0, 6), "look here")
	v, s := testView(0, Options{JSON: true})
	if !v.CanBuild("build", found, false) || s.out.Len() > 0 {
		t.Errorf("a warning stops the build, or is shown too early: %s", s.out.String())
	}
	if v.CanBuild("build", found, true) {
		t.Error("--warn-error lets a warning pass")
	}
	golden(t, "canbuild_json", s.out.String())
	v, s = testView(0, Options{})
	if v.CanBuild("build", found, true) {
		t.Error("--warn-error lets a warning pass")
	}
	golden(t, "canbuild", s.err.String())
}

// The log has a line of JSON for each event, no secret, and is rotated when it is large.
func TestLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "logs", "quern.log")
	for i := range 3 {
		v, _ := testView(0, Options{})
		v.Mask([]string{"fleet_age"})
		if err := v.Log(path); err != nil {
			t.Fatal(err)
		}
		p, results := sampleRun()
		play(v.Run(RunOptions{Plan: p}), results)
		v.Diagnostics(diag.List{{Severity: diag.Error, Message: "model fleet_age"}})
		v.Close()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		for _, line := range lines {
			if !json.Valid([]byte(line)) || strings.Contains(line, "fleet_age") {
				t.Errorf("line of the log: %s", line)
			}
		}
		if want := 26 * (i%2 + 1); len(lines) != want {
			t.Errorf("run %d: %d lines, want %d", i, len(lines), want)
		}
		if i == 1 {
			if err := os.WriteFile(path, []byte(strings.Repeat("{}\n", maxLog/2)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := os.Stat(path + ".1"); err != nil {
		t.Errorf("the old log is gone: %v", err)
	}
}
