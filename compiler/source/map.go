package source

import "sort"

// Map leads from bytes of rendered text back to the templates they came from.
// Segments are sorted by Out; each covers the output from its Out to the next one's.
type Map struct {
	Segments []Segment
}

// Segment is a piece of output and where it came from.
type Segment struct {
	// Out is the offset in the output at which the segment begins.
	Out int
	// Span is the text of the template that produced it.
	Span Span
	// Verbatim says that the output is the text of Span itself, byte for byte.
	Verbatim bool
	// Inner is the map of a macro's own output, relative to Out. Nil where no macro was called.
	Inner *Map
}

// Locate gives the places an output range came from: the file that was rendered first, then, where
// macros were called, the place in each macro, innermost last. It gives nil for an empty map.
func (m *Map) Locate(start, end int) []Span {
	if m == nil || len(m.Segments) == 0 {
		return nil
	}
	i := max(sort.Search(len(m.Segments), func(i int) bool { return m.Segments[i].Out > start })-1, 0)
	seg := m.Segments[i]
	from := max(start-seg.Out, 0)
	if seg.Verbatim {
		file := seg.Span.File
		length := seg.Span.End - seg.Span.Start
		from = min(from, length)
		to := min(max(end-seg.Out, from), length)
		return []Span{file.Span(seg.Span.Start+from, seg.Span.Start+to)}
	}
	return append([]Span{seg.Span}, seg.Inner.Locate(from, max(end-seg.Out, from))...)
}
