//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// around puts a text into as many pairs of others.
func around(before, inner, after string, times int) string {
	return strings.Repeat(before, times) + inner + strings.Repeat(after, times)
}

// numbered writes a text for each number and joins them.
func numbered(times int, format, between string) string {
	parts := make([]string, times)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i, i+1)
	}
	return strings.Join(parts, between)
}

const (
	fromGood = ` from {{ ref "good" }}`
	tooDeep  = "stand too deep in each other"
)

// badSQL are models no person writes, and what is said of them; "" means that they are right. They were
// tried as large as this and up to a hundred times larger.
var badSQL = map[string]struct{ sql, says string }{
	"columns":        {"select " + numbered(10_000, "id as c%[1]d", ", ") + fromGood, ""},
	"megabyte":       {"select id /* " + strings.Repeat("x", 1<<20) + " */" + fromGood, ""},
	"long_text":      {"select '" + strings.Repeat("é", 1<<19) + "' as text" + fromGood, ""},
	"open_text":      {"select '" + strings.Repeat("x", 1<<20), "is not closed"},
	"parts":          {"with c0 as (select 1 as id), " + numbered(2000, "c%[2]d as (select id from c%[1]d)", ", ") + " select * from c2000", tooDeep},
	"few_parts":      {"with c0 as (select 1 as id), " + numbered(400, "c%[2]d as (select id from c%[1]d)", ", ") + " select * from c400", ""},
	"parentheses":    {"select " + around("(", "id", ")", 1000) + " as id" + fromGood, ""},
	"endless":        {"select " + around("(", "id", ")", 50_000) + " as id" + fromGood, "memory exhausted"},
	"queries":        {around("select * from (", "select id"+fromGood, ") t", 1000), tooDeep},
	"values_of":      {"select " + around("(select ", "1", ")", 1000) + " as id", tooDeep},
	"cases":          {"select " + around("case when id = 1 then 1 else ", "id", " end", 1000) + " as id" + fromGood, tooDeep},
	"functions":      {"select " + around("abs(", "id", ")", 1000) + " as id" + fromGood, tooDeep},
	"lists":          {"select " + around("[", "id", "]", 1000) + " as id" + fromGood, tooDeep},
	"types":          {"select null::integer" + strings.Repeat("[]", 1000) + " as id" + fromGood, tooDeep},
	"casts":          {"select id" + strings.Repeat("::integer", 1000) + " as id" + fromGood, tooDeep},
	"sum":            {"select id" + strings.Repeat(" + 1", 10_000) + " as id" + fromGood, tooDeep},
	"exists":         {"select id" + fromGood + " where " + around(`exists (select 1 from {{ ref "good" }} where `, "true", ")", 1000), tooDeep},
	"comments":       {"select id " + around("/*", "", "*/", 1000) + fromGood, ""},
	"in_list":        {"select id" + fromGood + " where id in (" + numbered(100_000, "%[1]d", ", ") + ")", ""},
	"conditions":     {"select id" + fromGood + " where true" + strings.Repeat(" and id > 1", 5000), ""},
	"unions":         {"select id" + fromGood + strings.Repeat(` union all select id from {{ ref "good" }}`, 9_998), ""},
	"joins":          {`select 1 as one from {{ ref "good" }} t0` + strings.Repeat(` cross join {{ ref "good" }}`, 2000), tooDeep},
	"products":       {"with c0 as (select id" + fromGood + "), " + numbered(30, "c%[2]d as (select x.id from c%[1]d x, c%[1]d y)", ", ") + " select * from c30", ""},
	"doubled_unions": {"with c0 as (select id" + fromGood + "), " + numbered(30, "c%[2]d as (from c%[1]d union all from c%[1]d)", ", ") + " select * from c30", ""},
	"cubes":          {"select count(*) as n" + fromGood + " group by " + numbered(10, "cube (id + %[1]d, id + %[2]d)", ", "), "grouping set count"},
	"pivot":          {`pivot {{ ref "good" }} on id in (` + numbered(100_000, "%[1]d", ", ") + ") using count(*)", "pivot column limit"},
	"endless_rows":   {"with recursive t as (select 1 as i union all select i + 1 from t) select * from t", ""},
	"endless_series": {"select * from range(9000000000000000000) as t(i)", ""},
	"endless_text":   {"select repeat(repeat('x', 1000000), 1000000) as text", ""},
	"wide_format":    {"select format('{:1000000000}', 1) as text", ""},
	"expression":     {"select regexp_matches('x', '((a{1,999}){1,999}){1,999}') as fits", "repetition size"},
}

// compiled is what compile --output json says, as far as these tests look.
type compiled struct {
	Models []struct {
		ID      string `json:"id"`
		Checked bool   `json:"checked"`
		Columns []any  `json:"columns"`
	} `json:"models"`
	Diagnostics []struct {
		Severity, Message, File string
		Line, Column            int
	} `json:"diagnostics"`
}

// compileProcess compiles a project of these models as a process, and gives what it said. As says which process that is.
func compileProcess(t *testing.T, as string, models map[string]string) compiled {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"quern.yml": "name: bad\ntarget: dev\ntargets: {dev: {type: duckdb, path: bad.duckdb}}\n",
	}
	for name, sql := range models {
		files["models/"+name+".sql"] = sql + "\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	if end, ok := t.Deadline(); ok { // the process goes with the test
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-5*time.Second))
		defer cancel()
	}
	command := exec.CommandContext(ctx, os.Args[0], "compile", "--output", "json")
	command.Dir, command.Env = dir, append(os.Environ(), as+"=1")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("compile: %v\n%s", err, stderr.String())
	}
	var c compiled
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatalf("compile says %.200q: %v", out, err)
	}
	return c
}

// Whatever a model is, the process lives, says what is wrong with that model, and checks all others. How long that takes
// is of no account: none of these is given up for its time.
func TestBadSQLStopsAtItsModel(t *testing.T) {
	t.Parallel()
	models := map[string]string{
		"good": "select 1 as id, 2 as n", "after": `select id, n from {{ ref "good" }}`, "typo": `select idd from {{ ref "good" }}`,
	}
	for name, tc := range badSQL {
		models["bad_"+name] = tc.sql
	}
	c := compileProcess(t, "QUERN_TEST_PATIENT", models)
	said := map[string][]string{}
	for _, d := range c.Diagnostics {
		if d.Severity == "error" {
			name := strings.TrimSuffix(strings.TrimPrefix(d.File, "models/"), ".sql")
			said[name] = append(said[name], d.Message)
			if d.Line < 1 || d.Column < 1 {
				t.Errorf("%s: %q has no place", name, d.Message)
			}
		}
	}
	if got := said["typo"]; len(got) != 1 || !strings.Contains(got[0], `"idd" not found`) {
		t.Errorf("of the typo is said %q", got)
	}
	delete(said, "typo")
	for name, tc := range badSQL {
		got := said["bad_"+name]
		delete(said, "bad_"+name)
		if tc.says == "" && len(got) > 0 || tc.says != "" && (len(got) != 1 || !strings.Contains(got[0], tc.says)) {
			t.Errorf("of %s is said %.300q, want %q", name, got, tc.says)
		}
	}
	if len(said) > 0 {
		t.Errorf("more is said: %.300q", said)
	}
	for _, m := range c.Models {
		name := strings.TrimPrefix(m.ID, "model.")
		if right := badSQL[strings.TrimPrefix(name, "bad_")].says == "" && name != "typo"; m.Checked != right {
			t.Errorf("%s is checked: %v", name, m.Checked)
		}
		if name == "bad_columns" && len(m.Columns) != 10_000 {
			t.Errorf("%s has %d columns", name, len(m.Columns))
		}
	}
}

// A model that takes all time and memory there is ends in a diagnostic, and the others are checked: bomb is
// bound in a child, endless in the process, which gives it up.
func TestEndlessSQLStopsAtItsModel(t *testing.T) {
	t.Parallel()
	models := map[string]string{
		"good":    "select 1 as id",
		"bomb":    "select 1 as a0, " + numbered(60, "[a%[1]d, a%[1]d] as a%[2]d", ", "),
		"below":   `select * from {{ ref "bomb" }}`,
		"endless": "select repeat(repeat('x', 1000000000), 1000000000) as text",
	}
	for i := range 40 {
		models[fmt.Sprintf("typo_%02d", i)] = `select idd from {{ ref "good" }}`
	}
	c := compileProcess(t, "QUERN_TEST_MAIN", models)
	typos, bombs := 0, 0
	for _, d := range c.Diagnostics {
		switch {
		case d.File == "models/bomb.sql" && (strings.Contains(d.Message, "the query takes") || strings.Contains(d.Message, "memory")):
			bombs++
		case d.File != "models/endless.sql" && strings.Contains(d.Message, `column "idd" not found`):
			typos++
		case d.File != "models/endless.sql":
			t.Errorf("%s: %s", d.File, d.Message)
		}
	}
	if typos != 40 || bombs != 1 {
		t.Errorf("%d typos and %d bombs are found, want 40 and one", typos, bombs)
	}
}

// Types that double with every model are followed as far as it makes sense, and no mistake is made of it.
func TestTypesThatDoubleStopTheCheck(t *testing.T) {
	t.Parallel()
	models := map[string]string{"m_00": "select 1 as c", "typo": `select idd from {{ ref "m_00" }}`}
	for i := range 40 {
		models[fmt.Sprintf("m_%02d", i+1)] = fmt.Sprintf(`select {'left': c, 'right': c} as c from {{ ref "m_%02d" }}`, i)
	}
	c := compileProcess(t, "QUERN_TEST_MAIN", models)
	if len(c.Diagnostics) != 1 || !strings.Contains(c.Diagnostics[0].Message, `column "idd" not found`) {
		t.Errorf("compile says %.500v", c.Diagnostics)
	}
	checked := 0
	for _, m := range c.Models {
		if m.Checked {
			checked++
		}
	}
	if checked < 8 || checked > 16 {
		t.Errorf("%d models are checked", checked)
	}
}
