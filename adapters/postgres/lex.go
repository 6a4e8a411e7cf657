package postgres

import (
	"iter"
	"strings"
)

// tokenLength gives the length of the token at an offset, at least one byte: a run of blanks, a
// comment, a text, a name, a number or a sign. What is not closed reaches to the end.
func tokenLength(s string, at int) int {
	rest := s[at:]
	switch c := rest[0]; {
	case isBlank(c):
		n := 1
		for n < len(rest) && isBlank(rest[n]) {
			n++
		}
		return n
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexAny(rest, "\n\r"); n >= 0 {
			return n
		}
		return len(rest)
	case strings.HasPrefix(rest, "/*"):
		return commentLength(rest)
	case c == '\'':
		return quotedLength(rest, 0, false)
	case c == '"':
		return quotedLength(rest, 0, false)
	case (c == 'e' || c == 'E') && len(rest) > 1 && rest[1] == '\'':
		return quotedLength(rest, 1, true)
	case c == '$':
		return dollarLength(rest)
	case isWordByte(c):
		n := 1
		for n < len(rest) && (isWordByte(rest[n]) || rest[n] == '$') {
			n++
		}
		return n
	default:
		return 1
	}
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

func isComment(token string) bool {
	return strings.HasPrefix(token, "--") || strings.HasPrefix(token, "/*")
}

// commentLength knows that comments nest.
func commentLength(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// quotedLength is for a text or name whose opening quote is at an offset.
func quotedLength(s string, open int, escapes bool) int {
	quote := s[open]
	for i := open + 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return len(s)
}

// dollarLength is for $tag$ … $tag$, or a sign.
func dollarLength(s string) int {
	n := 1
	for n < len(s) && isWordByte(s[n]) && (n > 1 || s[n] < '0' || s[n] > '9') {
		n++
	}
	if n >= len(s) || s[n] != '$' {
		return 1
	}
	tag := s[:n+1]
	if end := strings.Index(s[n+1:], tag); end >= 0 {
		return n + 1 + end + len(tag)
	}
	return len(s)
}

// tokens gives the offsets and texts of a query's tokens but blanks and comments.
func tokens(query string, from int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := max(from, 0); i < len(query); {
			n := tokenLength(query, i)
			token := query[i : i+n]
			if !isBlank(token[0]) && !isComment(token) && !yield(i, token) {
				return
			}
			i += n
		}
	}
}

// isName reports whether a token is a name, by PostgreSQL's folding.
func isName(token, name string) bool {
	if strings.HasPrefix(token, `"`) {
		return strings.ReplaceAll(strings.Trim(token, `"`), `""`, `"`) == name
	}
	return strings.ToLower(token) == name
}

// find gives the offset of the first name after a word, from an offset on; -1 where there is none.
func (b *binder) find(from int, word, name string) int {
	seen := false
	for at, token := range tokens(b.query, from) {
		if seen && isName(token, name) {
			return at
		}
		seen = seen || strings.EqualFold(token, word)
	}
	return -1
}

// findAlias gives the offset of the last alias of that name after something in parentheses.
func (b *binder) findAlias(name string) int {
	found, closed := -1, false
	for at, token := range tokens(b.query, 0) {
		if closed && strings.EqualFold(token, "as") {
			continue
		}
		if closed && isName(token, name) {
			found = at
		}
		closed = token == ")"
	}
	return found
}
