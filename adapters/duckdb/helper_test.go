//go:build cgo

package duckdb_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// helperPath is the environment variable that makes this binary open a target instead of testing:
// it says "held" and waits for its standard input to end, or says why it could not.
const helperPath = "QUERN_TEST_HELPER_PATH"

// helperPublishes makes the helper publish until it is killed.
const helperPublishes = "QUERN_TEST_HELPER_PUBLISHES"

func TestMain(m *testing.M) {
	if path := os.Getenv(helperPath); path != "" {
		helper(path)
		return
	}
	os.Exit(m.Run())
}

func helper(path string) {
	e, err := duckdb.Adapter().Open(ctx(), adapters.Config{
		Dir: filepath.Dir(path), Settings: map[string]any{"path": path},
	})
	if err != nil {
		fmt.Printf("%s\n", err)
		return
	}
	defer e.Close()
	s, err := e.Session(ctx())
	if err == nil {
		err = s.Exec(ctx(), "create or replace table t as select 1 as a")
	}
	if err != nil {
		fmt.Printf("%s\n", err)
		return
	}
	fmt.Println("held")
	if os.Getenv(helperPublishes) != "" {
		publishForever(s)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// publishForever publishes one generation after the other and says so after each.
func publishForever(s adapters.Session) {
	to, from := named("t"), named("t__candidate")
	for generation := 1; ; generation++ {
		query := fmt.Sprintf("select range as id, %d as generation from range(1000)", generation)
		_, err := s.CreateTable(ctx(), from, query)
		if err == nil {
			err = s.Publish(ctx(), []engine.Publication{{To: to, Kind: relation.Table, From: from}})
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(generation)
	}
}

// inOtherProcess opens a path in another process and gives what that says first. Where this process
// is root, the other one is nobody, whom permissions bind.
func inOtherProcess(t *testing.T, path string, nobody bool) (said string, pid int) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	if nobody && os.Getuid() == 0 {
		cmd = exec.CommandContext(t.Context(), copyForAll(t, binary))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	cmd.Dir = filepath.Dir(path)
	cmd.Env = append(os.Environ(), helperPath+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	line := make([]byte, 4096)
	n, _ := out.Read(line)
	return strings.TrimSpace(string(line[:n])), cmd.Process.Pid
}

// copyForAll puts a program where nobody can run it.
func copyForAll(t *testing.T, binary string) string {
	t.Helper()
	to := filepath.Join(sharedDir(t), "program")
	in, err := os.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	// A process that another test starts meanwhile would have the file open for writing too, and a program that
	// is open for writing cannot run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	return to
}

// sharedDir is a folder that everybody may enter; those of t.TempDir are private.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "quern-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
