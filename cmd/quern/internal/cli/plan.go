package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
)

type planFlags struct {
	selectFlags
	noTests bool
}

func newPlanCmd(a *App) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use: "plan", Short: "Show what build would do, and why", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPlan(cmd.Context(), a, f) },
	}
	f.register(cmd.Flags())
	cmd.Flags().BoolVar(&f.noTests, "no-tests", false, "plan no tests")
	return cmd
}

func runPlan(ctx context.Context, a *App, f planFlags) error {
	result, err := a.MustCompile(ctx, checkAll)
	if err != nil {
		return err
	}
	selected, err := a.Select(result, &f.selectFlags)
	if err != nil {
		return err
	}
	found, err := a.look(ctx, result)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		a.View.Note("the target was not looked at: %v", err)
	}
	at, err := a.Flags.runTime(a.Now())
	if err != nil {
		return err
	}
	p, diags := plan.Build(result.Program, plan.Options{
		Selected: selected, NoTests: f.noTests, Existing: found, RunTime: at,
		Dialect: a.Registry[result.Project.Target.Type].Dialect,
	})
	a.View.Diagnostics(diags)
	if diags.HasErrors() {
		return exitError(ExitFailed)
	}
	return a.View.Plan(p)
}

// look opens the target for reading and gives what is there: nothing, where there is no target yet.
func (a *App) look(ctx context.Context, result compiler.Result) (map[relation.Name]relation.Kind, error) {
	engine, err := a.Open(ctx, result.Project, true)
	if errors.Is(err, fs.ErrNotExist) {
		return map[relation.Name]relation.Kind{}, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := existing(ctx, engine, result.Program)
	if e := closed(engine); err == nil {
		err = e
	}
	return found, err
}
