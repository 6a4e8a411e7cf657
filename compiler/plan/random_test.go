package plan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// randomShop makes a project of sources, models of all kinds, and tests that read back and forth.
func randomShop(r *rand.Rand) stagetest.Files {
	files := stagetest.Files{}
	n := 3 + r.IntN(8)
	kinds := []string{"table", "view", "ephemeral", "table"}
	var yml strings.Builder
	yml.WriteString("sources:\n- name: raw\n  tables:\n")
	relationships := func(i int) string {
		severity := []string{"error", "warn"}[r.IntN(2)]
		return fmt.Sprintf("[relationships: {to: m%d, field: id, config: {name: r%d_%d, severity: %s}}]", r.IntN(n), i, r.IntN(1000), severity)
	}
	for i := range 2 {
		fmt.Fprintf(&yml, "  - {name: s%d, columns: [{name: id, tests: %s}]}\n", i, relationships(100+i))
	}
	yml.WriteString("models:\n")
	for i := range n {
		query := fmt.Sprintf("select 1 as id from {{ source \"raw\" \"s%d\" }}", r.IntN(2))
		for j := range i {
			if r.IntN(3) == 0 {
				query += fmt.Sprintf(", {{ ref \"m%d\" }}", j)
			}
		}
		files[fmt.Sprintf("models/m%d.sql", i)] = "/* ---\nmaterialized: " + kinds[r.IntN(4)] + "\n--- */\n" + query
		tests := "[unique]"
		if r.IntN(2) == 0 {
			tests = relationships(i)
		}
		fmt.Fprintf(&yml, "- {name: m%d, columns: [{name: id, tests: %s}]}\n", i, tests)
	}
	for i := range r.IntN(3) {
		files[fmt.Sprintf("tests/t%d.sql", i)] = fmt.Sprintf("select * from {{ ref \"m%d\" }}, {{ ref \"m%d\" }}", r.IntN(n), r.IntN(n))
	}
	files["models/m.yml"] = yml.String()
	return files
}

func TestEveryPlanHoldsItsPromises(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		files := randomShop(r)
		change := func(o *plan.Options) {
			if r.IntN(2) == 0 {
				o.Selected = o.Selected[:r.IntN(len(o.Selected)+1)]
			}
		}
		var opts plan.Options
		p, out := build(t, files, func(o *plan.Options) { change(o); opts = *o })
		if problem := promises(p, out, opts.Selected); problem != "" {
			t.Errorf("seed %d: %s\n%s", seed, problem, strings.Join(steps(out), "\n"))
		}
	}
}

// promises gives the first promise that a plan breaks.
func promises(p *check.Program, out *plan.Plan, selected []int) string {
	place := map[project.ID]int{}
	tests := map[project.ID]int{}
	for i, s := range out.Steps {
		place[s.ID] = i
		for _, before := range s.After {
			if before >= i {
				return fmt.Sprintf("%s stands before what it waits for", s.ID)
			}
		}
		for _, a := range s.Audits {
			tests[a.ID]++
			if strings.Contains(a.Query.SQL, "__candidate") && s.Kind == link.Test {
				return fmt.Sprintf("%s reads a candidate and has a step of its own", a.ID)
			}
		}
	}
	for _, i := range selected {
		n := p.Graph.Nodes[i]
		if n.Kind == link.Test && tests[n.ID] != 1 {
			return fmt.Sprintf("%s runs %d times", n.ID, tests[n.ID])
		}
		if n.Kind != link.Test || !n.Test.Blocks() {
			continue
		}
		if problem := blocksItsReaders(p, out, place, n); problem != "" {
			return problem
		}
	}
	return ""
}

// blocksItsReaders looks whether everything built below all that a test reads waits for the test.
func blocksItsReaders(p *check.Program, out *plan.Plan, place map[project.ID]int, test *link.Node) string {
	at := -1
	for i, s := range out.Steps {
		for _, a := range s.Audits {
			if a.ID == test.ID {
				at = i
			}
		}
	}
	below := map[int]int{}
	reads := test.Parents
	if test.Test.Tested != "" && !test.Test.Late {
		reads = []int{p.Graph.ByID[test.Test.Tested].Index}
	}
	for _, i := range reads {
		for j := range descendants(p.Graph, i) {
			below[j]++
		}
	}
	for j, count := range below {
		s, built := place[p.Graph.Nodes[j].ID]
		if count == len(reads) && built && p.Graph.Nodes[j].Kind != link.Test && !waits(out, s, at) {
			return fmt.Sprintf("%s does not wait for %s", p.Graph.Nodes[j].ID, test.ID)
		}
	}
	return ""
}

func descendants(g *link.Graph, i int) map[int]bool {
	out := map[int]bool{}
	queue := []int{i}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, child := range g.Nodes[at].Children {
			if !out[child] {
				out[child] = true
				queue = append(queue, child)
			}
		}
	}
	return out
}

func waits(out *plan.Plan, step, before int) bool {
	if step == before {
		return true
	}
	for _, i := range out.Steps[step].After {
		if waits(out, i, before) {
			return true
		}
	}
	return false
}
