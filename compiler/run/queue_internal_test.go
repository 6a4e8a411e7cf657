package run

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// TestLongestWayIsTakenBySeconds plans d after b and c after a.
func TestLongestWayIsTakenBySeconds(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Steps: []*plan.Step{
		{ID: "model.a", Action: plan.Create},
		{ID: "model.b", Action: plan.Create},
		{ID: "model.c", Action: plan.Create, After: []int{0}},
		{ID: "model.d", Action: plan.Create, After: []int{1}},
		{ID: "model.e", Action: plan.Create},
	}}
	skipped := &plan.Plan{Steps: append([]*plan.Step{}, p.Steps...)}
	skipped.Steps[3] = &plan.Step{ID: "model.d", Action: plan.Skip, After: []int{1}}
	for name, tc := range map[string]struct {
		plan    *plan.Plan
		seconds map[project.ID]float64
		want    []int
	}{
		"nobody knows how long":   {p, nil, []int{0, 1, 4}},
		"known of all":            {p, map[project.ID]float64{"model.a": 1, "model.b": 0.1, "model.c": 2, "model.d": 3, "model.e": 60}, []int{4, 1, 0}},
		"the others take a mean":  {p, map[project.ID]float64{"model.a": 1, "model.d": 3}, []int{1, 0, 4}},
		"what is left out is not": {skipped, map[project.ID]float64{"model.b": 1, "model.d": 30, "model.e": 2, "model.a": 1, "model.c": 2}, []int{0, 4, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQueue(tc.plan, tc.seconds)
			var got []int
			for len(q.ready) > 0 {
				got = append(got, q.pop())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}
