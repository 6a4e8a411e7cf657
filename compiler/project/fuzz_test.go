package project_test

import (
	"reflect"
	"testing"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// checkSpans looks at every span and text of a value.
func checkSpans(t *testing.T, v reflect.Value) {
	t.Helper()
	switch value := v.Interface().(type) {
	case source.Span:
		if value.File != nil && (value.Start < 0 || value.Start > value.End || value.End > len(value.File.Text)) {
			t.Fatalf("the span %d-%d is outside %s of %d bytes", value.Start, value.End, value.File.Path, len(value.File.Text))
		}
		return
	case *source.File:
		return
	case project.Text:
		if value.Exact != (value.Span.Text() == value.Value) && !value.IsZero() {
			t.Fatalf("the text %q is exact: %v, and its span holds %q", value.Value, value.Exact, value.Span.Text())
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			checkSpans(t, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkSpans(t, v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			checkSpans(t, v.MapIndex(k))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkSpans(t, v.Field(i))
			}
		}
	default:
	}
}

func loadFuzzed(t *testing.T, m map[string]string) {
	t.Helper()
	p, diags, err := project.Load(t.Context(), files(m), project.Options{
		TargetTypes: map[string][]string{"duckdb": {"path", "settings", "url", "password"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSpans(t, reflect.ValueOf(p))
	checkSpans(t, reflect.ValueOf(diags))
	for _, d := range diags {
		if d.Code == "" || d.Message == "" || d.Hint == "" {
			t.Fatalf("a diagnostic lacks something: %+v", d)
		}
	}
}

func FuzzFrontMatter(f *testing.F) {
	for _, text := range []string{
		"", "select 1", "/* ---\nowner: x\n--- */\nselect 1", "/* ---\n", "/* --- */", "/* --- {a: b} --- */ 1", "/* ---\na: */ x\n--- */\n1",
		"\ufeff/* ---\r\ntags: [é, \"日本\"]\r\n--- */\r\nselect '本'", "/* ---\nassert: [a > 0, &x \"b\", *x, |\n  c]\n--- */ 1",
		"/* ---\ncolumns:\n- name: id\n  tests: [not_null, {between: {min: 0, config: {where: \"x > 0\", warn_if: \">1%\"}}}]\n--- */\n1",
		"--\n/* ---\na: b\n--- */\n", "/* ---\ndescription: >\n  a\n  b\n\tc\n---*/1", "/* ---\nargs: [model, {a: 1}]\n--- */\n1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		loadFuzzed(t, map[string]string{
			"quern.yml": minimal, "models/m.sql": text, "macros/c.sql": text, "tests/t.sql": text, "tests/generic/g.sql": text,
		})
	})
}

func FuzzYAMLFile(f *testing.F) {
	f.Add(shop["quern.yml"])
	f.Add(shop["models/staging/staging.yml"])
	f.Add(minimal + "vars: {a: &x [1], b: *x}\npaths: {models: ., seeds: a/b}\nmacros_from: [x]\nrequires: '>=1'\n")
	f.Add("version: 1\nsources: [{name: raw, tables: [{name: t, columns: [{name: a, type: \"x\u2028y\"}]}]}]\n")
	f.Add("targets: {dev: {type: duckdb, path: \"${A:-b}/${secret:C}\", password: ${D}, url: \"a://b:c@d?token=e\"}}\n<<: {name: x}\n")
	f.Add("models:\n- name: m\n  meta: {? a : !!str b}\n  description: |+\n   x\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		loadFuzzed(t, map[string]string{"quern.yml": text, "models/m.sql": "select 1"})
		loadFuzzed(t, map[string]string{
			"quern.yml": minimal, "models/m.yml": text, "models/m.sql": "select 1", "sources.lock.yml": text, "quern.local.yml": text,
		})
	})
}
