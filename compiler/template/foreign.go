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
		case '{':
			at = scanAction(body, start).end
		case '%':
			b.foreignStatement(start)
		case '#':
			b.foreignComment(start)
		}
	}
}

// foreignLength is how far the end of a statement or comment is looked for.
const foreignLength = 2000

func (b *builder) foreignComment(start int) {
	text := b.code.from.body[start:]
	text = text[:min(len(text), foreignLength)]
	if !strings.HasPrefix(text, "{# ") {
		return
	}
	if inner, _, closed := strings.Cut(text, " #}"); closed {
		b.errorf(place{start, start + len(inner) + len(" #}")}, diag.ForeignTemplate, "this comment is written in Jinja").
			Hintf("write {{/* … */}}, or -- for a comment in SQL")
	}
}

func (b *builder) foreignStatement(start int) {
	body := b.code.from.body
	text := body[start+len("{%"):]
	inner, _, closed := strings.Cut(text[:min(len(text), foreignLength)], "%}")
	if !closed {
		return
	}
	text = strings.TrimLeft(inner, "-+ \t\r\n")
	word := text
	if i := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) }); i >= 0 {
		word = text[:i]
	}
	if hint, ok := foreignWords[word]; ok {
		b.errorf(place{start, start + len("{%") + len(inner) + len("%}")}, diag.ForeignTemplate, "this %q is written in Jinja; templates are Go's", word).
			Hintf("%s", hint)
	}
}

// foreignCall reports an action that calls a function as Jinja does, with parentheses.
func (b *builder) foreignCall(in action) bool {
	at := b.innerText(in)
	name, rest, isCall := strings.Cut(b.text(at), "(")
	if name = strings.TrimSpace(name); !isCall || !isIdentifier(name) || strings.ContainsAny(name, "$.") {
		return false
	}
	d := b.errorf(at, diag.ForeignTemplate, "%q is called as in Jinja; templates are Go's", name)
	if hint, ok := foreignFunctions[name]; ok {
		d.Hintf("%s", hint)
	} else {
		d.Hintf("write {{ %s }}", strings.TrimSpace(name+" "+goArguments(rest)))
	}
	return true
}

// innerText gives what stands in an action, without the white space around it.
func (b *builder) innerText(in action) place {
	at := place{in.inner.start, min(in.inner.end, len(b.code.from.body))}
	text := strings.TrimRight(b.text(at), spaces)
	at.end = at.start + len(text)
	at.start = at.end - len(strings.TrimLeft(text, spaces))
	return at
}

// foreignHint says what to write in the place of an action that text/template refused, where it can
// be guessed; "" where it cannot.
func (b *builder) foreignHint(in action) string {
	if in.comment {
		return ""
	}
	inner := b.text(b.innerText(in))
	bare := unquoted(inner)
	first, _ := utf8.DecodeRuneInString(inner)
	switch {
	case strings.HasPrefix(inner, "/*"):
		return "a comment begins right after the braces: {{/* … */}}"
	case foreignFunctions[in.word] != "":
		return foreignFunctions[in.word]
	case inner == "":
		return `text with braces is written {{ "{{}}" }}`
	case unicode.IsDigit(first) && strings.Contains(bare, ","),
		strings.ContainsRune("{[,;:*+?<>=\\/%&#@!^~", first),
		(first == '\'' || first == '"') && strings.Contains(bare, ":"):
		return "text with braces is written {{ " + strconv.Quote("{{"+inner+"}}") + " }}"
	case strings.ContainsAny(inner, "‘’“”"):
		return "text is put in straight double quotes"
	case strings.ContainsAny(bare, "=<>+*/!") && !strings.Contains(bare, ":="):
		return `operators are functions: {{ if eq $a "x" }}, {{ if gt $n 3 }}, {{ add $n 1 }}`
	case calledWithParentheses(inner):
		return "a function is called without parentheses around its arguments: {{ name \"argument\" }}"
	case strings.Contains(inner, "'"):
		return "write {{ " + doubleQuoted(inner) + " }}"
	case strings.Contains(bare, ",") && !strings.Contains(bare, ":="):
		return "arguments have spaces between them, not commas"
	}
	return ""
}

// calledWithParentheses reports whether a parenthesis follows a word without a space.
func calledWithParentheses(text string) bool {
	for _, w := range tokens(text, place{0, len(text)}) {
		r, _ := utf8.DecodeRuneInString(text[w.start:])
		if isWord(r) && w.end < len(text) && text[w.end] == '(' {
			return true
		}
	}
	return false
}

// doubleQuoted gives a text with what stands in single quotes put in double ones.
func doubleQuoted(text string) string {
	var b strings.Builder
	last := 0
	for _, w := range tokens(text, place{0, len(text)}) {
		if word := text[w.start:w.end]; word[0] == '\'' {
			b.WriteString(text[last:w.start])
			b.WriteString(strconv.Quote(strings.Trim(word, "'")))
			last = w.end
		}
	}
	return b.String() + text[last:]
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
