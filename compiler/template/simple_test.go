package template

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/source"
)

// TestShortWayIsTheLongWay compares the trees of simple templates with those of text/template.
func TestShortWayIsTheLongWay(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"select ", "é", "\n", " ", "{", "}", "}}", "{{", "{{ ", "{{\n", "{{- ", " }}", "\t}}", "}}", " -}}", "ref", "source", "this", "upper", "x1",
		"end", "true", "nil", "1", "é", `"a"`, ` "b" `, `"c\"d"`, `"é"`, `"}}"`, `"{{"`, "\"\n\"", "`r`", ".", "|", "/*", "*/",
		`{{ ref "a" }}`, `{{ source "a" "b" }}`, `{{this}}`, `{{ var "region" }}`, "{{ ref\n\"a\"}}", `{{ ref"a" }}`, `{{ ref "a""b" }}`, `{{ cents "a" }}`,
	}
	lib := &library{macros: map[string]*macro{}}
	random := rand.New(rand.NewPCG(1, 2))
	short := 0
	for range 8_000 {
		var text strings.Builder
		for range 1 + random.IntN(6) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		file := source.NewFile("models/m.sql", text.String())
		newBuilder := func() *builder {
			return &builder{set: lib, where: "a model", code: &code{from: newOrigin(file.Span(0, len(file.Text)))}}
		}
		fast, slow := newBuilder(), newBuilder()
		nodes, ok := fast.simple()
		if !ok {
			continue
		}
		short++
		for _, n := range nodes {
			if action, ok := n.(*actionNode); ok {
				fast.resolve(action.value.(*call))
			}
		}
		fast.code.root = nodes
		slow.parse()
		if diff := cmp.Diff(messages(slow.diags), messages(fast.diags)); diff != "" {
			t.Fatalf("%q: diagnostics (-long +short):\n%s", text.String(), diff)
		}
		if len(slow.diags) == 0 && !reflect.DeepEqual(slow.code.root, fast.code.root) {
			t.Fatalf("%q: the trees differ", text.String())
		}
	}
	if short < 800 {
		t.Errorf("only %d templates took the short way", short)
	}
}
