//go:build cgo

package run_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/run"
)

// write changes a file of the project.
func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// wantBuild builds and compares what every step and test came to.
func (s *shop) wantBuild(want ...string) *run.Results {
	s.t.Helper()
	results := s.build()
	if diff := cmp.Diff(want, summary(results)); diff != "" {
		s.t.Errorf("build (-want +got):\n%s", diff)
	}
	return results
}

func (s *shop) wantRows(query string, want ...string) {
	s.t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, s.rows(query)); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

// relations lists what is in the target.
func (s *shop) wantRelations(want ...string) {
	s.t.Helper()
	s.wantRows("select table_schema, table_name, table_type from information_schema.tables order by all", want...)
}

const table = "/* ---\nmaterialized: table\n--- */\n"

func TestFailingTestKeepsThePublishedTable(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/orders.sql":  table + "select 1 as id",
		"models/revenue.sql": table + "select count(*) as n from {{ ref \"orders\" }}",
		"models/board.sql":   "select * from {{ ref \"revenue\" }}",
		"models/other.sql":   "select 2 as x",
		"models/m.yml":       "models: [{name: orders, columns: [{name: id, tests: [unique, not_null]}]}]",
	})
	s.build()
	s.write("models/orders.sql", table+"select unnest([1, 1, null]) as id")
	results := s.wantBuild(
		"model.orders error 3: 2 tests failed: not_null_orders_id, unique_orders_id (main.orders__candidate)",
		"  not_null_orders_id fail 1",
		"  unique_orders_id fail 2",
		"model.other success",
		"model.revenue skipped: skipped: orders failed",
		"model.board skipped: skipped: orders failed",
	)
	s.wantRows("from orders", "1")
	s.wantRows("from orders__candidate", "1", "1", "<nil>")
	test := results.Steps[0].Tests[1]
	if got := test.Rows.Values; !cmp.Equal(got, [][]any{{int64(1), int64(2)}}) {
		t.Errorf("wrong rows of unique = %v", got)
	}
	if got, want := stagetest.Line(test.Diagnostic),
		`models/m.yml:1:54 E0601 the test "unique_orders_id" found 2 wrong rows in "orders" [unique]`; got != want {
		t.Errorf("diagnostic = %s, want %s", got, want)
	}

	s.write("models/orders.sql", table+"select 7 as id")
	s.build()
	s.wantRelations("main|board|VIEW", "main|orders|BASE TABLE", "main|other|VIEW", "main|revenue|BASE TABLE")
	s.wantRows("from orders", "7")
}

func TestWarningsPublish(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/orders.sql": table + "select unnest([1, null]) as id",
		"models/child.sql":  "select * from {{ ref \"orders\" }}",
		"models/m.yml":      "models: [{name: orders, columns: [{name: id, tests: [not_null: {config: {severity: warn}}]}]}]",
	})
	s.wantBuild("model.orders success 2", "  not_null_orders_id warn 1", "model.child success")
}

func TestFailingTestOfAViewStopsTheTableBelow(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/orders.sql": table + "select 1 as id, 5 as amount",
		"models/named.sql":  "select id as order_id, amount from {{ ref \"orders\" }}",
		"models/paid.sql":   "select order_id from {{ ref \"named\" }} where amount > 0 -- end",
		"models/m.yml":      "models: [{name: paid, columns: [{name: order_id, tests: [unique]}]}]",
	})
	s.wantBuild("model.orders success 1", "  unique_paid_order_id pass 0", "model.named success", "model.paid success")
	s.write("models/orders.sql", table+"select 2 as id, unnest([5, 6]) as amount")
	s.wantBuild(
		"model.orders error 2: the test unique_paid_order_id failed (main.orders__candidate)",
		"  unique_paid_order_id fail 2",
		"model.named skipped: skipped: orders failed",
		"model.paid skipped: skipped: orders failed",
	)
	s.wantRows("from paid", "1")
}

func TestBrokenViewDoesNotStopTheTableBelow(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/orders.sql": table + "select 1 as id, 'x' as name",
		"models/paid.sql":   "select idd as order_id from {{ ref \"orders\" }}",
		"models/late.sql":   "select name::int as number from {{ ref \"orders\" }}",
		"models/m.yml":      "models: [{name: paid, columns: [{name: order_id, tests: [unique]}]}]",
	})
	s.wantBuild(
		"model.orders success 1", "  unique_paid_order_id skipped 0", "model.late success",
		`model.paid error: column "idd" not found in "orders"`,
	)
	// A value that breaks the view is the table's.
	s.write("models/m.yml", "models: [{name: late, columns: [{name: number, tests: [unique]}]}]")
	s.wantBuild(
		"model.orders error 1: the test unique_late_number failed (main.orders__candidate)", "  unique_late_number error 0",
		"model.late skipped: skipped: orders failed", "model.paid skipped: skipped: orders failed",
	)
}

func TestFailingTestOfAViewOverTwoTables(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/a.sql": table + "select 1 as id",
		"models/b.sql": table + "select 1 as id",
		"models/v.sql": "select id from {{ ref \"a\" }} union all select id from {{ ref \"b\" }}",
		"models/w.sql": "select id from {{ ref \"v\" }}",
		"models/m.yml": "models: [{name: v, columns: [{name: id, tests: [unique]}]}]",
	})
	s.wantBuild(
		"model.a success 1", "model.b success 1",
		"model.v error: the test unique_v_id failed (main.v__candidate)", "  unique_v_id fail 2",
		"model.w skipped: skipped: v failed",
	)
	s.wantRelations("main|a|BASE TABLE", "main|b|BASE TABLE", "main|v__candidate|VIEW")
	s.write("models/b.sql", table+"select 2 as id")
	s.build()
	s.wantRelations("main|a|BASE TABLE", "main|b|BASE TABLE", "main|v|VIEW", "main|w|VIEW")
}

func TestBrokenViewIsReportedOnceAndNotAsItsTests(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/a.sql": "select 1 as id",
		"models/v.sql": "select idd from {{ ref \"a\" }}",
		"models/m.yml": "models: [{name: v, columns: [{name: id, tests: [unique, not_null]}]}]",
	})
	results := s.wantBuild(
		"model.a success",
		`model.v error: column "idd" not found in "a"`,
		"  not_null_v_id skipped 0", "  unique_v_id skipped 0",
	)
	want := `models/v.sql:1:8 E0301 column "idd" not found in "a" [idd] (did you mean "id"?)`
	if got := stagetest.Line(results.Steps[1].Diagnostic); got != want {
		t.Errorf("diagnostic = %s, want %s", got, want)
	}
}

func TestKindsChange(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{"models/a.sql": "select 1 as id", "models/b.sql": "from {{ ref \"a\" }}"})
	s.build()
	s.wantRelations("main|a|VIEW", "main|b|VIEW")
	s.write("models/a.sql", table+"select 2 as id")
	s.build()
	s.wantRelations("main|a|BASE TABLE", "main|b|VIEW")
	s.wantRows("from b", "2")
	s.write("models/a.sql", "select 3 as id")
	s.build()
	s.wantRelations("main|a|VIEW", "main|b|VIEW")
	s.wantRows("from b", "3")
}

func TestOneBrokenTestDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	s := newShop(t, stagetest.Files{
		"models/a.sql": "/* ---\nmaterialized: table\nassert: [id > 0, idd > 0, count(*) = 1]\n--- */\nselect 1 as id",
	})
	results := s.wantBuild(
		"model.a error 1: the test assert_a_cbbff2 failed (main.a__candidate)",
		"  assert_a_54d12d pass 0", "  assert_a_59a797 pass 0", "  assert_a_cbbff2 error 0",
	)
	var broken run.TestResult
	for _, test := range results.Steps[0].Tests {
		if test.Status == run.TestError {
			broken = test
		}
	}
	want := `models/a.sql:3:18 E0301 the test "assert_a_cbbff2" cannot run: column "idd" not found [idd] (did you mean "id"?)`
	if got := stagetest.Line(broken.Diagnostic); got != want {
		t.Errorf("diagnostic = %s, want %s", got, want)
	}
}
