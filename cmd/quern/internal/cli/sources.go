package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

func newSourcesCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,
		Use:                   "sources COMMAND",
		Short:                 "Read what the project's sources look like",
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(newSourcesPullCmd(a))
	return cmd
}

func newSourcesPullCmd(a *App) *cobra.Command {
	var f pullFlags
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "Write the columns of sources to " + project.LockFile,
		Long: `Read the columns and types of the declared sources, from their files or from the target, and
write them to ` + project.LockFile + `, which belongs into version control. What cannot be read stays as it is.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSourcesPull(cmd.Context(), a, f) },
	}
	f.register(cmd.Flags())
	a.lockFlag(cmd)
	cmd.Flags().BoolVar(&f.writeColumns, "write-columns", false, writeColumnsUsage)
	return cmd
}

type pullFlags struct {
	selectFlags
	writeColumns bool
}

func runSourcesPull(ctx context.Context, a *App, f pullFlags) (err error) {
	result, lockErrors, err := a.compileSources(ctx)
	if err != nil {
		return err
	}
	selected, err := a.Select(ctx, result, &f.selectFlags)
	if err != nil {
		return err
	}
	var sources []*link.Node
	for _, i := range selected {
		if n := result.Graph.Nodes[i]; n.Kind == link.Source {
			sources = append(sources, n)
		}
	}
	if len(sources) == 0 && len(selected) > 0 {
		a.View.Note("no sources are selected")
	}
	p := puller{app: a, result: result, lockErrors: lockErrors, read: make(map[project.ID][]project.Column)}
	defer func() { err = errors.Join(err, p.close()) }()
	for _, n := range sources {
		if err := p.pull(ctx, n); err != nil {
			return err
		}
	}
	return p.finish(f.writeColumns)
}

// compileSources compiles the project as far as its sources need it: a template that is wrong, such
// as one that asks for columns nobody pulled yet, is no reason not to pull them. Nor is a lock file
// that cannot be read, since it is written anew; its errors are given.
func (a *App) compileSources(ctx context.Context) (r compiler.Result, lockErrors diag.List, err error) {
	r, diags, err := a.Compile(ctx, renderOnly)
	var own diag.List
	for _, d := range diags {
		switch code := string(d.Code); {
		case d.Severity != diag.Error:
		case d.Span.Path() == project.LockFile:
			lockErrors = append(lockErrors, d)
		case strings.HasPrefix(code, "E01") || strings.HasPrefix(code, "E07"):
			own = append(own, d)
		}
	}
	if err == nil && r.Program != nil && len(own) == 0 {
		if diags.HasErrors() {
			a.View.Note(`the project has errors; "quern compile" shows them`)
		}
		return r, lockErrors, nil
	}
	a.View.Diagnostics(diags)
	if err == nil {
		err = exitError(ExitFailed)
	}
	return r, nil, err
}
