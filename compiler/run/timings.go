package run

import (
	"cmp"
	"slices"

	"github.com/quernsql/quern/compiler/plan"
)

// CriticalPath gives the steps, each after the one it waited for, that took longest together: with any number of
// threads the run would have taken as long.
func CriticalPath(p *plan.Plan, r *Results) []*StepResult {
	before, until := make([]int, len(p.Steps)), make([]float64, len(p.Steps))
	last := -1
	for i, s := range p.Steps {
		before[i] = -1
		for _, b := range s.After {
			if before[i] < 0 || until[b] > until[before[i]] {
				before[i] = b
			}
		}
		if before[i] >= 0 {
			until[i] = until[before[i]]
		}
		until[i] += r.Steps[i].Seconds
		if last < 0 || until[i] > until[last] {
			last = i
		}
	}
	var out []*StepResult
	for ; last >= 0; last = before[last] {
		if worked(&r.Steps[last]) {
			out = append(out, &r.Steps[last])
		}
	}
	slices.Reverse(out)
	return out
}

// Slowest gives so many steps that took longest, the longest first.
func Slowest(r *Results, most int) []*StepResult {
	var out []*StepResult
	for i := range r.Steps {
		if worked(&r.Steps[i]) {
			out = append(out, &r.Steps[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *StepResult) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return out[:min(most, len(out))]
}

// worked reports whether a step did anything: to see that nothing changed takes a moment, too.
func worked(s *StepResult) bool {
	return s.Seconds > 0 && (s.Status != Unchanged || slices.ContainsFunc(s.Tests, func(t TestResult) bool { return t.Status != Unchanged }))
}
