package project

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/quernsql/quern/compiler/diag"
)

// maxExpanded bounds the nodes a document may have once its aliases are put in, beyond those that
// are written.
const maxExpanded = 100_000

// slowParser reads any YAML with the library; the fast parser hands over what it does not know.
type slowParser struct {
	*doc
	// trouble is what the fast parser found wrong; it is used when the library agrees that
	// something is.
	trouble *trouble
	lines   []int // offset in the file of the start of each line, as YAML counts lines
	anchors map[*yaml.Node]*expanded
	extra   int // nodes that aliases added
	tooMany bool
}

type expanded struct {
	node   node
	weight int
	done   bool
}

func (s *slowParser) parse() (ok bool) {
	text := s.file.Text[s.start:s.end]
	if i := yamlControl(text); i >= 0 {
		r, size := utf8.DecodeRuneInString(text[i:])
		s.diags.Errorf(diag.ControlByte, s.file.Span(s.start+i, s.start+i+size),
			"the control character %U cannot stand in YAML", r).Hintf("remove it, or write it as an escape in double quotes")
		return false
	}
	// The library panics on some malformed input.
	defer func() {
		if r := recover(); r != nil {
			s.invalid(fmt.Errorf("%v", r))
			ok = false
		}
	}()
	dec := yaml.NewDecoder(strings.NewReader(text))
	var first, second yaml.Node
	if err := dec.Decode(&first); err != nil && !errors.Is(err, io.EOF) {
		s.invalid(err)
		return false
	}
	if err := dec.Decode(&second); err == nil {
		at := s.offset(second.Line, second.Column)
		s.diags.Errorf(diag.ManyDocuments, s.file.Span(at, at+3), "a second YAML document begins here").
			Hintf(`a file holds one document; remove the line "---"`)
	} else if !errors.Is(err, io.EOF) {
		s.invalid(err)
		return false
	}
	s.root = node{kind: scalarNode, style: plainStyle, start: int32(s.start), end: int32(s.start)}
	if len(first.Content) > 0 {
		s.root, _ = s.convert(first.Content[0])
	}
	return !s.tooMany
}

// convert gives the node of the library's node, and the number of nodes in it.
func (s *slowParser) convert(y *yaml.Node) (node, int) {
	if y.Kind == yaml.AliasNode {
		return s.alias(y)
	}
	at := s.offset(y.Line, y.Column)
	n := node{start: int32(at), end: int32(at), text: y.Value}
	weight := 1
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapNode
		weight += s.mapping(y, &n)
	case yaml.SequenceNode:
		n.kind = listNode
		n.kids = make([]node, len(y.Content))
		for i, item := range y.Content {
			kid, w := s.convert(item)
			n.kids[i] = kid
			n.end = max(n.end, kid.end)
			weight += w
		}
	default:
		n.kind = scalarNode
		s.scalar(y, &n)
	}
	if y.Style&yaml.FlowStyle != 0 {
		n.end = int32(s.closing(int(n.end), n.kind))
	}
	s.checkTag(y, &n)
	return n, weight
}

// closing gives the offset after the bracket that ends a flow collection.
func (s *slowParser) closing(from int, kind nodeKind) int {
	bracket := byte(']')
	if kind == mapNode {
		bracket = '}'
	}
	if i := strings.IndexByte(s.file.Text[from:s.end], bracket); i >= 0 {
		return from + i + 1
	}
	return from
}

func (s *slowParser) mapping(y *yaml.Node, n *node) int {
	weight := 0
	var merges []node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, w := s.convert(y.Content[i])
		value, v := s.convert(y.Content[i+1])
		weight += w + v
		n.end = max(n.end, key.end, value.end)
		if y.Content[i].Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		n.kids = append(n.kids, key, value)
	}
	if len(merges) > 0 {
		has := make(map[string]bool, len(n.kids)/2)
		for i := 0; i < len(n.kids); i += 2 {
			has[n.kids[i].text] = true
		}
		for i := range merges {
			s.merge(n, &merges[i], has)
		}
	}
	return weight
}

// merge adds the keys that n does not have yet.
func (s *slowParser) merge(n, from *node, has map[string]bool) {
	switch from.kind {
	case listNode:
		for i := range from.kids {
			s.merge(n, &from.kids[i], has)
		}
	case mapNode:
		for i := 0; i < len(from.kids); i += 2 {
			if key := from.kids[i]; !has[key.text] {
				has[key.text] = true
				n.kids = append(n.kids, key, from.kids[i+1])
			}
		}
	default:
		s.diags.Errorf(diag.InvalidYAML, s.span(from), `the merge key "<<" needs keys and values`).
			Hintf("give it an alias of a mapping, as in <<: *name")
	}
}

// alias gives a copy of what the alias names. The copy shares its items with the original, so that
// only walking them costs; the bound is on that.
func (s *slowParser) alias(y *yaml.Node) (node, int) {
	if s.anchors == nil {
		s.anchors = map[*yaml.Node]*expanded{}
	}
	at := s.offset(y.Line, y.Column)
	null := node{kind: scalarNode, style: plainStyle, start: int32(at), end: int32(at)}
	e := s.anchors[y.Alias]
	if e == nil {
		e = &expanded{}
		s.anchors[y.Alias] = e
		e.node, e.weight = s.convert(y.Alias)
		e.done = true
	}
	if !e.done {
		s.diags.Errorf(diag.InvalidYAML, s.file.Span(at, at+1+len(y.Value)),
			"the alias %q stands inside what it names", y.Value).Hintf("write the value out")
		return null, 1
	}
	s.extra += e.weight
	if s.extra > maxExpanded {
		if !s.tooMany {
			s.diags.Errorf(diag.AliasLimit, s.file.Span(at, at+1+len(y.Value)),
				"aliases blow this file up to more than %d values", maxExpanded).Hintf("write the values out, or use fewer aliases")
		}
		s.tooMany = true
		return null, 1
	}
	return e.node, e.weight
}

func (s *slowParser) checkTag(y *yaml.Node, n *node) {
	if y.Style&yaml.TaggedStyle == 0 {
		return
	}
	switch y.Tag {
	case "!!str", "!!timestamp":
		if n.style == plainStyle {
			n.style = taggedText
		}
	case "!!int", "!!float", "!!bool", "!!null":
		n.style = plainStyle
	case "!!map", "!!seq", "!!merge":
	default:
		s.diags.Errorf(diag.InvalidYAML, s.span(n), "the tag %q is not known", y.Tag).Hintf("remove it")
	}
}

// offset gives the place of a line and a column in the file. YAML ends lines at more characters
// than a source.File does, and counts columns in characters.
func (s *slowParser) offset(line, column int) int {
	if s.lines == nil {
		s.lines = yamlLines(s.file.Text[:s.end], s.start)
	}
	if line < 1 {
		return s.start
	}
	if line > len(s.lines) {
		return s.end
	}
	at := s.lines[line-1]
	for ; column > 1 && at < s.end; column-- {
		_, size := utf8.DecodeRuneInString(s.file.Text[at:])
		at += size
	}
	return at
}

func yamlLines(text string, from int) []int {
	lines := []int{from}
	for i := from; i < len(text); i++ {
		switch {
		case text[i] == '\n', text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			lines = append(lines, i+1)
		case text[i] == 0xc2 && strings.HasPrefix(text[i:], "\u0085"):
			lines = append(lines, i+2)
		case text[i] == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			lines = append(lines, i+3)
		}
	}
	return lines
}

// invalid reports text that is no YAML: with what the fast parser knows of it, or else in the
// library's words, which come with a line at best.
func (s *slowParser) invalid(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := s.start
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		number, words, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			at, message = s.offset(line, 1), words
		}
	}
	switch {
	case s.trouble != nil && (!s.trouble.near || s.near(at, message)):
		t := s.trouble
		s.diags.Errorf(t.code, s.file.Span(t.start, t.end), "%s", t.message).Hint = t.hint
	case s.tab(at):
	case strings.HasPrefix(message, "unknown anchor '"):
		name, _, _ := strings.Cut(strings.TrimPrefix(message, "unknown anchor '"), "'")
		if i := strings.Index(s.file.Text[s.start:s.end], "*"+name); i >= 0 {
			at = s.start + i
		}
		s.diags.Errorf(diag.InvalidYAML, s.file.Span(at, at+1+len(name)), "no anchor is called %q", name).
			Hintf("an anchor is written &%s before its value; a text that begins with * needs quotes", name)
	default:
		for at < s.end && s.file.Text[at] == ' ' {
			at++
		}
		s.diags.Errorf(diag.InvalidYAML, s.file.Span(at, lineEnd(s.file.Text[:s.end], at)), "not valid YAML: %s", message).
			Hintf("look at the indentation, quotes and brackets here and in the line before")
	}
}

// near reports whether what the library says is about the place of the trouble. It counts lines
// from the start of a construct or from its end, and not always from 1.
func (s *slowParser) near(at int, message string) bool {
	if strings.Contains(message, "end of stream") {
		return true
	}
	there, here := s.file.Position(at).Line, s.file.Position(s.trouble.start).Line
	return there-here <= 1 && here-there <= 1
}

// tab reports a tab in the indentation at the place the library names, or in the line after it.
func (s *slowParser) tab(at int) bool {
	text := s.file.Text[:s.end]
	for range 2 {
		line := text[at:lineEnd(text, at)]
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && len(indent) < len(strings.TrimRight(line, "\r")) {
			s.diags.Errorf(diag.TabIndent, s.file.Span(at+i, at+i+1), "a tab cannot indent YAML").Hintf("indent with spaces")
			return true
		}
		at = min(at+len(line)+1, len(text))
	}
	return false
}
