package template

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/diag"
)

// foreignWords are the first words of Jinja's statements, and what to write in their place.
var foreignWords = map[string]string{
	"block":       "write a macro: a file below macros/ is a function of its name",
	"call":        "call a macro by its name: {{ name \"argument\" }}",
	"do":          "declare a variable instead: {{ $x := … }}",
	"elif":        "write {{ else if … }}",
	"else":        "write {{ else }}",
	"endblock":    "write {{ end }}",
	"endcall":     "write {{ end }}",
	"endfilter":   "write {{ end }}",
	"endfor":      "write {{ end }}",
	"endif":       "write {{ end }}",
	"endmacro":    "remove it: a macro is a whole file below macros/",
	"endraw":      "write text with braces as {{ \"{{\" }}",
	"endset":      "write {{ $name := … }}",
	"endtest":     "remove it: a generic test is a whole file below tests/generic/",
	"extends":     "write a macro: a file below macros/ is a function of its name",
	"filter":      "write {{ … | function }}",
	"for":         "write {{ range $x := list \"a\" \"b\" }} … {{ end }}",
	"from":        "remove it: macros are known everywhere",
	"if":          "write {{ if … }} … {{ end }}",
	"import":      "remove it: macros are known everywhere",
	"include":     "write a macro: a file below macros/ is a function of its name",
	"macro":       "write a macro: a file below macros/ is a function of its name",
	"raw":         "write text with braces as {{ \"{{\" }}",
	"set":         "write {{ $name := … }}",
	"snapshot":    "snapshots are not available in this version",
	"endsnapshot": "snapshots are not available in this version",
	"test":        "write a generic test: a file below tests/generic/",
	"with":        "write {{ with … }} … {{ end }}",
}

// foreign refuses Jinja's statements and comments: they would go out as text and fail as SQL.
func (b *builder) foreign() {
	body := b.code.from.body
	for at := 0; ; {
		i := strings.IndexByte(body[at:], '{')
		if i < 0 || at+i+1 >= len(body) {
			return
		}
		start := at + i
		at = start + 1
		switch body[start+1] {
		case '%':
			b.foreignStatement(start)
		case '#':
			end := strings.Index(body[start:], " #}")
			if end >= 0 && strings.HasPrefix(body[start:], "{# ") {
				b.errorf(place{start, start + end + len(" #}")}, diag.ForeignTemplate, "this comment is written in Jinja").
					Hintf("write {{/* … */}}, or -- for a comment in SQL")
			}
		}
	}
}

func (b *builder) foreignStatement(start int) {
	body := b.code.from.body
	length := strings.Index(body[start:], "%}")
	if length < 0 {
		return
	}
	text := strings.TrimLeft(body[start+len("{%"):start+length], "-+ \t\r\n")
	word := text
	if i := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) }); i >= 0 {
		word = text[:i]
	}
	if hint, ok := foreignWords[word]; ok {
		b.errorf(place{start, start + length + len("%}")}, diag.ForeignTemplate, "this %q is written in Jinja; templates are Go's", word).
			Hintf("%s", hint)
	}
}

// foreignHint says what to write in the place of an action that text/template refused, where it can
// be guessed; "" where it cannot.
func (b *builder) foreignHint(in action) string {
	inner := strings.TrimSpace(b.code.from.body[in.inner.start:min(in.inner.end, len(b.code.from.body))])
	if i := strings.IndexByte(inner, '\n'); i >= 0 && !in.closed {
		inner = inner[:i]
	}
	name, rest, isCall := strings.Cut(inner, "(")
	name = strings.TrimSpace(name)
	if hint, ok := foreignFunctions[in.word]; ok {
		return hint
	}
	if f, known := catalogue()[name]; isCall && known && f.usage != "" {
		return "write {{ " + strings.TrimSpace(name+" "+goArguments(rest)) + " }}"
	}
	if _, known := b.set.macros[name]; isCall && known {
		return "write {{ " + strings.TrimSpace(name+" "+goArguments(rest)) + " }}"
	}
	first, _ := utf8.DecodeRuneInString(inner)
	switch {
	case inner == "":
		return `text with braces is written {{ "{{}}" }}`
	case unicode.IsDigit(first) || strings.ContainsRune("{[,;:*+?<>=\\/%&#@!^~", first) || first == '\'' && strings.Contains(inner, ":"):
		return "text with braces is written {{ " + strconv.Quote("{{"+inner+"}}") + " }}"
	case strings.Contains(inner, "'"):
		return "text is put in double quotes, not in single ones"
	case strings.ContainsAny(unquoted(inner), "=<>+*/!") && !strings.Contains(unquoted(inner), ":="):
		return `operators are functions: {{ if eq $a "x" }}, {{ if gt $n 3 }}, {{ add $n 1 }}`
	case strings.Contains(unquoted(inner), ","):
		return "arguments have spaces between them, not commas"
	case isCall && isIdentifier(name):
		return "a function is called without parentheses: {{ " + name + " \"argument\" }}"
	}
	return ""
}

// goArguments rewrites `'a', b=2)` as `"a" 2`.
func goArguments(text string) string {
	if i := strings.LastIndexByte(text, ')'); i >= 0 {
		text = text[:i]
	}
	var out []string
	for arg := range strings.SplitSeq(text, ",") {
		arg = strings.TrimSpace(arg)
		if _, value, named := strings.Cut(arg, "="); named {
			arg = strings.TrimSpace(value)
		}
		if arg == "" {
			continue
		}
		if unquoted := strings.Trim(arg, `'"`); unquoted != arg {
			arg = strconv.Quote(unquoted)
		}
		out = append(out, arg)
	}
	return strings.Join(out, " ")
}

// unquoted gives a text without what stands in quotes.
func unquoted(text string) string {
	var b strings.Builder
	for _, w := range tokens(text, place{0, len(text)}) {
		if strings.IndexByte("\"`'", text[w.start]) < 0 {
			b.WriteString(text[w.start:w.end])
		}
	}
	return b.String()
}

func isIdentifier(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !isWord(r) }) < 0
}
