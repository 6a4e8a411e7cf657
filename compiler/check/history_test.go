//go:build cgo

package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/project"
)

const customers = "select 1 as id, 'ada' as name, timestamp '2024-01-01' as seen"

func kept(keys, query string) string {
	return "/* ---\nmaterialized: snapshot\nunique_key: id\n" + keys + "--- */\n" + query
}

func TestSnapshotsAreChecked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, keys, query string
		want              []string
	}{
		{"timestamp", "strategy: timestamp\nupdated_at: SEEN\n", customers, nil},
		{"a day", "strategy: timestamp\nupdated_at: seen\n", "select 1 as id, date '2024-01-01' as seen", nil},
		{"nanoseconds", "strategy: timestamp\nupdated_at: seen\n", "select 1 as id, timestamp_ns '2024-01-01' as seen", nil},
		{"no instant", "strategy: timestamp\nupdated_at: name\n", customers, []string{
			`models/a.sql:5:13 E0275 "name" is VARCHAR, and updated_at needs a date or a timestamp [name] (cast it in the query, or use strategy: check)`,
		}},
		{"unknown columns", "strategy: check\ncheck_cols: [nam, town]\n", strings.Replace(customers, "id,", "key,", 1), []string{
			`models/a.sql:3:13 E0275 the query of "a" has no column "id" [id] (its columns are key, name, seen)`,
			`models/a.sql:5:14 E0275 the query of "a" has no column "nam" [nam] (did you mean "name"?)`,
			`models/a.sql:5:19 E0275 the query of "a" has no column "town" [town] (its columns are key, name, seen)`,
		}},
		{"names taken", "strategy: check\ncheck_cols: all\nhard_deletes: new_record\nvalid_to: SEEN\n", "select 1 as id, 2 as seen, false as is_deleted", []string{
			`models/a.sql:7:11 E0275 the query of "a" has a column "seen", which is added to a snapshot [SEEN] (give it another name in the query, or choose other names with valid_from, valid_to and is_deleted)`,
			`models/a.sql:9:37 E0275 the query of "a" has a column "is_deleted", which is added to a snapshot [is_deleted] (give it another name in the query, or choose other names with valid_from, valid_to and is_deleted)`,
		}},
		{"soft deletes", "strategy: check\ncheck_cols: all\n", "select 1 as id, false as is_deleted", nil},
		{"struct without names", "strategy: check\ncheck_cols: all\n", "select 1 as id, row(1, 2) as pair", []string{
			`models/a.sql:7:30 E0322 the fields of the struct "pair" have no names, and a table needs them [pair] (name them, as in {'id': id}, or make the model a view)`,
		}},
		{"a contract", "strategy: check\ncheck_cols: all\ncontract: {enforced: true}\ncolumns:\n- {name: id, type: int32}\n- {name: valid_from, type: instant, nullable: false}\n- {name: valid_to, type: instant}\n", "select 1 as id", nil},
		{"a contract without them", "strategy: check\ncheck_cols: all\ncontract: {enforced: true}\ncolumns:\n- {name: id, type: int32}\n- {name: valid_from, type: instant}\n", "select 1 as id", []string{
			`models/a.sql:11:1 E0370 "a" has the column "valid_to", which its contract does not declare [select] (declare it, or do not select it; "quern compile --write-columns" writes it down)`,
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, diags := bound(t, stagetest.Files{"models/a.sql": kept(tc.keys, tc.query)}.Write(t))
			if diff := cmp.Diff(tc.want, stagetest.Lines(diags), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			n, _ := p.Node(project.ID("model.a"))
			if wrong := tc.want != nil && !strings.Contains(tc.want[0], "E0370"); n.Broken != wrong {
				t.Errorf("broken is %t", n.Broken)
			}
		})
	}
}

func TestReadersOfSnapshotsSeeWhatIsAdded(t *testing.T) {
	t.Parallel()
	files := stagetest.Files{
		"models/s.sql": customers,
		"models/a.sql": kept("strategy: timestamp\nupdated_at: seen\nhard_deletes: new_record\nis_deleted: gone\n", "select id, name, seen from {{ ref \"s\" }}"),
		"models/b.sql": kept("strategy: check\ncheck_cols: [name]\n", "select id, name, seen from {{ ref \"s\" }}"),
		"models/r.sql": "select valid_from, valid_to, gone from {{ ref \"a\" }} where valid_to is null",
		"models/c.sql": "select {{ columns \"b\" }} from {{ ref \"b\" }}",
		"models/m.yml": "models: [{name: a, columns: [{name: valid_to, description: Until then.}, {name: gone, tests: [not_null]}]}]\n",
	}
	p, diags := bound(t, files.Write(t))
	if len(diags) > 0 {
		t.Fatal(stagetest.Lines(diags))
	}
	for id, want := range map[project.ID][]string{
		"model.a": {
			"id INTEGER passthrough s.id", "name VARCHAR passthrough s.name", "seen TIMESTAMP passthrough s.seen",
			"valid_from TIMESTAMP derived s.seen", "valid_to TIMESTAMP derived s.seen", "gone BOOLEAN constant",
		},
		"model.b": {
			"id INTEGER passthrough s.id", "name VARCHAR passthrough s.name", "seen TIMESTAMP passthrough s.seen",
			"valid_from TIMESTAMP WITH TIME ZONE derived s.name", "valid_to TIMESTAMP WITH TIME ZONE derived s.name",
		},
		"model.r": {"valid_from TIMESTAMP passthrough a.valid_from", "valid_to TIMESTAMP passthrough a.valid_to", "gone BOOLEAN passthrough a.gone"},
		"model.c": {
			"id INTEGER passthrough b.id", "name VARCHAR passthrough b.name", "seen TIMESTAMP passthrough b.seen",
			"valid_from TIMESTAMP WITH TIME ZONE passthrough b.valid_from", "valid_to TIMESTAMP WITH TIME ZONE passthrough b.valid_to",
		},
	} {
		if diff := cmp.Diff(want, columnLines(p, id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// columnLines gives the columns of a node, each with its type and lineage.
func columnLines(p *check.Program, id project.ID) (out []string) {
	n, _ := p.Node(id)
	for i, c := range n.Columns {
		from := n.Lineage.Columns[i]
		line := c.Name + " " + c.Type + " " + from.Kind.String()
		for _, in := range from.Inputs {
			line += " " + p.Graph.Nodes[in.Node].Name + "." + in.Column
		}
		out = append(out, line)
	}
	return out
}
