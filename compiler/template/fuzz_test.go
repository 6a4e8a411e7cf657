package template

import (
	"context"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

var fuzzSeeds = []string{
	`select * from {{ ref "orders" }}`,
	`{{ if incremental }}{{ this }}{{ else if eq 1 2 }}{{ source "a" "b" }}{{ end }}`,
	`{{ range $i, $x := list "a" "b" }}{{- ref $x | printf "%s" -}}{{ else }}{{ break }}{{ end }}`,
	`{{ with dict "a" (list 1 2.5 'x') }}{{ .a.b }}{{ index .a 0 }}{{ end }}{{/* c */}}`,
	`{{ $x := .a }}{{ $x = "b" }}{{ m0 $x }}{{ m1 (columns "o" "exclude" "id") }}`,
	`{%}{#}`, `{% if x %}{{ ref('orders') }}{# y #}{{1,2}}{{ "}}" }}` + "{{`",
	`{{ printf "%[2]*d %c %q" 3 0 this }}{{ literal nil }}{{ repeat 3 "\x00" }}`,
	`{{ define "x" }}{{ end }}{{ template "x" . }}{{ block "y" . }}{{ end }}`,
	"{{ (((\"a\" | upper) | lower).b }}", "{{ 0x1p-2 }}{{ 1i }}{{ .5 }}{{ nil }}{{ $ }}", "é{{ \"日\" }}\xff{{ \"\xff\" }}",
	`{{ regexReplaceAll "(a|b)*" "abab" "${1}$1" }}{{ toJson (fromJson "[{}]") }}{{ until 5 | join "," }}`,
}

// inside reports whether every place of a list of diagnostics is in its file.
func inside(t *testing.T, diags diag.List) {
	t.Helper()
	check := func(s source.Span) {
		if s.File != nil && (s.Start < 0 || s.End > len(s.File.Text) || s.Start > s.End) {
			t.Errorf("a place is %d to %d, outside of the file", s.Start, s.End)
		}
	}
	for _, d := range diags {
		check(d.Span)
		if d.Span.File == nil || d.Message == "" || d.Code == "" {
			t.Errorf("a diagnostic is not whole: %+v", d)
		}
		for _, n := range d.Notes {
			check(n.Span)
		}
	}
}

// FuzzTemplate parses and renders a template with a macro and an argument. Nothing may panic or go
// on for long; every place is in its file; text leads back to itself.
func FuzzTemplate(f *testing.F) {
	for i, seed := range fuzzSeeds {
		f.Add(seed, fuzzSeeds[(i+1)%len(fuzzSeeds)])
	}
	f.Fuzz(func(t *testing.T, model, macro string) {
		if len(model)+len(macro) > 4000 {
			return
		}
		p := newProject(map[string]string{
			"models/m": model, "macros/m0 a": macro, "macros/m1 a b=c": `{{ m0 .a }}{{ ref .b }}`, "generic/g model a": model,
		})
		parsed, diags := Parse(context.Background(), p)
		inside(t, diags)
		for _, unit := range []*Unit{parsed.Models["m"], parsed.GenericTests["g"]} {
			env := newEnv()
			env.Args = map[string]any{"a": "x"}
			r, diags := parsed.Render(context.Background(), unit, env)
			inside(t, diags)
			if (r == nil) != diags.HasErrors() && !unit.broken {
				t.Fatalf("a rendering without errors gives nothing, or the other way round: %q", messages(diags))
			}
			if r == nil || len(r.Text) > 1<<16 {
				continue
			}
			for _, d := range diags {
				if d.Code == diag.UndeclaredReading {
					t.Errorf("something was read that was not found before: %q", messages(diags))
				}
			}
			locateAll(t, r.Fill(func(Hole) Filling { return Filling{SQL: "t"} }))
		}
	})
}

func locateAll(t *testing.T, f *Filled) {
	t.Helper()
	for i := range len(f.SQL) + 1 {
		for _, s := range f.Locate(i, i+1) {
			if s.File == nil || s.Start < 0 || s.End > len(s.File.Text) || s.Start > s.End {
				t.Fatalf("byte %d leads to %d:%d, outside of the file", i, s.Start, s.End)
			}
		}
	}
}

// FuzzText parses a text from YAML that has one place only.
func FuzzText(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	parsed, _ := Parse(context.Background(), newProject(nil))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		file := source.NewFile("models/m.yml", "where: >\n  "+strings.ReplaceAll(text, "\n", "\n  "))
		unit, diags := parsed.ParseText("test.t", project.Text{Value: text, Span: file.Span(7, len(file.Text))})
		inside(t, diags)
		r, diags := parsed.Render(context.Background(), unit, newEnv())
		inside(t, diags)
		if r != nil && len(r.Text) < 1<<16 {
			locateAll(t, r.Fill(func(Hole) Filling { return Filling{} }))
		}
	})
}
