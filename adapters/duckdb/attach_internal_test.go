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
		_ = attachProblem(err, "x.duckdb")
		if err.Class != engine.Locked || err.Message != tc.message || err.Holder == nil {
			t.Fatalf("%s: class %d, %q, holder %v", tc.said, err.Class, err.Message, err.Holder)
		}
		if diff := cmp.Diff(tc.holder, *err.Holder); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.said, diff)
		}
	}
}
