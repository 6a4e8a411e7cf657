package duckdb

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// planTree is a JSON document as a list of nodes that is used again for the next one. Texts point
// into the document where they can, so they must be cloned to be kept.
type planTree struct {
	text  string
	at    int
	nodes []planNode
}

// planNode is a JSON value. Links are indexes of nodes; 0 is none, since node 0 is the root.
type planNode struct {
	key         string // in an object
	text        string // of a scalar
	first, next int32
	kind        byte // {, [, ", or 0 for numbers, true, false and null
}

var errPlan = errors.New("the plan is no JSON")

// parse reads a document; what was read before is gone.
func (t *planTree) parse(text string) error {
	t.text, t.at, t.nodes = text, 0, t.nodes[:0]
	if _, err := t.value(""); err != nil {
		return err
	}
	return nil
}

// release lets go of the document, and of much memory.
func (t *planTree) release() {
	const most = 1 << 16 // nodes, 4 MB
	t.text = ""
	if cap(t.nodes) > most {
		t.nodes = nil
	}
	clear(t.nodes)
}

func (t *planTree) skip() byte {
	for t.at < len(t.text) {
		switch c := t.text[t.at]; c {
		case ' ', '\t', '\n', '\r':
			t.at++
		default:
			return c
		}
	}
	return 0
}

func (t *planTree) value(key string) (int32, error) {
	n := int32(len(t.nodes))
	c := t.skip()
	t.nodes = append(t.nodes, planNode{key: key, kind: c})
	switch c {
	case '{', '[':
		return n, t.inside(n, c)
	case '"':
		s, err := t.str()
		t.nodes[n].text = s
		return n, err
	case 0:
		return n, errPlan
	}
	start := t.at
	for t.at < len(t.text) && strings.IndexByte(",]} \n\t\r", t.text[t.at]) < 0 {
		t.at++
	}
	t.nodes[n].text, t.nodes[n].kind = t.text[start:t.at], 0
	return n, nil
}

// inside reads the members of an object or a list.
func (t *planTree) inside(parent int32, open byte) error {
	closing := open + 2 // } and ] are two behind { and [
	t.at++
	last := int32(0)
	for {
		c := t.skip()
		if c == closing {
			t.at++
			return nil
		}
		if last > 0 {
			if c != ',' {
				return errPlan
			}
			t.at++
			t.skip()
		}
		key := ""
		if open == '{' {
			if t.skip() != '"' {
				return errPlan
			}
			var err error
			if key, err = t.str(); err != nil {
				return err
			}
			if t.skip() != ':' {
				return errPlan
			}
			t.at++
		}
		n, err := t.value(key)
		if err != nil {
			return err
		}
		if last == 0 {
			t.nodes[parent].first = n
		} else {
			t.nodes[last].next = n
		}
		last = n
	}
}

// str reads a string that starts here.
func (t *planTree) str() (string, error) {
	start := t.at + 1
	for i := start; i < len(t.text); i++ {
		switch t.text[i] {
		case '"':
			t.at = i + 1
			return t.text[start:i], nil
		case '\\':
			return t.escaped(start, i)
		}
	}
	return "", errPlan
}

// escaped reads a string with its first backslash at i.
func (t *planTree) escaped(start, i int) (string, error) {
	out := []byte(t.text[start:i])
	for i < len(t.text) {
		c := t.text[i]
		switch {
		case c == '"':
			t.at = i + 1
			return string(out), nil
		case c != '\\':
			out = append(out, c)
			i++
			continue
		case i+1 >= len(t.text):
			return "", errPlan
		}
		if t.text[i+1] != 'u' {
			out = append(out, unescaped(t.text[i+1]))
			i += 2
			continue
		}
		r, n := unicodeEscape(t.text[i:])
		out = utf8.AppendRune(out, r)
		i += n
	}
	return "", errPlan
}

func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return c
}

// unicodeEscape reads \uXXXX, or two of them that make one character.
func unicodeEscape(text string) (rune, int) {
	first := hex4(text)
	if utf16.IsSurrogate(first) {
		if r := utf16.DecodeRune(first, hex4(text[min(6, len(text)):])); r != utf8.RuneError {
			return r, 12
		}
	}
	return first, 6
}

func hex4(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// get gives the member of an object, 0 where there is none.
func (t *planTree) get(n int32, key string) int32 {
	for c := t.nodes[n].first; c > 0; c = t.nodes[c].next {
		if t.nodes[c].key == key {
			return c
		}
	}
	return 0
}

// str0 gives a member's text, "" where there is none.
func (t *planTree) member(n int32, key string) string {
	if c := t.get(n, key); c > 0 {
		return t.nodes[c].text
	}
	return ""
}

// number gives a member's number; what is missing is 0, what is none -1.
func (t *planTree) number(n int32, key string) int64 {
	c := t.get(n, key)
	if c == 0 {
		return 0
	}
	return t.integer(c)
}

// integer gives a scalar's number; numbers beyond 63 bits and what is none are -1.
func (t *planTree) integer(n int32) int64 {
	v, err := strconv.ParseInt(t.nodes[n].text, 10, 64)
	if err != nil {
		return -1
	}
	return v
}

// first gives the first member of a member, 0 where there is none; the others follow as next.
func (t *planTree) first(n int32, key string) int32 {
	if c := t.get(n, key); c > 0 {
		return t.nodes[c].first
	}
	return 0
}

func (t *planTree) next(n int32) int32 { return t.nodes[n].next }

// count gives the number of members.
func (t *planTree) count(n int32) int {
	k := 0
	for c := t.nodes[n].first; c > 0; c = t.nodes[c].next {
		k++
	}
	return k
}
