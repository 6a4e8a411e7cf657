package diag_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/quernsql/quern/compiler/diag"
)

func TestCauseLeavesPathsOut(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for _, err := range []error{
		full,
		&fs.PathError{Op: "write", Path: "a/b", Err: full},
		fmt.Errorf("write it: %w", &fs.PathError{Op: "write", Path: "a/b", Err: full}),
		&os.LinkError{Op: "rename", Old: "a", New: "b", Err: full},
	} {
		if got := diag.Cause(err); !errors.Is(got, full) || got.Error() != full.Error() {
			t.Errorf("Cause(%v) = %v", err, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	if got, want := diag.Quoted([]string{"a", "b c"}), `"a", "b c"`; got != want {
		t.Errorf("Quoted = %s, want %s", got, want)
	}
}
