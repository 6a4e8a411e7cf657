// Package cli is the command line: a file per command, with its flags, and what they share.
//
// It takes arguments, three streams and the environment, and gives an exit code. It refuses unknown
// commands, flags and values with the nearest that exists. What a person sees is written by package
// view alone.
package cli

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Exit codes.
const (
	ExitOK          = 0
	ExitFailed      = 1   // an error in the project, or a test or a node failed
	ExitUsage       = 2   // wrong usage
	ExitTransient   = 3   // trying again helps
	ExitInterrupted = 130 // the user ended it
)

// Streams are the result, the conversation, and what can be read.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Env is the world around the process.
type Env struct {
	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	// Dir is the working folder, absolute.
	Dir string
	// HardWork is called before a project is compiled anew, which makes much garbage; it may be nil.
	HardWork func()
	// Workers limits the threads that an engine checks queries with; zero means one per processor.
	Workers int
	// CheckFor is how long an engine may check one query; zero means ten seconds.
	CheckFor time.Duration
}

// Stdio gives the streams of the process.
func Stdio() Streams { return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// Process gives the environment of the process. Dir is empty where the working folder is gone.
func Process() Env {
	dir, _ := os.Getwd()
	return Env{LookupEnv: os.LookupEnv, Now: time.Now, Dir: dir}
}

// wantsJSON reports whether the command line, or else the environment, asks for JSON anywhere.
func (a *App) wantsJSON() bool {
	asked, _ := a.LookupEnv("QUERN_OUTPUT")
	flags := []string{"--output"}
	if slices.Contains(a.Args, "compile") {
		flags = append(flags, "--format") // of which json means the same there
	}
	for i, arg := range a.Args {
		if arg == "--" {
			break
		}
		name, value, ok := strings.Cut(arg, "=")
		if !ok && i+1 < len(a.Args) {
			value = a.Args[i+1]
		}
		if value != "" && slices.Contains(flags, name) {
			asked = value
		}
	}
	return asked == outputJSON
}

// Main runs one command and gives its exit code.
func Main(ctx context.Context, args []string, streams Streams, env Env) int {
	app := newApp(streams, env)
	app.Args = args
	root := newRootCmd(app)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && !app.View.IsJSON() && app.wantsJSON() { // a wrong flag ended the reading of flags
		app.Flags.Output = outputJSON
		app.View = app.newView()
	}
	code := app.report(ctx, err)
	app.close()
	return code
}
