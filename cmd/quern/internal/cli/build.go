package cli

import (
	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/selector"
)

type buildFlags struct {
	selectFlags
	planningFlags
	failFast, noTests, warnError, timings bool
	showRows                              int
	showRowsSet                           bool
	junit                                 string
	// planFile is a saved plan; "" makes a new one.
	planFile string
	// command is build, run or test; retry has that of the run whose failures are done again.
	command string
	again   bool
}

func newBuildCmd(a *App) *cobra.Command {
	return buildCommand(a, "build", "Build and test: seeds, models and tests, in graph order")
}

func newRunCmd(a *App) *cobra.Command {
	return buildCommand(a, "run", "Build models only, with their tests")
}

func newRetryCmd(a *App) *cobra.Command {
	f := buildFlags{command: "build", again: true}
	f.tests = selector.Eager.String()
	cmd := &cobra.Command{
		Use: "retry", Short: "Do again what failed or was skipped in the last run", Args: noArgs,
		Long: `Do again what failed or was skipped in the last run of build, run or test on this target, or was not
reached before it was interrupted. Give --target and --var as they were given then.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.showRowsSet = cmd.Flags().Changed("show-rows")
			return runBuild(cmd.Context(), a, f)
		},
	}
	f.register(a, cmd)
	return cmd
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
	f.selectFlags.register(cmd.Flags())
	f.register(a, cmd)
	if name == "build" {
		cmd.Flags().StringVar(&f.planFile, "plan", "", "do what this `file` of quern plan --out says, and nothing where that is no longer the plan")
	}
	if name != "test" {
		f.planningFlags.register(cmd.Flags())
		cmd.Flags().BoolVar(&f.noTests, "no-tests", false, "run no tests; what is built is recorded as unaudited")
	}
	return cmd
}

// register adds the flags of every command that builds or tests.
func (f *buildFlags) register(a *App, cmd *cobra.Command) {
	a.lockFlag(cmd)
	a.deferFlag(cmd)
	set := cmd.Flags()
	set.BoolVar(&f.failFast, "fail-fast", false, "start nothing more after the first failure")
	set.BoolVar(&f.warnError, "warn-error", false, "end with exit code 1 where there are warnings")
	set.BoolVar(&f.timings, "timings", false, "show at the end what the time went into; so it is after a minute")
	set.IntVar(&f.showRows, "show-rows", 0, "show this `number` of wrong rows of a failed test (default: 5 on a terminal, else 0)")
	set.StringVar(&f.junit, "junit", "", "write the results as JUnit XML to this `file`")
}
