package template

import (
	"sort"
	"strings"
	"text/template/parse"

	"github.com/quernsql/quern/compiler/diag"
)

// closeAll ends every quoted text, comment and action that can be open.
const closeAll = "`\"'*/}}"

// refusal gives what text/template says of a text, without the name and line in front; "" where it
// takes it.
func refusal(body string) string {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	_, err := tree.Parse(body, "", "", map[string]*parse.Tree{})
	if err == nil {
		return ""
	}
	return message(err)
}

func message(err error) string {
	text := strings.TrimPrefix(err.Error(), "template: :")
	if _, rest, ok := strings.Cut(text, ": "); ok {
		text = rest
	}
	if i := strings.Index(text, " in action started at "); i >= 0 {
		text = text[:i]
	}
	if i := strings.Index(text, " started at "); i >= 0 {
		text = text[:i]
	}
	return text
}

// syntaxError reports what text/template refused, at the exact place.
func (b *builder) syntaxError(err error) {
	body, text := b.code.from.body, message(err)
	list := actions(body)
	if strings.Contains(text, "EOF") {
		if open, ok := unclosedBranch(list); ok {
			b.errorf(open.place, diag.TemplateSyntax, "this %q has no end", open.word).
				Hintf("close it with {{ end }}")
			return
		}
	}

	// text/template reads from left to right and stops at the first error: it is in the last token
	// of the shortest beginning that has the same error however it goes on.
	length := sort.Search(len(body), func(n int) bool {
		return refusal(body[:n]) == text && refusal(body[:n]+closeAll) == text
	})
	in := action{place: place{max(length-1, 0), length}}
	for _, a := range list {
		if a.start < length {
			in = a
		}
	}
	if (in.nested >= 0 || !in.closed) && !strings.Contains(text, "unterminated") {
		b.unclosed(in)
		return
	}
	words := tokens(body, place{in.inner.start, min(in.end, len(body))})
	at := in.place
	for _, w := range words {
		if w.start < length && w.start < in.inner.end {
			at = w
		}
	}
	b.explain(text, in, at, words)
}

func (b *builder) unclosed(in action) {
	at := place{in.start, in.start + len("{{")}
	if in.comment {
		b.errorf(at, diag.TemplateSyntax, "this comment is not closed").Hintf("end it with */}}")
		return
	}
	b.errorf(at, diag.TemplateSyntax, "this action is not closed").Hintf("end it with }}")
}

// explanation says in plain words what one of text/template's messages means.
type explanation struct {
	has, message, hint string
	// whole points at the action and not at the token.
	whole bool
}

var explanations = []explanation{
	{has: "unexpected {{end}}", message: "this end closes nothing", hint: "remove it, or open an if, with or range before it", whole: true},
	{has: "{{else}}", message: "this else belongs to no if, with or range", hint: "each has at most one else at its end", whole: true},
	{has: "outside {{range}}", message: "this stands outside of a range", hint: "break and continue work inside of {{ range … }} only", whole: true},
	{has: "comment ends before", message: "a comment has to fill its action", hint: "write {{/* text */}}", whole: true},
	{has: "unclosed comment", message: "this comment is not closed", hint: "end it with */}}", whole: true},
	{has: "unterminated quoted string", message: "this text has no closing quote", hint: "close it with a double quote on the same line"},
	{has: "unterminated raw quoted string", message: "this text has no closing quote", hint: "close it with `"},
	{has: "character constant", message: "text stands in single quotes", hint: "put it in double quotes"},
	{has: "unexpected right paren", message: "this parenthesis closes nothing", hint: "remove it, or open one before"},
	{has: "missing value for parenthesized", message: "there is nothing between these parentheses", hint: "a function is called without parentheses: {{ name \"argument\" }}"},
	{has: "missing value for", message: "something is missing here", hint: "put a value or a function between the braces", whole: true},
	{has: "empty command", message: "something is missing here", hint: "put a function after the |"},
	{has: "non executable command", message: "what stands after a | has to be a function", hint: "write {{ value | function }}"},
	{has: "expected :=", message: "a colon stands alone", hint: "a variable is declared with :="},
	{has: "bad number", message: "this is no number", hint: "put text in double quotes"},
	{has: "illegal number", message: "this is no number", hint: "put text in double quotes"},
	{has: "integer overflow", message: "this number is too large", hint: "put it in double quotes to use it as text"},
	{has: "invalid syntax", message: "this text holds an unknown escape", hint: "write \\\\ for a backslash, or put the text in `…`"},
	{has: "too many declarations", message: "too many variables are declared at once", hint: "a range declares two at most, everything else one"},
	{has: "range can only initialize", message: "a range declares variables only", hint: "write {{ range $i, $x := … }}"},
	{has: "max expression depth", message: "parentheses are nested too deep", hint: "keep a part in a variable: {{ $x := … }}"},
	{has: "multiple definition", message: "templates cannot be defined inside a template", hint: "write a macro: a file below macros/ is a function of its name", whole: true},
}

func (b *builder) explain(text string, in action, at place, words []place) {
	body := b.code.from.body
	if strings.Contains(text, "unclosed left paren") {
		if open, ok := openParenthesis(body, words); ok {
			at = open
		}
		b.errorf(at, diag.TemplateSyntax, "this parenthesis is not closed").Hintf("close it with )")
		return
	}
	if strings.HasPrefix(text, "undefined variable") {
		name, _, _ := strings.Cut(body[at.start:at.end], ".")
		at.end = at.start + len(name)
		b.errorf(at, diag.TemplateSyntax, "variable %q is not declared", name).
			Hintf("declare it before with {{ %s := … }}; for one of quern.yml write {{ var %q }}", name, strings.TrimPrefix(name, "$"))
		return
	}
	if b.foreignCall(in) {
		return
	}
	foreign := b.foreignHint(in)
	for _, x := range explanations {
		if !strings.Contains(text, x.has) {
			continue
		}
		if x.whole {
			at = in.place
		}
		d := b.errorf(at, diag.TemplateSyntax, "%s", x.message).Hintf("%s", x.hint)
		if foreign != "" {
			d.Hint = foreign
		}
		return
	}
	d := b.errorf(at, diag.TemplateSyntax, "%q is not expected here", body[at.start:at.end])
	if d.Hint = foreign; d.Hint == "" {
		d.Hintf("an action is a function and its arguments with spaces between: {{ name \"argument\" 2 }}")
	}
}
