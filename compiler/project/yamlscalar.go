package project

import (
	"strings"
)

// inline reads a scalar in one line or a flow collection.
func (p *fastParser) inline(flow bool) (node, bool) {
	switch p.at(p.pos) {
	case '"':
		return p.doubleQuoted()
	case '\'':
		return p.singleQuoted()
	case '[', '{':
		return p.flow()
	default:
		return p.plain(flow)
	}
}

func (p *fastParser) plain(flow bool) (node, bool) {
	start := p.pos
	n := node{kind: scalarNode, style: plainStyle, start: int32(start)}
	switch c := p.at(start); c {
	case '@', '`', '%':
		return n, p.fail(start, start+1, "a text cannot begin with "+string(c), "put it in quotes")
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '\t':
		return n, false
	case '-', '?', ':':
		if next := p.at(start + 1); isBlank(next) || flow && (c != '-' || strings.IndexByte(",[]{}:?", next) >= 0) {
			return n, false
		}
	}
	end := start
	for i := start; ; i++ {
		switch c := p.at(i); c {
		case ' ':
			if p.at(i+1) != '#' {
				continue
			}
		case '\t':
			return n, false
		case '\n', '\r':
		case ':':
			if next := p.at(i + 1); !isBlank(next) {
				if flow && strings.IndexByte(",[]{}", next) >= 0 {
					return n, false
				}
				end = i + 1
				continue
			}
		case ',', ']', '}', '[', '{', '?':
			if !flow {
				end = i + 1
				continue
			}
			if c == '[' || c == '{' || c == '?' {
				return n, false
			}
		default:
			end = i + 1
			continue
		}
		break
	}
	n.end, n.text, p.pos = int32(end), p.text[start:end], end
	return n, true
}

func (p *fastParser) doubleQuoted() (node, bool) {
	start := p.pos
	n := node{kind: scalarNode, style: quotedStyle, start: int32(start)}
	for i := start + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			n.end, n.text, p.pos = int32(i+1), p.text[start+1:i], i+1
			return n, p.afterQuote()
		case isBreak(c):
			return n, p.openQuote(start, '"')
		case c == '\\':
			return p.escaped(n, i)
		}
	}
	return n, p.openQuote(start, '"')
}

// escaped goes on with a text in double quotes at its first escape.
func (p *fastParser) escaped(n node, from int) (node, bool) {
	b := []byte(p.text[n.start+1 : from])
	for i := from; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			n.end, n.text, p.pos = int32(i+1), string(b), i+1
			return n, p.afterQuote()
		case isBreak(c):
			return n, p.openQuote(int(n.start), '"')
		case c == '\\':
			i++
			at := strings.IndexByte(`ntr"\/0`, p.at(i))
			if at < 0 {
				if strings.IndexByte("ab\tvfe N_LPxuU\n\r", p.at(i)) < 0 {
					p.fail(i-1, i+1, "this escape is not known", `write \\ for a backslash, or put the text in single quotes`)
				}
				return n, false
			}
			b = append(b, "\n\t\r\"\\/\x00"[at])
		default:
			b = append(b, c)
		}
	}
	return n, p.openQuote(int(n.start), '"')
}

func (p *fastParser) singleQuoted() (node, bool) {
	start := p.pos
	n := node{kind: scalarNode, style: quotedStyle, start: int32(start)}
	doubled := false
	for i := start + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case isBreak(c):
			return n, p.openQuote(start, '\'')
		case c != '\'':
		case p.at(i+1) == '\'':
			doubled = true
			i++
		default:
			n.end, n.text, p.pos = int32(i+1), p.text[start+1:i], i+1
			if doubled {
				n.text = strings.ReplaceAll(n.text, "''", "'")
			}
			return n, p.afterQuote()
		}
	}
	return n, p.openQuote(start, '\'')
}

// openQuote gives up on a text in quotes that does not end in its line.
func (p *fastParser) openQuote(start int, quote byte) bool {
	p.fail(start, lineEnd(p.text, start), "the text in quotes that begins here has no end in its line",
		"close it with "+string(quote))
	p.trouble.near = true
	return false
}

// afterQuote refuses what cannot follow a closing quote.
func (p *fastParser) afterQuote() bool {
	c := p.at(p.pos)
	if isBlank(c) && c != '\t' || c == ':' || c == ',' || c == ']' || c == '}' {
		return true
	}
	return p.fail(p.pos, lineEnd(p.text, p.pos), "text follows the closing quote", `put the whole value in quotes; inside '…' a quote is written twice, inside "…" as \"`)
}

// flow reads a collection in brackets, which may go over several lines.
func (p *fastParser) flow() (node, bool) {
	p.depth++
	defer func() { p.depth-- }()
	start, open := p.pos, p.at(p.pos)
	n := node{kind: listNode, start: int32(start)}
	closing := byte(']')
	if open == '{' {
		n.kind, closing = mapNode, '}'
	}
	if p.depth > maxDepth {
		return n, false
	}
	if strings.HasPrefix(p.text[start:], "{{") {
		p.fail(start, start+2, "a value cannot begin with {{", "put the value in quotes")
	}
	base := len(p.stack)
	p.pos++
	for {
		if !p.space() {
			return n, p.open(start, closing)
		}
		if p.at(p.pos) == closing {
			break
		}
		if !p.flowItem(n.kind == mapNode) || !p.space() {
			return n, p.open(start, closing)
		}
		switch p.at(p.pos) {
		case ',':
			p.pos++
		case closing:
		default:
			return n, p.fail(p.pos, p.pos+1, "a comma or "+string(closing)+" is expected here", "separate entries with commas; put text with brackets or commas in quotes")
		}
	}
	p.pos++
	n.end = int32(p.pos)
	n.kids = p.keep(base)
	return n, true
}

// open gives up on a bracket, and says so where the text ended before it was closed.
func (p *fastParser) open(start int, closing byte) bool {
	if p.pos < len(p.text) {
		return false
	}
	return p.fail(start, start+1, "the bracket that opens here is not closed", "close it with "+string(closing))
}

// flowItem reads an item of a list, or a key with its value.
func (p *fastParser) flowItem(pair bool) bool {
	n, ok := p.inline(true)
	if !ok {
		return false
	}
	p.stack = append(p.stack, n)
	if !pair {
		return !p.isColon()
	}
	if n.kind != scalarNode || n.style == plainStyle && n.text == "<<" {
		return false
	}
	if !p.isColon() {
		return p.fail(int(n.start), int(n.end), "a key in braces needs a colon, a space and a value", "write {key: value}")
	}
	p.pos++
	v := node{kind: scalarNode, style: plainStyle, start: int32(p.pos), end: int32(p.pos)}
	if !p.space() {
		return false
	}
	if c := p.at(p.pos); c != ',' && c != '}' {
		if v, ok = p.inline(true); !ok || p.isColon() {
			return false
		}
	}
	p.stack = append(p.stack, v)
	return true
}

// space skips spaces, line breaks and comments inside brackets. It gives false at the end of the
// text and at what the library has to judge.
func (p *fastParser) space() bool {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\r':
			p.pos++
		case '\n':
			p.pos++
			if p.pos < len(p.text) && p.documentMark(p.pos) {
				return false
			}
		case '\t':
			return false
		case '#':
			if !isBlank(p.text[p.pos-1]) {
				return false
			}
			p.pos = lineEnd(p.text, p.pos)
		default:
			return true
		}
	}
	return false
}

// blockScalar reads the lines below | or >.
func (p *fastParser) blockScalar(parent int) (node, bool) {
	n := node{kind: scalarNode, style: blockStyle, start: int32(p.pos)}
	folded := p.at(p.pos) == '>'
	p.pos++
	strip := p.at(p.pos) == '-'
	if strip {
		p.pos++
	}
	n.end = int32(p.pos)
	if parent < 0 || p.text[len(p.text)-1] != '\n' || !p.endLine() {
		return n, false
	}
	var b strings.Builder
	blanks, indent := 0, -1
	for p.pos < len(p.text) {
		end := lineEnd(p.text, p.pos)
		line := strings.TrimSuffix(p.text[p.pos:end], "\r")
		content := strings.TrimLeft(line, " ")
		spaces := len(line) - len(content)
		if content == "" {
			if indent < 0 && spaces > 0 || indent >= 0 && spaces > indent {
				return n, false
			}
			blanks++
			p.pos = min(end+1, len(p.text))
			continue
		}
		if indent < 0 && spaces > parent {
			indent = spaces
		}
		if spaces < indent || indent < 0 {
			break
		}
		// Lines that are indented deeper keep their breaks in folded text.
		if content[0] == '\t' || folded && spaces > indent {
			return n, false
		}
		fold(&b, folded, blanks)
		b.WriteString(line[indent:])
		n.end, blanks = int32(p.pos+len(line)), 0
		p.pos = min(end+1, len(p.text))
	}
	if b.Len() > 0 && !strip {
		b.WriteByte('\n')
	}
	n.text = b.String()
	if !p.next() {
		return n, false
	}
	return n, p.col <= parent
}

// fold writes what stands between two lines of a block scalar.
func fold(b *strings.Builder, folded bool, blanks int) {
	switch {
	case b.Len() == 0:
	case folded && blanks == 0:
		b.WriteByte(' ')
	case !folded:
		b.WriteByte('\n')
	}
	for range blanks {
		b.WriteByte('\n')
	}
}
