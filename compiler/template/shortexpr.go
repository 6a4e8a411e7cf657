package template

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// shortDepth is how deep parentheses may be nested for the short way.
const shortDepth = 20

// pipe reads a pipeline: `a | f x` is `f x a`.
func (p *shortParser) pipe() expr {
	value := p.command(nil)
	for p.space(); p.at < len(p.body) && p.body[p.at] == '|'; p.space() {
		p.at++
		value = p.command(value)
	}
	return value
}

// command reads a function with its arguments, or a value.
func (p *shortParser) command(piped expr) expr {
	p.space()
	start := p.at
	if p.at >= len(p.body) {
		p.giveUp()
		return nil
	}
	if c := p.body[p.at]; !isLetter(c) || c <= '9' || p.isConstant() {
		value := p.operand()
		if end := p.ends(); piped != nil || !end {
			p.giveUp()
		}
		return value
	}
	name := p.name()
	args := make([]expr, 0, 2)
	for !p.ends() {
		if p.failed || !isSpace(p.body[p.at-1]) {
			p.giveUp()
			return nil
		}
		args = append(args, p.operand())
	}
	if p.failed {
		return nil
	}
	return p.newCall(place{start, start + len(name)}, args, piped)
}

// ends passes white space and reports whether the command ends after it.
func (p *shortParser) ends() bool {
	p.space()
	if p.at >= len(p.body) {
		return true
	}
	rest := p.body[p.at:]
	return rest[0] == '|' || rest[0] == ')' || strings.HasPrefix(rest, "}}") ||
		strings.HasPrefix(rest, "-}}") && isSpace(p.body[p.at-1])
}

// isConstant reports whether true or false comes next.
func (p *shortParser) isConstant() bool {
	begin := p.at
	word := p.word()
	p.at = begin
	return word == "true" || word == "false"
}

// name reads the name of a function.
func (p *shortParser) name() string {
	word := p.word()
	if p.failed || isKeyword(word) || p.body[p.at] == '.' {
		p.giveUp()
		return ""
	}
	return word
}

// operand reads one argument.
func (p *shortParser) operand() expr {
	start := p.at
	switch c := p.body[p.at]; {
	case c == '"' || c == '`':
		return p.quoted(c)
	case c == '.':
		return p.dotted()
	case c == '$':
		return p.dollar()
	case c == '(':
		return p.parenthesised()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case isLetter(c):
		switch word := p.word(); word {
		case "true", "false":
			return &literal{place{start, p.at}, word == "true"}
		case "nil":
			return &literal{place: place{start, p.at}}
		}
		p.at = start
		if name := p.name(); !p.failed {
			return p.newCall(place{start, start + len(name)}, nil, nil)
		}
	}
	p.giveUp()
	return nil
}

func (p *shortParser) quoted(quote byte) expr {
	start := p.at
	end := endOfQuote(p.body, start)
	text := p.body[start:end]
	if p.at = end; len(text) < 2 || text[len(text)-1] != quote {
		p.giveUp()
		return nil
	}
	value := text[1 : len(text)-1]
	if strings.ContainsAny(value, "\\\r\n") || !utf8.ValidString(value) {
		var err error
		if value, err = strconv.Unquote(text); err != nil {
			p.giveUp()
			return nil
		}
	}
	return &literal{place{start, end}, value}
}

// path reads .a.b, if there is any.
func (p *shortParser) path() []string {
	var out []string
	for p.at < len(p.body) && p.body[p.at] == '.' {
		p.at++
		out = append(out, p.word())
		if p.failed {
			return nil
		}
	}
	return out
}

// dotted reads the dot or a field.
func (p *shortParser) dotted() expr {
	start := p.at
	if p.at+1 < len(p.body) && isLetter(p.body[p.at+1]) {
		if path := p.path(); !p.failed {
			return p.field(path, place{start, p.at})
		}
		return nil
	}
	p.at++
	if !p.atTerminator() || p.body[p.at] == '.' {
		p.giveUp()
		return nil
	}
	return p.dot(place{start, p.at})
}

// dollar reads a variable.
func (p *shortParser) dollar() expr {
	start := p.at
	p.at++
	name := "$"
	if p.at < len(p.body) && isLetter(p.body[p.at]) {
		name += p.word()
	}
	if p.failed || !p.atTerminator() || name != "$" && p.lookup(name) == nil {
		p.giveUp()
		return nil
	}
	path := p.path()
	if p.failed {
		return nil
	}
	return p.variable(name, path, place{start, p.at})
}

func (p *shortParser) parenthesised() expr {
	start := p.at
	p.at++
	if p.depth++; p.depth > shortDepth {
		p.giveUp()
		return nil
	}
	value := p.pipe()
	if p.failed || p.at >= len(p.body) || p.body[p.at] != ')' {
		p.giveUp()
		return nil
	}
	p.depth--
	p.at++
	path := p.path()
	if p.failed || len(path) == 0 {
		return value
	}
	return &access{place{start, p.at}, value, path}
}

// number reads whole and decimal numbers as people write them.
func (p *shortParser) number() expr {
	start := p.at
	if p.body[p.at] == '-' {
		p.at++
	}
	first := p.at
	whole := p.digits()
	fraction := -1
	if p.at < len(p.body) && p.body[p.at] == '.' {
		p.at++
		fraction = p.digits()
	}
	at := place{start, p.at}
	if whole == 0 || whole > 15 || fraction == 0 || whole > 1 && p.body[first] == '0' || !p.atTerminator() || p.body[p.at] == '.' {
		p.giveUp()
		return nil
	}
	if fraction > 0 {
		value, err := strconv.ParseFloat(p.text(at), 64)
		if err != nil {
			p.giveUp()
		}
		return &literal{at, value}
	}
	value, err := strconv.Atoi(p.text(at))
	if err != nil {
		p.giveUp()
	}
	return &literal{at, value}
}

// digits passes digits and counts them.
func (p *shortParser) digits() int {
	start := p.at
	for p.at < len(p.body) && p.body[p.at] >= '0' && p.body[p.at] <= '9' {
		p.at++
	}
	return p.at - start
}
