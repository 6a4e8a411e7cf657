package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/engine"
)

func newStateUnlockCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use: "unlock", Short: "Say who holds the target, and take away a lock that nobody holds",
		Long: `Say who holds the target, and take away a lock that nobody holds any more. The lock of a DuckDB file is the
file's own and ends with the process that has it, so that there is never one to take away. The exit code is 3
where somebody holds the target.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runStateUnlock(cmd.Context(), a) },
	}
}

func runStateUnlock(ctx context.Context, a *App) error {
	result, err := a.MustCompile(ctx, renderOnly)
	if err != nil {
		return err
	}
	opened, err := a.openOnce(ctx, result.Project, true) // a target that is not there is not made
	if err == nil {
		if err = closed(opened); err == nil {
			opened, err = a.openOnce(ctx, result.Project, false)
		}
		if err == nil {
			err = closed(opened)
		}
	}
	held := a.heldBy(result.Project, err)
	switch target, ok := errors.AsType[*targetError](err); {
	case errors.Is(err, fs.ErrNotExist):
		return a.View.Unlock("", "the target is not there yet")
	case ok && target.cause.Class == engine.Locked:
		holder := target.diagnostic.Message
		if held != nil {
			holder = held.String()
		}
		if err := a.View.Unlock(holder, target.diagnostic.Message); err != nil {
			return err
		}
		return exitError(ExitTransient)
	case err != nil:
		return err
	}
	return a.View.Unlock("", "nobody holds the target")
}
