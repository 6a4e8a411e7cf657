package project

import (
	"strings"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

type nodeKind uint8

const (
	scalarNode nodeKind = iota + 1
	listNode
	mapNode
)

type nodeStyle uint8

const (
	plainStyle nodeStyle = iota + 1 // may mean a number, true, null …
	quotedStyle
	blockStyle
	taggedText // marked as text with !!str
)

// node is a value of a YAML document. Its place is given in bytes of the file.
type node struct {
	kind       nodeKind
	style      nodeStyle
	start, end int32
	text       string // of a scalar
	kids       []node // items of a list; the keys and values of a map by turns
}

func (n *node) isNull() bool {
	if n.kind != scalarNode || n.style != plainStyle {
		return false
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// doc is a YAML document: a whole file, or the front matter of one. What is wrong is added to diags.
type doc struct {
	file *source.File
	// start and end bound the YAML in the file's text.
	start, end int
	diags      diag.List
	root       node
}

func (d *doc) span(n *node) source.Span {
	return source.Span{File: d.file, Start: int(n.start), End: int(n.end)}
}

// parse reads the document into d.root and reports whether there is something to look at; a
// document that is not valid YAML is reported. An empty one has a null at its root.
func (d *doc) parse(p *fastParser) bool {
	if p.parse(d) {
		return true
	}
	s := slowParser{doc: d, trouble: p.trouble}
	return s.parse()
}

// text gives a scalar as a Text. It is exact where its bytes are those of the file.
func (d *doc) text(n *node) Text {
	span := d.span(n)
	switch {
	case n.style == quotedStyle && span.End-span.Start >= 2:
		if inner := (source.Span{File: d.file, Start: span.Start + 1, End: span.End - 1}); inner.Text() == n.text {
			span = inner
		}
	case n.style == blockStyle:
		// The line break that ends the text stands just after the span.
		raw := d.file.Text[span.Start:min(span.End+1, len(d.file.Text))]
		if i := strings.Index(raw, n.text); i >= 0 && n.text != "" {
			span.Start += i
			span.End = span.Start + len(n.text)
		}
	}
	return Text{Value: n.text, Span: span, Exact: span.Text() == n.text}
}

// yamlControl gives the offset of the first character that YAML does not allow, or -1.
func yamlControl(text string) int {
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return yamlControlRunes(text, i)
		}
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return i
		}
	}
	return -1
}

func yamlControlRunes(text string, from int) int {
	for i, r := range text[from:] {
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r',
			r >= 0x7f && r < 0xa0 && r != 0x85,
			r == 0xfffe, r == 0xffff:
			return from + i
		}
	}
	return -1
}

// IgnoresVolatile reports whether functions that give something else in every run are no reason to build it again.
func (m *Model) IgnoresVolatile() bool { return m.Config["volatile"] == "ignore" }
