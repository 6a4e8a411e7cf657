package view

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrappedBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	s := &screen{size: func() (int, int) { return 20, 10 }}
	const line = "built 12, \x1b[31m3 failed\x1b[0m, tests 41 passed"
	if diff := cmp.Diff("built 12, \x1b[31m3 failed\x1b[0m,\ntests 41 passed", s.wrapped(line)); diff != "" {
		t.Errorf("wrapped (-want +got):\n%s", diff)
	}
	s.size = func() (int, int) { return 0, 0 }
	if got := s.wrapped(line); got != line {
		t.Errorf("without a terminal the line is %q", got)
	}
}
