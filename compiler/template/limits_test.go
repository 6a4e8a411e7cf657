package template

import (
	"context"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/diag"
)

// TestRunawayTemplatesStop runs templates that would take all time or memory. Each has to end with
// a diagnostic; without the limits the test would not end.
func TestRunawayTemplatesStop(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"empty range":              `{{ range 300000000 }}{{ end }}`,
		"range in range":           `{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}`,
		"range that writes":        `{{ range 300000000 }}x{{ end }}`,
		"range of long texts":      `{{ $x := repeat 1000000 "x" }}{{ range 1000 }}{{ $x }}{{ end }}`,
		"range of relations":       `{{ range 900000 }}{{ ref "a" }}{{ end }}`,
		"range of macros":          `{{ range 900000 }}{{ wide }}{{ end }}`,
		"repeat":                   `{{ repeat 2000000000 "x" }}`,
		"repeat of a long text":    `{{ repeat 100000 (repeat 100000 "x") }}`,
		"until":                    `{{ until 2000000000 }}`,
		"until and back":           `{{ until -2000000000 }}`,
		"untilStep":                `{{ untilStep 0 9000000000000000000 1 }}`,
		"untilStep that overflows": `{{ untilStep 0 9223372036854775807 4611686018427387904 }}`,
		"seq":                      `{{ seq 2000000000 }}`,
		"seq with a step":          `{{ seq 0 1 9000000000000000000 }}`,
		"text that doubles":        `{{ $x := "x" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}`,
		"printf that doubles":      `{{ $x := "x" }}{{ range 100 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ $x }}`,
		"list that doubles":        `{{ $x := list 1 }}{{ range 100 }}{{ $x = list $x $x }}{{ end }}{{ $x }}`,
		"list that grows wide":     `{{ $x := list 1 }}{{ range 100 }}{{ $x = concat $x $x }}{{ end }}{{ $x }}`,
		"list that grows deep":     `{{ $x := list 1 }}{{ range 100000 }}{{ $x = list $x }}{{ end }}{{ $x | toJson }}`,
		"dictionary that doubles":  `{{ $x := dict "a" 1 }}{{ range 100 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ $x }}`,
		"printf with a width":      `{{ range 1000 }}{{ $x := printf (repeat 1000 "%999999d") 1 }}{{ end }}`,
		"printf with a star":       `{{ printf (repeat 1000000 "%[1]*[1]d") 999999 }}`,
		"printf that repeats":      `{{ $x := repeat 100000 "x" }}{{ printf (repeat 100000 "%[1]s") $x }}`,
		"replace":                  `{{ $x := repeat 100000 "x" }}{{ replace "x" $x $x }}`,
		"join":                     `{{ join (repeat 1000000 "x") (until 10000) }}`,
		"indent":                   `{{ indent 1000000 (repeat 1000000 "\n") }}`,
		"wrapWith":                 `{{ wrapWith 1 (repeat 100000 "x") (repeat 100000 "x ") }}`,
		"pattern that replaces":    `{{ regexReplaceAll "x" (repeat 100000 "x") (repeat 100000 "${0}y") }}`,
		"pattern that is large":    `{{ range 1000 }}{{ $x := regexMatch "((x{1,30}y?){1,30})z" (repeat 100000 "x") }}{{ end }}`,
		"uniq":                     `{{ uniq (until 1000000) }}`,
		"macros that double":       `{{ m9 }}`,
		"JSON":                     `{{ fromJson (repeat 5000 "[") }}`,
		"deep JSON":                `{{ fromJson (print (repeat 5000 "[") (repeat 5000 "]")) }}`,
	}
	macros := map[string]string{"macros/m0": strings.Repeat("x", 1000), "macros/wide": strings.Repeat(`{{ ref "a" }}`, 100)}
	for i := range 9 {
		body := strings.Repeat("{{ m"+number(i)+" }}", 10)
		macros["macros/m"+number(i+1)] = body
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"models/m": text}
			for name, text := range macros {
				files[name] = text
			}
			r, diags := render(t, files)
			if r != nil || len(diags) != 1 {
				t.Fatalf("Render gives %v and %q", r != nil, messages(diags))
			}
			if code := diags[0].Code; code != diag.TemplateLimit && !strings.Contains(name, "JSON") {
				t.Errorf("Render reports %q", messages(diags))
			}
			if diags[0].Span.Path() != "models/m.sql" {
				t.Errorf("the place is in %q", diags[0].Span.Path())
			}
		})
	}
}

func TestDeepParenthesesStop(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{maxDepth - 10, maxDepth + 10, 9_000} {
		text := "{{ " + strings.Repeat("(", depth) + `"x"` + strings.Repeat(")", depth) + " }}"
		r, diags := render(t, map[string]string{"models/m": text})
		if wants := depth < maxDepth; wants != (r != nil) || wants == (len(diags) > 0) {
			t.Errorf("%d parentheses render as %v with %q", depth, r != nil, messages(diags))
		}
	}
}

func TestManyNamesStop(t *testing.T) {
	t.Parallel()
	names := strings.Repeat(` "a" "b" "c" "d" "e" "f" "g" "h"`, 20)
	text := "{{ $l := list" + names + " }}{{ each $l }}"
	_, diags := render(t, map[string]string{
		"models/m":      text,
		"macros/each l": strings.Repeat(`{{ range .l }}{{ $x := . }}{{ range $.l }}{{ source $x . }}{{ end }}{{ end }}`, 50),
	})
	if len(diags) == 0 || diags[0].Code != diag.TemplateLimit {
		t.Errorf("a template that reads a million names reports %q", messages(diags))
	}
}

func TestRenderStopsWithItsContext(t *testing.T) {
	t.Parallel()
	parsed, diags := Parse(context.Background(), newProject(map[string]string{
		"models/m": `{{ range 100000 }}{{ $x := env_var "REGION" }}{{ end }}`,
	}))
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	env, turns := newEnv(), 0
	env.LookupEnv = func(string) (string, bool) {
		turns++
		cancel()
		return "eu", true
	}
	if r, diags := parsed.Render(ctx, parsed.Models["m"], env); r != nil || len(diags) > 0 {
		t.Errorf("a cancelled rendering gives %v, %q", r, messages(diags))
	}
	if turns == 0 || turns > ctxSteps {
		t.Errorf("a cancelled rendering stopped after %d turns", turns)
	}
}
