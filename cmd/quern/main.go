// Command quern builds and tests projects of templated SQL.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second interrupt kills
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Stdio(), cli.Process()))
}
