//go:build cgo

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestReadme does what the README tells its reader to do: it runs every command of the console
// blocks, in one session from the first to the last, and looks for the lines that are shown below
// each. Lines may come in another order, "…" stands for lines left out, times vary, and a command
// that fails is followed by "echo $?".
func TestReadme(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := readConsole(t, filepath.Join(root, "README.md"))
	if len(commands) < 10 {
		t.Fatalf("found %d commands, want the README's", len(commands))
	}
	s := &session{t: t, root: root, dir: t.TempDir()}
	for _, c := range commands {
		s.run(c)
	}
	s.exitWasShown("the end")
}

// consoleCommand is a line that starts with "$ ", and the lines below it.
type consoleCommand struct {
	line  int
	text  string
	shown []string
}

func readConsole(t *testing.T, path string) []consoleCommand {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var commands []consoleCommand
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && isCommand:
			commands = append(commands, consoleCommand{line: i + 1, text: command})
		case inside && len(commands) == 0:
			t.Fatalf("README.md:%d: output before the first command", i+1)
		case inside:
			last := &commands[len(commands)-1]
			last.shown = append(last.shown, line)
		}
	}
	return commands
}

type session struct {
	t    *testing.T
	root string
	dir  string
	exit int
	last string
}

func (s *session) run(c consoleCommand) {
	s.t.Helper()
	if c.text == "echo $?" {
		s.compare(c, strconv.Itoa(s.exit))
		s.exit = 0
		return
	}
	s.exitWasShown(c.text)
	s.last = c.text
	switch c.text {
	case "git clone https://github.com/quernsql/quern":
		s.clone()
	case "make demo":
		s.contains("Makefile", "demo: build", "\t$(BIN)/quern build\n")
		s.shell(c, "quern build")
	case "make test", "make bench":
		// A test cannot run itself; the checks do.
		s.contains(".ci/run", c.text)
	default:
		if dir, ok := strings.CutPrefix(c.text, "cd "); ok {
			s.dir = filepath.Join(s.dir, dir)
			return
		}
		s.shell(c, c.text)
	}
}

// exitWasShown fails where the command before went wrong and the README does not say so.
func (s *session) exitWasShown(next string) {
	s.t.Helper()
	if s.exit != 0 {
		s.t.Fatalf("%q ended with %d, and the README goes on with %q", s.last, s.exit, next)
	}
}

// clone copies what the commands need of the repository.
func (s *session) clone() {
	s.t.Helper()
	for _, name := range []string{"models", "tests"} {
		if err := os.CopyFS(filepath.Join(s.dir, "quern", name), os.DirFS(filepath.Join(s.root, name))); err != nil {
			s.t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(s.root, "quern.yml"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "quern", "quern.yml"), text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) contains(file string, wants ...string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.root, file))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, want := range wants {
		if !strings.Contains(string(text), want) {
			s.t.Errorf("%s does not contain %q", file, want)
		}
	}
}

func (s *session) shell(c consoleCommand, command string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "sh", "-c", command)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		s.exit = exit.ExitCode()
	} else if err != nil {
		s.t.Fatalf("run %s: %v", command, err)
	}
	s.compare(c, string(out))
}

// compare looks for every line that is shown among those that were written.
func (s *session) compare(c consoleCommand, out string) {
	s.t.Helper()
	written := map[string]bool{"": true, "…": true}
	for line := range strings.Lines(out) {
		written[steady(line)] = true
	}
	for _, line := range c.shown {
		if !written[steady(line)] {
			s.t.Errorf("README.md:%d: %q does not print %q; it prints:\n%s", c.line, c.text, line, out)
			return
		}
	}
}

var (
	timeSpent = regexp.MustCompile(`\b(\d+ h )?(\d+ m )?\d+(\.\d+)? m?s\b|"(run_id|time)":"[^"]*"|"seconds":[0-9.e-]+`)
	blanks    = regexp.MustCompile(`\s+`)
)

// steady gives a line without what differs from run to run: times and run ids, and how wide the
// columns are.
func steady(line string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(timeSpent.ReplaceAllString(line, "TIME"), " "))
}
