package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/state"
)

type planFlags struct {
	selectFlags
	planningFlags
	noTests bool
	// out is the file in which the plan is saved; "" saves it nowhere.
	out string
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
	a.deferFlag(cmd)
	cmd.Flags().BoolVar(&f.noTests, "no-tests", false, "plan no tests")
	cmd.Flags().StringVar(&f.out, "out", "", "save the plan in this `file`, for quern build --plan")
	return cmd
}

func runPlan(ctx context.Context, a *App, f planFlags) error {
	var kept *keptPlan
	result, diags, err := a.CompileFor(ctx, checkAll, &compiler.Want{Summary: true, Accept: func(facts snapshot.Facts) bool {
		dir, err := a.ProjectDir()
		if err != nil {
			return false
		}
		if f.out != "" || f.verify {
			return false
		}
		kept = a.kept(dir, f.words())
		return kept != nil && kept.noted.Of == facts.ID && !(kept.timed && a.View.ShowsAll()) && kept.holds(ctx, a, dir, true)
	}})
	if err == nil && result.Warm && result.Summary == nil { // an edit of which only the news are known
		result, diags, err = a.Compile(ctx, checkAll)
	}
	if err := a.settled(diags, err); err != nil {
		return err
	}
	if result.Summary != nil {
		shown, err := kept.shown(a.View.ShowsAll())
		if err != nil {
			return err
		}
		return a.View.Plan(shown)
	}
	return f.planAnew(ctx, a, result)
}

func (f *planFlags) planAnew(ctx context.Context, a *App, result compiler.Result) error {
	selected, err := a.Select(ctx, result, &f.selectFlags)
	if err != nil {
		return err
	}
	before := a.before(result)
	files := a.fileVersions(result.Program)
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
	opts := f.planOn(found, result.Program, files)
	opts.Selected, opts.NoTests, opts.RunTime = selected, f.noTests, at
	opts.AllTests, opts.Dialect = opts.Force != "", a.Registry[result.Project.Target.Type].Dialect
	if err := f.windows(result.Graph, &opts); err != nil {
		return err
	}
	planner := planner{
		planningFlags: &f.planningFlags, target: found,
		plan: func(opts plan.Options) (*plan.Plan, diag.List) {
			return found.build(result.Program, opts, &f.selectFlags)
		},
		reading: func(use func(adapters.Engine) error) error { return a.reading(ctx, result.Project, use) },
	}
	p, diags, err := planner.build(ctx, opts)
	if err != nil {
		return err
	}
	diags = append(diags, found.unreadable(result.Project)...)
	a.View.Diagnostics(diags)
	if diags.HasErrors() {
		return exitError(ExitFailed)
	}
	if before != nil && found != nil && !f.verify && len(diags) == 0 && len(selected) > 0 && p.Owed == nil {
		before.plan = p
		a.keepPlan(result, before, f.words())
	}
	if f.out != "" {
		if err := f.save(a, result.Project, p, at); err != nil {
			return err
		}
	}
	return a.View.Plan(view.ShownPlan(p))
}

// look opens the target for reading and looks at what is there: nothing, where there is no target yet.
func (a *App) look(ctx context.Context, result compiler.Result) (found *target, err error) {
	err = a.reading(ctx, result.Project, func(e adapters.Engine) (err error) {
		found, err = lookAt(ctx, e, result.Program)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		found = &target{existing: map[relation.Name]engine.Shape{}, keeper: &run.Keeper{Known: state.New()}}
		if result.Project.Target.Environment != "" {
			found.base = &plan.Base{State: state.New()}
		}
		return found, nil
	}
	return found, err
}
