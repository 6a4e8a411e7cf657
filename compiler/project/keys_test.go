package project_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

func TestFolderDefaults(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml": minimal + `models:
  marts/finance: {materialized: table, tags: [finance], format: csv}
  .: {tags: all, schema: base, owner: data}
  marts: {materialized: external, tags: [marts], format: json, schema: "{{ var 'x' }}"}
`,
		"models/top.sql":                     "select 1\n",
		"models/marts/a.sql":                 "select 1\n",
		"models/marts/finance/b.sql":         "select 1\n",
		"models/marts/finance/deep/c.sql":    "/* ---\nmaterialized: ephemeral\ntags: [own]\n--- */\nselect 1\n",
		"models/marts/financeandmore/d.sql":  "select 1\n",
		"models/marts/finance/deep/deep.yml": "models: [{name: c, owner: me}]\n",
	}
	p, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	type row struct {
		Name, Kind, Schema, Owner, Format string
		Tags                              []string
		Config                            map[string]string
	}
	var got []row
	for _, m := range p.Models {
		got = append(got, row{m.Name, m.Materialized.String(), m.Schema.Value, m.Owner, m.External.Format, m.Tags, m.Config})
	}
	want := []row{
		{"a", "external", "{{ var 'x' }}", "data", "json", []string{"all", "marts"}, map[string]string{
			"materialized": "external", "schema": "{{ var 'x' }}", "owner": "data", "format": "json", "tags": "all,marts",
		}},
		{"b", "table", "{{ var 'x' }}", "data", "", []string{"all", "finance", "marts"}, map[string]string{
			"materialized": "table", "schema": "{{ var 'x' }}", "owner": "data", "format": "csv", "tags": "all,finance,marts",
		}},
		{"c", "ephemeral", "{{ var 'x' }}", "me", "", []string{"all", "finance", "marts", "own"}, map[string]string{
			"materialized": "ephemeral", "schema": "{{ var 'x' }}", "owner": "me", "format": "csv", "tags": "all,finance,marts,own",
		}},
		{"d", "external", "{{ var 'x' }}", "data", "json", []string{"all", "marts"}, map[string]string{
			"materialized": "external", "schema": "{{ var 'x' }}", "owner": "data", "format": "json", "tags": "all,marts",
		}},
		{"top", "view", "base", "data", "", []string{"all"}, map[string]string{
			"materialized": "view", "schema": "base", "owner": "data", "tags": "all",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

const everyModelKey = `description: >-
  Two lines
  in one.
materialized: external
database: db
schema: "s_{{ var \"x\" }}"
alias: 'it''s'
enabled: True
tags: [b, a, b]
meta: {a: [1, 2.5, x, null, true, 012]}
owner: {name: Ann, email: ann@example.com}
depends_on: [orders, raw.x]
assert: [amount >= 0, "count(*) > 0"]
format: csv
location: out/{{ var "x" }}.csv
partition_by: day
options: {delimiter: ;, header: true}
columns:
  - {name: id, type: bigint, description: The key., sensitive: true, meta: {pii: no}, tests: [not_null]}
  - {name: x, native_type: "DECIMAL(18,3)"}
tests:
  - unique_combination: {columns: [id, x], config: {name: combo, severity: error, where: "x > 0", warn_if: ">= 5", error_if: "> 1.5%", limit: 7, store_failures: true, tags: [t]}}
`

func TestKeysMeanTheSameInYAML(t *testing.T) {
	t.Parallel()
	m := map[string]string{"quern.yml": minimal, "models/m.sql": "/* ---\n" + everyModelKey + "--- */\nselect 1\n"}
	inFrontMatter, _ := load(t, m, project.Options{})
	m["models/m.sql"] = "select 1\n"
	m["models/m.yml"] = "models:\n  - name: m\n    " + strings.ReplaceAll(strings.TrimSuffix(everyModelKey, "\n"), "\n", "\n    ") + "\n"
	inYAML, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	withoutFile := cmp.Transformer("file", func(*source.File) string { return "" })
	if diff := cmp.Diff(inFrontMatter.Models, inYAML.Models, withoutSpans, withoutFile); diff != "" {
		t.Errorf("front matter (-) and YAML (+) differ:\n%s", diff)
	}
}

func TestLoadReadsEveryModelKey(t *testing.T) {
	t.Parallel()
	p, diags := load(t, map[string]string{"quern.yml": minimal, "models/m.sql": "/* ---\n" + everyModelKey + "--- */\nselect 1\n"}, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	m := p.Models[0]
	sev := project.SeverityError
	m.File, m.Body = nil, source.Span{}
	want := &project.Model{
		ID: "model.m", Name: "m", Materialized: project.External,
		Properties: project.Properties{
			Description: "Two lines in one.", Tags: []string{"a", "b"}, Owner: "Ann",
			Meta: map[string]any{"a": []any{int64(1), 2.5, "x", nil, true, "012"}},
			Columns: []project.Column{
				{Name: "id", Type: "bigint", Description: "The key.", Sensitive: true, Meta: map[string]any{"pii": "no"}},
				{Name: "x", Type: "DECIMAL(18,3)", Native: true},
			},
			Tests: []project.TestUse{
				{Test: "not_null", Column: "id", Config: &project.TestConfig{Severity: sev}},
				{Test: "unique_combination", Args: []project.ArgValue{{Name: "columns", Value: []any{"id", "x"}}}, Config: &project.TestConfig{
					Name: "combo", Severity: project.SeverityError, Where: project.Text{Value: "x > 0", Exact: true},
					WarnIf:  project.Threshold{Op: ">=", Value: 5, Text: ">= 5"},
					ErrorIf: project.Threshold{Op: ">", Value: 1.5, Percent: true, Text: "> 1.5%"},
					Limit:   7, StoreFailures: true, Tags: []string{"t"},
				}},
			},
		},
		Database: project.Text{Value: "db", Exact: true}, Schema: project.Text{Value: `s_{{ var "x" }}`},
		Alias: project.Text{Value: "it's"}, Enabled: project.Text{Value: "true"},
		DependsOn: []project.Reference{{Name: "orders"}, {Name: "raw.x"}},
		Asserts:   []project.Text{{Value: "amount >= 0", Exact: true}, {Value: "count(*) > 0", Exact: true}},
		External: project.ExternalConfig{
			Format: "csv", Location: project.Text{Value: `out/{{ var "x" }}.csv`, Exact: true},
			PartitionBy: []string{"day"}, PartitionAt: []source.Span{{}}, Options: map[string]string{"delimiter": ";", "header": "true"},
		},
		Config: map[string]string{
			"materialized": "external", "database": "db", "schema": `s_{{ var "x" }}`, "alias": "it's", "enabled": "True", "tags": "a,b",
			"owner": "Ann", "format": "csv", "location": `out/{{ var "x" }}.csv`, "partition_by": "day",
			"options": "delimiter=;,header=true",
		},
	}
	if diff := cmp.Diff(want, m, withoutSpans); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

var withoutSpans = cmp.Transformer("span", func(source.Span) string { return "" })

func TestTextIsExactOnlyWhereTheBytesAgree(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		yaml, value, covers string
		exact               bool
	}{
		{`a > é`, "a > é", "a > é", true},
		{`"a > é"`, "a > é", "a > é", true},
		{`'a'`, "a", "a", true},
		{`"a \"b\""`, `a "b"`, `"a \"b\""`, false},
		{`'it''s'`, "it's", `'it''s'`, false},
		{"a\n    b", "a b", "a\n    b", false},
		{"|-\n    a > 0", "a > 0", "a > 0", true},
		{"|\n    a > 0", "a > 0\n", "a > 0\n", true},
		{"|\n    a\n    b", "a\nb\n", "|\n    a\n    b", false},
		{">\n    a\n    b", "a b\n", ">\n    a\n    b", false},
		{"&x a", "a", "a", true},
		{"!!str 1", "1", "1", true},
	} {
		t.Run(tc.yaml, func(t *testing.T) {
			t.Parallel()
			for _, newline := range []string{"\n", "\r\n"} {
				text := "/* ---" + newline + "description: 日本" + newline + "assert:" + newline + "  - " + tc.yaml + newline + "--- */" + newline + "select 1"
				p, diags := load(t, map[string]string{"quern.yml": minimal, "models/m.sql": text}, project.Options{})
				if len(diags) > 0 || len(p.Models[0].Asserts) != 1 {
					t.Fatalf("Load reported %q", show(diags))
				}
				got := p.Models[0].Asserts[0]
				if newline == "\r\n" && tc.value[len(tc.value)-1] == '\n' {
					continue
				}
				if got.Value != tc.value || got.Exact != tc.exact || got.Span.Text() != tc.covers {
					t.Errorf("got %q, exact %v, covering %q", got.Value, got.Exact, got.Span.Text())
				}
			}
		})
	}
}

func TestMergeKeysAndAliases(t *testing.T) {
	t.Parallel()
	m := map[string]string{"quern.yml": minimal, "models/orders.sql": "select 1\n", "models/m.yml": `models:
  - name: orders
    columns:
      - &key {name: id, tests: &t [not_null], type: bigint}
      - {<<: *key, name: other}
      - <<: [{type: text}, *key]
        name: third
        tests: *t
`}
	p, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	want := []project.Column{{Name: "id", Type: "bigint"}, {Name: "other", Type: "bigint"}, {Name: "third", Type: "text"}}
	if diff := cmp.Diff(want, p.Models[0].Columns, withoutSpans); diff != "" {
		t.Errorf("Columns (-want +got):\n%s", diff)
	}
	if got := len(p.Models[0].Tests); got != 3 {
		t.Errorf("%d tests, want 3", got)
	}
}

func TestLoadReadsSourcesSeedsAndTests(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml":              minimal + "paths: {seeds: models/seeds}\nmacros_from: [lib, ../shared]\nruntime_vars: [b, a]\nartifacts: out/\n",
		"models/seeds/rates.csv": "a\n1\n", "models/seeds/deep/facts.parquet": "x",
		"models/s.yml": `sources:
  - name: raw
    database: db
    tags: [raw]
    owner: ops
    tables:
      - {name: orders, identifier: ORDERS, tags: [o], changes: {append_only: at}, columns_complete: true, columns: [{name: id, tests: [unique]}]}
      - {name: flights, files: "landing/**/*.csv.gz", description: Flights.}
      - {name: odd, files: landing/x, format: json}
seeds:
  - {name: rates, alias: r, column_types: {a: int}, delimiter: ";", quote: "'", null_values: [NA], header: false, tags: [s]}
`,
		"tests/t.sql":         "/* ---\nseverity: warn\nwarn_if: \">2\"\ntags: [x]\n--- */\nselect 1\n",
		"tests/generic/g.sql": "/* ---\nargs: [model, column, {min: 0}, {list: [a]}]\n--- */\nselect 1\n",
		"lib/m.sql":           "1\n",
		"sources.lock.yml":    "version: 1\nsources:\n  - name: raw\n    tables:\n      - name: flights\n        columns: [{name: x, type: \"DECIMAL(1,2)\"}]\n",
	}
	outside := fstest.MapFS{"n.sql": {Data: []byte("2\n")}}
	p, diags := load(t, m, project.Options{Outside: func(dir string) fs.FS {
		if dir != "../shared" {
			t.Errorf("Outside(%q)", dir)
		}
		return outside
	}})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	ops := project.Properties{Owner: "ops", Tags: []string{"raw"}}
	orders := ops
	orders.Tags, orders.Columns = []string{"o", "raw"}, []project.Column{{Name: "id"}}
	orders.Tests = []project.TestUse{{Test: "unique", Column: "id", Config: &project.TestConfig{Severity: project.SeverityError}}}
	flights := ops
	flights.Description = "Flights."
	wantSources := []*project.Source{
		{
			ID: "source.raw.flights", SourceName: "raw", Name: "flights", Properties: flights, Database: "db", Schema: "raw", Identifier: "flights",
			Files: "landing/**/*.csv.gz", Format: "csv", Locked: []project.Column{{Name: "x", Type: "DECIMAL(1,2)", Native: true}},
		},
		{ID: "source.raw.odd", SourceName: "raw", Name: "odd", Properties: ops, Database: "db", Schema: "raw", Identifier: "odd", Files: "landing/x", Format: "json"},
		{
			ID: "source.raw.orders", SourceName: "raw", Name: "orders", Properties: orders, Database: "db", Schema: "raw", Identifier: "ORDERS",
			ColumnsComplete: true, Changes: project.Changes{AppendOnly: "at"},
		},
	}
	if diff := cmp.Diff(wantSources, p.Sources, withoutSpans); diff != "" {
		t.Errorf("Sources (-want +got):\n%s", diff)
	}
	wantSeeds := []*project.Seed{
		{ID: "seed.facts", Name: "facts", Path: "models/seeds/deep/facts.parquet", Format: "parquet", Config: map[string]string{}},
		{
			ID: "seed.rates", Name: "rates", Path: "models/seeds/rates.csv", Format: "csv", Properties: project.Properties{Tags: []string{"s"}},
			Alias: project.Text{Value: "r", Exact: true}, ColumnTypes: map[string]string{"a": "int"}, Delimiter: ";", Quote: "'",
			NullValues: []string{"NA"}, NoHeader: true,
			Config: map[string]string{
				"alias": "r", "column_types": "a=int", "delimiter": ";", "quote": "'", "null_values": "NA", "header": "false", "tags": "s",
			},
		},
	}
	if diff := cmp.Diff(wantSeeds, p.Seeds, withoutSpans); diff != "" {
		t.Errorf("Seeds (-want +got):\n%s", diff)
	}
	var macros, own []string
	for _, m := range p.Macros {
		macros = append(macros, m.Name+" "+m.File.Path)
	}
	var args []project.Argument
	builtIns := 0
	for _, g := range p.GenericTests {
		if g.BuiltIn {
			builtIns++
			continue
		}
		own = append(own, g.Name)
		args = g.Args
	}
	got := []any{macros, own, builtIns > 0, p.RuntimeVars, p.Artifacts, p.Paths.Seeds, p.Tests[0].Config.Severity, p.Tests[0].Config.WarnIf.Value, p.Tests[0].Tags}
	want := []any{
		[]string{"m lib/m.sql", "n ../shared/n.sql"},
		[]string{"g"},
		true,
		[]string{"a", "b"},
		"out", "models/seeds",
		project.SeverityWarn, 2.0,
		[]string{"x"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	wantArgs := []project.Argument{
		{Name: "model"}, {Name: "column"}, {Name: "min", Default: int64(0), HasDefault: true}, {Name: "list", Default: []any{"a"}, HasDefault: true},
	}
	if diff := cmp.Diff(wantArgs, args, withoutSpans); diff != "" {
		t.Errorf("Args (-want +got):\n%s", diff)
	}
}
