package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// savedPlan is the file of quern plan --out. It holds no SQL and no data, and says what the build is asked for.
type savedPlan struct {
	Version int       `json:"version"`
	Project string    `json:"project"`
	Target  string    `json:"target"`
	RunTime time.Time `json:"run_time"`

	Select      []string `json:"select"`
	Exclude     []string `json:"exclude"`
	Selector    string   `json:"selector"`
	Tests       string   `json:"tests"`
	NoTests     bool     `json:"no_tests"`
	Force       bool     `json:"force"`
	FullRefresh bool     `json:"full_refresh"`
	Verify      bool     `json:"verify,omitempty"`
	DropOrphans bool     `json:"drop_orphans"`
	Start       string   `json:"start"`
	End         string   `json:"end"`

	Steps []plan.Saved `json:"steps"`
}

// savedVersion is that of the file.
const savedVersion = 1

// save writes a plan to the file of --out.
func (f *planFlags) save(a *App, p *project.Project, made *plan.Plan, at time.Time) error {
	data, err := json.MarshalIndent(savedPlan{
		Version: savedVersion, Project: p.Name, Target: savedTarget(p), RunTime: at,
		Select: f.selects, Exclude: f.excludes, Selector: f.selector, Tests: f.tests,
		NoTests: f.noTests, Force: f.force, FullRefresh: f.fullRefresh, Verify: f.verify, DropOrphans: f.dropOrphans, Start: f.start, End: f.end,
		Steps: made.Save(),
	}, "", " ")
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return writeWhole(a.Abs(f.out), append(data, '\n'))
}

// readPlan reads the file of --plan and takes over what it asks for.
func (f *buildFlags) readPlan(a *App) (*savedPlan, error) {
	if f.planFile == "" {
		return nil, nil
	}
	if !f.all() || f.noTests || f.planningFlags != (planningFlags{}) {
		return nil, usagef(diag.BadFlagValue, "--plan says itself what is built").
			hint("leave out the flags that select and those that quern plan has, too; the plan was made with them")
	}
	data, err := os.ReadFile(a.Abs(f.planFile))
	if err != nil {
		return nil, usagef(diag.BadFlagValue, "the plan %q cannot be read: %v", f.planFile, diag.Cause(err)).
			hint("write it with quern plan --out %s", f.planFile)
	}
	var s savedPlan
	if err := json.Unmarshal(data, &s); err != nil || s.Version != savedVersion {
		return nil, usagef(diag.BadFlagValue, "%q is no plan of this Quern", f.planFile).hint("write it with quern plan --out %s", f.planFile)
	}
	f.selects, f.excludes, f.selector, f.tests = s.Select, s.Exclude, s.Selector, s.Tests
	f.noTests = s.NoTests
	f.planningFlags = planningFlags{
		force: s.Force, fullRefresh: s.FullRefresh, verify: s.Verify, dropOrphans: s.DropOrphans, start: s.Start, end: s.End,
	}
	if a.Flags.RunTime == "" {
		a.Flags.RunTime = s.RunTime.Format(time.RFC3339Nano)
	}
	return &s, nil
}

// mostDifferences is how many differences a message names.
const mostDifferences = 10

// holds refuses a saved plan that is not what would be done now.
func (s *savedPlan) holds(file string, p *project.Project, now *plan.Plan) *diag.Diagnostic {
	var found []string
	switch {
	case s.Project != p.Name || s.Target != savedTarget(p):
		found = []string{fmt.Sprintf("it is for the target %q of %q", s.Target, s.Project)}
	default:
		found = now.Differences(s.Steps)
	}
	if len(found) == 0 {
		return nil
	}
	more := ""
	if n := len(found) - mostDifferences; n > 0 {
		found, more = found[:mostDifferences], fmt.Sprintf("; and %d more", n)
	}
	return &diag.Diagnostic{
		Code: diag.PlanOutdated, Severity: diag.Error,
		Message: fmt.Sprintf("the plan %q no longer holds: %s%s", file, strings.Join(found, "; "), more),
		Hint:    fmt.Sprintf("look at it again: quern plan --out %s", file),
	}
}

// savedTarget names the target of a plan, with the environment if there is one.
func savedTarget(p *project.Project) string {
	if p.Target.Environment == "" {
		return p.Target.Name
	}
	return p.Target.Name + ", environment " + p.Target.Environment
}
