package template

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// bothWays reads a text the short way and by text/template, and compares what comes out. It reports
// whether the short way was taken.
func bothWays(t *testing.T, text string) bool {
	t.Helper()
	file := source.NewFile("models/m.sql", text)
	from := newOrigin(file.Span(0, len(text)))
	lib := &library{macros: map[string]*macro{"m0": {Macro: &project.Macro{Name: "m0", Args: []project.Argument{{Name: "a"}}}}}}
	params := []project.Argument{{Name: "a"}, {Name: "x"}}
	newBuilder := func() *builder { return &builder{set: lib, where: "a test", code: &code{from: from, params: params}} }
	short, long := newBuilder(), newBuilder()
	if !short.short() {
		return false
	}
	long.parse()
	if diff := cmp.Diff(messages(long.diags), messages(short.diags)); diff != "" {
		t.Fatalf("%q: diagnostics (-long +short):\n%s", text, diff)
	}
	if len(long.diags) == 0 && !reflect.DeepEqual(long.code, short.code) {
		t.Fatalf("%q: the trees differ", text)
	}
	return true
}

// TestShortWayIsTheLongWay compares the trees of templates, good and bad, with those of text/template.
func TestShortWayIsTheLongWay(t *testing.T) {
	t.Parallel()
	short := 0
	for seed := range uint64(1500) {
		if bothWays(t, newGenerator(seed).template()) {
			short++
		}
	}
	if short < 500 {
		t.Errorf("only %d of 1500 templates took the short way", short)
	}

	pieces := []string{
		"select ", "é", "\n", " ", "{", "}", "}}", "{{", "{{ ", "{{\n", "{{- ", "{{-", " }}", "\t}}", "}}", " -}}", "-}}", "ref", "this", "upper", "x1",
		"if", "else", "end", "range", "with", "break", "else if", "true", "nil", "1", "-2", "0.5", "01", "1.", "é", `"a"`, ` "b" `, `"c\"d"`, `"\q"`,
		`"}}"`, `"{{"`, "\"\n\"", "`r`", ".", ".a", ".x.y", "$", "$v", "$.a", "$v.k", ":=", "=", ",", "|", "(", ")", "/*", "*/", "\xff", "\r",
		`{{ ref "a" }}`, `{{this}}`, `{{ m0 .a }}`, "{{ ref\n\"a\"}}", `{{ ref"a" }}`, `{{ if true }}`, `{{ else }}`, `{{ end }}`, `{{ range $i, $v := list 1 "b" }}`,
		`{{ $v := "a" }}`, `{{ $v = 2 }}`, `{{ $v }}`, `{{/* c */}}`, `{{- /* c */ -}}`, `{{ (dict "a" 1).a }}`, `{{ with .x }}`, `{{ . }}`, `{{ .a | upper }}`,
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 30_000 {
		var text strings.Builder
		for range 1 + random.IntN(8) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		bothWays(t, text.String())
	}
}

// FuzzShortWay compares the two ways of reading a template.
func FuzzShortWay(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 2000 {
			bothWays(t, text)
		}
	})
}
