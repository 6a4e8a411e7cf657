package explain

import (
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// tokenOf gives the token an error is about: the one at its position, else the name it mentions
// where that stands just once, else one that its message mentions, else the first one.
func tokenOf(sql string, e *engine.Error, m meaning) sqltoken.Token {
	position, name := e.Position, m.name
	if position >= 0 {
		if tok, ok := sqltoken.At(sql, position); ok {
			return widen(sql, tok)
		}
	}
	if at := strings.LastIndexByte(name, '.'); at >= 0 && at+1 < len(name) {
		name = name[at+1:]
	}
	if found := sqltoken.Find(sql, name); name != "" && len(found) == 1 {
		return found[0]
	}
	if tok, ok := mentioned(sql, m.code, e.Message); ok {
		return tok
	}
	tok, _ := sqltoken.At(sql, 0)
	for tok.Kind == sqltoken.Comment {
		next, ok := sqltoken.At(sql, tok.End)
		if !ok || next.Start <= tok.Start {
			break
		}
		tok = next
	}
	return tok
}

// widen covers the whole of a qualified name, and the type after a cast.
func widen(sql string, tok sqltoken.Token) sqltoken.Token {
	for {
		dot, ok := sqltoken.At(sql, tok.End)
		if !ok || dot.Start != tok.End {
			return tok
		}
		if tok.Is(sql, "::") {
			tok.End = dot.End
			return tok
		}
		if !tok.IsName() || !dot.Is(sql, ".") {
			return tok
		}
		part, ok := sqltoken.At(sql, dot.End)
		if !ok || part.Start != dot.End || !part.IsName() {
			return tok
		}
		tok.End, tok.Kind = part.End, part.Kind
	}
}

// tableNamed gives the place where a query reads a table of that name: the last part of a name after
// from, join or a comma.
func tableNamed(sql, name string) (found sqltoken.Token, ok bool) {
	name = name[strings.LastIndexByte(name, '.')+1:]
	start, reads := sqltoken.Token{}, false
	for _, tok := range sqltoken.Code(sql) {
		switch {
		case tok.Is(sql, "from"), tok.Is(sql, "join"), tok.Is(sql, ","):
			start, reads = sqltoken.Token{}, true
		case reads && tok.IsName():
			if start.Kind == 0 {
				start = tok
			}
			if strings.EqualFold(tok.Name(sql), name) {
				return sqltoken.Token{Kind: tok.Kind, Start: start.Start, End: tok.End}, true
			}
		case !tok.Is(sql, "."):
			reads = false
		}
	}
	return sqltoken.Token{}, false
}

// stringOf gives the first string that says a text.
func stringOf(sql, text string) (sqltoken.Token, bool) {
	for tok := range sqltoken.Tokens(sql) {
		if tok.Kind == sqltoken.String && strings.Trim(tok.Text(sql), "'") == text {
			return tok, true
		}
	}
	return sqltoken.Token{}, false
}
