//go:build cgo

package increment_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/increment"
)

func TestSchemaChanges(t *testing.T) {
	t.Parallel()
	const table = "select 1 as id, 'a' as gone, 5::smallint as n union all select 2, 'b', 6"
	const rows = "select 70000 as N, 2 as Id, date '2024-01-01' as fresh union all select 8, 3, null"
	cases := map[string]struct {
		change                 increment.SchemaChange
		delta                  string
		columns                string
		append, update, remove []string
	}{
		"ignore": {
			change: increment.IgnoreChange, delta: "select * replace (n % 100 as n) from (" + rows + ")", columns: "id gone n",
			append: []string{"1 a 5", "2 b 6", "2 <nil> 0", "3 <nil> 8"}, update: []string{"1 a 5", "2 b 0", "3 <nil> 8"},
			remove: []string{"1 a 5", "2 <nil> 0", "3 <nil> 8"},
		},
		"append_new_columns": {
			change: increment.AppendNewColumns, delta: "select * replace (n % 100 as n) from (" + rows + ")", columns: "id gone n fresh",
			append: []string{"1 a 5 <nil>", "2 b 6 <nil>", "2 <nil> 0 2024-01-01", "3 <nil> 8 <nil>"},
			update: []string{"1 a 5 <nil>", "2 b 0 2024-01-01", "3 <nil> 8 <nil>"},
			remove: []string{"1 a 5 <nil>", "2 <nil> 0 2024-01-01", "3 <nil> 8 <nil>"},
		},
		"sync_all_columns": {
			change: increment.SyncAllColumns, delta: rows, columns: "id n fresh",
			append: []string{"1 5 <nil>", "2 6 <nil>", "2 70000 2024-01-01", "3 8 <nil>"},
			update: []string{"1 5 <nil>", "2 70000 2024-01-01", "3 8 <nil>"},
			remove: []string{"1 5 <nil>", "2 70000 2024-01-01", "3 8 <nil>"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			for strategy, want := range map[increment.Strategy][]string{
				increment.Append: tc.append, increment.Merge: tc.update, increment.DeleteInsert: tc.remove,
			} {
				w.make(stored, table)
				w.make(delta, tc.delta)
				spec := increment.Spec{Strategy: strategy, OnSchemaChange: tc.change}
				if strategy.HasKey() {
					spec.Key = []string{"ID"}
				}
				w.bring(spec)
				if diff := cmp.Diff(want, w.rows("select * from "+w.Relation(stored)), sorted); diff != "" {
					t.Errorf("%s (-want +got):\n%s", strategy, diff)
				}
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
			}
		})
	}
}

var sorted = cmp.Transformer("sorted", func(in []string) map[string]int {
	out := map[string]int{}
	for _, s := range in {
		out[s]++
	}
	return out
})

func TestSchemaChangesThatAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spec         increment.Spec
		table, delta string
		want         string
	}{
		"fail": {
			table: "select 1 as id, 'a' as gone, 5::smallint as n", delta: "select 7 as n, 2 as id, null::date as fresh",
			want: `its columns differ from those of the table: "n" is INTEGER and was SMALLINT, "fresh" is new, "gone" is gone`,
		},
		"key that the table lacks": {
			spec:  increment.Spec{Strategy: increment.Merge, Key: []string{"day"}, OnSchemaChange: increment.IgnoreChange},
			table: "select 1 as id", delta: "select 1 as id, 2 as day", want: `the table has no column "day", which the increment needs`,
		},
		"nothing in common": {
			spec:  increment.Spec{Strategy: increment.Append, OnSchemaChange: increment.IgnoreChange},
			table: "select 1 as a", delta: "select 1 as b", want: `its columns differ from those of the table: "b" is new, "a" is gone`,
		},
		"time that the table lacks": {
			spec:  increment.Spec{Strategy: increment.Microbatch, EventTime: "at", OnSchemaChange: increment.IgnoreChange},
			table: "select 1 as id", delta: "select 1 as id, now() as at", want: `the table has no column "at", which the increment needs`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.make(stored, tc.table)
			w.make(delta, tc.delta)
			_, err := w.statements(tc.spec)
			refused, ok := errors.AsType[*increment.SchemaError](err)
			if !ok || refused.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestOrderAndCaseOfColumnsDoNotMatter(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.make(stored, "select 1 as id, 'a' as word")
	w.make(delta, "select 'b' as WORD, 2 as ID")
	w.bring(increment.Spec{Strategy: increment.Append})
	if diff := cmp.Diff([]string{"1 a", "2 b"}, w.stored()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
