package cli

import "github.com/spf13/cobra"

type compileFlags struct{ inline string }

func newCompileCmd(a *App) *cobra.Command {
	var f compileFlags
	cmd := &cobra.Command{
		Use:   "compile",
		Short: "Check everything and write the rendered SQL to target/compiled/",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runCompile(cmd, a, f) },
	}
	cmd.Flags().StringVar(&f.inline, "inline", "", "render this `SQL` instead of the models, and print it")
	return cmd
}

func runCompile(cmd *cobra.Command, a *App, _ compileFlags) error {
	_, err := a.MustCompile(cmd.Context())
	return err
}
