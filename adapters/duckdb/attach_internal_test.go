package duckdb

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
)

// The texts are DuckDB's on Linux, in a container whose processes others cannot see, and on Windows.
func TestLockedFileIsKnownOnEverySystem(t *testing.T) {
	t.Parallel()
	const locked = `the database "x.duckdb" is in use by another process`
	for _, tc := range []struct {
		said, message string
		holder        engine.Holder
	}{
		{
			`could not set lock on file "/x.duckdb": Conflicting lock is held in /usr/bin/python3 (PID 99999999)`,
			locked + ": python3 (pid 99999999)",
			engine.Holder{Program: "python3", PID: 99999999},
		},
		{`could not set lock on file "/x.duckdb": Conflicting lock is held in PID 0`, locked, engine.Holder{}},
		{
			`cannot open file "x.duckdb": The process cannot access the file because it is being used by another process.`,
			locked,
			engine.Holder{},
		},
	} {
		err := engine.Errorf("IO", "%s", tc.said)
		err.Cause = errors.New(tc.said)
		_ = attachProblem(err, "x.duckdb", false)
		if err.Class != engine.Locked || err.Message != tc.message || err.Holder == nil {
			t.Fatalf("%s: class %d, %q, holder %v", tc.said, err.Class, err.Message, err.Holder)
		}
		if diff := cmp.Diff(tc.holder, *err.Holder); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.said, diff)
		}
	}
}

// A commit that fails for a reason that stays is not tried again.
func TestOnlyWhatMayPassIsTriedAgain(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]engine.Class{
		"Failed to commit: write-write conflict on key":                                    engine.Transient,
		"Failed to commit: Could not write file \"x.duckdb.wal\": No space left on device": engine.Permanent,
		"Failed to commit: Could not write file \"x.duckdb.wal\": File too large":          engine.Permanent,
		"Failed to commit: Could not write file \"x.duckdb.wal\": Disk quota exceeded":     engine.Permanent,
		"Failed to commit: Cannot open file \"x.duckdb.wal\": Permission denied":           engine.Permanent,
		"Failed to commit: Cannot open file \"x.duckdb.wal\": Read-only file system":       engine.Permanent,
	} {
		e := report{kind: "TransactionContext", message: said, position: -1}.toError()
		if e.Class != want || e.Hint == "" {
			t.Errorf("%s: class %d, want %d, hint %q", said, e.Class, want, e.Hint)
		}
	}
}
