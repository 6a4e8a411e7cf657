package view

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/run"
)

// Summary is how many nodes and tests ended in which way. A step of a test counts as a test only.
type Summary struct {
	Built     int `json:"built"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Cancelled int `json:"cancelled"`
	// Warned are those of the nodes that were built with a warning.
	Warned        int `json:"warned"`
	TestsPassed   int `json:"tests_passed"`
	TestsSame     int `json:"tests_unchanged"`
	TestsWarned   int `json:"tests_warned"`
	TestsFailed   int `json:"tests_failed"`
	TestsErrored  int `json:"tests_errored"`
	TestsSkipped  int `json:"tests_skipped"`
	TestsNotEnded int `json:"tests_cancelled"`
	Commented     int `json:"commented"`
}

// Summarize counts.
func Summarize(r *run.Results) Summary {
	var s Summary
	nodes := map[run.Status]*int{
		run.Success: &s.Built, run.Unchanged: &s.Unchanged, run.Failed: &s.Failed, run.Skipped: &s.Skipped, run.Cancelled: &s.Cancelled,
	}
	tests := map[run.Status]*int{
		run.Pass: &s.TestsPassed, run.Unchanged: &s.TestsSame, run.Warn: &s.TestsWarned, run.Fail: &s.TestsFailed,
		run.TestError: &s.TestsErrored, run.Skipped: &s.TestsSkipped, run.Cancelled: &s.TestsNotEnded,
	}
	for i := range r.Steps {
		step := &r.Steps[i]
		switch n := nodes[step.Status]; {
		case step.Commented:
			s.Commented++
		case n != nil && step.Kind != link.Test:
			*n++
		}
		if step.Status == run.Success && len(step.Warnings) > 0 {
			s.Warned++
		}
		for _, t := range step.Tests {
			if n := tests[t.Status]; n != nil {
				*n++
			}
		}
	}
	return s
}

// line gives the words of the last line, as "built 12, tests 41 passed, 1 warned, 0 failed in 1.8 s".
func (s Summary) line(paint func(style, string) string, o RunOptions, r *run.Results) string {
	part := func(n int, word string, st style) string {
		text := fmt.Sprintf("%d %s", n, word)
		if n == 0 {
			st = plain
		}
		return paint(st, text)
	}
	var parts []string
	some := func(n int, word string, st style) {
		if n > 0 {
			parts = append(parts, part(n, word, st))
		}
	}
	if !o.TestsOnly {
		parts = append(parts, fmt.Sprintf("built %d", s.Built))
		some(s.Commented, "commented", plain)
		if s.Unchanged > 0 {
			parts = append(parts, fmt.Sprintf("unchanged %d", s.Unchanged))
		}
	}
	some(s.Warned, "warned", yellow)
	some(s.Failed, "failed", red)
	some(s.Skipped, "skipped", plain)
	some(s.Cancelled, "interrupted", yellow)
	if o.NoTests {
		parts = append(parts, "no tests were run")
	} else {
		parts = append(parts,
			fmt.Sprintf("tests %d passed", s.TestsPassed))
		some(s.TestsSame, "unchanged", plain)
		parts = append(parts,
			part(s.TestsWarned, "warned", yellow),
			part(s.TestsFailed, "failed", red))
		some(s.TestsErrored, "could not run", red)
		some(s.TestsSkipped, "skipped", plain)
		some(s.TestsNotEnded, "interrupted", yellow)
	}
	line := strings.Join(parts, ", ") + " in " + shortDuration(r.Seconds)
	if r.Interrupted {
		line = paint(yellow, "interrupted:") + " " + line
	}
	return line
}
