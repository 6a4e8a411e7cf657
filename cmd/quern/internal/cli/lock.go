package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/holder"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
)

const (
	// lockTimeout is how long a command waits for a target where nothing else is said.
	lockTimeout = 10 * time.Minute
	// firstPause and longestPause are the times between two tries to open a target.
	firstPause   = 10 * time.Millisecond
	longestPause = 200 * time.Millisecond
)

// lockFlag gives a command that opens the target the time it waits for it.
func (a *App) lockFlag(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&a.Flags.LockTimeout, "lock-timeout", lockTimeout,
		"wait at most this `time` while another process holds the target; 0 waits for nothing")
}

// opener opens the target, or says why not.
type opener func() (adapters.Engine, error)

// Open opens the target of a project; the caller closes it. While another process holds the target it
// waits. What is wrong with the target is a *targetError, at its place in quern.yml.
func (a *App) Open(ctx context.Context, p *project.Project, readOnly bool) (adapters.Engine, error) {
	return a.openWhenFree(ctx, p, func() (adapters.Engine, error) { return a.openOnce(ctx, p, readOnly) })
}

// openWhenFree tries again and again while another process holds the target, and says so.
func (a *App) openWhenFree(ctx context.Context, p *project.Project, open opener) (adapters.Engine, error) {
	opened, err := open()
	if held := a.heldBy(p, err); held == nil || a.Flags.LockTimeout == 0 {
		return opened, err
	}
	limited, cancel := context.WithTimeout(ctx, a.Flags.LockTimeout)
	defer cancel()
	waiting := a.View.Waiting(a.Flags.LockTimeout, err.Error())
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		select {
		case <-time.After(pause):
		case <-limited.Done():
			waiting.End(false)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, tooLong(err, a.Flags.LockTimeout)
		}
		opened, err = open()
		if a.heldBy(p, err) == nil {
			waiting.End(err == nil)
			return opened, err
		}
		waiting.Say(err.Error())
	}
}

// heldBy gives the process that holds the target, and names it in the error as well as it can be named.
func (a *App) heldBy(p *project.Project, err error) *engine.Holder {
	target, ok := errors.AsType[*targetError](err)
	if !ok || target.cause.Class != engine.Locked || target.cause.Holder == nil {
		return nil
	}
	known := target.cause.Holder
	named := holder.Named(filepath.Join(p.Dir, "target"), *known)
	if start, ok := strings.CutSuffix(target.diagnostic.Message, known.String()); ok {
		target.diagnostic.Message = start + named.String()
	}
	*known = named
	return known
}

// tooLong adds to an error how long it was waited.
func tooLong(err error, timeout time.Duration) error {
	if target, ok := errors.AsType[*targetError](err); ok {
		target.diagnostic.Hintf("it did not let go within the %s of --lock-timeout; end that process, or wait longer", timeout)
	}
	return err
}
