package project

import (
	"strings"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/diag"
)

// fastParser reads the YAML that people mostly write: block and flow collections, scalars on one
// line, block scalars and comments. It gives up on anything else, such as anchors, tags and text
// over several lines, and on anything wrong; the library then has the word. Where both accept a
// text they give the same nodes (see FuzzFastYAML). It is an order of magnitude faster than the
// library, and most of what a project's files need at the start.
//
// The nodes of a document live until the parser is used for the next one.
type fastParser struct {
	text  string // the file up to the end of the document
	pos   int
	line  int // offset of the start of the line that pos is in
	col   int // of the next value, -1 at the end
	depth int
	stack []node // items of the collections that are open
	arena []node // items of those that are closed
	// trouble is the first thing that looks wrong.
	trouble *trouble
}

// trouble is something that looks wrong and, should the library agree, is said in these words.
type trouble struct {
	code          diag.Code
	start, end    int
	message, hint string
	// near says that the fast parser may be wrong: the library must complain of a line nearby.
	near bool
}

// maxDepth is how deep collections stand in each other before the library is asked.
const maxDepth = 100

func (p *fastParser) parse(d *doc) bool {
	p.text, p.pos, p.line = d.file.Text[:d.end], d.start, d.start
	p.depth, p.trouble = 0, nil
	p.stack, p.arena = p.stack[:0], p.arena[:0]
	if !p.ordinary() {
		return false
	}
	if strings.HasPrefix(p.text[p.pos:], "---") {
		p.pos += len("---")
		if !p.endLine() {
			return false
		}
	}
	if !p.next() {
		return false
	}
	if p.col < 0 {
		d.root = node{kind: scalarNode, style: plainStyle, start: int32(d.start), end: int32(d.start)}
		return true
	}
	root, ok := p.block(-1)
	if !ok || p.col >= 0 {
		return false
	}
	d.root = root
	return true
}

// ordinary reports whether the text has no control characters, unusual line breaks and the like.
func (p *fastParser) ordinary() bool {
	text := p.text[p.pos:]
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			rest := text[i:]
			return yamlControlRunes(rest, 0) < 0 && !strings.Contains(rest, "\u0085") && !strings.Contains(rest, "\u2028") &&
				!strings.Contains(rest, "\u2029") && !strings.Contains(rest, bom) && loneReturn(rest) < 0
		case c == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			return false
		case c < ' ' && c != '\n' && c != '\r' && c != '\t', c == 0x7f:
			return false
		}
	}
	return true
}

func loneReturn(text string) int {
	for i := range len(text) {
		if text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			return i
		}
	}
	return -1
}

// fail notes what looks wrong between two offsets. It gives false.
func (p *fastParser) fail(start, end int, message, hint string) bool {
	if p.trouble == nil {
		p.trouble = &trouble{code: diag.InvalidYAML, start: start, end: min(end, len(p.text)), message: message, hint: hint}
	}
	return false
}

func (p *fastParser) at(i int) byte {
	if i < len(p.text) {
		return p.text[i]
	}
	return '\n'
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isBreak(c byte) bool { return c == '\n' || c == '\r' }

// endLine moves to the start of the next line where nothing but a comment stands in this one.
func (p *fastParser) endLine() bool {
	i := p.pos
	for p.at(i) == ' ' {
		i++
	}
	switch c := p.at(i); {
	case c == '#' && (i == 0 || isBlank(p.text[i-1])):
	case isBreak(c):
	default:
		return false
	}
	p.pos = min(lineEnd(p.text, min(i, len(p.text)))+1, len(p.text))
	return true
}

// next moves from the start of a line to the next value and sets its column.
func (p *fastParser) next() bool {
	for p.pos < len(p.text) {
		i := p.pos
		for p.at(i) == ' ' {
			i++
		}
		switch c := p.at(i); {
		case isBreak(c) || c == '#':
			p.pos = min(lineEnd(p.text, min(i, len(p.text)))+1, len(p.text))
			continue
		case c == '\t':
			return p.tab(i)
		case i == p.pos && (c == '%' || p.documentMark(i)):
			return false
		}
		p.line, p.col, p.pos = p.pos, i-p.pos, i
		return true
	}
	p.col = -1
	return true
}

func (p *fastParser) tab(i int) bool {
	if rest := p.text[i:lineEnd(p.text, i)]; strings.TrimSpace(rest) == "" {
		return false
	}
	p.trouble = &trouble{
		code: diag.TabIndent, start: i, end: i + 1,
		message: "a tab cannot indent YAML", hint: "indent with spaces",
	}
	return false
}

// documentMark reports whether --- or ... stands at the offset, which is the start of a line.
func (p *fastParser) documentMark(i int) bool {
	rest := p.text[i:]
	return (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "...")) && isBlank(p.at(i+3))
}

// advance ends a value: what follows on its line and the way to the next one.
func (p *fastParser) advance() bool {
	if !p.endLine() {
		return p.fail(p.pos, lineEnd(p.text, p.pos), "text follows where the value has ended", "put the whole value in quotes")
	}
	return p.next()
}

// keep closes a collection: its items leave the stack.
func (p *fastParser) keep(base int) []node {
	count := len(p.stack) - base
	if cap(p.arena)-len(p.arena) < count {
		p.arena = make([]node, 0, max(256, 2*cap(p.arena), count))
	}
	from := len(p.arena)
	p.arena = append(p.arena, p.stack[base:]...)
	p.stack = p.stack[:base]
	return p.arena[from:len(p.arena):len(p.arena)]
}

// block reads the value at the next column, which is deeper than the collection it belongs to.
func (p *fastParser) block(parent int) (node, bool) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return node{}, false
	}
	col, c := p.col, p.at(p.pos)
	switch {
	case c == '-' && isBlank(p.at(p.pos+1)):
		return p.list(col)
	case c == '|' || c == '>':
		return p.blockScalar(parent)
	}
	n, ok := p.inline(false)
	if !ok {
		return n, false
	}
	if p.isColon() {
		return p.mapping(col, n)
	}
	return p.leaf(n, parent)
}

// isColon reports whether a colon that ends a key follows, and moves to it.
func (p *fastParser) isColon() bool {
	i := p.pos
	for p.at(i) == ' ' {
		i++
	}
	if p.at(i) == ':' && isBlank(p.at(i+1)) {
		p.pos = i
		return true
	}
	return false
}

// leaf ends a value that is not a block collection. It may not go on in the next line: that is for
// the library.
func (p *fastParser) leaf(n node, parent int) (node, bool) {
	if !p.advance() {
		return n, false
	}
	if p.col > parent {
		p.fail(p.pos, lineEnd(p.text, p.pos), "this line is indented deeper than the one it follows, which has a value already",
			"let it begin below the key it belongs to")
		p.trouble.near = true
		return n, false
	}
	return n, true
}

func (p *fastParser) mapping(col int, first node) (node, bool) {
	n := node{kind: mapNode, start: first.start}
	base := len(p.stack)
	for k := first; ; {
		if k.kind != scalarNode || int(k.end-k.start) > 1000 {
			return n, false
		}
		if k.style == plainStyle && k.text == "<<" {
			return n, false
		}
		p.pos++ // the colon
		v, ok := p.value(col)
		if !ok {
			return n, false
		}
		n.end = v.end
		p.stack = append(p.stack, k, v)
		if p.col < col {
			break
		}
		if p.col > col {
			return n, p.fail(p.pos, lineEnd(p.text, p.pos), "this line is indented unlike the keys around it", "let all keys of one thing begin in the same column")
		}
		if k, ok = p.key(); !ok {
			return n, false
		}
	}
	n.kids = p.keep(base)
	return n, true
}

// key reads a key in a line of its own.
func (p *fastParser) key() (node, bool) {
	start := p.pos
	if p.at(start) == '-' && isBlank(p.at(start+1)) {
		return node{}, p.fail(start, start+1, "a list stands where a key is expected", "indent it deeper than the key it belongs to")
	}
	n, ok := p.inline(false)
	if !ok {
		return n, false
	}
	if p.isColon() {
		return n, true
	}
	hint := "write a key, a colon and a space before the value"
	if name, value, found := strings.Cut(n.text, ":"); found && name != "" && !strings.Contains(name, " ") {
		hint = "write a space after the colon: " + name + ": " + value
	}
	return n, p.fail(start, max(int(n.end), start), "a key and a colon are expected here", hint)
}

// value reads what follows the colon of a key at a column.
func (p *fastParser) value(col int) (node, bool) {
	null := node{kind: scalarNode, style: plainStyle, start: int32(p.pos), end: int32(p.pos)}
	for p.at(p.pos) == ' ' {
		p.pos++
	}
	c := p.at(p.pos)
	switch {
	case isBreak(c) || c == '#' && p.at(p.pos-1) == ' ':
		if !p.endLine() || !p.next() {
			return null, false
		}
		switch {
		case p.col > col:
			return p.block(col)
		case p.col == col && p.at(p.pos) == '-' && isBlank(p.at(p.pos+1)):
			return p.list(col)
		}
		return null, true
	case c == '|' || c == '>':
		return p.blockScalar(col)
	case c == '-' && isBlank(p.at(p.pos+1)):
		return null, p.fail(p.pos, p.pos+1, "a list cannot begin in the line of its key", "begin it in the next line, or write it in brackets: [a, b]")
	}
	n, ok := p.inline(false)
	if !ok {
		return n, false
	}
	if p.isColon() {
		return n, p.fail(p.pos, p.pos+1, "a value cannot hold a colon and a space", "put the value in quotes")
	}
	return p.leaf(n, col)
}

func (p *fastParser) list(col int) (node, bool) {
	n := node{kind: listNode, start: int32(p.pos), end: int32(p.pos + 1)}
	base := len(p.stack)
	for p.col == col && p.at(p.pos) == '-' && isBlank(p.at(p.pos+1)) {
		p.pos++
		item := node{kind: scalarNode, style: plainStyle, start: int32(p.pos), end: int32(p.pos)}
		for p.at(p.pos) == ' ' {
			p.pos++
		}
		ok := true
		if c := p.at(p.pos); isBreak(c) || c == '#' {
			if !p.endLine() || !p.next() {
				return n, false
			}
			if p.col > col {
				item, ok = p.block(col)
			}
		} else {
			p.col = p.pos - p.line
			item, ok = p.block(col)
		}
		if !ok {
			return n, false
		}
		n.end = item.end
		p.stack = append(p.stack, item)
	}
	n.kids = p.keep(base)
	return n, true
}
