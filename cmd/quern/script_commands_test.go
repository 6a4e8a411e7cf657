//go:build cgo

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
)

// bytesFile writes a file from text with Go's escapes: bytes a.csv 'caf\xe9\r\n'.
func bytesFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bytes FILE TEXT")
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
}

// holder is a process that holds a database file until its input ends.
type holder struct {
	command *exec.Cmd
	input   io.Closer
}

// holderKey is where a script keeps its holder.
type holderKey struct{}

// hold opens a DuckDB file in another process, for writing or for reading: hold [-readonly] shop.duckdb …
// release.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	readOnly := len(args) > 0 && args[0] == "-readonly"
	if readOnly {
		args = args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold [-readonly] FILE")
	}
	self, err := os.Executable()
	ts.Check(err)
	command := exec.Command(self)
	command.Env = append(os.Environ(), "QUERN_TEST_HOLD="+ts.MkAbs(args[0]))
	if readOnly {
		command.Env = append(command.Env, "QUERN_TEST_HOLD_READS=1")
	}
	input, err := command.StdinPipe()
	ts.Check(err)
	output, err := command.StdoutPipe()
	ts.Check(err)
	ts.Check(command.Start())
	h := &holder{command: command, input: input}
	*ts.Value(holderKey{}).(**holder) = h
	ts.Defer(h.release)
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		ts.Fatalf("hold %s: %q, %v", args[0], line, err)
	}
}

// release ends the process that hold started.
func release(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: release")
	}
	(*ts.Value(holderKey{}).(**holder)).release()
}

// release may be called twice.
func (h *holder) release() {
	if h.command.ProcessState != nil {
		return
	}
	_ = h.input.Close()
	_ = h.command.Wait()
}

// holdDatabase is the process that hold starts.
func holdDatabase(path string) error {
	engine, err := duckdb.Adapter().Open(context.Background(), adapters.Config{
		Dir: filepath.Dir(path), Settings: map[string]any{"path": path}, ReadOnly: os.Getenv("QUERN_TEST_HOLD_READS") != "",
	})
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// sql changes a DuckDB database behind the project's back: sql FILE STATEMENT.
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	ctx := context.Background()
	e, err := duckdb.Adapter().Open(ctx, adapters.Config{Settings: map[string]any{"path": ts.MkAbs(args[0])}})
	ts.Check(err)
	s, err := e.Session(ctx)
	ts.Check(err)
	ts.Check(s.Exec(ctx, args[1]))
	ts.Check(s.Close())
	ts.Check(e.Close())
}
