package cli

import (
	"context"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/isolate"
)

// bindCommand is the hidden command of a child that binds one query.
const bindCommand = "bind-query"

func newBindCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use: bindCommand, Hidden: true, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return isolate.Serve(cmd.Context(), a.In, a.Out, a.Registry)
		},
	}
}

// isolated wraps a describer so that no query takes this process down.
func (a *App) isolated(d adapters.Describer, kind string, config adapters.Config) adapters.Describer {
	return &isolate.Describer{Describer: d, Most: a.CheckFor, Child: func(ctx context.Context, r isolate.Request) (isolate.Answer, error) {
		self, err := os.Executable()
		if err != nil {
			return isolate.Answer{}, err
		}
		command := exec.CommandContext(ctx, self, bindCommand)
		command.Args[0] = "quern"
		r.Type, r.Config = kind, config
		return isolate.Start(ctx, command, r)
	}}
}
