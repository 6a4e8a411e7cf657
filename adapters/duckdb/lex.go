package duckdb

import (
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// oneQuery takes a semicolon off the end of a query and refuses text behind one: it would run as a
// second statement.
func oneQuery(query string) (string, error) {
	end := len(query)
	if strings.IndexByte(query, ';') >= 0 {
		if at := semicolon(query); at >= 0 {
			end = at
			if rest := at + 1 + blank(query[at+1:]); rest < len(query) && !semicolonsOnly(query[rest:]) {
				e := engine.Errorf("Parser", "there is a second statement after the semicolon")
				e.Subtype, e.Position = "SYNTAX_ERROR", rest
				return "", e.WithHint("keep one query; statements to run before or after it do not belong here")
			}
		}
	}
	if blank(query[:end]) == end {
		e := engine.Errorf("Parser", "the query is empty")
		e.Subtype = "SYNTAX_ERROR"
		return "", e
	}
	return query[:end], nil
}

// refuseInstall refuses statements that would download an extension.
func refuseInstall(statements string) error {
	for text := statements; text != ""; {
		text = text[blank(text):]
		words := strings.Fields(strings.ToLower(text[:min(len(text), 40)]))
		if len(words) > 0 && (words[0] == "install" || len(words) > 1 && words[0] == "force" && words[1] == "install" ||
			len(words) > 1 && words[0] == "update" && strings.HasPrefix(words[1], "extensions")) {
			return engine.Errorf("Permission", "extensions are not downloaded").
				WithHint("name the extension's file under extensions in the target")
		}
		end := semicolon(text)
		if end < 0 {
			return nil
		}
		text = text[end+1:]
	}
	return nil
}

// semicolonsOnly reports whether a text is nothing but semicolons and blanks.
func semicolonsOnly(text string) bool {
	for text != "" {
		if text[0] != ';' {
			return false
		}
		text = text[1:]
		text = text[blank(text):]
	}
	return true
}

// semicolon gives the offset of the first semicolon outside of strings, names and comments, or -1.
func semicolon(query string) int {
	for i := 0; i < len(query); {
		if query[i] == ';' {
			return i
		}
		i += tokenLength(query, i)
	}
	return -1
}

// blank gives the length of the white space and comments a text starts with.
func blank(text string) int {
	i := 0
	for i < len(text) {
		switch c := text[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case strings.HasPrefix(text[i:], "--"), strings.HasPrefix(text[i:], "/*"):
			i += tokenLength(text, i)
		default:
			return i
		}
	}
	return i
}

// tokenLength gives the length of the string, quoted name or comment at i; 1 for anything else,
// except that a word is taken whole. What is not closed goes on to the end.
func tokenLength(text string, i int) int {
	rest := text[i:]
	switch c := rest[0]; {
	case c == '\'':
		return quotedLength(rest, '\'', false)
	case c == '"':
		return quotedLength(rest, '"', false)
	case strings.HasPrefix(rest, "--"):
		if end := strings.IndexAny(rest, "\n\r"); end >= 0 { // both end it for DuckDB
			return end + 1
		}
		return len(rest)
	case strings.HasPrefix(rest, "/*"):
		return commentLength(rest)
	case c == '$':
		return dollarLength(rest)
	case (c == 'e' || c == 'E') && len(rest) > 1 && rest[1] == '\'':
		return 1 + quotedLength(rest[1:], '\'', true)
	case isWord(c):
		n := 1
		for n < len(rest) && (isWord(rest[n]) || rest[n] == '$') {
			n++
		}
		return n
	}
	return 1
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func quotedLength(rest string, quote byte, backslash bool) int {
	for i := 1; i < len(rest); i++ {
		switch {
		case backslash && rest[i] == '\\':
			i++
		case rest[i] != quote:
		case i+1 < len(rest) && rest[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(rest)
}

// commentLength knows that comments nest.
func commentLength(rest string) int {
	depth := 0
	for i := 0; i+1 < len(rest); i++ {
		switch rest[i : i+2] {
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
	return len(rest)
}

func dollarLength(rest string) int {
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == len(rest) || rest[n] != '$' || n > 1 && rest[1] >= '0' && rest[1] <= '9' {
		return 1
	}
	tag := rest[:n+1]
	if end := strings.Index(rest[len(tag):], tag); end >= 0 {
		return end + 2*len(tag)
	}
	return len(rest)
}

// firstWords gives the first tokens of a statement in small letters, "" where it has fewer.
func firstWords(sql string, n int) []string {
	words := make([]string, n)
	for i := range words {
		sql = sql[blank(sql):]
		if sql == "" {
			break
		}
		length := tokenLength(sql, 0)
		words[i] = strings.ToLower(sql[:length])
		sql = sql[length:]
	}
	return words
}

// names reports whether a text starts with a name, or with names and dots that end in it.
func names(text, name string) bool {
	for text != "" {
		n := tokenLength(text, 0)
		part := text[:n]
		if strings.HasPrefix(part, `"`) {
			part = strings.ReplaceAll(strings.Trim(part, `"`), `""`, `"`)
		}
		if strings.EqualFold(part, name) {
			return true
		}
		text = text[n:]
		text = text[blank(text):]
		if !strings.HasPrefix(text, ".") {
			return false
		}
		text = text[1:]
		text = text[blank(text):]
	}
	return false
}
