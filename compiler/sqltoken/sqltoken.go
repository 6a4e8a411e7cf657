// Package sqltoken cuts SQL text into tokens.
//
// It takes any text and gives tokens with their byte ranges: words, quoted identifiers, strings,
// numbers, operators, comments. It knows what all engines share and the dollar quotes of some, and
// refuses nothing: an unclosed string, comment or quote runs to the end of the text. It judges no
// grammar; that is the engine's work. For adapters it cuts finer, into pieces.
package sqltoken

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. White space is none.
const (
	Word     Kind = iota + 1 // a keyword or a plain identifier
	Quoted                   // an identifier in double quotes
	String                   // a string in single quotes or dollar quotes
	Number                   // digits, with fraction and exponent
	Operator                 // one or more characters of an operator, or one of punctuation
	Comment                  // a line comment without its line break, or a block comment
)

// Token is a piece of text.
type Token struct {
	Kind Kind
	// Start and End are byte offsets; End is just after the last byte.
	Start, End int
}

// Text gives the token's bytes of the text it was cut from.
func (t Token) Text(text string) string { return text[t.Start:t.End] }

// Name gives the name a word or quoted identifier stands for, as it is written.
func (t Token) Name(text string) string {
	if t.Kind != Quoted {
		return t.Text(text)
	}
	return Unquote(t.Text(text))
}

// Unquote gives the name that a word or quoted identifier stands for, as it is written.
func Unquote(identifier string) string {
	s, quoted := strings.CutPrefix(identifier, `"`)
	if !quoted {
		return identifier
	}
	return strings.ReplaceAll(strings.TrimSuffix(s, `"`), `""`, `"`)
}

// IsName reports whether the token can be a name: it is a word or a quoted identifier.
func (t Token) IsName() bool { return t.Kind == Word || t.Kind == Quoted }

// Is reports whether the token is a word or operator of that text, ignoring case.
func (t Token) Is(text, want string) bool {
	return (t.Kind == Word || t.Kind == Operator) && strings.EqualFold(t.Text(text), want)
}

// Tokens gives every token of a text, comments too.
func Tokens(text string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for pos := 0; ; {
			tok, ok := next(text, pos)
			if !ok || !yield(tok) {
				return
			}
			pos = tok.End
		}
	}
}

// Code gives the tokens that are no comments.
func Code(text string) []Token {
	var out []Token
	for tok := range Tokens(text) {
		if tok.Kind != Comment {
			out = append(out, tok)
		}
	}
	return out
}

// At gives the token that covers an offset or, in white space, the next one; at the end of the text
// it gives the last token of code.
func At(text string, offset int) (Token, bool) {
	var last Token
	for tok := range Tokens(text) {
		if tok.End > offset {
			return tok, true
		}
		if tok.Kind != Comment {
			last = tok
		}
	}
	return last, last.Kind != 0
}

// Find gives every word or quoted identifier that names something, ignoring case.
func Find(text, name string) []Token {
	var out []Token
	for tok := range Tokens(text) {
		if tok.IsName() && strings.EqualFold(tok.Name(text), name) {
			out = append(out, tok)
		}
	}
	return out
}

// next gives the token at or after an offset; ok is false at the end.
func next(text string, pos int) (tok Token, ok bool) {
	if pos = spaceEnd(text, pos); pos >= len(text) {
		return Token{}, false
	}
	kind, end := scan(text, pos)
	return Token{Kind: kind, Start: pos, End: end}, true
}

func scan(text string, pos int) (Kind, int) {
	if kind, end := opaque(text, pos); kind != 0 {
		return kind, end
	}
	switch c := text[pos]; {
	case c == '$':
		return Word, parameterEnd(text, pos)
	case isDigit(c) || c == '.' && pos+1 < len(text) && isDigit(text[pos+1]):
		return Number, numberEnd(text, pos)
	case isWordStart(c):
		return Word, wordEnd(text, pos)
	default:
		return Operator, operatorEnd(text, pos)
	}
}

// opaque gives the kind and the end of a string, a quoted identifier or a comment, in which nothing
// counts as SQL. The kind of anything else is zero.
func opaque(text string, pos int) (Kind, int) {
	rest := text[pos+1:]
	switch c := text[pos]; {
	case c == '\'':
		return String, quoteEnd(text, pos, false)
	case (c == 'e' || c == 'E') && strings.HasPrefix(rest, "'"):
		return String, quoteEnd(text, pos+1, true)
	case c == '"':
		return Quoted, quoteEnd(text, pos, false)
	case c == '$':
		if end := dollarEnd(text, pos); end > 0 {
			return String, end
		}
	case c == '-' && strings.HasPrefix(rest, "-"):
		return Comment, lineEnd(text, pos)
	case c == '/' && strings.HasPrefix(rest, "*"):
		return Comment, blockEnd(text, pos)
	}
	return 0, pos
}

// quoteEnd gives the end of the text whose opening quote is at an offset; the quote is doubled inside
// and, where a backslash escapes, stands behind one.
func quoteEnd(text string, open int, escapes bool) int {
	quote := text[open]
	for i := open + 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// dollarEnd gives the end of $$…$$ or $tag$…$tag$, else 0.
func dollarEnd(text string, pos int) int {
	end := parameterEnd(text, pos)
	if end == len(text) || text[end] != '$' || end > pos+1 && isDigit(text[pos+1]) {
		return 0
	}
	mark := text[pos : end+1]
	if i := strings.Index(text[end+1:], mark); i >= 0 {
		return end + 1 + i + len(mark)
	}
	return len(text)
}

// parameterEnd gives the end of the parameters $1 and $name.
func parameterEnd(text string, pos int) int {
	for pos++; pos < len(text) && (isWordStart(text[pos]) || isDigit(text[pos])); pos++ {
	}
	return pos
}

// lineEnd knows that engines end a comment at a carriage return, too.
func lineEnd(text string, pos int) int {
	if i := strings.IndexAny(text[pos:], "\n\r"); i >= 0 {
		return pos + i
	}
	return len(text)
}

// blockEnd gives the end of a block comment; they nest.
func blockEnd(text string, pos int) int {
	depth := 0
	for i := pos; i+1 < len(text); i++ {
		switch text[i : i+2] {
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
	return len(text)
}

func numberEnd(text string, pos int) int {
	i := pos
	for i < len(text) && (isWordPart(text[i]) && text[i] < utf8.RuneSelf || text[i] == '.') {
		exponent := text[i] == 'e' || text[i] == 'E'
		i++
		if exponent && i+1 < len(text) && (text[i] == '-' || text[i] == '+') && isDigit(text[i+1]) {
			i++
		}
	}
	return i
}

func wordEnd(text string, pos int) int {
	i := pos
	for i < len(text) && isWordPart(text[i]) {
		i++
	}
	return i
}

// operatorEnd reads a run of operator characters as one token, and punctuation one by one.
func operatorEnd(text string, pos int) int {
	const running = "+-*/<>=~!@#%^&|?:"
	i := pos
	for i < len(text) && strings.IndexByte(running, text[i]) >= 0 {
		if i > pos && (strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*")) {
			return i
		}
		i++
	}
	return max(i, pos+1)
}

func spaceEnd(text string, pos int) int {
	for pos < len(text) && isSpace(text[pos]) {
		pos++
	}
	return pos
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func isWordPart(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }
