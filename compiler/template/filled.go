package template

import (
	"slices"
	"sort"
	"strings"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Filled is rendered SQL with its holes filled: the text an engine gets, and the way back.
type Filled struct {
	SQL string

	from *Rendered
	// gaps are the filled holes, in the order of the text.
	gaps []gap
}

// gap is what stands in SQL in the place of a hole.
type gap struct {
	// end is where the filling ends in SQL, and grown how many bytes the fillings up to it have
	// added to the text.
	end, grown int
	// inner is the query inside the filling, which has a map of its own, and begins before bytes
	// after the filling does.
	inner  *Filled
	before int
}

// Filling is what a hole is filled with. Inner is the query inside SQL, where it has a map of its
// own, and Before the number of bytes of SQL in front of it.
type Filling struct {
	SQL    string
	Inner  *Filled
	Before int
}

// Fill fills every hole.
func (r *Rendered) Fill(fill func(Hole) Filling) *Filled {
	f := &Filled{from: r}
	if len(r.Holes) == 0 {
		f.SQL = r.Text
		return f
	}
	fillings, size := make([]Filling, len(r.Holes)), len(r.Text)
	for i, hole := range r.Holes {
		fillings[i] = fill(hole)
		size += len(fillings[i].SQL)
	}

	var b strings.Builder
	b.Grow(size)
	f.gaps = make([]gap, len(r.Holes))
	last := 0
	for i, hole := range r.Holes {
		b.WriteString(r.Text[last:hole.Offset])
		b.WriteString(fillings[i].SQL)
		last = hole.Offset
		f.gaps[i] = gap{
			end: b.Len(), grown: b.Len() - hole.Offset,
			inner: fillings[i].Inner, before: fillings[i].Before,
		}
	}
	b.WriteString(r.Text[last:])
	f.SQL = b.String()
	return f
}

// Nodes gives the nodes whose relations fill holes of the text, in order, without repetitions.
func (f *Filled) Nodes() []project.ID {
	var out []project.ID
	if f == nil || f.from == nil {
		return nil
	}
	for _, hole := range f.from.Holes {
		if hole.Kind == HoleRelation && !slices.Contains(out, hole.Node) {
			out = append(out, hole.Node)
		}
	}
	return out
}

// Locate gives the places in templates of a byte range of SQL, as source.Map.Locate does. A place
// inside an ephemeral model's query leads into that model's file, after the place of its ref.
func (f *Filled) Locate(start, end int) []source.Span {
	if f == nil || f.from == nil {
		return nil
	}
	start = min(max(start, 0), len(f.SQL))
	end = min(max(end, start), len(f.SQL))
	i := sort.Search(len(f.gaps), func(i int) bool { return f.gaps[i].end > start })
	grown := 0
	if i > 0 {
		grown = f.gaps[i-1].grown
	}
	if i == len(f.gaps) {
		return f.text(start-grown, end-grown)
	}
	hole, g := f.from.Holes[i], f.gaps[i]
	begin := hole.Offset + grown
	if start < begin {
		return f.text(start-grown, min(end, begin)-grown)
	}
	inner := begin + g.before
	if g.inner == nil || start < inner {
		return slices.Clone(hole.At)
	}
	// What follows the inner query belongs to its end: an engine that misses something there says so
	// at the parenthesis after it.
	return append(slices.Clone(hole.At), g.inner.Locate(start-inner, end-inner)...)
}

// text gives the places of a range of the rendered text. Where that is empty but for its holes, the
// first hole stands for it.
func (f *Filled) text(start, end int) []source.Span {
	if f.from.Text == "" && len(f.from.Holes) > 0 {
		return slices.Clone(f.from.Holes[0].At)
	}
	return f.from.Map.Locate(start, end)
}
