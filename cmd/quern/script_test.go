//go:build cgo

package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

var update = flag.Bool("update", false, "write the expected output of the scripts anew")

func TestMain(m *testing.M) {
	if path := os.Getenv("QUERN_TEST_HOLD"); path != "" {
		if err := holdDatabase(path); err != nil {
			panic(err)
		}
		return
	}
	if os.Getenv("QUERN_TEST_PATIENT") != "" {
		env := cli.Process()
		env.CheckFor = time.Hour
		os.Exit(quern(env))
	}
	if os.Getenv("QUERN_TEST_MAIN") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"quern": main})
}

// TestScripts runs every script below testdata/script, each in a folder of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/script")
}

// TestBadInput runs a script for each kind of bad input: it shows the code, the place and the hint.
// What they print is also on the page of codes.
//
//nolint:paralleltest // The page is written after the scripts, which run in parallel among themselves.
func TestBadInput(t *testing.T) {
	t.Parallel()
	t.Run("scripts", func(t *testing.T) { runScripts(t, "testdata/script/bad") })
	t.Run("codes", codesPageIsCurrent)
}

func runScripts(t *testing.T, dir string) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Values[holderKey{}] = new(*holder)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "awaits": awaits, "json": jsonValue, "crlf": crlf, "unzip": unzip,
			"bytes": bytesFile, "hold": hold, "release": release, "sql": sql,
		},
	})
}

// exits runs a command and compares its exit code: exits 2 quern complie.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v: exit code %d, want %d", args[1:], got, want)
	}
}

// awaits waits until a file matches: awaits 'node_started' target/logs/quern.log.
func awaits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: awaits PATTERN FILE")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if data, err := os.ReadFile(ts.MkAbs(args[1])); err == nil && pattern.Match(data) {
			return
		}
	}
	ts.Fatalf("%s does not match %s within a minute", args[1], args[0])
}
