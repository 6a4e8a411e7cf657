package template

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// A hole is a value of its own until a function asks for text: then it travels as a sentinel, which
// is looked for in everything that is printed.
const (
	sentinelOpen  = '\x00'
	sentinelClose = '\x01'
)

// output is rendered text with its holes cut out, and where each piece came from. Outputs are used
// again and again: what is kept of one is a copy of the exact size.
type output struct {
	text     []byte
	segments []source.Segment
	holes    []Hole
}

func (o *output) reset() {
	clear(o.segments)
	clear(o.holes)
	o.text, o.segments, o.holes = o.text[:0], o.segments[:0], o.holes[:0]
}

// keepHoles copies the holes, with one array for all their places.
func (o *output) keepHoles() []Hole {
	if len(o.holes) == 0 {
		return nil
	}
	n := 0
	for i := range o.holes {
		n += len(o.holes[i].At)
	}
	holes, places := make([]Hole, len(o.holes)), make([]source.Span, 0, n)
	for i, h := range o.holes {
		begin := len(places)
		places = append(places, h.At...)
		h.At = places[begin:len(places):len(places)]
		holes[i] = h
	}
	return holes
}

// keepMap copies the map of what a template made.
func (o *output) keepMap(from *origin) *source.Map {
	m := &source.Map{File: from.span(0, 0).File, Segments: make([]source.Segment, len(o.segments))}
	copy(m.Segments, o.segments)
	return m
}

// hole is a hole as a value: its index in exec.keys.
type hole int

// fragment is the text a macro or another rendering gave, as a value.
type fragment struct {
	text   string
	holes  []Hole
	pieces *source.Map
}

func (frag *fragment) size() int { return len(frag.text) + holeSize*len(frag.holes) }

func (o *output) size() int { return len(o.text) + holeSize*len(o.holes) }

// hole gives the value of a hole.
func (e *exec) hole(kind HoleKind, node project.ID) hole {
	key := holeKey{kind, node}
	if i, ok := e.find(key); ok {
		return hole(i)
	}
	e.keys = append(e.keys, key)
	if e.index != nil {
		e.index[key] = len(e.keys) - 1
	}
	return hole(len(e.keys) - 1)
}

// find looks for a hole: most templates have a handful, which need no map.
func (e *exec) find(key holeKey) (int, bool) {
	if e.index == nil {
		for i, k := range e.keys {
			if k == key {
				return i, true
			}
		}
		if len(e.keys) < 16 {
			return 0, false
		}
		e.index = make(map[holeKey]int, 2*len(e.keys))
		for i, k := range e.keys {
			e.index[k] = i
		}
	}
	i, ok := e.index[key]
	return i, ok
}

// sentinel writes a hole as text.
func (h hole) sentinel() string {
	return string(sentinelOpen) + strconv.Itoa(int(h)) + string(sentinelClose)
}

// string writes a fragment as text with sentinels.
func (e *exec) string(frag *fragment) string {
	if len(frag.holes) == 0 {
		return frag.text
	}
	var b strings.Builder
	last := 0
	for _, h := range frag.holes {
		b.WriteString(frag.text[last:h.Offset])
		b.WriteString(e.hole(h.Kind, h.Node).sentinel())
		last = h.Offset
	}
	b.WriteString(frag.text[last:])
	return b.String()
}

func (f *frame) writeText(n *textNode) error {
	from := &f.code.from
	if err := f.room(n.place, n.end-n.start); err != nil {
		return err
	}
	segment := source.Made(len(f.out.text), from.at(n.place), nil)
	if from.file != nil {
		segment = source.Verbatim(len(f.out.text), from.at(n.place))
	}
	f.out.segments = append(f.out.segments, segment)
	f.out.text = append(f.out.text, from.body[n.start:n.end]...)
	return nil
}

// holeSize is what a hole takes of the output's limit, for the memory it needs.
const holeSize = 64

// room refuses output beyond the limit.
func (f *frame) room(at place, n int) error {
	if f.out.size()+n <= maxOutput {
		return nil
	}
	return f.fail(at, diag.TemplateLimit, "the template writes more than %d MB", maxOutput>>20).
		hinted("a loop that writes so much is mostly a mistake: shorten it")
}

// print writes the value of an action.
func (e *exec) print(f *frame, n *actionNode, value any) error {
	switch v := value.(type) {
	case hole:
		return e.writeHole(f, n.place, v)
	case *fragment:
		return e.splice(f, n.place, v)
	case nil:
		return f.fail(n.value.extent(), diag.TemplateValue, "there is nothing to print: the value is nil").
			hinted("write {{ literal … }} to print it as NULL")
	}
	text, err := e.text(f, n.value.extent(), value)
	if err != nil {
		return err
	}
	// A macro's text that went through a function and came out unchanged keeps its map.
	if e.last != nil && len(text) >= len(e.last.text) && text == e.string(e.last) {
		return e.splice(f, n.place, e.last)
	}
	return e.writeString(f, n, text)
}

func (e *exec) writeHole(f *frame, at place, h hole) error {
	if err := f.room(at, holeSize); err != nil {
		return err
	}
	key := e.keys[h]
	e.places = append(e.places, f.code.from.at(at))
	n := len(e.places)
	f.out.holes = append(f.out.holes, Hole{
		Offset: len(f.out.text), Kind: key.kind, Node: key.node, At: e.places[n-1 : n : n],
	})
	return nil
}

// splice writes a macro's text with its holes and map.
func (e *exec) splice(f *frame, at place, frag *fragment) error {
	if err := f.room(at, frag.size()); err != nil {
		return err
	}
	offset, span := len(f.out.text), f.code.from.at(at)
	if frag.text != "" {
		f.out.segments = append(f.out.segments, source.Made(offset, span, frag.pieces))
		f.out.text = append(f.out.text, frag.text...)
	}
	for _, h := range frag.holes {
		h.Offset += offset
		begin := len(e.places)
		e.places = append(append(e.places, span), h.At...)
		h.At = e.places[begin:len(e.places):len(e.places)]
		f.out.holes = append(f.out.holes, h)
	}
	return nil
}

// writeString writes text and turns the sentinels in it back into holes.
func (e *exec) writeString(f *frame, n *actionNode, text string) error {
	if err := f.room(n.place, len(text)); err != nil {
		return err
	}
	begin := len(f.out.text)
	for {
		i := strings.IndexAny(text, "\x00\x01")
		if i < 0 {
			break
		}
		f.out.text = append(f.out.text, text[:i]...)
		h, rest, ok := e.cutSentinel(text[i:])
		if !ok {
			return damaged(f, n.value.extent())
		}
		if err := e.writeHole(f, n.place, h); err != nil {
			return err
		}
		text = rest
	}
	f.out.text = append(f.out.text, text...)
	if len(f.out.text) > begin {
		f.out.segments = append(f.out.segments, source.Made(begin, f.code.from.at(n.place), nil))
	}
	return nil
}

// cutSentinel reads the sentinel text begins with.
func (e *exec) cutSentinel(text string) (h hole, rest string, ok bool) {
	if text[0] != sentinelOpen {
		return 0, "", false
	}
	digits, rest, found := strings.Cut(text[1:], string(sentinelClose))
	i, err := strconv.Atoi(digits)
	if !found || err != nil || i < 0 || i >= len(e.keys) || strconv.Itoa(i) != digits {
		return 0, "", false
	}
	return hole(i), rest, true
}

func damaged(f *frame, at place) *fault {
	return f.fail(at, diag.DamagedRelation, "a function changed the text of a relation").
		hinted("print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself")
}
