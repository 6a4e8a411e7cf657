package cli

import (
	"context"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/state"
)

// about gives what the history says of a run besides how it went.
func (b *build) about(ctx context.Context, e adapters.Engine) state.Run {
	version, err := e.Version(ctx)
	if err != nil {
		b.View.Detail("the version of the target is not known: %v", err)
	}
	return state.Run{Command: b.command, Quern: Version, Engine: version}
}
