package project

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/source"
)

// dump writes a node so that two parsers can be compared. The places of nulls and the ends of
// collections and block scalars are the fast parser's own.
func dump(b *strings.Builder, n *node, indent string) {
	switch n.kind {
	case scalarNode:
		if n.isNull() && n.text == "" {
			fmt.Fprintf(b, "%snull\n", indent)
			return
		}
		end := n.end
		if n.style == blockStyle {
			end = 0
		}
		fmt.Fprintf(b, "%s%d %q %d-%d\n", indent, n.style, n.text, n.start, end)
	default:
		fmt.Fprintf(b, "%s%d at %d\n", indent, n.kind, n.start)
		for i := range n.kids {
			dump(b, &n.kids[i], indent+"  ")
		}
	}
}

func dumped(n *node) string {
	var b strings.Builder
	dump(&b, n, "")
	return b.String()
}

func documentOf(text string) *doc {
	return &doc{file: source.NewFile("f.yml", text), end: len(text)}
}

var yamlSamples = []string{
	"", "a: 1\n", "a:\n  b: 1\n  c:\n    - x\n    - y: 1\n      z: 2\nd: [a, 'b', \"c\", {e: f}]\n",
	"list:\n- a\n-\n  b: 1\n- - x\n  - y\n", "a: # comment\n  b: c # more\n# end\n", "---\na: b\n",
	"a: |\n  one\n  two\n\n  three\nb: >-\n  folded\n  text\n\n  more\n", "a: {b: [1, 2], c: \n  d, e: }\n",
	"a: 'it''s'\nb: \"tab\\t \\\"q\\\" \\\\\"\n", "é: ü\nb: [ä, ö]\n", "a: x # y\nb: x#y\nc: http://a.b/c?d=e\n", "a: &x 1\nb: *x\n",
	"a: one\n  two\nb: 2\n", "- name: x\n  tests: [not_null, {between: {min: 0}}]\n- name: y\r\n", "a: \"x\ny\"\n", "? a\n: b\n",
	"a: [x,\n  y, # z\n  ]\n", "a: - b\n", "a: b: c\n", "a:\n\tb: 1\n", "a: [\n", "a: 'x\n", "a: !!str 1\n", "<<: {a: 1}\n",
	"a: 12:30\nb: {c: 12:30}\n", "a:b\n", "\"a\": 1\n'b': 2\n", "a: -1\nb: - \n", "a: |2\n   x\n", "-\n", "- \n-  \n", "a:\n- b\n-\n c\n",
	"a: >\n\n\n  x\n  y\n\n\n  z\n\n", "a: |\n\nb: 1\n", "a: |-\n  x", "a: {x: {y: z}}\n# c\n", "a: ~\nb: null\nc:\n", "a: [ ]\nb: { }\n",
	"a: ?x\n", "a: %x\n", "a: x\n---\nb: y\n", "a: x\n...\n", "{a: b}\n", "[a, b]\n", "x\n", "a: \"b\": c\n", "a: 'x' y\n", "a: [b]c\n",
}

func compareParsers(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		return // refused before it is parsed
	}
	fast := documentOf(text)
	if !(&fastParser{}).parse(fast) {
		return
	}
	slow := documentOf(text)
	if !(&slowParser{doc: slow}).parse() || len(slow.diags) > 0 {
		t.Fatalf("the fast parser accepts %q, the library does not: %v", text, slow.diags[0].Message)
	}
	if want, got := dumped(&slow.root), dumped(&fast.root); want != got {
		t.Fatalf("%q is read differently\nlibrary:\n%s\nfast:\n%s", text, want, got)
	}
}

func FuzzFastYAML(f *testing.F) {
	for _, s := range yamlSamples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { compareParsers(t, text) })
}

// TestParsersAgreeOnPieces puts pieces of YAML together at random: a fuzzer of bytes seldom gets
// past the indentation.
func TestParsersAgreeOnPieces(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"a", "b", ": ", ":", "\n", "\n", "\n  ", "\n    ", "\n   ", " ", "  ", "- ", "-", "[", "]", "{", "}", ", ", ",", "'", "\"", "#", " # c",
		"|", ">-", "|-\n", ">\n", "x y", "\r\n", "\t", "é", "&n ", "*n", "!!str ", "\n---\n", "\n...\n", "~", "? ", "''", "\\n", "1", "\n- ", "\n  - ",
		"\na: ", "\n  b: ", "\n    c: ", "k: v", "[a, b]", "{a: b}", "\"q\"", "'s'", "{{", "}}", "<<: ", "%", "@", "`", "!", "=", "*", ".", "0",
	}
	random := rand.New(rand.NewPCG(7, 3))
	accepted := 0
	for range pieceRuns {
		var b strings.Builder
		for range 1 + random.IntN(14) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		compareParsers(t, text)
		if (&fastParser{}).parse(documentOf(text)) {
			accepted++
		}
	}
	if accepted < pieceRuns/50 {
		t.Errorf("the fast parser accepted %d of %d texts", accepted, pieceRuns)
	}
}

const pieceRuns = 20_000

func TestScalarsMean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"x": "x", "1": int64(1), "-1": int64(-1), "+1": int64(1), "0": int64(0), "-0": int64(0), "01": "01", "-01": "-01", "0x1F": int64(31), "0o17": int64(15),
		"0x": "0x", "0b1": "0b1", "1_000": "1_000", "9223372036854775807": int64(9223372036854775807), "9223372036854775808": "9223372036854775808",
		"1.5": 1.5, ".5": 0.5, "1.": 1.0, "-1e3": -1000.0, "1e": "1e", "1.2.3": "1.2.3", "2024-01-01": "2024-01-01", "12:30": "12:30", "0.5": 0.5, "00.5": "00.5",
		"+": "+", "-": "-", "+-1": "+-1", ".": ".", "1e400": "1e400", "true": true, "True": true, "FALSE": false, "yes": "yes", "null": nil, "~": nil, "": nil, "Null": nil,
		"nan": "nan", "inf": "inf", ".inf": math.Inf(1), "-.INF": math.Inf(-1),
	} {
		n := node{kind: scalarNode, style: plainStyle, text: text}
		if _, got := n.scalarOf(); got != want {
			t.Errorf("%q means %#v, want %#v", text, got, want)
		}
		if _, isText := want.(string); n.isText() != isText {
			t.Errorf("%q is text: %v", text, n.isText())
		}
		n.style = quotedStyle
		if _, got := n.scalarOf(); got != text || !n.isText() {
			t.Errorf("%q in quotes means %#v", text, got)
		}
	}
	if _, got := (&node{kind: scalarNode, style: plainStyle, text: ".nan"}).scalarOf(); got == got {
		t.Errorf(".nan means %v", got)
	}
}
