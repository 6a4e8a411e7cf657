package link_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
)

// grouped is a fixture whose models, written as "name@group/kind: what it reads", may be in publish groups.
func grouped(lines ...string) *fixture {
	plain := make([]string, len(lines))
	type of struct{ group, kind string }
	ofs := make([]of, len(lines))
	for i, line := range lines {
		head, reads, _ := strings.Cut(line, ":")
		head, kind, _ := strings.Cut(head, "/")
		name, group, _ := strings.Cut(head, "@")
		plain[i], ofs[i] = name+":"+reads, of{group, kind}
	}
	f := newFixture(plain...)
	for i, m := range f.project.Models {
		m.Config = map[string]string{"publish_group": ofs[i].group}
		m.PublishAt = m.NameSpan
		switch ofs[i].kind {
		case "eph":
			m.Materialized = project.Ephemeral
		case "inc":
			m.Materialized = project.Incremental
		case "table":
			m.Materialized = project.Table
		}
	}
	return f
}

func TestWhatStandsBetweenModelsOfAGroupIsReported(t *testing.T) {
	t.Parallel()
	const out = `; give what stands between them publish_group: g, too, or take "b" out of the group`
	cases := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"nothing", []string{"a@g:", "b@g: a", "c: b", "d: a"}, nil},
		{"a model", []string{"a@g:", "x: a", "b@g: x"}, []string{
			`models/b.sql:1:1: E0280 "x" stands between "a" and "b", which are published together` + out,
			"  models/b.sql:1:1: b reads x", "  models/x.sql:1:1: x reads a",
		}},
		{"two models", []string{"a@g:", "x: a", "y: x", "b@g: y a"}, []string{
			`models/b.sql:1:1: E0280 "y" stands between "a" and "b", which are published together` + out,
			"  models/b.sql:1:1: b reads y", "  models/y.sql:1:1: y reads x", "  models/x.sql:1:1: x reads a",
		}},
		{"an ephemeral model, which is a part of the query", []string{"a@g:", "e/eph: a", "b@g: e"}, nil},
		{"an ephemeral model over another one", []string{"a@g:", "x: a", "e/eph: x", "b@g: e"}, []string{
			`models/b.sql:1:1: E0280 "x" stands between "a" and "b", which are published together` + out,
			"  :0:0: b reads x", "  models/x.sql:1:1: x reads a",
		}},
		{"an ephemeral model that others read as well", []string{"a@g:", "e/eph: a", "b@g: e", "c: e", "d@g: b"}, nil},
		{"a group above another one", []string{"a@g:", "b@g:", "c@h: a", "d@h: b c"}, nil},
		{"a group that waits for the other", []string{"a@g:", "c@h: a", "d@h:", "b@g: d"}, []string{
			`models/b.sql:1:1: E0280 the publish groups "g" and "h" wait for each other; make them one group, or take one of these models out of its group`,
			"  models/b.sql:1:1: b reads d", "  models/c.sql:1:1: c reads a",
			`models/c.sql:1:1: E0280 the publish groups "h" and "g" wait for each other; make them one group, or take one of these models out of its group`,
			"  models/c.sql:1:1: c reads a", "  models/b.sql:1:1: b reads d",
		}},
		{"a group of one", []string{"a@g:", "x: a", "b@h: x"}, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, diags := grouped(tc.lines...).build()
			wantTexts(t, diags, tc.want...)
		})
	}
}

func TestNewRowsOfAGroupAreNotRead(t *testing.T) {
	t.Parallel()
	_, diags := grouped("a@g/inc:", "e/eph: a", "b@g/table: e", "v@g: a", "c: a").build()
	wantTexts(t, diags,
		`models/b.sql:1:1: E0281 "b" reads "a", whose new rows come into its table only when both are published; take "b" out of the publish group "g": it is built when these rows are there`,
		"  :0:0: b reads a",
		`models/v.sql:1:1: E0281 "v" reads "a", whose new rows come into its table only when both are published; take "v" out of the publish group "g": a view shows these rows in the same moment`,
		"  models/v.sql:1:1: v reads a",
	)
}

func TestTestsThatNeedTheirGroupFirstAreLate(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, to string
		want     []string
	}{
		{"another model of the group", "b", nil},
		{"one that reads the tested one", "c", []string{"known"}},
		{"what comes after another model of the group", "x", []string{"known"}},
		{"what comes before", "w", nil},
		{"a table of the group that grows", "i", []string{"known"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g, diags := linked(t, map[string]string{
				"models/a.sql": frontMatter("publish_group: g\n"+columns(relationship("known", tc.to)), "select 1 as id"),
				"models/b.sql": frontMatter("publish_group: g\n", `select * from {{ ref "w" }}`),
				"models/c.sql": frontMatter("publish_group: g\n", `select * from {{ ref "a" }}`),
				"models/i.sql": frontMatter("publish_group: g\nmaterialized: incremental\n", "select 1 as id"),
				"models/w.sql": "select 1 as id",
				"models/x.sql": `select * from {{ ref "b" }}`,
			})
			checkGraph(t, g)
			if diff := cmp.Diff(tc.want, lateTests(g)); diff != "" || len(diags) != len(tc.want) {
				t.Errorf("late tests (-want +got):\n%s%q", diff, texts(diags))
			}
		})
	}
}
