//go:build cgo

package trace_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/trace"
)

// describer is DuckDB's as package check sees it.
type describer struct{ adapters.Describer }

func (d describer) Scratch(ctx context.Context) (check.Scratch, error) {
	return d.Describer.Scratch(ctx)
}

// rootless are the columns of marts that come from no column: they count or rank rows, or name what
// was put together.
var rootless = []string{
	"airport_days#flights: rows alone",
	"airport_days#readings: rows alone",
	"carrier_scorecard#punctuality_rank: rows alone",
	"carrier_scorecard#flights: rows alone",
	"carrier_scorecard#planes: rows alone",
	"carrier_scorecard_file#punctuality_rank: rows alone",
	"carrier_scorecard_file#flights: rows alone",
	"carrier_scorecard_file#planes: rows alone",
	"daily_delays#flights: rows alone",
	"daily_delays_file#flights: rows alone",
	"fleet_age#planes: rows alone",
	"fleet_age#flights: rows alone",
	"hourly_delays#flights: rows alone",
	"hourly_delays#mean_departures: rows alone",
	"monthly_delays#flights: rows alone",
	"route_delays#flights: rows alone",
	"weather_delays#factor: constants",
	"weather_delays#flights: rows alone",
}

// TestShowcase traces every column of every mart of the project at the root of the repository to the
// columns of sources and seeds: each reaches one, or is made of rows alone or of constants, and of
// each it is certain.
func TestShowcase(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p, diags := stagetest.CompileWith(t, root, func(p *project.Project) check.Env {
		d := duckdb.Adapter().Describer(adapters.Config{Dir: root, Settings: p.Target.Settings})
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return check.Env{Dialect: duckdb.Dialect{}, Describer: describer{d}, Files: describer{d}}
	})
	if diags.HasErrors() {
		t.Fatalf("the showcase has errors:\n%s", strings.Join(stagetest.Lines(diags), "\n"))
	}
	g := trace.New(p)
	marts, columns, without := 0, 0, []string{}
	for i, n := range p.Graph.Nodes {
		if reason := g.Unchecked(i); reason != "" {
			t.Errorf("%s is not checked: %s", n.ID, reason)
		}
		if !strings.HasPrefix(n.Path, "models/marts/") || n.Model == nil {
			continue
		}
		marts++
		for c, end := g.Columns(i); c < end; c++ {
			columns++
			name := n.Name + "#" + g.Name(c)
			if g.Type(c) == "" {
				t.Errorf("%s has no type", name)
			}
			if ending := ends(t, g, c); ending != "" {
				without = append(without, name+": "+ending)
			}
		}
	}
	if marts != 10 || columns < 100 {
		t.Errorf("%d columns of %d marts", columns, marts)
	}
	if diff := cmp.Diff(rootless, without); diff != "" {
		t.Errorf("columns that come from no column (-want +got):\n%s", diff)
	}
}

// ends follows a column up. It gives "" where it comes from a column of a source or a seed, else what
// it is made of instead.
func ends(t *testing.T, g *trace.Graph, c trace.Column) string {
	t.Helper()
	from, constants := 0, 0
	for above := range g.Up([]trace.Column{c}, trace.Unlimited).All() {
		up := trace.Column(above)
		if g.Origins(g.Node(up)) {
			from++
			continue
		}
		where := fmt.Sprintf("%s#%s", g.Program.Graph.Nodes[g.Node(up)].Name, g.Name(up))
		switch of := g.Origin(up); {
		case of == nil:
			t.Errorf("it is not known what %s is made of", where)
		case of.Certainty != lineage.Resolved:
			t.Errorf("%s is %s", where, of.Certainty)
		case of.Kind == lineage.Constant:
			constants++
		case of.Kind < lineage.Passthrough || of.Kind > lineage.Constant:
			t.Errorf("%s has the kind %d", where, of.Kind)
		case len(of.Inputs) == 0 && of.Kind != lineage.Aggregated:
			t.Errorf("%s is %s of nothing", where, of.Kind)
		}
	}
	switch {
	case from > 0:
		return ""
	case constants > 0:
		return "constants"
	default:
		return "rows alone"
	}
}
