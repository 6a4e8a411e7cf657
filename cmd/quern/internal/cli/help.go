package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/quernsql/quern/compiler/diag"
)

const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`

const usageTemplate = `usage: {{.UseLine}}{{if .HasAvailableSubCommands}}

commands:{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }}  {{.Short}}{{end}}{{end}}{{end}}{{if .HasExample}}

examples:
{{.Example}}{{end}}{{if .HasAvailableLocalFlags}}

flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

global flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if not .HasParent}}

Every flag can be set in the environment too: QUERN_TARGET is --target.{{end}}
`

// setHelp gives the commands their help, and a help command that knows a wrong name.
func setHelp(root *cobra.Command) {
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [command]",
		Short: "Say more about a command",
		RunE: func(_ *cobra.Command, args []string) error {
			found := root
			for _, name := range args {
				next, rest, err := found.Find([]string{name})
				if err != nil || len(rest) > 0 {
					return unknownCommand(found, name)
				}
				found = next
			}
			return found.Help()
		},
	})
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

// firstWord gives the first argument that is neither a flag nor a flag's value.
func firstWord(root *cobra.Command, args []string) string {
	for i := 0; i < len(args); i++ {
		name, isLong := strings.CutPrefix(args[i], "--")
		switch {
		case isLong:
			if flag := root.PersistentFlags().Lookup(name); flag != nil && flag.NoOptDefVal == "" {
				i++ // its value
			}
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return ""
}

// flagError turns what pflag says into an error of wrong usage, with the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	help := `see "` + cmd.CommandPath() + ` --help"`
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := e.GetSpecifiedName()
		if e.GetSpecifiedShortnames() != "" {
			return usagef(diag.UnknownFlag, "unknown flag %q", "-"+name).hint("%s", help)
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return usagef(diag.UnknownFlag, "unknown flag %q", "--"+name).
			hint("%s", help).nearest("--"+name, names)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef(diag.BadFlagValue, "--%s needs a value", e.GetFlag().Name).hint("%s", help)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return badValue(e.GetFlag(), e.GetValue()).hint("%s", help)
	}
	return usagef(diag.BadFlagValue, "%s", strings.TrimSuffix(err.Error(), ".")).hint("%s", help)
}

// badValue refuses a value and says what the flag takes.
func badValue(flag *pflag.Flag, value string) *usageError {
	takes := map[string]string{"int": "a whole number", "bool": "true or false", "duration": "a time such as 30s or 10m"}[flag.Value.Type()]
	if takes == "" {
		return usagef(diag.BadFlagValue, "--%s takes no %q", flag.Name, value)
	}
	return usagef(diag.BadFlagValue, "--%s takes %s, not %q", flag.Name, takes, value)
}
