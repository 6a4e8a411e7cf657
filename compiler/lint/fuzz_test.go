package lint

import (
	"strconv"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// alone is a program of one model that reads nothing the project knows.
func alone(sql string) *check.Program {
	file := source.NewFile("models/m.sql", sql)
	n := &link.Node{
		ID: "model.m", Name: "m", Kind: link.Model,
		Model: &project.Model{
			Name: "m", File: file, Body: file.Span(0, len(sql)), Materialized: project.Table, Contract: project.Contract{Enforced: true},
			Properties: project.Properties{NameSpan: file.Span(0, 0)},
		},
	}
	whole := &source.Map{File: file, Segments: []source.Segment{source.Verbatim(0, file.Span(0, len(sql)))}}
	in := lineage.Input{Relation: relation.Name{Identifier: "t"}, Column: "x"}
	return &check.Program{
		Graph: &link.Graph{Nodes: []*link.Node{n}, Order: []int{0}, ByID: map[project.ID]*link.Node{"model.m": n}},
		Nodes: []check.Node{{
			SQL: &template.Rendered{Text: sql, Map: whole}, Enabled: true,
			Columns: []relation.Column{{Name: "(SELECT 1)", Type: "INTEGER"}},
			Facts: lineage.Facts{
				CrossJoins: 1, Ordered: true, Volatile: []string{"now", "x"}, Renamed: []lineage.Renaming{{From: "x", To: "x_1"}},
				Casts: []lineage.Cast{{Left: in, Right: in, LeftType: "DATE", RightType: "VARCHAR"}},
				Joins: []lineage.JoinFact{{Left: []lineage.Input{in}, Right: []lineage.Input{in}}},
			},
		}},
	}
}

// FuzzLints gives texts of any kind to all lints: each place has to be in the file.
func FuzzLints(f *testing.F) {
	for _, sql := range []string{
		"", "with", "with a as (select 1) select * from b, c", "select (select x from t), x as x, x from t as x (a) group by x order by x",
		"with recursive \"a b\" (x) as not materialized (select 1 union all select 2) select [1, {'a': (2)}] from lateral (select 1) , x",
		"select x in (select x from t) from t join (t) using (x) where x is not distinct from x", "from t select x", "select distinct on (x) now(",
		"select 1 from a.b.c(d) e(f), ((", "with a as (select 1), ", "select x from", "select as", "with a using key (x) as (select 1)",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, d := range All(alone(sql)) {
			if s := d.Span; s.File == nil || s.Start < 0 || s.End > len(sql) || s.Start > s.End {
				t.Errorf("%s is at %v of %q", d.Code, d.Span, sql)
			}
		}
	})
}

func TestLintsOfVeryLongQueries(t *testing.T) {
	t.Parallel()
	var ctes strings.Builder
	ctes.WriteString("with ")
	for i := range 2000 {
		if i > 0 {
			ctes.WriteString(", ")
		}
		ctes.WriteString("c" + strconv.Itoa(i) + " as (select 1 as x)")
	}
	for name, sql := range map[string]string{
		"2,000 queries in with": ctes.String() + " select * from c0",
		"deep":                  strings.Repeat("select * from (", 5000) + "select 1" + strings.Repeat(")", 5000),
		"open":                  strings.Repeat("(select ", 20000),
		"wide":                  "select " + strings.Repeat("x as x, ", 50000) + "y from t group by x",
		"a megabyte of text":    "select '" + strings.Repeat("x ", 500_000) + "' as x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := All(alone(sql))
			if found.HasErrors() {
				t.Errorf("found errors: %v", found[0].Message)
			}
		})
	}
}
