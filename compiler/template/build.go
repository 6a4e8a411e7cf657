package template

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// builder makes the tree of a template, resolves names and finds what can be found without knowing
// values: unknown names, wrong numbers of arguments, constants that cannot be.
type builder struct {
	set   *library
	code  *code
	where string // what is read, for messages: "a model", `macro "cents"`
	scope []*variable
	depth int  // of parentheses
	inner bool // the dot is that of a with or range
	diags diag.List
}

// newOrigin gives the origin of a span of a file.
func newOrigin(span source.Span) origin {
	return origin{body: span.Text(), file: span.File, base: span.Start}
}

// build reads a template. It gives nil where there is an error in the text.
func (s *library) build(from origin, params []project.Argument, where string) (*code, diag.List) {
	b := &builder{set: s, where: where, code: &code{from: from, params: params}}
	if !b.short() {
		*b = builder{set: s, where: where, code: &code{from: from, params: params}}
		b.parse()
	}
	b.foreign()
	if b.diags.HasErrors() {
		b.noteComments()
		return nil, b.diags
	}
	return b.code, b.diags
}

func (b *builder) errorf(at place, code diag.Code, format string, args ...any) *diag.Diagnostic {
	return b.diags.Errorf(code, b.code.from.at(at), format, args...)
}

// noteComments tells of mistakes that stand in a comment of SQL, where nobody looks for them.
func (b *builder) noteComments() {
	from := &b.code.from
	for _, d := range b.diags {
		if d.Span.File != from.file || from.file == nil {
			continue
		}
		line := from.body[:max(d.Span.Start-from.base, 0)]
		line = line[strings.LastIndexByte(line, '\n')+1:]
		if strings.HasPrefix(strings.TrimLeft(line, spaces), "--") {
			d.Notef(source.Span{}, "templates are read in comments of SQL too; {{/* … */}} is a comment of the template")
		}
	}
}

// text gives a piece of the body.
func (b *builder) text(at place) string { return b.code.from.body[at.start:at.end] }

// leave ends the scope of the variables that were declared since the mark.
func (b *builder) leave(mark int) { b.scope = b.scope[:mark] }

// declare makes a variable known from here to the end of its branch.
func (b *builder) declare(name string) *variable {
	v := &variable{name: name, slot: b.code.slots}
	b.code.slots++
	b.scope = append(b.scope, v)
	return v
}

// lookup finds a variable; it gives nil where there is none in scope.
func (b *builder) lookup(name string) *variable {
	for i := len(b.scope) - 1; i >= 0; i-- {
		if b.scope[i].name == name {
			return b.scope[i]
		}
	}
	return nil
}

// known finds a variable that was declared. text/template has seen to it that this was somewhere
// before, but not that it was in the same branch.
func (b *builder) known(name string, at place) *variable {
	if v := b.lookup(name); v != nil {
		return v
	}
	b.errorf(at, diag.TemplateSyntax, "variable %q is not declared in this branch", name).
		Hintf("declare it before the if, and assign it inside with =")
	return &variable{name: name}
}

// newCall makes a call. What came through a pipe is its last argument.
func (b *builder) newCall(name place, args []expr, piped expr) *call {
	c := &call{place: name, name: name, args: args}
	if n := len(args); n > 0 {
		c.end = args[n-1].extent().end
	}
	if piped != nil {
		c.args = append(c.args, piped)
		c.start = min(c.start, piped.extent().start)
	}
	b.resolve(c)
	return c
}

// field makes .a.b, which is an argument or a key of the dot.
func (b *builder) field(path []string, at place) expr {
	if b.inner {
		return &access{at, &dot{at}, path}
	}
	return b.param(path, at)
}

// variable makes $a.b.
func (b *builder) variable(name string, path []string, at place) expr {
	if name == "$" {
		if len(path) == 0 {
			b.errorf(at, diag.UnknownArgument, "\"$\" has no value by itself").
				Hintf("write $.name for an argument, $name for a variable")
			return &literal{place: at}
		}
		return b.param(path, at)
	}
	nameAt := place{at.start, at.start + len(name)}
	v := &local{nameAt, b.known(name, nameAt)}
	if len(path) == 0 {
		return v
	}
	return &access{at, v, path}
}

func (b *builder) dot(at place) expr {
	if b.inner {
		return &dot{at}
	}
	b.errorf(at, diag.UnknownArgument, "\".\" has a value only inside with and range").
		Hintf("write .name for an argument")
	return &literal{place: at}
}

// param makes .name where the dot is that of the macro or test.
func (b *builder) param(path []string, at place) expr {
	for i := range b.code.params {
		if b.code.params[i].Name != path[0] {
			continue
		}
		if len(path) == 1 {
			return &param{at, i}
		}
		return &access{at, &param{at, i}, path[1:]}
	}
	if len(b.code.params) == 0 {
		b.errorf(at, diag.UnknownArgument, "%q has no value: %s has no arguments", "."+path[0], b.where).
			Hintf("only macros and generic tests have arguments; for a variable write {{ var %q }}", path[0])
		return &literal{place: at}
	}
	names := make([]string, len(b.code.params))
	for i, p := range b.code.params {
		names[i] = p.Name
	}
	d := b.errorf(at, diag.UnknownArgument, "%s has no argument %q", b.where, path[0])
	if d.Nearest(path[0], names); d.Hint == "" {
		d.Hintf("it has %s; arguments are declared under args in the front matter", quotedList(names))
	}
	return &literal{place: at}
}

// open reports whether one more parenthesis may be opened; shut has to follow.
func (b *builder) open(at int) bool {
	b.depth++
	if b.depth <= maxDepth {
		return true
	}
	b.errorf(place{at, at}, diag.TemplateLimit, "parentheses are nested more than %d deep", maxDepth).
		Hintf("keep a part in a variable: {{ $x := … }}")
	return false
}

func (b *builder) shut() { b.depth-- }

// isKeyword reports whether a word has a meaning of its own.
func isKeyword(word string) bool {
	for _, k := range keywords {
		if k == word {
			return true
		}
	}
	return false
}

const spaces = " \t\r\n"

func isSpace(c byte) bool { return strings.IndexByte(spaces, c) >= 0 }
