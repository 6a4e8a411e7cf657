package project_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/scd"
)

func snapshot(keys string) map[string]string { return sql("materialized: snapshot\n" + keys) }

func TestSnapshotKeys(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		files map[string]string
		want  scd.Settings
	}{
		"timestamp": {snapshot("unique_key: id\nstrategy: timestamp\nupdated_at: at\n"), scd.Settings{
			Key: []string{"id"}, Strategy: scd.Timestamp, UpdatedAt: "at", Deletes: scd.Ignore,
			ValidFrom: "valid_from", ValidTo: "valid_to", IsDeleted: "is_deleted",
		}},
		"check all": {snapshot("unique_key: [id, region]\nstrategy: check\ncheck_cols: all\nhard_deletes: invalidate\n"), scd.Settings{
			Key: []string{"id", "region"}, Strategy: scd.Check, Deletes: scd.Invalidate,
			ValidFrom: "valid_from", ValidTo: "valid_to", IsDeleted: "is_deleted",
		}},
		"check one": {snapshot("unique_key: id\nstrategy: check\ncheck_cols: [all]\nhard_deletes: new_record\nvalid_from: since\nvalid_to: until\nis_deleted: gone\n"), scd.Settings{
			Key: []string{"id"}, Strategy: scd.Check, Check: []string{"all"}, Deletes: scd.NewRecord,
			ValidFrom: "since", ValidTo: "until", IsDeleted: "gone",
		}},
		"a folder's": {map[string]string{
			"quern.yml":         minimal + "models: {.: {materialized: snapshot, unique_key: id, strategy: check, check_cols: all, updated_at: at, is_deleted: gone}}\n",
			"models/orders.sql": "/* ---\nstrategy: timestamp\nvalid_to: until\n--- */\nselect 1",
		}, scd.Settings{
			Key: []string{"id"}, Strategy: scd.Timestamp, UpdatedAt: "at", Deletes: scd.Ignore,
			ValidFrom: "valid_from", ValidTo: "until", IsDeleted: "gone",
		}},
		"in YAML": {yml("models: [{name: orders, materialized: snapshot, unique_key: id, strategy: check, check_cols: [a, b]}]\n"), scd.Settings{
			Key: []string{"id"}, Strategy: scd.Check, Check: []string{"a", "b"}, Deletes: scd.Ignore,
			ValidFrom: "valid_from", ValidTo: "valid_to", IsDeleted: "is_deleted",
		}},
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
			if diff := cmp.Diff(tc.want, p.Models[0].Snapshot.Settings()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadRefusesBadSnapshotKeys(t *testing.T) {
	t.Parallel()
	check := "unique_key: id\nstrategy: check\ncheck_cols: all\n"
	runBad(t, []badCase{
		{"nothing", snapshot(""), []string{
			`E0107 models/orders.sql:2:1 the snapshot "orders" needs the key "strategy" | write strategy: timestamp with updated_at, or strategy: check with check_cols`,
			`E0107 models/orders.sql:2:1 the snapshot "orders" needs the key "unique_key" | name the columns of which no two rows have the same values, as in unique_key: id`,
		}},
		{"timestamp alone", snapshot("unique_key: id\nstrategy: timestamp\ncheck_cols: all\n"), []string{
			`E0107 models/orders.sql:4:1 the snapshot "orders" needs the key "updated_at" | name the column that says when a row was changed, or use strategy: check`,
			`E0105 models/orders.sql:5:1 the key "check_cols" is for the strategy check, and "orders" uses timestamp | set strategy: check, or remove the key`,
		}},
		{"check alone", snapshot("unique_key: id\nstrategy: check\nupdated_at: at\n"), []string{
			`E0107 models/orders.sql:4:1 the snapshot "orders" needs the key "check_cols" | name the columns whose values make a new version, or write check_cols: all`,
			`E0105 models/orders.sql:5:1 the key "updated_at" is for the strategy timestamp, and "orders" uses check | set strategy: timestamp, or remove the key`,
		}},
		{"deletions of nobody", snapshot(check + "is_deleted: gone\n"), []string{
			`E0105 models/orders.sql:6:1 the key "is_deleted" is for hard_deletes: new_record, and "orders" has hard_deletes: ignore | set hard_deletes: new_record, or remove the key`,
		}},
		{"strategy", snapshot("unique_key: id\nstrategy: timestamps\nupdated_at: at\n"), []string{
			`E0108 models/orders.sql:4:11 "strategy" cannot be "timestamps" | did you mean "timestamp"?`,
		}},
		{"one name for two", snapshot(check + "hard_deletes: new_record\nvalid_from: Valid_To\nis_deleted: valid_to\n"), []string{
			`E0108 models/orders.sql:7:13 two columns that are added to "orders" are called "valid_to" | give each of valid_from, valid_to and is_deleted a name of its own`,
			`E0108 models/orders.sql:8:13 two columns that are added to "orders" are called "valid_to" | give each of valid_from, valid_to and is_deleted a name of its own`,
		}},
		{"no columns", snapshot("unique_key: id\nstrategy: check\ncheck_cols: []\n"), []string{
			`E0108 models/orders.sql:5:1 "check_cols" names no column | name a column, or remove the key`,
		}},
		{"on a table", sql("materialized: table\nstrategy: check\n"), []string{
			`E0105 models/orders.sql:3:1 the key "strategy" is for snapshot models, and "orders" is kept as a table | set "materialized: snapshot", or remove the key`,
		}},
	})
}
