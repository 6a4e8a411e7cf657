// Command quern builds and tests projects of templated SQL.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

// gcPercent lets the heap grow by half between collections. A compile keeps nearly all it makes, so
// the default of 100 costs a third more memory and saves no time.
const gcPercent = 50

// fewGCs lets a heap that is still small grow to 160 MB before the first collection: what comes from the
// cache is over by then.
const fewGCs = 4000

func main() { os.Exit(quern(cli.Process())) }

// quern runs a command of the process, and gives its exit code.
func quern(env cli.Env) int {
	debug.SetGCPercent(fewGCs)
	ignoreFileLimit()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second interrupt kills
	env.Workers = runtime.GOMAXPROCS(0)
	env.HardWork = func() {
		debug.SetGCPercent(gcPercent)
		// A thread that comes back from the engine finds a place at once, while the collector has one.
		runtime.GOMAXPROCS(env.Workers + 1)
	}
	return cli.Main(ctx, os.Args[1:], cli.Stdio(), env)
}
