package run_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/run"
)

func TestCriticalPathIsTheLongestInSeconds(t *testing.T) {
	t.Parallel()
	p := tables("a", "b", "c: a b", "d: b", "e: c", "f")
	seconds := []float64{1, 3, 0, 4, 3.5, 6}
	r := &run.Results{Steps: make([]run.StepResult, len(p.Steps))}
	for i, s := range p.Steps {
		r.Steps[i].ID, r.Steps[i].Seconds = s.ID, seconds[i]
	}
	named := func(steps []*run.StepResult) []string {
		var out []string
		for _, s := range steps {
			out = append(out, s.ID.Name())
		}
		return out
	}
	if diff := cmp.Diff([]string{"b", "d"}, named(run.CriticalPath(p, r))); diff != "" {
		t.Errorf("critical path (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"f", "d", "e"}, named(run.Slowest(r, 3))); diff != "" {
		t.Errorf("slowest (-want +got):\n%s", diff)
	}
	if got := run.CriticalPath(tables(), &run.Results{}); len(got) != 0 {
		t.Errorf("nothing has the critical path %v", got)
	}
}
