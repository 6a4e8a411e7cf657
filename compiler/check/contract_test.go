//go:build cgo

package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
)

// keyed gives a model with front matter.
func keyed(keys, sql string) string { return "/* ---\n" + keys + "--- */\n" + sql }

// contracted gives a model with columns under contract.
func contracted(columns, sql string) string {
	return keyed("contract: {enforced: true}\ncolumns:\n"+columns, sql)
}

func TestContractsThatAreKept(t *testing.T) {
	t.Parallel()
	const all = "select 1::tinyint as id, 2.5::decimal(10,2) as amount, 'x' as name, now()::timestamptz as \"at\", [1] as list, {'a': 1, 'B': 'x'} as pair, map {'k': true} as flags"
	for name, files := range map[string]stagetest.Files{
		"logical names": {"models/a.sql": contracted(`  - {name: id, type: int8}
  - {name: amount, type: "decimal(10, 2)"}
  - {name: name, type: string}
  - {name: at, type: instant}
  - {name: list, type: "int32[]"}
  - {name: pair, type: "struct(A int32, b string)"}
  - {name: flags, type: "map(string, bool)"}
`, all)},
		"the engine's names": {"models/a.sql": contracted(`  - {name: ID, native_type: int1}
  - {name: Amount, native_type: "numeric(10,2)"}
  - {name: name, native_type: text}
  - {name: at, native_type: timestamp with time zone}
  - {name: list, native_type: "int[]"}
  - {name: pair, native_type: "STRUCT(a INTEGER, \"B\" VARCHAR)"}
  - {name: flags, native_type: "map(varchar, boolean)"}
`, all)},
		"the engine's names as type": {"models/a.sql": contracted("  - {name: id, type: bigint}\n  - {name: n, type: varchar}\n", "select 1::bigint as id, 'a' as n")},
		"a type of its own":          {"models/a.sql": contracted("  - {name: mood, native_type: \"ENUM('sad', 'ok')\"}\n", "select 'ok'::enum('sad', 'ok') as mood")},
		"NULL is looked after by a test": {
			"models/a.sql": contracted("  - {name: x, type: int32, nullable: false, tests: [not_null]}\n", "select nullif(1, 2) as x"),
			"models/b.sql": contracted("  - {name: x, type: int32, nullable: false}\n", "select x from {{ ref \"a\" }}"),
		},
		"NULL may not come": {"models/a.sql": contracted("  - {name: x, type: int32, nullable: true}\n  - {name: n, type: int64, nullable: false}\n", "select 1 as x, count(*) as n")},
		"not enforced":      {"models/a.sql": keyed("contract: {enforced: false}\ncolumns: [{name: x, type: int64}]\n", "select 'a' as x")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := bound(t, files.Write(t))
			for _, line := range stagetest.Lines(diags) {
				if !strings.Contains(line, "W0386") {
					t.Error(line)
				}
			}
		})
	}
}

func TestContractsThatAreBroken(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files stagetest.Files
		want  []string
	}{
		"a list, once, and no echoes": {stagetest.Files{
			"models/a.sql": contracted("  - {name: id, type: int64}\n  - {name: gone, type: string}\n", "select 1 as id, 2 as more"),
			"models/b.sql": "select gone from {{ ref \"a\" }}",
		}, []string{
			"models/a.sql:4:22 E0370 \"a\" is not as its contract says:\n  column  declared      is\n  id      BIGINT        INTEGER\n  gone    VARCHAR       missing\n  more    not declared  INTEGER [int64] (change the query or the contract; they have to agree)",
		}},
		"more columns do not keep readers from being checked": {stagetest.Files{
			"models/a.sql": contracted("  - {name: id, type: int32}\n", "select 1 as id, 2 as more"),
			"models/b.sql": "select nope from {{ ref \"a\" }}",
		}, []string{
			`models/a.sql:6:22 E0370 "a" has the column "more", which its contract does not declare [more] (declare it, or do not select it; "quern compile --write-columns" writes it down)`,
			`models/b.sql:1:8 E0301 column "nope" not found in "a" [nope] (the nearest column is "more")`,
		}},
		"no columns": {stagetest.Files{"models/a.sql": keyed("contract: {enforced: true}\n", "select 1 as id")}, []string{
			`models/a.sql:2:1 E0371 the contract of "a" has no columns [contract] (run "quern compile --write-columns", which writes what the model has)`,
		}},
		"a column twice, in other letters": {stagetest.Files{
			"models/a.sql": contracted("  - {name: id, type: int32}\n  - {name: ID, type: int32}\n", "select 1 as id"),
		}, []string{}},
		"readers of what is not checked": {stagetest.Files{
			"models/s.yml": "sources: [{name: raw, tables: [{name: t}]}]",
			"models/a.sql": contracted("  - {name: id, type: int32}\n", "select id from {{ source \"raw\" \"t\" }}"),
			"models/b.sql": "select idd from {{ ref \"a\" }}",
		}, []string{
			`models/a.sql:2:1 W0370 the contract of "a" is not checked: source raw.t declares no columns [contract] (its readers are checked against the columns it declares)`,
			`models/b.sql:1:8 E0301 column "idd" not found in "a" [idd] (did you mean "id"?)`,
		}},
		"tests and descriptions of what is not there": {stagetest.Files{
			"seeds/s.csv":  "id\n1\n",
			"models/a.sql": "select 1 as id",
			"models/m.yml": `models: [{name: a, columns: [{name: idd, tests: [unique, not_null, {accepted_values: {values: [1]}}]}, {name: zzz, description: d}]}]
seeds: [{name: s, columns: [{name: other, tests: [unique]}]}]
sources:
  - name: raw
    tables:
      - {name: t, columns: [{name: unknown, tests: [unique]}]}
`,
		}, []string{
			`models/m.yml:1:37 E0301 column "idd" is tested and not found in "a" [idd] (did you mean "id"?)`,
			`models/m.yml:1:111 W0391 column "zzz" is described and not found in "a" [zzz] (correct its name, or remove it)`,
			`models/m.yml:2:36 E0301 column "other" is tested and not found in "s" [other] (correct its name, or remove it)`,
		}},
		"types that do not exist": {stagetest.Files{
			"models/a.sql": keyed("columns: [{name: id, type: int46}, {name: x, native_type: mood}]\n", "select 1 as id, 2 as x"),
			"models/b.sql": "select idd from {{ ref \"a\" }}",
		}, []string{
			`models/a.sql:2:28 E0314 there is no type "int46" [int46] (did you mean "int16"?)`,
			`models/b.sql:1:8 E0301 column "idd" not found in "a" [idd] (did you mean "id"?)`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := bound(t, tc.files.Write(t))
			if diff := cmp.Diff(tc.want, stagetest.Lines(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenamedColumnsAreShown(t *testing.T) {
	t.Parallel()
	_, diags := bound(t, stagetest.Files{
		"models/a.sql": "select 1 as id, 2 as amount, 'x' as status",
		"models/b.sql": "select id as \"order\", amount as total, upper(status) as state from {{ ref \"a\" }}",
		"models/c.sql": "select \"order\", total as revenue, state from {{ ref \"b\" }}",
		"models/d.sql": "select amount from {{ ref \"c\" }}",
		"models/e.sql": "select o.id from {{ ref \"c\" }} o",
		"models/f.sql": "select state from {{ ref \"c\" }} where status = 'X'",
	}.Write(t))
	var got []string
	for _, d := range diags {
		line := d.Message + " | " + d.Hint
		for _, n := range d.Notes {
			line += " | " + n.Message + " [" + n.Span.Text() + "]"
		}
		got = append(got, line)
	}
	want := []string{
		`column "amount" not found in "c" | did you mean "revenue"? | "amount" was renamed to "total" here [amount as total]`,
		`column "id" not found in "o" | did you mean "order"? | "id" was renamed to "order" here [id as "order"]`,
		`column "status" not found in "c" | did you mean "state"?`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}
