package project_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// columnsOf reads columns written as "id int64, half native_type".
func columnsOf(text string) []project.Column {
	var out []project.Column
	for item := range strings.SplitSeq(text, ";") {
		name, typ, _ := strings.Cut(strings.TrimSpace(item), ": ")
		c := project.Column{Name: name, Type: typ}
		if native, ok := strings.CutPrefix(typ, "native "); ok {
			c.Type, c.Native = native, true
		}
		out = append(out, c)
	}
	return out
}

const three = "id: int64; amount: decimal(10,2); note: native ENUM('a', 'b')"

const threeItems = `      - {name: id, type: int64}
      - {name: amount, type: "decimal(10,2)"}
      - {name: note, native_type: "ENUM('a', 'b')"}
`

func TestWriteColumnsEditsInPlace(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path, before, after string
		columns                   map[string]string
	}{
		{
			"no front matter", "models/m.sql", "select 1\n",
			"/* ---\ncolumns:\n  - {name: id, type: int64}\n  - {name: amount, type: \"decimal(10,2)\"}\n  - {name: note, native_type: \"ENUM('a', 'b')\"}\n--- */\nselect 1\n", nil,
		},
		{
			"front matter", "models/m.sql", "/* ---\nmaterialized: table # kept\n--- */\nselect 1\n",
			"/* ---\nmaterialized: table # kept\ncolumns:\n  - {name: id, type: int64}\n  - {name: amount, type: \"decimal(10,2)\"}\n  - {name: note, native_type: \"ENUM('a', 'b')\"}\n--- */\nselect 1\n", nil,
		},
		{
			"front matter in one line", "models/m.sql", "/* --- materialized: table --- */\nselect 1\n",
			"/* --- materialized: table \n columns:\n   - {name: id, type: int64}\n--- */\nselect 1\n",
			map[string]string{"m": "id: int64"},
		},
		{
			"empty front matter", "models/m.sql", "/* ---\n# nothing yet\n--- */\nselect 1\n",
			"/* ---\n# nothing yet\ncolumns:\n  - {name: id, type: int64}\n--- */\nselect 1\n",
			map[string]string{"m": "id: int64"},
		},
		{
			"front matter in braces", "models/m.sql", "/* ---\n{materialized: table}\n--- */\nselect 1\n",
			"/* ---\n{materialized: table, columns: [{name: id, type: int64}]}\n--- */\nselect 1\n",
			map[string]string{"m": "id: int64"},
		},
		{
			"a comment's end in a name", "models/m.sql", "select 1\n",
			"/* ---\ncolumns:\n  - {name: \"a\\u002A/b\", type: int64}\n--- */\nselect 1\n",
			map[string]string{"m": "a*/b: int64"},
		},
		{
			"windows", "models/m.sql", "/* ---\r\ncolumns:\r\n  - name: id\r\n    # the key\r\n--- */\r\nselect 1\r\n",
			"/* ---\r\ncolumns:\r\n  - name: id\r\n    type: int64\r\n  - name: b\r\n    type: date\r\n    # the key\r\n--- */\r\nselect 1\r\n",
			map[string]string{"m": "id: int64; b: date"},
		},
		{
			"byte order mark", "models/m.sql", "\ufeffselect 1\n",
			"\ufeff/* ---\ncolumns:\n  - {name: id, type: int64}\n--- */\nselect 1\n",
			map[string]string{"m": "id: int64"},
		},
		{
			"entry of a file", "models/m.yml", "models:\n  - name: m\n    description: Größe # ü\n\n  # another\n  - name: n\n",
			"models:\n  - name: m\n    description: Größe # ü\n    columns:\n" + threeItems + "\n  # another\n  - name: n\n", nil,
		},
		{
			"last entry without an end", "models/m.yml", "models:\n  - name: m",
			"models:\n  - name: m\n    columns:\n" + strings.TrimSuffix(threeItems, "\n"), nil,
		},
		{
			"entry in braces", "models/m.yml", "models: [{name: m}, {name: n, tags: [x]}]\n",
			"models: [{name: m, columns: [{name: id, type: int64}]}, {name: n, tags: [x], columns: [{name: b, type: date}]}]\n",
			map[string]string{"m": "id: int64", "n": "b: date"},
		},
		{
			"between what is there", "models/m.yml", `models:
  - name: m
    columns:
      # the amount
      - {name: amount, description: In cents., tests: [not_null]} # EUR
      - {name: gone}
      - name: last
        description: |
          two
          lines
    tags: [x]
`, `models:
  - name: m
    columns:
      # the amount
      - {name: id, type: int64}
      - {name: amount, type: int32, description: In cents., tests: [not_null]} # EUR
      - {name: mid, type: date}
      - {name: gone}
      - name: last
        type: string
        description: |
          two
          lines
      - name: end
        type: bool
    tags: [x]
`, map[string]string{"m": "id: int64; amount: int32; mid: date; last: string; end: bool"},
		},
		{
			"list in brackets", "models/m.yml", "models:\n  - name: m\n    columns: [{name: b, type: date}]\n",
			"models:\n  - name: m\n    columns: [{name: a, type: int8}, {name: b, type: date}, {name: c, type: int8}]\n",
			map[string]string{"m": "a: int8; b: date; c: int8"},
		},
		{
			"empty brackets", "models/m.yml", "models:\n  - name: m\n    columns: []\n",
			"models:\n  - name: m\n    columns: [{name: a, type: int8}]\n",
			map[string]string{"m": "a: int8"},
		},
		{
			"list without indent", "models/m.yml", "models:\n- name: m\n  columns:\n  - name: b\n    type: date\n",
			"models:\n- name: m\n  columns:\n  - name: a\n    type: int8\n  - name: b\n    type: date\n",
			map[string]string{"m": "a: int8; b: date"},
		},
		{
			"names that need quotes", "models/m.yml", "models: [{name: m, columns: [{name: a}]}]\n",
			"models: [{name: m, columns: [{name: a}, {name: \"x y\", type: date}, {name: \"null\", type: date}, {name: \"Größe\", type: date}]}]\n",
			map[string]string{"m": "a; x y: date; null: date; Größe: date"},
		},
		{
			"source", "models/m.yml", "sources:\n  - name: raw\n    tables:\n      - name: orders\n        columns:\n          - {name: ID}\n      - {name: other}\n",
			"sources:\n  - name: raw\n    tables:\n      - name: orders\n        columns:\n          - {name: ID, type: int64}\n          - {name: b, type: date}\n      - {name: other, columns: [{name: x, type: int8}]}\n",
			map[string]string{"raw.orders": "id: int64; b: date", "raw.other": "x: int8"},
		},
		{
			"text over lines", "models/m.yml", "models:\n  - name: m\n    description: one\n      two\n  - name: n\n",
			"models:\n  - name: m\n    description: one\n      two\n    columns:\n      - {name: a, type: int8}\n  - name: n\n",
			map[string]string{"m": "a: int8"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"quern.yml": minimal, "models/m.sql": "select 1\n", "models/n.sql": "select 1\n"}
			files[tc.path] = tc.before
			columns := tc.columns
			if columns == nil {
				columns = map[string]string{"m": three}
			}
			written, diags := write(t, files, columns)
			if len(diags) > 0 || len(written) != 1 {
				t.Fatalf("WriteColumns gives %d files and reports %q", len(written), show(diags))
			}
			if diff := cmp.Diff(tc.after, written[0].After); diff != "" {
				t.Errorf("WriteColumns (-want +got):\n%s", diff)
			}
			files[tc.path] = written[0].After
			again, diags := write(t, files, columns)
			if len(diags) > 0 || len(again) > 0 && again[0].After != again[0].Before {
				t.Errorf("a second run writes %v and reports %q", again, show(diags))
			}
		})
	}
}

// write loads a project and writes columns of its models and sources, by name.
func write(t *testing.T, files, columns map[string]string) ([]project.WrittenFile, diag.List) {
	t.Helper()
	p, diags := load(t, files, project.Options{})
	if diags.HasErrors() {
		t.Fatalf("Load reported %q", show(diags))
	}
	return project.WriteColumns(listOf(p, columns))
}

func listOf(p *project.Project, columns map[string]string) []project.ColumnsOf {
	var list []project.ColumnsOf
	for _, m := range p.Models {
		if text, ok := columns[m.Name]; ok {
			list = append(list, project.ColumnsOf{Model: m, Columns: columnsOf(text)})
		}
	}
	for _, s := range p.Sources {
		if text, ok := columns[s.SourceName+"."+s.Name]; ok {
			list = append(list, project.ColumnsOf{Source: s, Columns: columnsOf(text)})
		}
	}
	return list
}

func TestWriteColumnsSaysWhatItDid(t *testing.T) {
	t.Parallel()
	written, diags := write(t, map[string]string{
		"quern.yml":    minimal,
		"models/m.sql": "/* ---\ncolumns: [{name: a}, {name: old}, {name: B, type: date}]\n--- */\nselect 1\n",
	}, map[string]string{"m": "a: int8; b: date; c: date"})
	want := []project.WrittenNode{{ID: "model.m", Added: []string{"c"}, Typed: []string{"a"}, Gone: []string{"old"}}}
	if len(diags) > 0 || len(written) != 1 {
		t.Fatalf("WriteColumns gives %d files and reports %q", len(written), show(diags))
	}
	if diff := cmp.Diff(want, written[0].Nodes); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestWriteColumnsLeavesAloneWhatIsNotCertain(t *testing.T) {
	t.Parallel()
	for name, yaml := range map[string]string{
		"aliases":           "models:\n  - name: m\n    columns: &all\n      - {name: a}\n  - name: n\n    columns: *all\n",
		"kept line breaks":  "models:\n  - name: m\n    description: |+\n      text\n\n\n",
		"a text that tells": "models:\n  - name: m\n    description: \"one\n\n      two\"\n    columns:\n      - {name: &x a}\n      - {name: b, description: *x}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"quern.yml": minimal, "models/m.sql": "select 1\n", "models/n.sql": "select 1\n", "models/m.yml": yaml}
			written, diags := write(t, files, map[string]string{"m": "a: int8; z: date"})
			if len(written) == 1 { // where it was certain after all, the meaning has to be the same
				sameButColumns(t, files, map[string]string{"models/m.yml": written[0].After})
				return
			}
			if got := show(diags); len(got) != 1 || !strings.Contains(got[0], "E0127") || !strings.Contains(got[0], "z, type: date") {
				t.Errorf("WriteColumns reports %q", got)
			}
		})
	}
}

// sameButColumns loads a project with and without the changes and compares all that its files say,
// besides columns.
func sameButColumns(t *testing.T, files, changes map[string]string) {
	t.Helper()
	before, _ := load(t, files, project.Options{})
	changed := maps.Clone(files)
	maps.Copy(changed, changes)
	after, diags := load(t, changed, project.Options{})
	if diags.HasErrors() {
		t.Fatalf("what was written does not load: %q", show(diags))
	}
	opts := []cmp.Option{
		cmpopts.IgnoreTypes(source.Span{}, &source.File{}), cmpopts.IgnoreFields(project.Properties{}, "Columns"),
		cmpopts.IgnoreFields(project.Project{}, "GenericTests"), cmpopts.EquateEmpty(),
	}
	if diff := cmp.Diff(before, after, opts...); diff != "" {
		t.Errorf("the project says something else (-before +after):\n%s", diff)
	}
	for i, m := range before.Models {
		if got, want := after.Models[i].Body.Text(), m.Body.Text(); got != want {
			t.Errorf("the query of %s is %q, was %q", m.Name, got, want)
		}
	}
}

// TestWriteColumnsIsExact writes into files made at random: what is there keeps its meaning, what was
// missing is there in order, and a second run changes nothing.
func TestWriteColumnsIsExact(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		files, columns := randomFiles(r)
		written, diags := write(t, files, columns)
		if len(diags) > 0 {
			t.Fatalf("seed %d: reported %q of\n%s", seed, show(diags), files["models/m.yml"])
		}
		changes := map[string]string{}
		for _, w := range written {
			changes[w.Path] = w.After
		}
		sameButColumns(t, files, changes)
		maps.Copy(files, changes)
		p, _ := load(t, files, project.Options{})
		for _, c := range listOf(p, columns) {
			if missing := notListed(c); len(missing) > 0 {
				t.Fatalf("seed %d: %s lacks %q in\n%s%s", seed, c.Model.Name, missing, files["models/m.yml"], files["models/a.sql"])
			}
		}
		again, _ := project.WriteColumns(listOf(p, columns))
		for _, w := range again {
			if w.After != w.Before {
				t.Fatalf("seed %d: a second run writes (-before +after):\n%s", seed, cmp.Diff(w.Before, w.After))
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// notListed gives the columns that a model's files do not have with their types.
func notListed(c project.ColumnsOf) (out []string) {
	for _, col := range c.Columns {
		if !slices.ContainsFunc(c.Model.Columns, func(l project.Column) bool {
			return strings.EqualFold(l.Name, col.Name) && l.Type != ""
		}) {
			out = append(out, col.Name)
		}
	}
	return out
}

// randomFiles makes models that are described in one of several ways, or not at all.
func randomFiles(r *rand.Rand) (files, columns map[string]string) {
	newline := []string{"\n", "\r\n"}[r.IntN(2)]
	files = map[string]string{"quern.yml": minimal}
	columns = map[string]string{}
	var yaml strings.Builder
	yaml.WriteString("# models\nmodels:\n")
	pad := strings.Repeat(" ", r.IntN(3))
	for _, name := range []string{"a", "b", "c", "d"} {
		var all []string
		for _, col := range []string{"id", "amount", "Größe", "x y", "null", "z"} {
			if r.IntN(3) > 0 {
				all = append(all, col+": "+[]string{"int64", "decimal(10,2)", "native ENUM('a')"}[r.IntN(3)])
			}
		}
		if len(all) > 0 {
			columns[name] = strings.Join(all, "; ")
		}
		front := ""
		switch r.IntN(4) {
		case 0:
			front = "/* ---\nmaterialized: table\n" + randomColumns(r, "") + "--- */\n"
		case 1:
			front = "/* --- materialized: table --- */\n"
		case 2:
			fmt.Fprintf(&yaml, "%s- name: %s # of %s\n%s", pad, name, name, randomEntry(r, pad+"  "))
		}
		files["models/"+name+".sql"] = strings.ReplaceAll(front+"select 1\n", "\n", newline)
	}
	if r.IntN(2) == 0 {
		yaml.WriteString("groups: []\n")
	}
	if text := yaml.String(); strings.Contains(text, "- name:") {
		files["models/m.yml"] = strings.ReplaceAll(text, "\n", newline)
	}
	return files, columns
}

func randomEntry(r *rand.Rand, pad string) string {
	parts := []string{
		pad + "description: |\n" + pad + "  two\n" + pad + "  lines: é\n",
		pad + "tags: [x, # why\n" + pad + "  y]\n",
		pad + "meta: {a: 'b # c', d: [1, {e: f}]}\n",
		"\n" + pad + "# a note\n",
		randomColumns(r, pad),
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts[:r.IntN(len(parts)+1)], "")
}

func randomColumns(r *rand.Rand, pad string) string {
	names := []string{"id", "amount", "gone", "z"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:r.IntN(4)]
	var b strings.Builder
	switch r.IntN(4) {
	case 0:
		return ""
	case 1:
		b.WriteString(pad + "columns: [")
		for i, name := range names {
			b.WriteString(strings.Repeat(", ", min(i, 1)) + "{name: " + name + "}")
		}
		b.WriteString("]\n")
	case 2:
		if len(names) == 0 {
			return ""
		}
		b.WriteString(pad + "columns:\n")
		for _, name := range names {
			b.WriteString(pad + "- name: " + name + "\n" + pad + "  tests: [not_null] # must\n\n")
		}
	default:
		if len(names) == 0 {
			return ""
		}
		b.WriteString(pad + "columns:\n" + pad + "  # these\n")
		for _, name := range names {
			b.WriteString(pad + "  - {name: " + name + ", description: \"[x], {y}\"} # c\n")
		}
	}
	return b.String()
}
