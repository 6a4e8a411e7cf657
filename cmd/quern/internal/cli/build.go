package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/run"
)

type buildFlags struct {
	selectFlags
	failFast, noTests, warnError bool
	showRows                     int
	showRowsSet                  bool
	junit                        string
	// command is build, run or test.
	command string
}

func newBuildCmd(a *App) *cobra.Command {
	return buildCommand(a, "build", "Build and test: seeds, models and tests, in graph order")
}

func newRunCmd(a *App) *cobra.Command {
	return buildCommand(a, "run", "Build models only, with their tests")
}

func newTestCmd(a *App) *cobra.Command {
	return buildCommand(a, "test", "Run tests only, on what is published")
}

func buildCommand(a *App, name, short string) *cobra.Command {
	f := buildFlags{command: name}
	cmd := &cobra.Command{
		Use: name, Short: short, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.showRowsSet = cmd.Flags().Changed("show-rows")
			return runBuild(cmd.Context(), a, f)
		},
	}
	f.register(cmd.Flags())
	set := cmd.Flags()
	set.BoolVar(&f.failFast, "fail-fast", false, "start nothing more after the first failure")
	set.BoolVar(&f.warnError, "warn-error", false, "end with exit code 1 where there are warnings")
	set.IntVar(&f.showRows, "show-rows", 0, "show this `number` of wrong rows of a failed test (default: 5 on a terminal, else 0)")
	set.StringVar(&f.junit, "junit", "", "write the results as JUnit XML to this `file`")
	if name != "test" {
		set.BoolVar(&f.noTests, "no-tests", false, "run no tests; what is built is recorded as unaudited")
	}
	return cmd
}

func runBuild(ctx context.Context, a *App, f buildFlags) (err error) {
	if f.showRows < 0 {
		return usagef(diag.BadFlagValue, "--show-rows takes no %d", f.showRows).hint("use a whole number from 0 up")
	}
	a.openLog()
	result, diags, err := a.Compile(ctx)
	if err != nil {
		a.View.Diagnostics(diags)
		return err
	}
	if !a.View.CanBuild(f.command, diags, f.warnError) {
		return exitError(ExitFailed)
	}
	selected, err := a.Select(result, &f.selectFlags)
	if err != nil || len(selected) == 0 {
		return err
	}
	engine, err := a.Open(ctx, result.Project, false)
	if err != nil {
		return err
	}
	defer func() {
		if e := closed(engine); e != nil { // err may be an exit code alone, which shows nothing
			a.View.Error(e, "")
			err = cmp.Or(err, error(exitError(ExitFailed)))
		}
	}()
	return a.execute(ctx, f, engine, result, f.narrow(result.Graph, selected), diags)
}

// execute plans, acts and reports.
func (a *App) execute(ctx context.Context, f buildFlags, engine adapters.Engine, result compiler.Result, selected []int, warnings diag.List) error {
	existing, err := a.existing(ctx, engine, result.Program)
	if err != nil {
		return err
	}
	at, err := a.Flags.runTime(a.Now())
	if err != nil {
		return err
	}
	p, diags := plan.Build(result.Program, plan.Options{
		Selected: selected, NoTests: f.noTests, TestsOnly: f.command == "test",
		Existing: existing, Dialect: engine.Dialect(), RunTime: at,
	})
	if !a.View.CanBuild(f.command, diags, f.warnError) {
		return exitError(ExitFailed)
	}
	rows := f.showRows
	if !f.showRowsSet {
		rows = a.View.DefaultRows()
	}
	o := view.RunOptions{
		Command: f.command, Plan: p, Warnings: append(warnings, diags...), Sensitive: sensitive(result.Project),
		ShowRows: rows, NoTests: f.noTests, TestsOnly: f.command == "test",
	}
	report := a.View.Run(o)
	results, err := run.Execute(ctx, p, warehouse{engine}, report, run.Options{
		Threads: a.Threads(result.Project), FailFast: f.failFast, ShowRows: rows, Now: a.Now,
	})
	report.Close()
	if err != nil {
		return err
	}
	if err := a.writeJUnit(f.junit, o, results); err != nil {
		return err
	}
	return f.outcome(results)
}

func (a *App) writeJUnit(path string, o view.RunOptions, results *run.Results) error {
	if path == "" {
		return nil
	}
	data, err := a.View.JUnit(o, results)
	if err != nil {
		return err
	}
	return writeFile(a.Abs(path), data)
}

// outcome gives the exit code of a run.
func (f buildFlags) outcome(r *run.Results) error {
	s := view.Summarize(r)
	code := ExitOK
	for i := range r.Steps {
		step := &r.Steps[i]
		if step.Status != run.Failed {
			continue
		}
		if c := exitCode(step.Class); c != ExitTransient || code == ExitOK {
			code = c
		}
		if code == ExitFailed {
			break
		}
	}
	switch {
	case r.Interrupted:
		code = ExitInterrupted
	case code == ExitFailed || s.TestsFailed+s.TestsErrored > 0 && code == ExitOK || f.warnError && s.TestsWarned > 0:
		code = ExitFailed
	}
	if code == ExitOK {
		return nil
	}
	return exitError(code)
}

// narrow leaves out what the command does not act on: run builds models and no seeds, with the
// models' tests.
func (f buildFlags) narrow(g *link.Graph, selected []int) []int {
	if f.command != "run" {
		return selected
	}
	var out []int
	for _, i := range selected {
		n := g.Nodes[i]
		switch {
		case n.Kind == link.Model:
		case n.Kind == link.Test && (n.Test.Tested == "" || n.Test.Tested.Kind() == "model"):
		default:
			continue
		}
		out = append(out, i)
	}
	return out
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
