package project_test

import (
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// shop is a project with one of everything.
var shop = map[string]string{
	"quern.yml": `name: shop
requires: ">=0.1"
vars: {start_date: 2024-01-01, code: 01234}
target: dev
targets:
  dev: {type: duckdb, path: shop.duckdb}
  prod: {type: duckdb, path: "${SHOP_PATH}"}
models:
  .: {tags: [all]}
  staging: {materialized: table, tags: [staging], schema: stage}
`,
	"models/staging/orders.sql": `/* ---
description: One row per order.
tags: [daily]
columns:
  - {name: id, type: bigint, tests: [not_null, unique]}
--- */
select * from {{ source "raw" "orders" }}
`,
	"models/revenue.sql": "select 1 as day\n",
	"models/staging/staging.yml": `sources:
  - name: raw
    tables:
      - name: orders
        columns: [{name: id, tests: [not_null]}]
      - {name: flights, files: "models/landing/*.parquet"}
models:
  - name: revenue
    description: Revenue by day.
    tests:
      - unique_combination: {columns: [day], config: {severity: error, error_if: ">1%"}}
seeds:
  - name: rates
    column_types: {rate: decimal(8,4)}
exposures:
  - {name: board, type: dashboard, depends_on: [revenue]}
groups: [{name: finance, owner: {name: Finance}}]
selectors: [{name: nightly, select: "tag:daily+"}]
`,
	"seeds/rates.csv":                 "day,rate\n2024-01-01,1.0\n",
	"macros/cents.sql":                "/* ---\nargs: [column, {digits: 2}]\n--- */\nround({{ .column }} / 100.0, {{ .digits }})\n",
	"tests/no_revenue.sql":            "select * from {{ ref \"revenue\" }} where false\n",
	"tests/generic/above.sql":         "/* ---\nargs: [model, column, {min: 0}]\n--- */\nselect * from {{ .model }} where {{ .column }} < {{ .min }}\n",
	"models/landing/january.parquet":  "x",
	"models/.hidden/not_a_model!.sql": "",
}

func files(m map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range m {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func load(t *testing.T, m map[string]string, opts project.Options) (*project.Project, diag.List) {
	t.Helper()
	if opts.TargetTypes == nil {
		opts.TargetTypes = map[string][]string{"duckdb": {"path", "settings", "password", "url", "attach"}}
	}
	p, diags, err := project.Load(t.Context(), files(m), opts)
	if err != nil {
		t.Fatal(err)
	}
	return p, diags
}

func show(list diag.List) []string {
	out := []string{}
	for _, d := range list {
		out = append(out, line(d))
	}
	return out
}

func line(d *diag.Diagnostic) string {
	at := d.Span.Position()
	s := string(d.Code)
	if !d.Span.IsZero() {
		s += " " + d.Span.Path() + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
	}
	return s + " " + d.Message + " | " + d.Hint
}

func TestLoadReadsEverything(t *testing.T) {
	t.Parallel()
	p, diags := load(t, shop, project.Options{Dir: "/shop"})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	orders, revenue := p.Models[0], p.Models[1]
	got := []any{
		p.Name, p.Dir, p.Target.Name, p.Target.Settings, p.Targets, p.Vars["start_date"].Value, p.Vars["code"].Value,
		orders.ID, orders.Materialized, orders.Tags, orders.Schema.Value, orders.Body.Text(), orders.Config, len(orders.Tests),
		revenue.ID, revenue.Materialized, revenue.Tags, revenue.Description, revenue.Tests[0].Config.ErrorIf.Value,
	}
	want := []any{
		"shop", "/shop", "dev",
		map[string]any{"path": "shop.duckdb"},
		[]string{"dev", "prod"},
		"2024-01-01", "01234",
		project.ID("model.orders"), project.Table,
		[]string{"all", "daily", "staging"},
		"stage",
		"select * from {{ source \"raw\" \"orders\" }}\n",
		map[string]string{"materialized": "table", "tags": "all,daily,staging", "schema": "stage"},
		2,
		project.ID("model.revenue"), project.View,
		[]string{"all"},
		"Revenue by day.", 1.0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}
