package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
)

// formatFlag is --format: how what is wrong is shown.
type formatFlag struct{ value string }

// formats are the values of --format.
var formats = []string{outputText, outputJSON, view.GitHub, view.SARIF}

func (f *formatFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.value, "format", outputText, "`format` of what is wrong: "+oneOf(formats)+"; json is --output json")
	// An error says that the flag has its completion already.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

// settle brings --format and --output together: the one that was written wins over the environment,
// and --format over --output where both come from there.
func (f *formatFlag) settle(a *App, cmd *cobra.Command) error {
	format, output := cmd.Flags().Lookup("format"), cmd.Flags().Lookup("output")
	if f.value == "" {
		f.value = outputText
	}
	if !slices.Contains(formats, f.value) {
		return usagef(diag.BadFlagValue, "--format takes no %q", f.value).hint("use one of: %s", oneOf(formats)).nearest(f.value, formats)
	}
	written := func(name string) bool { return !a.fromEnvironment[name] }
	switch {
	case !format.Changed:
		f.value = a.Flags.Output
	case a.Flags.Output == f.value || !output.Changed:
	case written("format") && written("output"):
		return usagef(diag.BadFlagValue, "--format %s and --output %s cannot stand together", f.value, a.Flags.Output).
			hint("leave one of them out")
	case written("output"):
		f.value = a.Flags.Output
	}
	a.Flags.Output = outputText
	if f.value == outputJSON {
		a.Flags.Output = outputJSON
	}
	a.View = a.newView()
	return nil
}

// within gives the path of a folder within its repository, "" where it is its root: that of
// GITHUB_WORKSPACE, or the nearest parent that has a .git.
func (a *App) within(dir string) string {
	if root, ok := a.LookupEnv("GITHUB_WORKSPACE"); ok && root != "" {
		if path, ok := below(root, dir); ok {
			return path
		}
	}
	for root := dir; ; root = filepath.Dir(root) {
		if _, err := os.Lstat(filepath.Join(root, ".git")); err == nil {
			path, _ := below(root, dir)
			return path
		}
		if root == filepath.Dir(root) {
			return ""
		}
	}
}

func below(root, dir string) (string, bool) {
	path, err := filepath.Rel(root, dir)
	if err != nil || path == ".." || strings.HasPrefix(path, ".."+string(filepath.Separator)) {
		return "", false
	}
	if path == "." {
		return "", true
	}
	return filepath.ToSlash(path), true
}
