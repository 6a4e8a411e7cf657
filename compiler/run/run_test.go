//go:build cgo

package run_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/run"
)

// shop is a project on a DuckDB file of its own.
type shop struct {
	t      testing.TB
	dir    string
	engine adapters.Engine
}

type warehouse struct{ adapters.Engine }

func (w warehouse) Session(ctx context.Context) (run.Session, error) { return w.Engine.Session(ctx) }

func newShop(tb testing.TB, files stagetest.Files) *shop {
	tb.Helper()
	dir := files.Write(tb)
	engine, err := duckdb.Adapter().Open(tb.Context(), adapters.Config{
		Dir: dir, Settings: map[string]any{"path": "shop.duckdb"},
	})
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() { engine.Close() })
	return &shop{t: tb, dir: dir, engine: engine}
}

func (s *shop) program() *check.Program {
	s.t.Helper()
	return stagetest.Program(s.t, s.dir, s.engine.Dialect())
}

// everything selects every node.
func everything(p *check.Program) []int {
	all := make([]int, len(p.Graph.Nodes))
	for i := range all {
		all[i] = i
	}
	return all
}

func (s *shop) plan(change func(*check.Program, *plan.Options)) *plan.Plan {
	s.t.Helper()
	p := s.program()
	opts := plan.Options{Selected: everything(p), Dialect: s.engine.Dialect()}
	if change != nil {
		change(p, &opts)
	}
	out, diags := plan.Build(p, opts)
	if len(diags) > 0 {
		s.t.Fatalf("plan: %v", stagetest.Lines(diags))
	}
	return out
}

func (s *shop) build() *run.Results {
	s.t.Helper()
	results, err := run.Execute(s.t.Context(), s.plan(nil), warehouse{s.engine}, nil, run.Options{ShowRows: 5})
	if err != nil {
		s.t.Fatalf("Execute: %v", err)
	}
	return results
}

// rows gives the result of a query as text, a line per row.
func (s *shop) rows(query string) []string {
	s.t.Helper()
	session, err := s.engine.Session(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer session.Close()
	rows, err := session.Query(s.t.Context(), query, 0)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	out := []string{}
	for _, row := range rows.Values {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprint(cell)
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

// summary gives a line per step and test.
func summary(r *run.Results) []string {
	out := []string{}
	for _, s := range r.Steps {
		line := string(s.ID) + " " + s.Status.String()
		if s.Rows >= 0 {
			line += fmt.Sprintf(" %d", s.Rows)
		}
		if s.Status != run.Success {
			line += ": " + s.Reason
		}
		if s.Kept.Identifier != "" {
			line += " (" + s.Kept.String() + ")"
		}
		out = append(out, line)
		for _, test := range s.Tests {
			if s.Kind == link.Test {
				out[len(out)-1] += fmt.Sprintf(" = %s %d", test.Status, test.Failures)
				continue
			}
			out = append(out, fmt.Sprintf("  %s %s %d", test.Name, test.Status, test.Failures))
		}
	}
	return out
}

func TestBuildsAShop(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"seeds/raw_orders.csv":    "id,customer,amount,status\n1,10,5.00,paid\n2,11,7.50,open\n3,10,1.25,paid\n",
		"models/stg_orders.sql":   "select id, customer, amount, status from {{ ref \"raw_orders\" }}",
		"models/orders.sql":       "/* ---\nmaterialized: table\nassert: [amount >= 0, count(*) > 0]\n--- */\nselect * from {{ ref \"stg_orders\" }};\n",
		"models/paid.sql":         "/* ---\nmaterialized: ephemeral\n--- */\nselect * from {{ ref \"orders\" }} where status = 'paid' -- end",
		"models/revenue.sql":      "/* ---\nmaterialized: external\nformat: parquet\nlocation: out/revenue.parquet\n--- */\nselect customer, sum(amount) as revenue from {{ ref \"paid\" }} group by 1",
		"tests/no_big_orders.sql": "select * from {{ ref \"orders\" }} where amount > 100",
		"models/models.yml":       "models:\n  - name: orders\n    columns: [{name: id, tests: [unique, not_null]}]\n  - name: stg_orders\n    columns: [{name: status, tests: [{accepted_values: {values: [paid, open]}}]}]\n",
	})
	got := summary(s.build())
	want := []string{
		"seed.raw_orders success 3",
		"  accepted_values_stg_orders_status_6a5cf2 pass 0",
		"model.stg_orders success",
		"model.orders success 3",
		"  assert_orders_32e629 pass 0",
		"  assert_orders_33ae10 pass 0",
		"  not_null_orders_id pass 0",
		"  unique_orders_id pass 0",
		"test.no_big_orders success = pass 0",
		"model.revenue success 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Execute (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10|6.25"}, s.rows("select * from revenue")); diff != "" {
		t.Errorf("revenue (-want +got):\n%s", diff)
	}
}
