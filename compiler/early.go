package compiler

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/check"
)

// early opens a scratch before it is asked for, while files are still compared: that takes longer than to
// bind an edited model in it.
type early struct {
	check.Describer
	wg sync.WaitGroup
	// waiting holds what was opened and nobody has taken yet.
	waiting atomic.Pointer[openedScratch]
}

type openedScratch struct {
	scratch check.Scratch
	err     error
}

// open begins to open a scratch.
func (e *early) open(ctx context.Context) {
	e.wg.Go(func() {
		scratch, err := e.Describer.Scratch(ctx)
		e.waiting.Store(&openedScratch{scratch, err})
	})
}

// Scratch gives the scratch that was opened, and opens another one where there is none.
func (e *early) Scratch(ctx context.Context) (check.Scratch, error) {
	e.wg.Wait()
	if o := e.waiting.Swap(nil); o != nil {
		return o.scratch, o.err
	}
	return e.Describer.Scratch(ctx)
}

// close closes the scratch that nobody has taken.
func (e *early) close() {
	e.wg.Wait()
	if o := e.waiting.Swap(nil); o != nil && o.err == nil {
		_ = o.scratch.Close() // nothing was done in it
	}
}
