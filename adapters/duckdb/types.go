package duckdb

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// plainNames are the types whose values arrive whole without a cast.
var plainNames = ansi.Words(`
	BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT
	FLOAT DOUBLE
`)

// readableType gives the type a column is cast to before it is read: the same shape of lists,
// structs and maps, with numbers and booleans as they are and text in the place of all else. It
// takes DuckDB's spelling; what it cannot read becomes text as a whole.
func readableType(spelled string) string {
	p := typeParser{rest: spelled}
	readable, ok := p.parse()
	if !ok || p.rest != "" {
		return "VARCHAR"
	}
	return readable
}

type typeParser struct{ rest string }

func (p *typeParser) parse() (string, bool) {
	base, ok := p.base()
	if !ok {
		return "", false
	}
	for strings.HasPrefix(p.rest, "[") {
		end := strings.IndexByte(p.rest, ']')
		if end < 0 {
			return "", false
		}
		base += p.rest[:end+1]
		p.rest = p.rest[end+1:]
	}
	return base, true
}

func (p *typeParser) base() (string, bool) {
	end := strings.IndexAny(p.rest, "([,)")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	if strings.HasPrefix(word, `"`) { // a type of the user's
		return "VARCHAR", p.skipQuoted()
	}
	p.rest = p.rest[end:]
	if !strings.HasPrefix(p.rest, "(") {
		if plainNames[word] {
			return word, true
		}
		return "VARCHAR", true
	}
	switch word {
	case "STRUCT":
		return p.structure()
	case "MAP":
		return p.mapping()
	}
	inside, ok := p.skipParentheses()
	if word == "DECIMAL" {
		return word + inside, ok
	}
	return "VARCHAR", ok
}

// structure reads (name type, …); fields without names make the whole struct text.
func (p *typeParser) structure() (string, bool) {
	start := p.rest
	p.rest = p.rest[1:]
	var fields []string
	for {
		name := p.name()
		if name == "" || !p.take(" ") {
			p.rest = start
			_, ok := p.skipParentheses()
			return "VARCHAR", ok
		}
		inner, ok := p.parse()
		if !ok {
			return "", false
		}
		fields = append(fields, name+" "+inner)
		if !p.take(", ") {
			break
		}
	}
	return "STRUCT(" + strings.Join(fields, ", ") + ")", p.take(")")
}

// name reads a field's name and gives it in quotes. A field without one starts with its type, which
// is followed by no blank.
func (p *typeParser) name() string {
	if strings.HasPrefix(p.rest, `"`) {
		n := sqltoken.Piece(p.rest, 0)
		name := p.rest[:n]
		p.rest = p.rest[n:]
		return name
	}
	n := strings.IndexAny(p.rest, " (),[")
	if n <= 0 || p.rest[n] != ' ' {
		return ""
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	return Dialect{}.Quote(name)
}

func (p *typeParser) mapping() (string, bool) {
	p.rest = p.rest[1:]
	if _, ok := p.parse(); !ok || !p.take(", ") {
		return "", false
	}
	value, ok := p.parse()
	return "MAP(VARCHAR, " + value + ")", ok && p.take(")")
}

func (p *typeParser) take(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}

func (p *typeParser) skipQuoted() bool {
	p.rest = p.rest[sqltoken.Piece(p.rest, 0):]
	return true
}

// skipParentheses skips from an opening parenthesis to the one that closes it.
func (p *typeParser) skipParentheses() (string, bool) {
	depth := 0
	for i := 0; i < len(p.rest); i = sqltoken.Piece(p.rest, i) {
		switch p.rest[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				inside := p.rest[:i+1]
				p.rest = p.rest[i+1:]
				return inside, true
			}
		}
	}
	return "", false
}
