//go:build cgo

package increment_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/increment"
)

func TestOddSchemaChanges(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change       increment.SchemaChange
		table, delta string
		columns      string
		rows         []string
	}{
		"letters of which an engine folds none": {
			change: increment.SyncAllColumns, table: `select 1 as id, 'a' as "É"`, delta: `select 2 as id, 'b' as "é"`,
			columns: "id é", rows: []string{"1 <nil>", "2 b"},
		},
		"two such columns": {
			change: increment.AppendNewColumns, table: `select 1 as id, 'a' as "É"`, delta: `select 2 as id, 'b' as "é", 'c' as "É"`,
			columns: "id É é", rows: []string{"1 a <nil>", "2 c b"},
		},
		"a sign that is folded to a letter": {
			change: increment.SyncAllColumns, table: `select 1 as id, 'a' as k`, delta: "select 2 as id, 'b' as \"\u212a\"",
			columns: "id \u212a", rows: []string{"1 <nil>", "2 b"},
		},
		"case and type": {
			change: increment.SyncAllColumns, table: `select 1 as id, 2::int as "Amount"`, delta: `select 2 as ID, 3::bigint as AMOUNT`,
			columns: "id Amount", rows: []string{"1 2", "2 3"},
		},
		"names of the two sides": {
			change: increment.SyncAllColumns, table: `select 1 as id, {'id': 7} as delta, 1 as target`,
			delta: `select 1 as id, {'id': 8} as delta, 2 as target, 'x' as "select"`, columns: "id delta target select",
			rows: []string{"1 map[id:8] 2 x"},
		},
		"another field is another column's type": {
			change: increment.SyncAllColumns, table: `select 1 as id, {'a': 1} as s`, delta: `select 2 as id, {'a': 1} as s, {'b': [1, 2]} as "s t"`,
			columns: "id s s t", rows: []string{"1 map[a:1] <nil>", "2 map[a:1] map[b:[1 2]]"},
		},
		"no rows": {
			change: increment.SyncAllColumns, table: `select 1 as id, 2::int as n, 3 as gone`,
			delta: `select 2 as id, 3::bigint as n, 'x' as fresh where false`, columns: "id n fresh", rows: []string{"1 2 <nil>"},
		},
		"no rows, ignored": {
			change: increment.IgnoreChange, table: `select 1 as id, 2 as gone`, delta: `select 2 as id, 'x' as fresh where false`,
			columns: "id gone", rows: []string{"1 2"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			for _, strategy := range []increment.Strategy{increment.Append, increment.Merge, increment.DeleteInsert} {
				if strategy == increment.Append && len(tc.rows) == 1 && tc.rows[0][:1] == "1" && name == "names of the two sides" {
					continue // it adds a row
				}
				w.make(stored, tc.table)
				w.make(delta, tc.delta)
				spec := increment.Spec{Strategy: strategy, OnSchemaChange: tc.change}
				if strategy.HasKey() {
					spec.Key = []string{"ID"}
				}
				w.bring(spec)
				names := ""
				for i, c := range w.columns(stored) {
					if i > 0 {
						names += " "
					}
					names += c.Name
				}
				if names != tc.columns {
					t.Errorf("%s: columns %q, want %q", strategy, names, tc.columns)
				}
				if diff := cmp.Diff(tc.rows, w.stored()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", strategy, diff)
				}
			}
		})
	}
}

func TestTypesThatMayLoseValuesAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ table, delta, ignore, sync string }{
		"wider":            {"1::int", "1::bigint", "BIGINT", ""},
		"narrower":         {"1::bigint", "1::int", "", "INTEGER"},
		"unsigned":         {"1::int", "1::uinteger", "UINTEGER", "UINTEGER"},
		"less of a number": {"1::decimal(9,2)", "1::double", "DOUBLE", "DOUBLE"},
		"a day":            {"timestamp '2024-01-01 10:00:00'", "date '2024-01-01'", "", "DATE"},
		"an instant":       {"timestamp '2024-01-01 10:00:00'", "timestamptz '2024-01-01 10:00:00+00'", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"},
		"a field":          {"{'a': 1}", "{'a': 1, 'b': 2}", "STRUCT(a INTEGER, b INTEGER)", "STRUCT(a INTEGER, b INTEGER)"},
		"order of fields":  {"{'a': 1, 'b': 2}", "{'b': 1, 'a': 2}", "STRUCT(b INTEGER, a INTEGER)", "STRUCT(b INTEGER, a INTEGER)"},
		"a list":           {"[1]", "1", "INTEGER", "INTEGER"},
		"text":             {"'a'", "1", "", "INTEGER"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.make(stored, "select 1 as id, "+tc.table+" as v")
			w.make(delta, "select 2 as id, "+tc.delta+" as v")
			for change, refused := range map[increment.SchemaChange]string{
				increment.IgnoreChange: tc.ignore, increment.AppendNewColumns: tc.ignore, increment.SyncAllColumns: tc.sync,
			} {
				_, err := w.statements(increment.Spec{Strategy: increment.Append, OnSchemaChange: change})
				e, ok := errors.AsType[*increment.SchemaError](err)
				if ok != (refused != "") || ok && e.Loses != "v" {
					t.Errorf("%s: got %v, want it refused: %t", change, err, refused != "")
				}
				if ok && e.Differences[0].Is != refused {
					t.Errorf("%s: it is %s, want %s", change, e.Differences[0].Is, refused)
				}
			}
		})
	}
}
