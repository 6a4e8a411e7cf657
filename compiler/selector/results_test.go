package selector_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/selector"
)

func TestResultsAreThoseOfTheLastRun(t *testing.T) {
	t.Parallel()
	g := graph("model.a", "model.b <- model.a", "model.c <- model.b", "test.t <- model.a", "test.u <- model.c", "model.d <- model.a")
	asked := 0
	last := func() map[project.ID]string {
		asked++
		return map[project.ID]string{
			"model.a": "success", "model.b": "error", "model.c": "skipped", "model.d": "cancelled", "model.gone": "error",
			"test.t": "fail", "test.u": "warn",
		}
	}
	for text, want := range map[string][]string{
		"result:error":                   {"model.b"},
		"result:error+":                  {"model.b", "model.c"},
		"result:fail":                    {"test.t"},
		"result:warn":                    {"test.u"},
		"result:skipped":                 {"model.c", "model.d"},
		"result:*":                       {"model.b", "model.c", "test.t", "test.u", "model.d"},
		"result:error result:skipped,+c": {"model.b", "model.c"},
		"a":                              {"model.a"},
	} {
		asked = 0
		s, diags := selector.Select(g, selector.Options{Select: []string{text}, Tests: selector.None, Results: last})
		got := []string{}
		for _, i := range s.Nodes {
			got = append(got, string(g.Nodes[i].ID))
		}
		if diff := cmp.Diff(want, got); diff != "" || len(diags) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", text, diags, diff)
		}
		if asked > 1 || text == "a" && asked > 0 {
			t.Errorf("%s: the last run was read %d times", text, asked)
		}
	}
	s, diags := selector.Select(g, selector.Options{Select: []string{"result:error"}})
	if len(s.Nodes) > 0 || len(diags) != 1 || diags.HasErrors() {
		t.Errorf("without a last run %v is selected, %v", s.Nodes, diags)
	}
}
