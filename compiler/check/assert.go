package check

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// mark stands in a text for an expression that is put in later. No file may hold such bytes.
const mark = "\x02expression\x02"

// expression renders an SQL expression from YAML or front matter, and refuses what would not stay
// inside the parentheses it is put in. It gives nil after an error.
func (c *checker) expression(ctx context.Context, name string, text project.Text) (*template.Rendered, diag.List) {
	rendered, diags := c.text(ctx, name, text)
	if rendered == nil {
		return nil, diags
	}
	q := sqltoken.Split(rendered.Text)
	at := func(tok sqltoken.Token) source.Span { return primary(rendered.Map, tok, text.Span) }
	if q.First.Kind == 0 && len(rendered.Holes) == 0 {
		diags.Errorf(diag.EmptyExpression, text.Span, "the expression is empty").
			Hintf("write a condition such as amount >= 0")
		return nil, diags
	}
	if q.More.Kind != 0 {
		diags.Errorf(diag.SeveralStatements, at(q.More), "the expression holds a semicolon").
			Hintf("write one condition; join several with and")
		return nil, diags
	}
	if tok, found := sqltoken.Unbalanced(rendered.Text); found {
		diags.Errorf(diag.Unbalanced, at(tok), "the expression has an unbalanced %q", tok.Text(rendered.Text)).
			Hintf("every parenthesis needs its counterpart")
		return nil, diags
	}
	return cut(rendered, q.End), diags
}

// text renders a text that may hold templates; most hold none and are taken as they are.
func (c *checker) text(ctx context.Context, name string, text project.Text) (*template.Rendered, diag.List) {
	if !strings.Contains(text.Value, "{{") {
		segment := source.Segment{Span: text.Span, Verbatim: text.Exact}
		return &template.Rendered{
			Text: text.Value,
			Map:  &source.Map{Segments: []source.Segment{segment}},
		}, nil
	}
	unit, diags := c.parsed.ParseText(name, text)
	if unit == nil || diags.HasErrors() {
		return nil, diags
	}
	rendered, more := c.render(ctx, unit, c.models)
	return rendered, append(diags, more...)
}

func (c *checker) rowwise(expr *template.Rendered) bool {
	return sqltoken.CallsOf(expr.Text, c.env.Dialect.IsAggregate) == sqltoken.Calls{}
}

// assertion makes the query for the wrong rows of an assertion. Without aggregates the expression
// must not be false for any row, as a CHECK constraint; with aggregates it must be true.
func (c *checker) assertion(expr *template.Rendered) *template.Rendered {
	calls := sqltoken.CallsOf(expr.Text, c.env.Dialect.IsAggregate)
	switch {
	case calls.Aggregate:
		return frame(expr, "select * from (select (\n", "\n) as holds from ", ") as assertion where holds is not true")
	case calls.Window:
		return frame(expr, "select * from (select *, (\n", "\n) as holds from ", ") as assertion where not holds")
	default:
		return replaceMark(&template.Rendered{
			Text:  "select * from  where not (\n" + mark + "\n)",
			Holes: []template.Hole{{Offset: len("select * from "), Kind: template.HoleModel}},
		}, expr)
	}
}

// frame puts an expression before the relation under test.
func frame(expr *template.Rendered, before, between, after string) *template.Rendered {
	text := before + mark + between
	return replaceMark(&template.Rendered{
		Text:  text + after,
		Holes: []template.Hole{{Offset: len(text), Kind: template.HoleModel}},
	}, expr)
}

// replaceMark puts an expression in the place of every mark, with its holes and places.
func replaceMark(outer *template.Rendered, expr *template.Rendered) *template.Rendered {
	for {
		at := strings.Index(outer.Text, mark)
		if at < 0 {
			return outer
		}
		outer = splice(outer, at, at+len(mark), expr)
	}
}

// splice gives outer with inner in the place of a range of its text, in which no hole lies.
func splice(outer *template.Rendered, start, end int, inner *template.Rendered) *template.Rendered {
	grown := len(inner.Text) - (end - start)
	out := &template.Rendered{
		Text: outer.Text[:start] + inner.Text + outer.Text[end:],
		Map:  &source.Map{},
		Refs: outer.Refs,
	}
	for _, id := range inner.Refs {
		if !slices.Contains(out.Refs, id) {
			out.Refs = append(slices.Clone(out.Refs), id)
		}
	}
	later := 0
	for ; later < len(outer.Holes) && outer.Holes[later].Offset <= start; later++ {
		out.Holes = append(out.Holes, outer.Holes[later])
	}
	for _, hole := range inner.Holes {
		hole.Offset += start
		out.Holes = append(out.Holes, hole)
	}
	for _, hole := range outer.Holes[later:] {
		hole.Offset += grown
		out.Holes = append(out.Holes, hole)
	}
	out.Map.Segments = spliceSegments(outer.Map, start, end, inner)
	return out
}

func spliceSegments(outer *source.Map, start, end int, inner *template.Rendered) []source.Segment {
	var out, after []source.Segment
	grown := len(inner.Text) - (end - start)
	if outer != nil {
		for _, seg := range outer.Segments {
			if seg.Out < start {
				out = append(out, seg)
			}
			if seg.Out <= end {
				after = []source.Segment{restOf(seg, end)}
			} else {
				after = append(after, seg)
			}
		}
	}
	if inner.Map != nil {
		for _, seg := range inner.Map.Segments {
			seg.Out += start
			out = append(out, seg)
		}
	}
	for _, seg := range after {
		seg.Out += grown
		out = append(out, seg)
	}
	return out
}

// restOf gives the part of a segment from an offset of the output on.
func restOf(seg source.Segment, from int) source.Segment {
	skip := from - seg.Out
	seg.Out = from
	if skip > 0 {
		seg.Inner = nil // its offsets count from the segment's start
	}
	if seg.Verbatim {
		seg.Span = seg.Span.File.Span(min(seg.Span.Start+skip, seg.Span.End), seg.Span.End)
	}
	return seg
}

// cut gives the text up to an offset, and with it the holes in it.
func cut(r *template.Rendered, end int) *template.Rendered {
	if end == len(r.Text) {
		return r
	}
	out := *r
	out.Text = r.Text[:end]
	out.Holes = nil
	for _, hole := range r.Holes {
		if hole.Offset <= end {
			out.Holes = append(out.Holes, hole)
		}
	}
	return &out
}
