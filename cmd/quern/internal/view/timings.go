package view

import (
	"strings"

	"github.com/quernsql/quern/compiler/run"
)

const (
	// timingsAfter is how many seconds a run may take before it shows what they went into.
	timingsAfter = 60
	// slowest is how many of the slowest nodes are shown.
	slowest = 10
)

// Timings say what the time of a run went into.
type Timings struct {
	CriticalPath []Timing `json:"critical_path"`
	Slowest      []Timing `json:"slowest"`
}

// Timing is how long a node took.
type Timing struct {
	ID      string  `json:"id"`
	Seconds float64 `json:"seconds"`
}

// timingsOf gives the timings where they are wanted.
func (r *report) timingsOf(results *run.Results) *Timings {
	if !r.o.Timings && results.Seconds < timingsAfter || len(results.Steps) == 0 {
		return nil
	}
	list := func(steps []*run.StepResult) []Timing {
		out := make([]Timing, len(steps))
		for i, s := range steps {
			out[i] = Timing{ID: string(s.ID), Seconds: micro(s.Seconds)}
		}
		return out
	}
	return &Timings{CriticalPath: list(run.CriticalPath(r.o.Plan, results)), Slowest: list(run.Slowest(results, slowest))}
}

// timings gives the timings as text, "" where they are not wanted.
func (r *report) timings(results *run.Results) string {
	t := r.timingsOf(results)
	if t == nil || len(t.Slowest) == 0 {
		return ""
	}
	var b strings.Builder
	part := func(title string, all []Timing, total bool) {
		sum := 0.0
		for _, one := range all {
			sum += one.Seconds
		}
		if total {
			title += ", " + duration(sum)
		}
		b.WriteString(title + "\n")
		for _, one := range all {
			b.WriteString("  " + r.v.out.paint(dim, padLeft(duration(one.Seconds), timeWidth)) + "  " + r.v.secrets.maskText(clean(one.ID)) + "\n")
		}
	}
	part("critical path", t.CriticalPath, true)
	part("slowest", t.Slowest, false)
	return b.String()
}
