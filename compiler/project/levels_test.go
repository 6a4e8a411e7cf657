package project_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

func TestLevelsOfWarnings(t *testing.T) {
	t.Parallel()
	p, diags := load(t, quern("warnings:\n  W0382: off\n  unused_cte: error\n  fan_out: warn\n  W0102: error\n"), project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	want := map[diag.Code]diag.Level{
		diag.AmbiguousName: diag.LevelOff, diag.UnusedCTE: diag.LevelError, diag.FanOut: diag.LevelWarn, diag.StaleLock: diag.LevelError,
	}
	if diff := cmp.Diff(want, p.Levels); diff != "" {
		t.Errorf("Levels (-want +got):\n%s", diff)
	}
}

func TestLevelsThatCannotBe(t *testing.T) {
	t.Parallel()
	const known = "write the code that stands in the warning's brackets, as in W0380, or a lint's name"
	runBad(t, []badCase{
		{"unknown name", quern("warnings: {unusd_cte: off}\n"), []string{
			`E0102 quern.yml:3:12 there is no warning "unusd_cte" | did you mean "unused_cte"?`,
		}},
		{"unknown code", quern("warnings: {W9999: off}\n"), []string{`E0102 quern.yml:3:12 there is no warning "W9999" | ` + known}},
		{"code of no error", quern("warnings: {E9999: off}\n"), []string{`E0102 quern.yml:3:12 there is no warning "E9999" | ` + known}},
		{"error", quern("warnings: {E0301: warn}\n"), []string{
			"E0108 quern.yml:3:12 E0301 is an error, and errors keep their level | remove the key; only warnings, whose codes begin with W, can be set",
		}},
		{"tests", quern("warnings: {W0601: off}\n"), []string{
			`E0108 quern.yml:3:12 what tests find has the level of the test | set "severity" in the config of the test`,
		}},
		{"unknown level", quern("warnings: {fan_out: erorr}\n"), []string{
			`E0108 quern.yml:3:21 "fan_out" cannot be "erorr" | did you mean "error"?`,
		}},
		{"other level", quern("warnings: {fan_out: false}\n"), []string{
			`E0108 quern.yml:3:21 "fan_out" cannot be "false" | write one of error, warn, off`,
		}},
		{"list", quern("warnings: {fan_out: [off]}\n"), []string{
			`E0103 quern.yml:3:21 "fan_out" must be text, found a list | write text here`,
		}},
		{"twice", quern("warnings: {fan_out: off, W0390: warn}\n"), []string{
			`E0104 quern.yml:3:26 "fan_out" and "W0390" are one warning | keep one of them`,
		}},
	})
}

func TestContractsAndWhatTheyAreOf(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml":          minimal + "models: {marts: {contract: {enforced: true}}}\n",
		"models/a.sql":       "/* ---\ncontract: {enforced: true}\ncolumns:\n  - {name: x, type: int64, nullable: false}\n  - {name: y, native_type: HUGEINT, nullable: true}\n--- */\nselect 1\n",
		"models/marts/b.sql": "select 1\n",
		"models/marts/c.sql": "/* ---\ncontract: {enforced: false}\n--- */\nselect 1\n",
		"models/d.sql":       "select 1\n",
		"models/d.yml":       "models:\n  - {name: d, contract: {enforced: true}, columns: [{name: z}]}\n",
	}
	p, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	place := func(s source.Span) string {
		if s.IsZero() {
			return ""
		}
		return fmt.Sprintf("%s:%d:%d", s.Path(), s.Position().Line, s.Position().Column)
	}
	got := map[string][]string{}
	for _, m := range p.Models {
		got[m.Name] = []string{place(m.Contract.Span), place(m.ColumnsAt), place(m.DescribedAt), m.Config["contract"]}
	}
	want := map[string][]string{
		"a": {"models/a.sql:2:1", "models/a.sql:3:1", "", "enforced=true"},
		"b": {"quern.yml:3:18", "", "", "enforced=true"},
		"c": {"models/marts/c.sql:2:1", "", "", "enforced=false"},
		"d": {"models/d.yml:2:15", "models/d.yml:2:43", "models/d.yml:2:12", "enforced=true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
	a := p.Models[0].Columns
	if a[0].Nullable != relation.NeverNull || a[1].Nullable != relation.MayBeNull || p.Models[3].Columns[0].Nullable != 0 {
		t.Errorf("columns may be NULL: %v", a)
	}
	if got := a[1].TypeSpan.Text() + " " + a[1].NullableSpan.Text(); got != "HUGEINT true" {
		t.Errorf("places of type and nullable: %q", got)
	}
}
