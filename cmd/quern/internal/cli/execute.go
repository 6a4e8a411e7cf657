package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/run"
)

// build is one run of build, run or test.
type build struct {
	*App
	buildFlags
	compiler.Result
	// warnings are what was found before anything ran.
	warnings diag.List
	selected []int
	// saved is the plan that is to be carried out; nil where it is made now.
	saved *savedPlan
	// files are the data versions of files, from before the target is opened, which holds off others.
	files fileVersions
	// before is what the plan is made from, next what another build would do; nil where that is not known.
	before, next *planned
}

func runBuild(ctx context.Context, a *App, f buildFlags) error {
	if f.showRows < 0 {
		return usagef(diag.BadFlagValue, "--show-rows takes no %d", f.showRows).hint("use a whole number from 0 up")
	}
	if !f.showRowsSet {
		f.showRows = a.View.DefaultRows()
	}
	a.openLog()
	saved, err := f.readPlan(a)
	if err != nil {
		return err
	}
	defer a.stopTarget()
	result, diags, idle, err := f.compile(ctx, a)
	if err != nil {
		a.View.Diagnostics(diags)
		return err
	}
	if !a.View.CanBuild(f.command, diags, f.warnError) {
		return failure(diags)
	}
	if idle != nil {
		return (&build{App: a, buildFlags: f, Result: result, warnings: diags}).idle(idle)
	}
	if f.again {
		what, err := a.whatFailed(ctx, result, &f)
		b := &build{App: a, buildFlags: f, Result: result, warnings: diags}
		switch {
		case err != nil:
			return err
		case what == nothingFailed:
			return b.nothing()
		case what == hooksOwed:
			return b.onTarget(ctx)
		}
	}
	selected, err := a.Select(ctx, result, &f.selectFlags)
	if err != nil {
		return err
	}
	b := &build{App: a, buildFlags: f, Result: result, warnings: diags, saved: saved}
	b.selected = b.narrow(selected)
	if len(selected) == 0 {
		return b.nothing()
	}
	return b.onTarget(ctx)
}

// narrow leaves out what the command does not act on: run builds models and no seeds, with the
// models' tests.
func (b *build) narrow(selected []int) []int {
	if b.command != "run" {
		return selected
	}
	var out []int
	for _, i := range selected {
		n := b.Graph.Nodes[i]
		if n.Kind == link.Model || n.Kind == link.Test && (n.Test.Tested == "" || n.Test.Tested.Kind() == "model") {
			out = append(out, i)
		}
	}
	return out
}

// nothing reports a run that has nothing to do; the target is left alone.
func (b *build) nothing() error {
	report := b.View.Run(b.shown(&plan.Plan{}))
	defer report.Close()
	report.Observe(run.RunStarted{Time: b.Now()})
	report.Observe(run.RunFinished{Time: b.Now(), Results: &run.Results{}})
	return nil
}

func (b *build) shown(p *plan.Plan) view.RunOptions {
	return view.RunOptions{
		Command: b.command, Plan: p, Warnings: b.warnings, Sensitive: sensitive(b.Project),
		ShowRows: b.showRows, NoTests: b.noTests, TestsOnly: b.command == "test",
		Timings: b.timings,
	}
}

// onTarget plans and acts on the target, and reports.
func (b *build) onTarget(ctx context.Context) error {
	shown, results, err := b.act(ctx)
	if results == nil {
		return err
	}
	if b.junit != "" {
		data, err := b.View.JUnit(shown, results)
		if err == nil {
			err = writeWhole(b.Abs(b.junit), data)
		}
		if err != nil {
			return err
		}
	}
	b.keepPlan(b.Result, b.next, (&planFlags{selectFlags: b.selectFlags}).words())
	return cmp.Or(b.outcome(results), err)
}

// act opens the target, plans, acts, and closes it. There are results where it acted, also where closing
// failed.
func (b *build) act(ctx context.Context) (shown view.RunOptions, results *run.Results, err error) {
	b.before = b.App.before(b.Result)
	b.files = b.fileVersions(b.Program)
	engine, err := b.Open(ctx, b.Project, false)
	if err != nil {
		return shown, nil, err
	}
	engine = b.tellOthers(ctx, b.Project, engine, b.command)
	defer func() {
		if e := closed(engine); e != nil { // err may be an exit code alone, which shows nothing
			b.View.Error(e, "")
			err = cmp.Or(err, error(exitError(ExitFailed)))
		}
	}()
	t, err := lookAt(ctx, engine, b.Program)
	if err != nil {
		return shown, nil, err
	}
	p, err := b.plan(ctx, engine, t)
	if err != nil {
		return shown, nil, err
	}
	if copied, err := t.begin(ctx, engine, b.Project, b.Now()); err != nil {
		return shown, nil, err
	} else if copied {
		if t, p, err = b.again(ctx, engine); err != nil {
			return shown, nil, err
		}
	}
	t.keeper.Run, t.keeper.Looked = b.about(ctx, engine), b.files.at
	t.keeper.Touched = b.files.touched
	shown = b.shown(p)
	report := b.View.Run(shown)
	results, err = run.Execute(ctx, p, warehouse{engine}, report, run.Options{
		Threads: b.Threads(b.Project), FailFast: b.failFast, ShowRows: b.showRows, Now: b.Now, State: t.keeper,
		Found: slices.Collect(maps.Keys(t.existing)),
		Reopen: func(ctx context.Context) (run.Warehouse, error) {
			if err := closed(engine); err != nil {
				return nil, err
			}
			opened, err := b.Open(ctx, b.Project, false)
			if err != nil {
				return nil, err
			}
			engine = b.tellOthers(ctx, b.Project, opened, b.command)
			return warehouse{engine}, nil
		},
	})
	report.Close()
	if err != nil {
		return shown, nil, err
	}
	if err := b.dropThem(ctx, engine, t.keeper, p.Orphans, results); err != nil {
		return shown, results, err
	}
	b.planNext(ctx, engine, results)
	return shown, results, nil
}

// planNext plans another build of the whole project after this one. A plan with something to say is not kept.
func (b *build) planNext(ctx context.Context, engine adapters.Engine, results *run.Results) {
	first := b.next
	if b.next = nil; b.command != "build" || !b.all() || b.noTests || b.outcome(results) != nil {
		return
	}
	if first != nil && len(first.plan.Before)+len(first.plan.After) == 0 && !slices.ContainsFunc(results.Steps, didSomething) {
		b.next = first
		return
	}
	if b.before == nil {
		return
	}
	b.before.data = b.dataOf(b.Result, b.Now())
	b.force, b.fullRefresh, b.verify, b.start, b.end = false, false, false, "", ""
	b.files = b.fileVersions(b.Program)
	t, err := lookAt(ctx, engine, b.Program)
	if err != nil || ctx.Err() != nil {
		return // the next command looks itself
	}
	p, diags, err := b.planOf(ctx, engine, t)
	if err != nil || len(diags) > 0 {
		return
	}
	// What is on disk now is what was looked at, as long as nobody else writes once this process lets go of it.
	if e, ok := engine.(adapters.FileEngine); !ok || e.Settle(ctx) != nil {
		return
	}
	for i, stamp := range b.before.stamps {
		b.before.stamps[i] = stampsOnly([]string{stamp.Path})[0]
	}
	b.before.plan = p
	b.next = b.before
}

// didSomething reports whether a step left the target or what is known of it another one.
func didSomething(s run.StepResult) bool {
	return s.Status == run.Success && s.Kind != link.Test ||
		slices.ContainsFunc(s.Tests, func(t run.TestResult) bool { return t.Status == run.Pass || t.Status == run.Warn && !t.Before })
}

// again looks at the target and plans once more.
func (b *build) again(ctx context.Context, engine adapters.Engine) (*target, *plan.Plan, error) {
	t, err := lookAt(ctx, engine, b.Program)
	if err != nil {
		return nil, nil, err
	}
	p, err := b.plan(ctx, engine, t)
	return t, p, err
}

func (b *build) plan(ctx context.Context, engine adapters.Engine, t *target) (*plan.Plan, error) {
	p, diags, err := b.planOf(ctx, engine, t)
	if err != nil {
		return nil, err
	}
	if !b.View.CanBuild(b.command, diags, b.warnError) {
		return nil, exitError(ExitFailed)
	}
	if b.saved != nil {
		if d := b.saved.holds(b.planFile, b.Project, p); d != nil {
			b.View.Diagnostics(diag.List{d})
			return nil, exitError(ExitFailed)
		}
	}
	b.warnings = append(b.warnings, diags...)
	if b.asked() == "" && b.start == "" && !b.verify && len(diags) == 0 && b.before != nil {
		b.before.plan = p
		b.next = b.before
	}
	return p, nil
}

func (b *build) planOf(ctx context.Context, engine adapters.Engine, t *target) (*plan.Plan, diag.List, error) {
	at, err := b.Flags.runTime(b.Now())
	if err != nil {
		return nil, nil, err
	}
	opts := b.planOn(t, b.Program, b.files)
	opts.Selected, opts.NoTests, opts.TestsOnly = b.selected, b.noTests, b.command == "test"
	opts.AllTests, opts.Dialect, opts.RunTime = opts.TestsOnly || opts.Force != "", engine.Dialect(), at
	if err := b.windows(b.Graph, &opts); err != nil {
		return nil, nil, err
	}
	planner := planner{
		planningFlags: &b.planningFlags, target: t,
		plan: func(opts plan.Options) (*plan.Plan, diag.List) {
			return t.build(b.Program, opts, &b.selectFlags)
		},
		reading: func(use func(adapters.Engine) error) error { return use(engine) },
	}
	p, diags, err := planner.build(ctx, opts)
	return p, append(diags, t.unreadable(b.Project)...), err
}

// outcome gives the exit code of a run.
func (b *build) outcome(r *run.Results) error {
	if r.Interrupted {
		return exitError(ExitInterrupted)
	}
	s := view.Summarize(r)
	code := ExitOK
	if s.TestsFailed+s.TestsErrored > 0 || b.warnError && s.TestsWarned > 0 {
		code = ExitFailed
	}
	if r.Hook != nil {
		code = exitCode(r.Hook.Class)
	}
	for i := range r.Steps {
		step := &r.Steps[i]
		if step.Status == run.Failed && code != ExitFailed {
			code = exitCode(step.Class)
		}
		if b.warnError && len(step.Warnings) > 0 {
			code = ExitFailed
		}
	}
	if code == ExitOK {
		return nil
	}
	return exitError(code)
}

func closed(engine adapters.Engine) error {
	if err := engine.Close(); err != nil {
		return fmt.Errorf("close the target: %w", err)
	}
	return nil
}

// openLog starts target/logs/quern.log; without it the command goes on.
func (a *App) openLog() {
	dir, err := a.ProjectDir()
	if err != nil {
		return
	}
	if err := a.View.Log(filepath.Join(dir, "target", "logs", "quern.log")); err != nil {
		a.View.Detail("no log is written: %v", err)
	}
}
