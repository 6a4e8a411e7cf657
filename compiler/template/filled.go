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
	// from is the rendered text; ends and grown say, per hole, where its filling ends in SQL and
	// how many bytes the fillings up to it have added.
	from  *Rendered
	ends  []int
	grown []int
	// inner are fillings that have a map of their own, such as an ephemeral model's query.
	inner []*Filled
	// before are the bytes of filling that stand in front of an inner query.
	before []int
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
	var b strings.Builder
	last := 0
	for _, hole := range r.Holes {
		b.WriteString(r.Text[last:hole.Offset])
		last = hole.Offset
		filling := fill(hole)
		b.WriteString(filling.SQL)
		f.ends = append(f.ends, b.Len())
		f.grown = append(f.grown, b.Len()-hole.Offset)
		f.inner = append(f.inner, filling.Inner)
		f.before = append(f.before, filling.Before)
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
	i := sort.SearchInts(f.ends, start+1)
	grown := 0
	if i > 0 {
		grown = f.grown[i-1]
	}
	if i == len(f.ends) || start-grown < f.from.Holes[i].Offset {
		return f.from.Map.Locate(start-grown, max(end-grown, start-grown))
	}
	hole := f.from.Holes[i]
	if f.inner[i] == nil {
		return hole.At
	}
	begin := hole.Offset + grown + f.before[i]
	return append(slices.Clone(hole.At), f.inner[i].Locate(max(start-begin, 0), max(end-begin, 0))...)
}
