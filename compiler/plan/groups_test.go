package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
)

// groupedShop is a random project with two publish groups; most of them are wrong.
func groupedShop(r *rand.Rand) stagetest.Files {
	files := randomShop(r)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasPrefix(name, "models/m") || !strings.HasSuffix(name, ".sql") || strings.Contains(files[name], "ephemeral") {
			continue
		}
		if r.IntN(6) == 0 {
			files[name] = strings.Replace(files[name], "materialized: table", "materialized: incremental", 1)
		}
		if r.IntN(3) > 0 {
			files[name] = strings.Replace(files[name], "/* ---\n", fmt.Sprintf("/* ---\npublish_group: %s\n", []string{"g", "h"}[r.IntN(4)/3]), 1)
		}
	}
	return files
}

// TestGroupsWaitForNoOneInACircle looks at the plans of all projects that compile, whatever is selected: whoever reads
// a member of a group from outside waits for all of them, and that never leads back.
func TestGroupsWaitForNoOneInACircle(t *testing.T) {
	t.Parallel()
	planned, groups := 0, 0
	for seed := uint64(0); planned < 40 && seed < 2000; seed++ {
		r := rand.New(rand.NewPCG(seed, 3))
		p, diags := stagetest.Compile(t, groupedShop(r).Write(t), duckdb.Dialect{})
		if diags.HasErrors() {
			continue
		}
		opts := plan.Options{Dialect: duckdb.Dialect{}}
		for i := range p.Graph.Nodes {
			if seed%2 == 0 || r.IntN(4) > 0 {
				opts.Selected = append(opts.Selected, i)
			}
		}
		out, diags := plan.Build(p, opts)
		if diags.HasErrors() {
			continue
		}
		planned++
		for _, s := range out.Steps {
			if s.Member != nil {
				groups++
			}
		}
		if problem := groupPromises(p, out); problem != "" {
			t.Errorf("seed %d: %s\n%s", seed, problem, strings.Join(steps(out), "\n"))
		}
	}
	if planned < 40 || groups < 60 {
		t.Errorf("%d plans with %d members of groups", planned, groups)
	}
}

// groupPromises gives the first promise about groups that a plan breaks.
func groupPromises(p *check.Program, out *plan.Plan) string {
	name := func(i int) string {
		if m := out.Steps[i].Member; m != nil {
			return m.Group.Name
		}
		return fmt.Sprint(i)
	}
	// A group, and what is in none, is done when all it waits for is.
	done := map[string]bool{}
	for again := true; again; {
		again = false
		ready := map[string]bool{}
		for i := range out.Steps {
			ready[name(i)] = true
		}
		for i, s := range out.Steps {
			for _, before := range s.After {
				ready[name(i)] = ready[name(i)] && (done[name(before)] || name(before) == name(i))
			}
		}
		for key, is := range ready {
			if is && !done[key] {
				done[key], again = true, true
			}
		}
	}
	for i, s := range out.Steps {
		if !done[name(i)] {
			return fmt.Sprintf("%s waits for itself", s.ID)
		}
		var texts []string
		if s.Query != nil {
			texts = append(texts, s.Query.SQL)
		}
		for _, a := range s.Audits {
			texts = append(texts, a.Query.SQL)
		}
		for k, other := range out.Steps {
			if other.Kind == link.Test || k == i {
				continue
			}
			candidate := duckdb.Dialect{}.Relation(other.Candidate)
			reads := slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, candidate) })
			beside := s.Member != nil && slices.Contains(s.Member.Beside, k)
			if reads != beside || beside && !slices.Contains(s.After, k) {
				return fmt.Sprintf("%s reads the candidate of %s: %v, and it is beside it: %v", s.ID, other.ID, reads, beside)
			}
		}
	}
	return ""
}
