//go:build cgo

package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/link"
)

// edited writes the showcase with pieces of its files replaced: by path, old and new text.
func edited(t *testing.T, edits [][3]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := showcase(dir); err != nil {
		t.Fatal(err)
	}
	for _, edit := range edits {
		path := filepath.Join(dir, filepath.FromSlash(edit[0]))
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), edit[1]) {
			t.Fatalf("%s has no %q: %v", edit[0], edit[1], err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), edit[1], edit[2], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A mistake is said once, where it is; all that stands upon it is silent. Mistakes that have nothing to do
// with each other are all said in one run.
func TestOneMistakeIsOneError(t *testing.T) {
	t.Parallel()
	middle := [3]string{"models/intermediate/int_flights.sql", "flights.origin,", "flights.orgin,"}
	staging := [3]string{"models/staging/stg_planes.sql", "tailnum as", "tailnumber as"}
	mart := [3]string{"models/marts/route_delays.sql", "group by", "grup by"}
	for name, edits := range map[string][][3]string{
		"right":       nil,
		"middle":      {middle},
		"staging":     {staging},
		"independent": {middle, staging, mart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := edited(t, edits)
			_, diags := checkOnDuckDB(t, os.DirFS(dir), dir, 2)
			var want, got []string
			for _, edit := range edits {
				want = append(want, edit[0])
			}
			for _, d := range diags {
				got = append(got, d.Span.Path())
				if d.Severity != diag.Error {
					t.Errorf("a warning: %s", describe(diag.List{d}))
				}
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
				t.Errorf("errors (-want +got):\n%s\n%s", diff, describe(diags))
			}
		})
	}
}

// Where the target's settings keep the engine from being asked, that is said once, and nothing else.
func TestATargetThatCannotBeAskedIsSaidOnce(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"quern.yml": {Data: []byte("name: odd\ntarget: dev\ntargets:\n" +
			"  dev: {type: duckdb, path: \":memory:\", settings: {no_such: 1}}\n")},
		"models/a.sql": {Data: []byte("select 1 as id\n")},
		"models/b.sql": {Data: []byte("select idd frm {{ ref \"a\" }}\n")},
		"models/a.yml": {Data: []byte("models: [{name: a, columns: [{name: id, tests: [unique, {between: {min: 0}}]}]}]\n")},
	}
	result, diags := checkOnDuckDB(t, files, t.TempDir(), 2)
	if len(diags) != 1 || !strings.Contains(diags[0].Message, `DuckDB has no setting "no_such"`) {
		t.Errorf("compile:\n%s", describe(diags))
	}
	for i, n := range result.Graph.Nodes {
		if n.Kind == link.Model && result.Program.Nodes[i].Unchecked == "" {
			t.Errorf("%s is checked", n.ID)
		}
	}
}

// What is found never depends on how many work at it.
func TestWorkersFindTheSame(t *testing.T) {
	t.Parallel()
	files := generate.Layered{Models: 120, Layers: 6}.Files()
	broken := 0
	for path, text := range files {
		if strings.HasSuffix(path, "7.sql") && strings.HasPrefix(path, "models/") {
			files[path] = strings.Replace(text, "l.booked_on", "l.bookd_on", 1)
			broken++
		}
	}
	files["models/hidden.sql"] = "select * from model_00001 join {{ ref \"model_00002\" }} using (id)\n"
	files["models/wild.sql"] = "select x.nothing, uper(status) from {{ ref \"model_00003\" }}\n"
	dir := t.TempDir()
	if err := files.Write(dir); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, workers := range []int{1, 2, 4} {
		result, diags := checkOnDuckDB(t, os.DirFS(dir), dir, workers)
		got := everything(result, diags)
		if first == "" {
			first = got
		}
		if len(diags) < 3 || len(diags) > broken {
			t.Errorf("%d diagnostics of %d broken models, some of which stand upon others", len(diags), broken)
		}
		if diff := cmp.Diff(strings.Split(first, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("1 worker and %d:\n%s", workers, diff)
		}
	}
}

// everything writes all that a check found.
func everything(result compiler.Result, diags diag.List) string {
	var b strings.Builder
	b.WriteString(describe(diags))
	for i, n := range result.Graph.Nodes {
		node := result.Program.Nodes[i]
		fmt.Fprintf(&b, "%s broken %v, unchecked %q, facts %+v\n", n.ID, node.Broken, node.Unchecked, node.Facts)
		for _, c := range node.Columns {
			fmt.Fprintf(&b, "  %s %s %d\n", c.Name, c.Type, c.Nullable)
		}
		writeLineage(&b, node.Lineage)
	}
	return b.String()
}

func writeLineage(b *strings.Builder, l *check.Lineage) {
	if l == nil {
		return
	}
	for _, c := range l.Columns {
		fmt.Fprintf(b, "  %s %s %v\n", c.Kind, c.Certainty, c.Inputs)
	}
	for _, in := range l.Influences {
		fmt.Fprintf(b, "  %v\n", in)
	}
}
