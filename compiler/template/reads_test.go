package template

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// place gives a span as file:line:column and its text.
func placeOf(s source.Span) string {
	if s.IsZero() {
		return "-"
	}
	at := s.Position()
	return fmt.Sprintf("%s:%d:%d(%s)", s.Path(), at.Line, at.Column, s.Text())
}

// listed gives what a template reads, a line for each.
func listed(r Reads) []string {
	var out []string
	for _, ref := range r.Refs {
		out = append(out, fmt.Sprintf("ref %s at %s in %s", ref.Name, placeOf(ref.Span), placeOf(ref.In)))
	}
	for _, ref := range r.Sources {
		out = append(out, fmt.Sprintf("source %s.%s at %s in %s", ref.Source, ref.Table, placeOf(ref.Span), placeOf(ref.In)))
	}
	for _, name := range r.Vars {
		out = append(out, "var "+name)
	}
	for _, name := range r.EnvVars {
		out = append(out, "env_var "+name)
	}
	for _, name := range r.Macros {
		out = append(out, "macro "+name)
	}
	for name, on := range map[string]bool{"this": r.This, "incremental": r.Incremental, "run_time": r.RunTime} {
		if on {
			out = append(out, name)
		}
	}
	return out
}

func TestParseFindsWhatIsRead(t *testing.T) {
	t.Parallel()
	macros := map[string]string{
		"macros/from table=base":   `from {{ ref .table }}`,
		"macros/both left":         `{{ from .left }}, {{ from }}, {{ source "raw" .left }}`,
		"macros/union tables":      `{{ range .tables }}{{ from . }}{{ end }}`,
		"macros/quiet":             `{{ this }}{{ if incremental }}{{ run_time }}{{ end }}{{ var "region" }}{{ env_var "REGION" }}`,
		"macros/loud":              `{{ quiet }}`,
		"macros/lists":             `{{ union (list "p" "q") }}`,
		"macros/through name":      `{{ $n := .name }}{{ with $n }}{{ ref . }}{{ end }}`,
		"macros/named variable":    `{{ var .variable }}`,
		"macros/pair source table": `{{ source .source .table }}`,
	}
	tests := []struct {
		text string
		want []string
	}{
		{"select 1", nil},
		{`a {{ ref "x" }} b {{ "y" | ref }}`, []string{"ref x at models/m.sql:2:11(x) in -", "ref y at models/m.sql:2:23(y) in -"}},
		{`é日 {{ source "raw" "t" }}`, []string{`source raw.t at models/m.sql:2:15(raw" "t) in -`}},
		{
			`{{ if incremental }}{{ ref "x" }}{{ else if false }}{{ ref "y" }}{{ else }}{{ ref "z" }}{{ end }}`,
			[]string{"ref x at models/m.sql:2:29(x) in -", "ref y at models/m.sql:2:61(y) in -", "ref z at models/m.sql:2:84(z) in -", "incremental"},
		},
		{"{{ with \"x\" }}{{ ref . }}{{ end }}", []string{"ref x at models/m.sql:2:10(x) in -"}},
		{"{{ range $i, $t := list \"x\" `y` }}{{ ref $t }}{{ end }}", []string{"ref x at models/m.sql:2:26(x) in -", "ref y at models/m.sql:2:30(y) in -"}},
		{`{{ $t := "x" }}{{ range list $t "y" }}{{ ref . }}{{ end }}`, []string{"ref x at models/m.sql:2:11(x) in -", "ref y at models/m.sql:2:34(y) in -"}},
		{`{{ printf "%s" (ref "x") }}{{ columns "y" }}`, []string{"ref x at models/m.sql:2:22(x) in -", "ref y at models/m.sql:2:40(y) in -"}},
		{`{{ from "x" }}`, []string{"ref x at models/m.sql:2:10(x) in macros/from.sql:2:9(ref .table)", "macro from"}},
		{`{{ from }}`, []string{"ref base at models/m.sql:2:4(from) in macros/from.sql:1:1(/* )", "macro from"}},
		{`{{ both "x" }}`, []string{
			"ref base at models/m.sql:2:4(both \"x\") in macros/from.sql:1:1(/* )",
			"ref x at models/m.sql:2:10(x) in macros/from.sql:2:9(ref .table)",
			"source raw.x at models/m.sql:2:10(x) in macros/both.sql:2:34(source \"raw\" .left)",
			"macro both", "macro from",
		}},
		{`{{ union (list "x" "y") }}`, []string{
			"ref x at models/m.sql:2:17(x) in macros/from.sql:2:9(ref .table)",
			"ref y at models/m.sql:2:21(y) in macros/from.sql:2:9(ref .table)", "macro from", "macro union",
		}},
		{`{{ lists }}`, []string{
			"ref p at models/m.sql:2:4(lists) in macros/lists.sql:2:17(p)",
			"ref q at models/m.sql:2:4(lists) in macros/lists.sql:2:21(q)", "macro from", "macro lists", "macro union",
		}},
		{`{{ through "x" }}{{ named "region" }}`, []string{"ref x at models/m.sql:2:13(x) in macros/through.sql:2:34(ref .)", "var region", "macro named", "macro through"}},
		{`{{ range list "a" "b" }}{{ pair "s" . }}{{ end }}`, []string{
			"source s.a at models/m.sql:2:16(a) in macros/pair.sql:2:4(source .source .table)",
			"source s.b at models/m.sql:2:20(b) in macros/pair.sql:2:4(source .source .table)", "macro pair",
		}},
		{`{{ loud }}`, []string{"var region", "env_var REGION", "macro loud", "macro quiet", "incremental", "run_time", "this"}},
	}
	for _, tc := range tests {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"models/m": tc.text}
			for name, text := range macros {
				files[name] = text
			}
			parsed, diags := Parse(context.Background(), newProject(files))
			if len(diags) > 0 {
				t.Fatal(messages(diags))
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(tc.want)), slices.Sorted(slices.Values(listed(parsed.Models["m"].Reads)))); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseTextKeepsPlaces(t *testing.T) {
	t.Parallel()
	file := source.NewFile("models/m.yml", `where: day > '{{ var "start_date" }}' and x in (select x from {{ ref "o" }})`)
	span := file.Span(7, len(file.Text))
	parsed, _ := Parse(context.Background(), newProject(nil))

	exact, diags := parsed.ParseText("test.t", project.Text{Value: span.Text(), Span: span, Exact: true})
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	want := []string{"ref o at models/m.yml:1:71(o) in -", "var start_date"}
	if diff := cmp.Diff(want, listed(exact.Reads)); diff != "" {
		t.Errorf("ParseText (-want +got):\n%s", diff)
	}

	// Folded text has one place: that of the whole.
	folded, _ := parsed.ParseText("test.t", project.Text{Value: "x {{ ref \"o\" }}", Span: file.Span(0, 5)})
	if got := placeOf(folded.Refs[0].Span); got != "models/m.yml:1:1(where)" {
		t.Errorf("a ref in folded text stands at %s", got)
	}
	r, diags := parsed.Render(context.Background(), folded, newEnv())
	if len(diags) > 0 || len(r.Text) != 2 {
		t.Fatalf("Render gives %q and %s", r.Text, messages(diags))
	}
	if got := placeOf(r.Map.Locate(0, 1)[0]); got != "models/m.yml:1:1(where)" {
		t.Errorf("folded text leads to %s", got)
	}
}

func TestComputedNamesNeedDependsOn(t *testing.T) {
	t.Parallel()
	p := newProject(map[string]string{"models/m": `{{ ref (print "or" "ders") }} {{ source (lower "RAW") "t" }}`})
	parsed, diags := Parse(context.Background(), p)
	if len(diags) != 2 {
		t.Fatalf("Parse reports %q", messages(diags))
	}
	if r, more := parsed.Render(context.Background(), parsed.Models["m"], newEnv()); r != nil || len(more) > 0 {
		t.Errorf("a template with errors renders as %v, %v", r, messages(more))
	}

	p.Models[0].DependsOn = []project.Reference{{Name: "orders"}}
	parsed, diags = Parse(context.Background(), p)
	if len(diags) > 0 {
		t.Fatalf("with depends_on, Parse reports %q", messages(diags))
	}
	_, diags = parsed.Render(context.Background(), parsed.Models["m"], newEnv())
	want := []string{`models/m.sql:2:34: E0418: "source" reads "raw.t", which is not among the names known before rendering; name it as text, or list it under depends_on`}
	if diff := cmp.Diff(want, messages(diags)); diff != "" {
		t.Errorf("Render (-want +got):\n%s", diff)
	}

	p.Models[0].DependsOn = append(p.Models[0].DependsOn, project.Reference{Name: "raw.t"})
	parsed, _ = Parse(context.Background(), p)
	r, diags := parsed.Render(context.Background(), parsed.Models["m"], newEnv())
	if len(diags) > 0 || show(r) != "<model.orders> <source.raw.t>" {
		t.Errorf("Render gives %v and %q", r, messages(diags))
	}
}
