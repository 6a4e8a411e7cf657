package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

type planFlags struct {
	selectFlags
	planningFlags
	noTests bool
}

func newPlanCmd(a *App) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use: "plan", Short: "Show what build would do, and why", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPlan(cmd.Context(), a, f) },
	}
	f.selectFlags.register(cmd.Flags())
	f.planningFlags.register(cmd.Flags())
	a.lockFlag(cmd)
	cmd.Flags().BoolVar(&f.noTests, "no-tests", false, "plan no tests")
	return cmd
}

func runPlan(ctx context.Context, a *App, f planFlags) error {
	result, err := a.MustCompile(ctx, checkAll)
	if err != nil {
		return err
	}
	selected, err := a.Select(ctx, result, &f.selectFlags)
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
	opts := f.planOn(found, result.Program)
	opts.Selected, opts.NoTests, opts.RunTime = selected, f.noTests, at
	opts.AllTests, opts.Dialect = opts.Force != "", a.Registry[result.Project.Target.Type].Dialect
	p, diags := plan.Build(result.Program, opts)
	a.View.Diagnostics(diags)
	if diags.HasErrors() {
		return exitError(ExitFailed)
	}
	return a.View.Plan(p)
}

// look opens the target for reading and looks at what is there: nothing, where there is no target yet.
func (a *App) look(ctx context.Context, result compiler.Result) (found *target, err error) {
	err = a.reading(ctx, result.Project, func(e adapters.Engine) (err error) {
		found, err = lookAt(ctx, e, result.Program)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return &target{existing: map[relation.Name]engine.Shape{}, keeper: &run.Keeper{Known: state.New()}}, nil
	}
	return found, err
}
