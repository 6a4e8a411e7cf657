package template

import (
	"context"
	"fmt"
	"strings"
	"testing"
	texttemplate "text/template"
	"unicode"

	"github.com/Masterminds/sprig/v3"

	"github.com/quernsql/quern/compiler/source"
)

// TestTemplatesMeanWhatGoMeans compares renderings with those of text/template itself.
func TestTemplatesMeanWhatGoMeans(t *testing.T) {
	t.Parallel()
	funcs := sprig.TxtFuncMap()
	delete(funcs, "slice") // text/template's own is the one Quern has
	compared := 0
	for seed := range uint64(1200) {
		g := newGenerator(seed)
		g.plain = true
		text := g.template()

		var want strings.Builder
		theirs, err := texttemplate.New("").Option("missingkey=error").Funcs(funcs).Parse(text)
		if err == nil {
			err = theirs.Execute(&want, nil)
		}
		got, diags := render(t, map[string]string{"models/m": text})
		switch {
		case err != nil && got == nil:
			continue
		case err != nil:
			continue // numbers of another type are refused there and fit here
		case got == nil:
			t.Fatalf("seed %d: %s\ntext/template gives %q\nwe report %q", seed, text, want.String(), messages(diags))
		case got.Text != want.String():
			t.Fatalf("seed %d: %s\ntext/template gives %q\nwe give %q", seed, text, want.String(), got.Text)
		}
		compared++
	}
	if compared < 800 {
		t.Errorf("only %d of 1200 templates were compared", compared)
	}
}

// TestEveryByteLeadsBack checks that the map of a filled template is exact: text that goes out as it
// stands leads to the equal byte, a filling to its hole, everything else to its action.
func TestEveryByteLeadsBack(t *testing.T) {
	t.Parallel()
	checked := 0
	for seed := range uint64(250) {
		g := newGenerator(seed)
		files := map[string]string{}
		for i := range 3 {
			g.vars = []string{"$.x"}
			files[fmt.Sprintf("macros/m%d x", i)] = g.template()
			g.macros = append(g.macros, fmt.Sprintf("m%d", i))
		}
		g.vars = nil
		files["models/inner"] = g.template()
		files["models/m"] = g.template()
		parsed, diags := Parse(context.Background(), newProject(files))
		if diags.HasErrors() {
			t.Fatalf("seed %d: %s", seed, messages(diags))
		}
		inner, _ := parsed.Render(context.Background(), parsed.Models["inner"], newEnv())
		outer, _ := parsed.Render(context.Background(), parsed.Models["m"], newEnv())
		if inner == nil || outer == nil {
			continue // a value that cannot be used, such as a slice beyond its end
		}
		mark := func(Hole) Filling { return Filling{SQL: "<>"} }
		query := inner.Fill(mark)
		filled := outer.Fill(func(h Hole) Filling {
			if h.Node == "model.a" {
				return Filling{SQL: "(" + query.SQL + ")", Inner: query, Before: 1}
			}
			return mark(h)
		})
		checkBytes(t, fmt.Sprintf("seed %d", seed), filled)
		checked++
	}
	if checked < 180 {
		t.Errorf("only %d of 250 templates were checked", checked)
	}
}

func checkBytes(t *testing.T, name string, f *Filled) {
	t.Helper()
	for i := range len(f.SQL) {
		spans := f.Locate(i, i+1)
		if len(spans) == 0 {
			t.Fatalf("%s: byte %d leads nowhere in %q", name, i, f.SQL)
		}
		for _, s := range spans {
			if s.File == nil || s.Start < 0 || s.End > len(s.File.Text) || s.Start > s.End {
				t.Fatalf("%s: byte %d leads to %d:%d, outside of the file", name, i, s.Start, s.End)
			}
		}
		last := spans[len(spans)-1]
		if f.SQL[i] == ')' && last.End == last.Start {
			continue // it follows an inner query and leads to its end
		}
		isText := last.End-last.Start == 1
		switch c := rune(f.SQL[i]); {
		case isText && last.Text() != f.SQL[i:i+1]:
			t.Fatalf("%s: byte %d is %q and leads to %q", name, i, c, last.Text())
		case !isText && unicode.IsLower(c) && c < unicode.MaxASCII && !escaped(f.SQL, i):
			t.Fatalf("%s: byte %d is %q of the text and leads to the action %q in %q", name, i, c, last.Text(), f.SQL)
		case isText && (unicode.IsUpper(c) && c < unicode.MaxASCII || c == '<'):
			t.Fatalf("%s: byte %d is %q of an action and leads to the text", name, i, c)
		case !isText && !strings.HasPrefix(last.Text(), "{{"):
			t.Fatalf("%s: byte %d is %q and leads to %q, which is no action", name, i, c, last.Text())
		}
	}
}

// escaped reports whether a byte belongs to what html, js, urlquery or %q write for other bytes, to
// "true" or "false", or to a text that a function took from a macro.
func escaped(sql string, i int) bool {
	from := max(i-8, 0)
	return strings.ContainsAny(sql[from:min(i+8, len(sql))], "&\\%#") || strings.Contains("truefalse", sql[i:i+1])
}

// TestReadingsAreFoundBefore checks that whatever is read while rendering was found without it.
func TestReadingsAreFoundBefore(t *testing.T) {
	t.Parallel()
	tests := []string{
		`{{ range list "a" "b" }}{{ range list "c" . }}{{ ref . }}{{ end }}{{ end }}`,
		`{{ $l := list "a" "b" }}{{ range $i, $x := $l }}{{ if $i }}{{ ref $x }}{{ else }}{{ source $x $x }}{{ end }}{{ end }}`,
		`{{ each (list "a" "b") }}{{ each (list) }}{{ nested "x" }}{{ nested }}`,
		`{{ with "a" }}{{ with "b" }}{{ ref . }}{{ end }}{{ ref . }}{{ end }}`,
	}
	for _, text := range tests {
		p := newProject(map[string]string{
			"models/m":             text,
			"macros/each l":        `{{ range .l }}{{ one . }}{{ end }}`,
			"macros/one t":         `{{ ref .t }}`,
			"macros/nested t=more": `{{ each (list .t "z") }}{{ source .t "u" }}`,
		})
		parsed, diags := Parse(context.Background(), p)
		if len(diags) > 0 {
			t.Errorf("%s: %s", text, messages(diags))
			continue
		}
		u := parsed.Models["m"]
		r, diags := parsed.Render(context.Background(), u, newEnv())
		if len(diags) > 0 {
			t.Errorf("%s: %s", text, messages(diags))
			continue
		}
		known := map[string]bool{}
		for _, ref := range u.Refs {
			known["model."+ref.Name] = true
		}
		for _, ref := range u.Sources {
			known["source."+ref.Source+"."+ref.Table] = true
		}
		for _, id := range r.Refs {
			if !known[string(id)] {
				t.Errorf("%s: read %s, which was not found before", text, id)
			}
		}
	}
}

// TestMapOfNothing checks the maps that have no text to lead to.
func TestMapOfNothing(t *testing.T) {
	t.Parallel()
	var none *source.Map
	if got := none.Locate(0, 1); got != nil {
		t.Errorf("Locate of no map = %v", got)
	}
	for _, text := range []string{"", `{{ ref "a" }}`, `{{ "" }}`, `{{ ref "a" }}{{ ref "b" }}`} {
		r, diags := render(t, map[string]string{"models/m": text})
		if len(diags) > 0 {
			t.Fatal(messages(diags))
		}
		f := r.Fill(func(Hole) Filling { return Filling{SQL: "t"} })
		for i := -1; i <= len(f.SQL)+1; i++ {
			spans := f.Locate(i, i+1)
			if len(spans) == 0 || spans[0].File == nil {
				t.Errorf("%q: byte %d leads to %v", text, i, spans)
			}
		}
	}
}
