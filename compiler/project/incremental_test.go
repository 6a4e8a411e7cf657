package project_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

func grows(keys string) map[string]string { return sql("materialized: incremental\n" + keys) }

func TestIncrementalKeys(t *testing.T) {
	t.Parallel()
	name := func(names ...string) (out []project.ColumnName) {
		for _, n := range names {
			out = append(out, project.ColumnName{Name: n})
		}
		return out
	}
	cases := map[string]struct {
		files map[string]string
		want  project.IncrementalConfig
	}{
		"nothing":    {grows(""), project.IncrementalConfig{Strategy: increment.Append}},
		"one key":    {grows("unique_key: id\n"), project.IncrementalConfig{Strategy: increment.Merge, Key: name("id")}},
		"keys":       {grows("unique_key: [day, id]\nincremental_strategy: delete+insert\n"), project.IncrementalConfig{Strategy: increment.DeleteInsert, Key: name("day", "id")}},
		"merge less": {grows("unique_key: id\nmerge_update_columns: []\n"), project.IncrementalConfig{Strategy: increment.Merge, Key: name("id"), Update: []project.ColumnName{}}},
		"merge but":  {grows("unique_key: id\nmerge_exclude_columns: [a, b]\n"), project.IncrementalConfig{Strategy: increment.Merge, Key: name("id"), Exclude: name("a", "b")}},
		"predicates": {grows("unique_key: id\nincremental_predicates: [target.a > 1, delta.b]\n"), project.IncrementalConfig{Strategy: increment.Merge, Key: name("id"), Predicates: []project.Text{{Value: "target.a > 1"}, {Value: "delta.b"}}}},
		"changes":    {grows("on_schema_change: sync_all_columns\non_code_change: keep\nfull_refresh: false\n"), project.IncrementalConfig{Strategy: increment.Append, OnSchemaChange: increment.SyncAllColumns, OnCodeChange: project.KeepRows, Protected: true}},
		"microbatch": {grows("incremental_strategy: microbatch\nevent_time: at\nbegin: 2024-01-31 18:00\nbatch_size: month\nlookback: 0\n"), project.IncrementalConfig{
			Strategy: increment.Microbatch, EventTime: project.ColumnName{Name: "at"},
			Batches: increment.Batches{Size: increment.Month, Begin: time.Date(2024, 1, 31, 18, 0, 0, 0, time.UTC)},
		}},
		"not its own": {map[string]string{"quern.yml": minimal + "models: {.: {unique_key: id, merge_exclude_columns: a, on_code_change: full_refresh}}\n", "models/orders.sql": "/* ---\nmaterialized: incremental\nincremental_strategy: append\n--- */\nselect 1"}, project.IncrementalConfig{Strategy: increment.Append, Key: name("id"), Exclude: name("a"), OnCodeChange: project.RefreshFully}},
	}
	for what, tc := range cases {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m := map[string]string{"quern.yml": minimal}
			maps.Copy(m, tc.files)
			p, diags := load(t, m, project.Options{Version: "0.1.0"})
			if len(diags) > 0 {
				t.Fatalf("Load: %v", show(diags))
			}
			ignore := cmp.Options{cmpopts.IgnoreTypes(source.Span{}), cmpopts.IgnoreFields(project.Text{}, "Exact")}
			if diff := cmp.Diff(tc.want, p.Models[0].Incremental, ignore); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadRefusesBadIncrementalKeys(t *testing.T) {
	t.Parallel()
	runBad(t, []badCase{
		{"merge without a key", grows("incremental_strategy: merge\n"), []string{
			`E0107 models/orders.sql:3:1 the strategy merge of "orders" needs the key "unique_key" | name the columns that find a row, as in unique_key: id`,
		}},
		{"delete+insert without a key", grows("incremental_strategy: delete+insert\n"), []string{
			`E0107 models/orders.sql:3:1 the strategy delete+insert of "orders" needs the key "unique_key" | name the columns that find a row, as in unique_key: id`,
		}},
		{"append with a key", grows("incremental_strategy: append\nunique_key: id\n"), []string{
			`E0105 models/orders.sql:4:1 the key "unique_key" is for the strategy merge or delete+insert, and "orders" uses append | set incremental_strategy: merge, or remove the key`,
		}},
		{"merge columns of delete+insert", grows("incremental_strategy: delete+insert\nunique_key: id\nmerge_update_columns: a\n"), []string{
			`E0105 models/orders.sql:5:1 the key "merge_update_columns" is for the strategy merge, and "orders" uses delete+insert | set incremental_strategy: merge, or remove the key`,
		}},
		{"update and exclude", grows("unique_key: id\nmerge_update_columns: a\nmerge_exclude_columns: b\n"), []string{
			`E0108 models/orders.sql:5:1 "orders" has merge_update_columns and merge_exclude_columns | keep one of them: what is not updated is excluded`,
		}},
		{"update of the key", grows("unique_key: [id]\nmerge_update_columns: [a, ID]\n"), []string{
			`E0108 models/orders.sql:4:27 "ID" is a column of the unique_key, which a merge never updates | remove it here`,
		}},
		{"key twice", grows("unique_key: [id, ID]\n"), []string{
			`E0108 models/orders.sql:3:18 "unique_key" names the column "ID" twice | remove one of them`,
		}},
		{"no key", grows("unique_key: []\n"), []string{
			`E0108 models/orders.sql:3:1 "unique_key" names no column | name a column, or remove the key`,
		}},
		{"microbatch without anything", grows("incremental_strategy: microbatch\n"), []string{
			`E0107 models/orders.sql:3:1 the strategy microbatch of "orders" needs the key "batch_size" | a microbatch needs event_time: COLUMN, begin: 2024-01-31 and batch_size: day`,
			`E0107 models/orders.sql:3:1 the strategy microbatch of "orders" needs the key "begin" | a microbatch needs event_time: COLUMN, begin: 2024-01-31 and batch_size: day`,
			`E0107 models/orders.sql:3:1 the strategy microbatch of "orders" needs the key "event_time" | a microbatch needs event_time: COLUMN, begin: 2024-01-31 and batch_size: day`,
		}},
		{"microbatch values", grows("incremental_strategy: microbatch\nevent_time: at\nbegin: May\nbatch_size: week\nlookback: -1\n"), []string{
			`E0107 models/orders.sql:3:1 the strategy microbatch of "orders" needs the key "batch_size" | a microbatch needs event_time: COLUMN, begin: 2024-01-31 and batch_size: day`,
			`E0108 models/orders.sql:5:8 "May" is no instant | write it as 2024-01-31 or 2024-01-31 18:00, in UTC`,
			`E0108 models/orders.sql:6:13 "batch_size" cannot be "week" | write one of hour, day, month, year`,
			`E0108 models/orders.sql:7:11 "lookback" must be at least 0, found -1 | write a number from 0 on, or remove the key`,
		}},
		{"keys of a microbatch", grows("event_time: at\nlookback: 2\n"), []string{
			`E0105 models/orders.sql:3:1 the key "event_time" is for the strategy microbatch, and "orders" uses append | set incremental_strategy: microbatch, or remove the key`,
			`E0105 models/orders.sql:4:1 the key "lookback" is for the strategy microbatch, and "orders" uses append | set incremental_strategy: microbatch, or remove the key`,
		}},
		{"protected and refreshed", grows("full_refresh: false\non_code_change: full_refresh\n"), []string{
			`E0108 models/orders.sql:4:1 "orders" is protected from full refreshes, and a change of its query asks for one | remove full_refresh: false, or write on_code_change: fail or keep`,
		}},
		{"unknown strategy", grows("incremental_strategy: upsert\n"), []string{
			`E0108 models/orders.sql:3:23 "incremental_strategy" cannot be "upsert" | write one of append, delete+insert, merge, microbatch`,
		}},
		{"strategy of dbt", grows("incremental_strategy: insert_overwrite\n"), []string{
			`E0108 models/orders.sql:3:23 "incremental_strategy" cannot be "insert_overwrite" | write one of append, delete+insert, merge, microbatch`,
		}},
		{"schema change", grows("on_schema_change: append\n"), []string{
			`E0108 models/orders.sql:3:19 "on_schema_change" cannot be "append" | write one of fail, ignore, append_new_columns, sync_all_columns`,
		}},
		{"full refresh", grows("full_refresh: never\n"), []string{
			`E0103 models/orders.sql:3:15 "full_refresh" must be true or false, found text | write true or false here`,
		}},
		{"key of a table", sql("materialized: table\non_code_change: keep\n"), []string{
			`E0105 models/orders.sql:3:1 the key "on_code_change" is for incremental models, and "orders" is kept as a table | set "materialized: incremental", or remove the key`,
		}},
		{"scope of a source", yml("sources:\n  - name: raw\n    tables: [{name: a, tests: [{t: {config: {scope: table}}}]}]\n"), []string{
			`E0105 models/m.yml:3:53 the key "scope" is for tests of incremental models, and "raw.a" is a source | remove it: all rows are tested`,
		}},
		{"scope of a singular test", one("tests/a.sql", "/* ---\nscope: delta\n--- */\nselect 1"), []string{
			`E0105 tests/a.sql:2:8 the key "scope" is for tests of incremental models, and "a" reads what it likes | remove it: all rows are tested`,
		}},
		{"scope that is none", grows("tests: [{t: {config: {scope: all}}}]\n"), []string{
			`E0108 models/orders.sql:3:30 "scope" cannot be "all" | write one of delta, table`,
		}},
	})
}
