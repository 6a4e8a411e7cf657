package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/quernsql/quern/compiler/diag"
)

// commands gives every command, in the order of the help.
func commands(a *App) []*cobra.Command {
	return []*cobra.Command{
		newCompileCmd(a),
	}
}

func newRootCmd(a *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "quern",
		Short:         "Build and test tables from templated SQL",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
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
			if err := a.Flags.validate(); err != nil {
				return err
			}
			a.View = a.newView()
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetIn(a.In)
	root.SetFlagErrorFunc(flagError)
	a.Flags.register(root.PersistentFlags())
	root.AddCommand(commands(a)...)
	return root
}

func unknownCommand(parent *cobra.Command, written string) error {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef(diag.UnknownCommand, "unknown command %q", written).
		hint(`see "%s --help"`, parent.CommandPath()).
		nearest(written, names)
}

// flagError turns what pflag says into an error of wrong usage, with the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	help := `see "` + cmd.CommandPath() + ` --help"`
	switch e := err.(type) {
	case *pflag.NotExistError:
		name := e.GetSpecifiedName()
		if e.GetSpecifiedShortnames() != "" {
			return usagef(diag.UnknownFlag, "unknown flag %q", "-"+name).hint("%s", help)
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return usagef(diag.UnknownFlag, "unknown flag %q", "--"+name).
			hint("%s", help).nearest("--"+name, names)
	case *pflag.ValueRequiredError:
		return usagef(diag.BadFlagValue, "--%s needs a value", e.GetFlag().Name).hint("%s", help)
	case *pflag.InvalidValueError:
		return usagef(diag.BadFlagValue, "--%s takes no %q", e.GetFlag().Name, e.GetValue()).hint("%s", help)
	default:
		return usagef(diag.BadFlagValue, "%s", strings.TrimSuffix(err.Error(), ".")).hint("%s", help)
	}
}

// noArgs refuses arguments with a message that helps.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(diag.WrongArguments, "%q takes no argument %q", cmd.CommandPath(), args[0]).
			hint(`choose nodes with --select %s`, args[0])
	}
	return nil
}
