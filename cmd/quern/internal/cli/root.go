package cli

import (
	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/diag"
)

// commands gives every command, in the order of the help.
func commands(a *App) []*cobra.Command {
	return []*cobra.Command{
		newBuildCmd(a),
		newRunCmd(a),
		newTestCmd(a),
		newRetryCmd(a),
		newPlanCmd(a),
		newCompileCmd(a),
		newShowCmd(a),
		newVerifyCmd(a),
		newLsCmd(a),
		newLineageCmd(a),
		newSourcesCmd(a),
		newStateCmd(a),
		newInitCmd(a),
		newEnvCmd(a),
		newDoctorCmd(a),
		newCleanCmd(a),
		newVersionCmd(a),
		newCompletionCmd(a),
		newBindCmd(a),
	}
}

func newRootCmd(a *App) *cobra.Command {
	root := &cobra.Command{
		DisableFlagsInUseLine: true,
		Use:                   "quern COMMAND",
		Short:                 "Quern builds and tests tables from templated SQL.",
		SilenceErrors:         true,
		SilenceUsage:          true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setFromEnvironment(cmd); err != nil {
				return err
			}
			a.Flags.envSet = cmd.Flags().Changed("env")
			a.Flags.deferSet = cmd.Flags().Changed("defer")
			a.Flags.threadsSet = cmd.Flags().Changed("threads")
			if err := a.Flags.validate(cmd); err != nil {
				return err
			}
			a.View = a.newView()
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	out, err := a.View.Writers()
	root.SetOut(out)
	root.SetErr(err)
	root.SetIn(a.In)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if word := firstWord(root, a.Args); cmd == root && word != "" {
			return unknownCommand(root, word) // whose flags cannot be known
		}
		return flagError(cmd, err)
	})
	a.Flags.register(root.PersistentFlags())
	root.AddCommand(commands(a)...)
	completing{a}.register(root)
	setHelp(root)
	return root
}

// noArgs refuses arguments with a message that helps.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	wrong := usagef(diag.WrongArguments, "%q takes no argument %q", cmd.CommandPath(), args[0])
	if cmd.Flags().Lookup("select") == nil {
		return wrong.hint(`see "%s --help"`, cmd.CommandPath())
	}
	return wrong.hint(`choose nodes with --select %s`, args[0])
}
