//go:build cgo

package run_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/run"
)

func TestOddNamesOfColumnsSchemasAndRelations(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long_", 40)
	names := []string{`a b`, `a.b`, `a"b`, `größe`, `select`, `日本`, `Mixed Case`, `it's`, `a;b`, `a--b`, `{x}`, long}
	for _, name := range names {
		t.Run(name[:min(len(name), 20)], func(t *testing.T) {
			t.Parallel()
			quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
			yml := "'" + strings.ReplaceAll(name, "'", "''") + "'"
			s := newShop(t, stagetest.Files{
				"models/m.sql": "/* ---\nmaterialized: table\nschema: " + yml + "\nalias: " + yml + "\n--- */\nselect 1 as " + quoted,
				"models/v.sql": "/* ---\nschema: " + yml + "\n--- */\nselect " + quoted + " from {{ ref \"m\" }}",
				"models/m.yml": "models:\n- name: m\n  tests: [unique_combination: {columns: [" + yml + "]}]\n  columns: [{name: " + yml +
					", tests: [unique, not_null, {relationships: {to: n, field: " + yml + "}}]}]\n" +
					"- {name: v, columns: [{name: " + yml + ", tests: [unique]}]}\n",
				"models/n.sql": "select 1 as " + quoted,
			})
			for range 2 {
				for _, step := range s.build().Steps {
					if step.Status != run.Success {
						t.Errorf("%s: %s", step.ID, step.Reason)
					}
				}
			}
			s.wantRows("select "+quoted+" from "+quoted+"."+quoted, "1")
		})
	}
}

// stopper ends the run a moment after a node began to work.
type stopper struct {
	node string
	stop func()
}

func (s stopper) Observe(event run.Event) {
	if e, ok := event.(run.NodeStarted); ok && e.ID.Name() == s.node {
		time.AfterFunc(50*time.Millisecond, s.stop)
	}
}

func TestInterruptionCancelsTheStatement(t *testing.T) {
	t.Parallel()
	const endless = "select count(*) as n from range(1000000000) a, range(1000000000) b where a.range + b.range = 7"
	cases := []struct {
		name  string
		files stagetest.Files
	}{
		{"a table", stagetest.Files{"models/m.sql": table + endless}},
		{"a test of a table", stagetest.Files{"models/m.sql": "/* ---\nmaterialized: table\nassert: ['id < (" + endless + ")']\n--- */\nselect 1 as id"}},
		{"a test of a view", stagetest.Files{"models/m.sql": "/* ---\nassert: [n > 0]\n--- */\n" + endless}},
		{"a file", stagetest.Files{"models/m.sql": external("format: csv\nlocation: m.csv") + endless}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.files["models/after.sql"] = "select * from {{ ref \"m\" }}"
			s := newShop(t, tc.files)
			ctx, stop := context.WithCancel(t.Context())
			results, err := run.Execute(ctx, s.plan(nil), warehouse{s.engine}, stopper{"m", stop}, run.Options{})
			if err != nil || !results.Interrupted {
				t.Fatalf("Execute: %v, interrupted %t", err, results.Interrupted)
			}
			for _, step := range results.Steps {
				if step.Status != run.Cancelled || step.Kept.Identifier != "" {
					t.Errorf("%s ended as %s: %s", step.ID, step.Status, step.Reason)
				}
			}
			s.wantRelations()
		})
	}
}
