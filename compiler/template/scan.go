package template

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file looks at a text that text/template refused, to find the exact place of what is wrong:
// text/template knows the line only.

// action is a {{ … }} in a text that may be wrong in other ways.
type action struct {
	place
	// inner is what stands between the braces, without trim markers.
	inner place
	// word is the first word inside.
	word    string
	comment bool
	closed  bool
	// nested is where an action begins inside of this one, or -1: then this one was not closed.
	nested int
}

// actions finds the actions of a text. An action that is not closed runs to the end.
func actions(body string) []action {
	var out []action
	for at := 0; ; {
		i := strings.Index(body[at:], "{{")
		if i < 0 {
			return out
		}
		a := scanAction(body, at+i)
		out = append(out, a)
		at = a.end
	}
}

func scanAction(body string, start int) action {
	a := action{place: place{start, len(body)}, nested: -1}
	a.inner = place{start + len("{{"), len(body)}
	if rest := body[a.inner.start:]; len(rest) > 1 && rest[0] == '-' && isSpace(rest[1]) {
		a.inner.start += 2
	}
	at := a.inner.start
	if strings.HasPrefix(body[at:], "/*") {
		a.comment = true
		if i := strings.Index(body[at:], "*/"); i >= 0 {
			at += i
		}
	}
	for at < len(body) && !a.closed {
		switch {
		case strings.HasPrefix(body[at:], "}}"):
			a.inner.end, a.end, a.closed = at, at+len("}}"), true
		case strings.HasPrefix(body[at:], "{{") && a.nested < 0:
			a.nested = at
			at++
		case !a.comment && strings.IndexByte("\"`'", body[at]) >= 0:
			at = endOfQuote(body, at)
		default:
			at++
		}
	}
	text := strings.TrimSuffix(strings.TrimRight(body[a.inner.start:a.inner.end], spaces), " -")
	a.inner.end = a.inner.start + len(text)
	if words := tokens(body, a.inner); len(words) > 0 {
		a.word = body[words[0].start:words[0].end]
	}
	return a
}

// endOfQuote gives the place after a quoted text; one that is not closed ends with its line.
func endOfQuote(body string, start int) int {
	quote := body[start]
	for at := start + 1; at < len(body); at++ {
		switch {
		case body[at] == quote:
			return at + 1
		case body[at] == '\\' && quote != '`':
			at++
		case body[at] == '\n' && quote != '`':
			return at
		}
	}
	return len(body)
}

// tokens divides a range of a text into words, quoted texts and single characters.
func tokens(body string, in place) []place {
	var out []place
	for at := in.start; at < in.end; {
		r, size := utf8.DecodeRuneInString(body[at:in.end])
		end := at + size
		switch {
		case isSpace(body[at]):
			at = end
			continue
		case strings.IndexByte("\"`'", body[at]) >= 0:
			end = min(endOfQuote(body, at), in.end)
		case isWord(r):
			for end < in.end {
				r, size := utf8.DecodeRuneInString(body[end:in.end])
				if !isWord(r) {
					break
				}
				end += size
			}
		case strings.HasPrefix(body[at:in.end], ":="):
			end = at + 2
		}
		out = append(out, place{at, end})
		at = end
	}
	return out
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// unclosedBranch finds the last if, with or range that has no end.
func unclosedBranch(list []action) (action, bool) {
	var open []action
	for _, a := range list {
		switch a.word {
		case "if", "with", "range", "define", "block":
			open = append(open, a)
		case "end":
			open = open[:max(len(open)-1, 0)]
		}
	}
	if len(open) == 0 {
		return action{}, false
	}
	return open[len(open)-1], true
}

// openParenthesis finds the last parenthesis that is not closed.
func openParenthesis(body string, words []place) (place, bool) {
	var open []place
	for _, w := range words {
		switch body[w.start:w.end] {
		case "(":
			open = append(open, w)
		case ")":
			open = open[:max(len(open)-1, 0)]
		}
	}
	if len(open) == 0 {
		return place{}, false
	}
	return open[len(open)-1], true
}
