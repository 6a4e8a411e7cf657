//go:build cgo

package snapshot_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/source"
)

var (
	stamp = cache.Sum([]byte("this program"))
	files = stagetest.Files{
		"seeds/orders.csv":  "id,amount\n1,2\n",
		"models/daily.sql":  "/* ---\nmaterialized: table\ntags: [daily]\nassert: [id > 0]\n--- */\nselect id from {{ ref \"orders\" }}",
		"models/short.sql":  "/* ---\nmaterialized: ephemeral\n--- */\nselect id from {{ ref \"daily\" }}",
		"models/extra.yaml": "",
		"models/all.yml": `models:
  - {name: daily, description: A day., owner: Ann, columns: [{name: id, description: The id., tests: [unique, {accepted_values: {values: [1, 2]}}]}]}
sources:
  - name: raw
    tables:
      - {name: visits, columns_complete: true, columns: [{name: id, type: integer}]}
exposures: [{name: board, type: dashboard, depends_on: [daily, raw.visits]}]
groups: [{name: sales, owner: Eve}]
selectors: [{name: few, select: daily+}]
`,
		"tests/none.sql": "select * from {{ ref \"short\" }} where id > 7",
	}
)

// written writes a snapshot of a project that has something of everything, as if it had been bound.
func written(tb testing.TB, bound bool) (name, dir string, v *snapshot.Value) {
	tb.Helper()
	dir = files.Write(tb)
	program, diags := stagetest.Compile(tb, dir, duckdb.Dialect{})
	if diags.HasErrors() {
		tb.Fatalf("the project has errors: %v", stagetest.Lines(diags))
	}
	g := program.Graph
	daily, _ := program.Node("model.daily")
	daily.Columns = []relation.Column{{Name: "id", Type: "INTEGER", Nullable: relation.NeverNull}, {Name: "x"}}
	seed := g.Find("seed.orders").Index
	daily.Lineage = &check.Lineage{
		Columns: []check.ColumnLineage{
			{Kind: lineage.Passthrough, Certainty: lineage.Resolved, Inputs: []check.Input{{Node: seed, Column: "id"}}},
			{Kind: lineage.Constant, Certainty: lineage.Resolved},
		},
		Influences: []check.Influence{{Input: check.Input{Node: seed, Column: "amount"}, Role: lineage.Filter}},
	}
	macro := source.NewFile("builtin/kept.sql", "select one")
	list := append(diags, diag.List{}.Sorted()...)
	list.Warnf(diag.LateTest, g.Find("model.daily").Model.Body, "a %s", "warning").Hintf("a hint").
		Notef(macro.Span(7, 10), "a note").Label = "a label"

	recorder := cache.NewRecorder(dir, time.Now().Add(time.Hour))
	for _, file := range []string{"models/daily.sql", "models/short.sql", "models/all.yml"} {
		recorder.Seed(file)
	}
	v = &snapshot.Value{
		Graph: g, Program: program, Diags: list,
		Facts: snapshot.Facts{ID: cache.Sum([]byte("id")), Bound: bound, Timed: true},
	}
	for i := range program.Nodes {
		v.HasSQL = append(v.HasSQL, program.Nodes[i].SQL != nil)
	}
	name = filepath.Join(tb.TempDir(), "project")
	record := recorder.Record(cache.Inputs{})
	if err := cache.Write(name, stamp, snapshot.Encode(v, record)); err != nil {
		tb.Fatal(err)
	}
	return name, dir, v
}

// read reads a snapshot with all parts.
func read(tb testing.TB, name, dir string) (*snapshot.Value, error) {
	tb.Helper()
	file, err := snapshot.Open(name, stamp)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	p, err := project.LoadConfig(os.DirFS(dir), project.Options{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	config := snapshot.Config{
		Project: p, Env: check.Env{Dialect: duckdb.Dialect{}, DefaultSchema: "main"},
		Read: func(path string) string {
			text, _ := os.ReadFile(filepath.Join(dir, path)) // a damaged snapshot may name any file
			return string(text)
		},
	}
	return file.Decode(config, snapshot.Parts{Declared: true, Columns: true, Lineage: true, ByID: true})
}

// seen is what listings, selections, lineage and diagnostics read of a node.
type seen struct {
	ID, Name, Path, Kind                     string
	Parents, Children                        []int
	Level                                    int
	Description, Owner, Group                string
	Tags                                     []string
	Declared                                 []project.Column
	Config                                   map[string]string
	Relation                                 relation.Name
	Enabled                                  bool
	Columns                                  []relation.Column
	Unchecked                                string
	Lineage                                  *check.Lineage
	Materialized, Format, Files, SourceName  string
	Tested, Column, Test, Severity, At, Type string
	Singular, Assert, BuiltIn, Late          bool
	Reads                                    []project.ID
}

func see(v *snapshot.Value, i int) seen {
	n, known := v.Graph.Nodes[i], &v.Program.Nodes[i]
	p := n.Properties()
	s := seen{
		ID: string(n.ID), Name: n.Name, Path: n.Path, Kind: n.Kind.String(), Parents: n.Parents, Children: n.Children,
		Level: v.Graph.Level[i], Description: p.Description, Owner: p.Owner, Group: p.Group, Tags: p.Tags,
		Relation: known.Relation, Enabled: known.Enabled, Columns: known.Columns, Unchecked: known.Unchecked, Lineage: known.Lineage,
	}
	for _, c := range p.Columns {
		s.Declared = append(s.Declared, project.Column{Name: c.Name, Type: c.Type, Description: c.Description, Native: c.Native, Sensitive: c.Sensitive})
	}
	switch n.Kind {
	case link.Model:
		s.Materialized, s.Config = n.Model.Materialized.String(), n.Model.Config
	case link.Seed:
		s.Format, s.Config = n.Seed.Format, n.Seed.Config
	case link.Source:
		s.Files, s.SourceName, s.Format = n.Source.Files, n.Source.SourceName, n.Source.Format
	case link.Exposure:
		s.Type = n.Exposure.Type
	case link.Test:
		t := n.Test
		s.Tested, s.Column, s.Singular, s.Assert, s.Late = string(t.Tested), t.Column, t.Singular != nil, t.Assert != nil, t.Late
		s.At, s.Reads, s.BuiltIn = t.Span.Text(), t.Reads, t.Generic != nil && t.Generic.BuiltIn
		if t.Use != nil {
			s.Test = t.Use.Test
		}
		if t.Config.Severity == project.SeverityWarn {
			s.Severity = "warn"
		}
	}
	return s
}

func TestSnapshotComesBack(t *testing.T) {
	t.Parallel()
	name, dir, want := written(t, true)
	got, err := read(t, name, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Facts, got.Facts); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.HasSQL, got.HasSQL); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Graph.Order, got.Graph.Order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if len(want.Graph.Nodes) != len(got.Graph.Nodes) {
		t.Fatalf("%d nodes, want %d", len(got.Graph.Nodes), len(want.Graph.Nodes))
	}
	for i := range want.Graph.Nodes {
		if diff := cmp.Diff(see(want, i), see(got, i)); diff != "" {
			t.Errorf("node %d (-want +got):\n%s", i, diff)
		}
		if found := got.Graph.Find(want.Graph.Nodes[i].ID); found != got.Graph.Nodes[i] {
			t.Errorf("node %s is not found", want.Graph.Nodes[i].ID)
		}
	}
	if diff := cmp.Diff(stagetest.Lines(want.Diags), stagetest.Lines(got.Diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	last := got.Diags[len(got.Diags)-1]
	if last.Label != "a label" || len(last.Notes) != 1 || last.Notes[0].Span.Text() != "one" {
		t.Errorf("diagnostic %+v, want its label and its note", last)
	}
	p := got.Graph.Project
	if len(p.Selectors) != 1 || p.Selectors[0].Select.Value != "daily+" || p.Groups[0].Owner != "Eve" {
		t.Errorf("selectors %v, groups %v", p.Selectors, p.Groups)
	}
}

func TestSnapshotWithoutBindingHasDeclaredColumnsOnly(t *testing.T) {
	t.Parallel()
	name, dir, _ := written(t, false)
	got, err := read(t, name, dir)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := got.Program.Node("model.daily"); n.Columns != nil || n.Lineage != nil {
		t.Errorf("a model that was not bound has %v and %v", n.Columns, n.Lineage)
	}
	if n, _ := got.Program.Node("source.raw.visits"); len(n.Columns) != 1 || n.Columns[0].Name != "id" {
		t.Errorf("a source has %v, want what it declares", n.Columns)
	}
}

func TestSnapshotHoldsNoSQL(t *testing.T) {
	t.Parallel()
	name, dir, _ := written(t, true)
	got, err := read(t, name, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range got.Program.Nodes {
		if n.SQL != nil {
			t.Errorf("%s has SQL", got.Graph.Nodes[i].ID)
		}
	}
}

// FuzzSnapshot damages a section of a snapshot. It may be refused or make little sense, and nothing breaks.
func FuzzSnapshot(f *testing.F) {
	name, dir, _ := written(f, true)
	file, err := cache.Open(name, stamp)
	if err != nil {
		f.Fatal(err)
	}
	sections := file.Sections()
	for i, s := range sections {
		data, err := file.Section(s.ID)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, []byte(data))
		sections[i].Replace([]byte(data))
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		damaged := append([]cache.Section{}, sections...)
		damaged[uint(which)%uint(len(damaged))].Replace(data)
		name := filepath.Join(t.TempDir(), "project")
		if err := cache.Write(name, stamp, damaged); err != nil {
			t.Fatal(err)
		}
		v, err := read(t, name, dir)
		if err != nil {
			return
		}
		for i := range v.Graph.Nodes {
			see(v, i)
		}
		stagetest.Lines(v.Diags)
	})
}
