package project_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/project"
)

// FuzzWriteColumns writes into any text that loads: what comes out loads too, says the same besides its
// columns, and is not written again.
func FuzzWriteColumns(f *testing.F) {
	f.Add("models:\n  - name: m\n    columns:\n      - {name: a} # c\n      - name: b\n", "select 1\n", "x y")
	f.Add("models: [{name: m, columns: [], tags: [x,]}]\n", "/* --- {materialized: table} --- */ select 1", "b")
	f.Add("models:\r\n- name: m\r\n  description: >-\r\n    x\r\n\r\n", "\ufeffselect 1", "null")
	f.Add("models: [{name: &n m, meta: {x: *n}}]", "/* ---\n--- */select 1", "*/")
	f.Add("", "/* ---\nmeta: |+\n  a\n\n--- */\nselect 1\n", "é\u2028\"")
	f.Fuzz(func(t *testing.T, yaml, sql, name string) {
		if name == "" || strings.EqualFold(name, "a") || !utf8.ValidString(name) || !strings.Contains(sql, "select") {
			return
		}
		files := map[string]string{"quern.yml": minimal, "models/m.yml": yaml, "models/m.sql": sql}
		p, diags := load(t, files, project.Options{})
		if diags.HasErrors() || len(p.Models) != 1 {
			return
		}
		columns := []project.Column{{Name: name, Type: "int64"}, {Name: "a", Type: "ENUM('x')", Native: true}}
		written, _ := project.WriteColumns([]project.ColumnsOf{{Model: p.Models[0], Columns: columns}})
		for _, w := range written {
			sameButColumns(t, files, map[string]string{w.Path: w.After})
			files[w.Path] = w.After
		}
		p, diags = load(t, files, project.Options{})
		if diags.HasErrors() {
			t.Fatalf("what was written does not load: %q", show(diags))
		}
		again, _ := project.WriteColumns([]project.ColumnsOf{{Model: p.Models[0], Columns: columns}})
		for _, w := range again {
			if w.After != w.Before {
				t.Errorf("a second run makes %q of %q", w.After, w.Before)
			}
		}
	})
}
