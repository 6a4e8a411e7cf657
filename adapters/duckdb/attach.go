package duckdb

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

var (
	lockHolder = pattern(`held in (.*?) \(PID (\d+)\)`)
	newerFile  = pattern(`version number (\d+), but we can only read version`)
)

// attachProblem says in our words what DuckDB says of a database file it cannot attach.
func attachProblem(err error, shown string, readOnly bool) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return err
	}
	e.Position = -1
	said := e.Message
	switch {
	case strings.Contains(said, "could not set lock on file"), strings.Contains(said, "used by another process"):
		lockedBy(e, shown)
	case strings.Contains(said, "not a valid DuckDB database file"):
		e.Message = "the file " + quoted(shown) + " is not a DuckDB database"
		e.Hint = "choose another path in the target; Quern makes the file if there is none"
	case newerFile().MatchString(said):
		e.Message = "the database " + quoted(shown) + " was written by a newer DuckDB than this Quern has"
		e.Hint = "use a newer Quern, or build into another file"
	case strings.Contains(said, "orrupt database file"), strings.Contains(said, "serialization error"),
		strings.Contains(said, "could not read enough bytes"):
		e.Message = "the database " + quoted(shown) + " is damaged: " + said
		e.Hint = "restore it from a copy, or move it away and build again"
	case strings.Contains(said, "ermission denied"), strings.Contains(said, "ead-only file system"):
		e.Message = "the database " + quoted(shown) + " cannot be opened for writing: " + afterLast(said)
		e.Hint = "make the file and its folder writable, or change the path in the target"
		if readOnly {
			e.Message = "the database " + quoted(shown) + " cannot be read: " + afterLast(said)
			e.Hint = "make the file readable, or change the path in the target"
		}
	}
	return err
}

// lockedBy names the process that holds a file.
func lockedBy(e *engine.Error, shown string) {
	e.Class, e.Subtype = engine.Locked, "LOCKED"
	e.Message = "the database " + quoted(shown) + " is in use by another process"
	e.Hint = "wait until it is done or end it, then try again"
	e.Holder = &engine.Holder{}
	if m := lockHolder().FindStringSubmatch(e.Cause.Error()); m != nil {
		e.Holder.Program = filepath.Base(m[1])
		e.Holder.PID, _ = strconv.Atoi(m[2]) // 0 where the process is of another container
		if name := commandOf(m[2]); name != "" {
			e.Holder.Program = name
		}
	}
	if who := e.Holder.String(); who != "" {
		e.Message += ": " + who
	}
}

// commandOf gives the name of a process, on Linux.
func commandOf(pid string) string {
	if runtime.GOOS != "linux" {
		return ""
	}
	name, _ := os.ReadFile("/proc/" + pid + "/comm")
	return strings.TrimSpace(string(name))
}

func afterLast(said string) string {
	if at := strings.LastIndex(said, ": "); at >= 0 {
		said = said[at+2:]
	}
	return strings.ToLower(said[:1]) + said[1:]
}

// checkExtension finds what DuckDB would say in words that do not help.
func checkExtension(path, shown string) error {
	if filepath.Ext(path) != ".duckdb_extension" {
		return engine.Errorf("Settings", "the extension %q is no file that ends in .duckdb_extension", shown).
			WithHint("name the extension's file; Quern loads extensions from files and never downloads them")
	}
	if _, err := os.Stat(path); err != nil {
		return engine.Errorf("IO", "the extension %q cannot be read: %s", shown, reason(err)).
			WithHint("the path starts at the project folder")
	}
	return nil
}

func quoted(s string) string { return `"` + s + `"` }
