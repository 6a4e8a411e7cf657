package source

import (
	"slices"
	"sort"
)

// Map leads from bytes of rendered text back to the template they came from, which is one file.
// Segments are sorted by their place in the output; each covers it up to the next one's.
type Map struct {
	File     *File
	Segments []Segment
}

// Segment is a piece of output and where it came from. There are dozens for every model, hence the
// narrow offsets: a template and its output are far below 2 GB.
type Segment struct {
	out, start, end int32
	verbatim        bool
	// inner is the map of a macro's own output. Nil where no macro was called.
	inner *Map
}

// Verbatim is a piece of output that is the text of the span itself, byte for byte.
func Verbatim(out int, span Span) Segment {
	s := Made(out, span, nil)
	s.verbatim = true
	return s
}

// Made is a piece of output that an action at the span made. Inner is the map of a macro's own
// output, relative to out, and nil where no macro was called.
func Made(out int, span Span, inner *Map) Segment {
	return Segment{out: int32(out), start: int32(span.Start), end: int32(span.End), inner: inner}
}

// Shift gives the segments of an output that has n bytes more in front of it.
func (m *Map) Shift(n int) *Map {
	shifted := &Map{File: m.File, Segments: slices.Clone(m.Segments)}
	for i := range shifted.Segments {
		shifted.Segments[i].out += int32(n)
	}
	return shifted
}

// Locate gives the places an output range came from: the file that was rendered first, then, where
// macros were called, the place in each macro, innermost last. It gives nil for an empty map.
func (m *Map) Locate(start, end int) []Span {
	if m == nil || m.File == nil || len(m.Segments) == 0 {
		return nil
	}
	i := max(sort.Search(len(m.Segments), func(i int) bool { return int(m.Segments[i].out) > start })-1, 0)
	seg := m.Segments[i]
	out, first, last := int(seg.out), int(seg.start), int(seg.end)
	from := max(start-out, 0)
	if seg.verbatim {
		from = min(from, last-first)
		to := min(max(end-out, from), last-first)
		return []Span{m.File.Span(first+from, first+to)}
	}
	return append([]Span{m.File.Span(first, last)}, seg.inner.Locate(from, max(end-out, from))...)
}
