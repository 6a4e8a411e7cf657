package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/diag"
)

// shells write the completion script of a shell.
var shells = map[string]func(*cobra.Command, io.Writer) error{
	"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":        func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) },
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) },
}

var shellNames = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that completes commands in bash, zsh, fish or powershell",
		Long: `Print the script that completes commands, flags, and the names of nodes and targets.

  bash        source <(quern completion bash)
  zsh         source <(quern completion zsh)
  fish        quern completion fish | source
  powershell  quern completion powershell | Out-String | Invoke-Expression

Write the line into the shell's start-up file to have it every time.`,
		ValidArgs: shellNames,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(diag.WrongArguments, "%q takes the name of one shell", cmd.CommandPath()).
					hint("use one of: %s", strings.Join(shellNames, ", "))
			}
			if shells[args[0]] == nil {
				return usagef(diag.WrongArguments, "unknown shell %q", args[0]).
					hint("use one of: %s", strings.Join(shellNames, ", ")).
					nearest(args[0], shellNames)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, _ := a.View.Writers()
			return shells[args[0]](cmd.Root(), out)
		},
	}
}
