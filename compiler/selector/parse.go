package selector

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// text is a selection as it is written somewhere.
type text struct {
	value string
	span  source.Span
	// exact says that the offsets of value are those of the span.
	exact bool
}

func (t text) at(start, end int) source.Span {
	if !t.exact || t.span.File == nil {
		return t.span
	}
	return t.span.File.Span(t.span.Start+start, t.span.Start+end)
}

// endless is the depth of an operator without a number.
const endless = -1

// atom is one [@][N+]method:value[+N].
type atom struct {
	// around is @; up and down are the depths of N+ and +N, 0 where the operator is not there.
	around   bool
	up, down int
	method   string // "" where none is written
	value    string
	// span covers method and value, at the value alone.
	span, at source.Span
}

// word is an intersection of atoms.
type word []atom

// parse splits a text into words and atoms. What cannot be read is in the list and left out.
func parse(t text) ([]word, diag.List) {
	p := parser{text: t}
	for p.next < len(t.value) {
		if isSpace(t.value[p.next]) {
			p.next++
			continue
		}
		p.word()
	}
	return p.words, p.diags
}

type parser struct {
	text  text
	next  int
	words []word
	diags diag.List
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) word() {
	var w word
	for {
		start := p.next
		if !p.skipAtom() {
			return
		}
		if a, ok := p.atom(start, p.next); ok {
			w = append(w, a)
		}
		if p.next == len(p.text.value) || p.text.value[p.next] != ',' {
			break
		}
		p.next++
	}
	if len(w) > 0 {
		p.words = append(p.words, w)
	}
}

// skipAtom moves to the end of an atom. Spaces and commas inside quotes belong to it.
func (p *parser) skipAtom() bool {
	open := -1
	for ; p.next < len(p.text.value); p.next++ {
		c := p.text.value[p.next]
		switch {
		case c == '"' && open < 0:
			open = p.next
		case c == '"':
			open = -1
		case open < 0 && (c == ',' || isSpace(c)):
			return true
		}
	}
	if open >= 0 {
		p.bad(open, p.next, "a quote is not closed").Hintf("put a \" at the end of the value")
		return false
	}
	return true
}

func (p *parser) bad(start, end int, format string, args ...any) *diag.Diagnostic {
	return p.diags.Errorf(diag.InvalidSelection, p.text.at(start, end), format, args...)
}

func (p *parser) atom(start, end int) (atom, bool) {
	var a atom
	from, to := start, end
	if from < to && p.text.value[from] == '@' {
		a.around = true
		from++
	}
	from += prefix(p.text.value[from:to], &a.up)
	to -= suffix(p.text.value[from:to], &a.down)
	a.span = p.text.at(from, to)
	value := from
	if method, _, ok := strings.Cut(p.text.value[from:to], ":"); ok && isMethod(method) {
		a.method = method
		value += len(method) + 1
	}
	a.value, a.at = strings.ReplaceAll(p.text.value[value:to], `"`, ""), p.text.at(value, to)
	switch {
	case start == end:
		p.bad(max(start-1, 0), min(end+1, len(p.text.value)), "a comma needs something on both sides").
			Hintf("a comma selects what fits both; take it out, or write what is missing")
	case a.value == "" && a.method != "":
		p.bad(start, end, "%q has no value", p.text.value[start:end]).Hintf("write what to select after the colon")
	case a.value == "":
		p.bad(start, end, "%q names nothing", p.text.value[start:end]).Hintf("write a name, or method:value")
	default:
		return a, true
	}
	return atom{}, false
}

// isMethod keeps colons that are part of a value, such as that of a path, out of the methods.
func isMethod(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '_' && c != '.' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}

// prefix reads "N+" and gives its length.
func prefix(s string, depth *int) int {
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	if digits == len(s) || s[digits] != '+' {
		return 0
	}
	*depth = parseDepth(s[:digits])
	return digits + 1
}

// suffix reads "+N" and gives its length.
func suffix(s string, depth *int) int {
	digits := len(s)
	for digits > 0 && isDigit(s[digits-1]) {
		digits--
	}
	if digits == 0 || s[digits-1] != '+' {
		return 0
	}
	*depth = parseDepth(s[digits:])
	return len(s) - digits + 1
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func parseDepth(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil { // no digits, or more than any graph is deep
		return endless
	}
	return n
}
