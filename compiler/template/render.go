package template

import (
	"context"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// Render executes a template. It gives nil where the list holds an error, where the context ended,
// and, with an empty list, for a unit in which an error was found before: that has been reported.
func (t *Parsed) Render(ctx context.Context, u *Unit, env *Env) (out *Rendered, diags diag.List) {
	if u.broken || u.code == nil || ctx.Err() != nil {
		return nil, nil
	}
	e := &exec{cancelled: ctx.Err, env: env, unit: u}
	f := &frame{code: u.code}
	if u.code.slots > 0 {
		f.vars = make([]any, u.code.slots)
	}
	if len(u.code.params) > 0 {
		f.args = e.arguments(u)
		e.unit = u.given(t.library(), env.Args)
	}
	f.out.text.Grow(len(u.code.from.body))
	f.out.segments = make([]source.Segment, 0, pieces(u.code.root))

	_, err := e.block(f, u.code.root)
	if fault, ok := errors.AsType[*fault](err); ok {
		diags = append(diags, fault.diagnostic())
	}
	if err != nil {
		return nil, diags
	}
	if len(f.out.segments) == 0 {
		f.out.segments = []source.Segment{{Span: u.Span}}
	}
	return &Rendered{
		Text:  f.out.text.String(),
		Holes: f.out.holes,
		Map:   &source.Map{Segments: f.out.segments},
		Refs:  e.refs,
	}, nil
}

// pieces guesses how many segments a template gives.
func pieces(nodes []node) int {
	n := 0
	for _, node := range nodes {
		if _, ok := node.(*textNode); ok {
			n++
		}
	}
	return max(n, 1)
}

// given gives a generic test with what it reads once its arguments are known.
func (u *Unit) given(set *library, values map[string]any) *Unit {
	if len(u.facts) == 0 {
		return u
	}
	args := defaults(u.code.params)
	for i, p := range u.code.params {
		if value, ok := values[p.Name]; ok {
			args[i] = ofValue(value, u.Span)
		}
	}
	var ignored diag.List // TestReads has reported it
	r := reader{set: set, file: u.Span.File, diags: &ignored}
	for i := range u.facts {
		f := u.facts[i].with(args)
		r.read(&f, nil)
	}
	out := *u
	r.into(&out.Reads)
	out.known = nil
	out.index()
	return &out
}

// arguments gives the arguments of a generic test in the order of its parameters.
func (e *exec) arguments(u *Unit) []any {
	args := make([]any, len(u.code.params))
	for i, p := range u.code.params {
		value, given := e.env.Args[p.Name]
		switch r, isRendered := value.(*Rendered); {
		case i == 0 && p.Name == "model":
			args[i] = e.hole(HoleModel, "")
		case isRendered:
			args[i] = &fragment{text: r.Text, holes: r.Holes, pieces: r.Map}
			for _, id := range r.Refs {
				e.read(id)
			}
		case given:
			args[i] = value
		default:
			args[i] = p.Default
		}
	}
	return args
}

// diagnostic reports a fault at the outermost place, the file that was rendered, with a note per
// macro on the way.
func (f *fault) diagnostic() *diag.Diagnostic {
	last := len(f.stack) - 1
	d := &diag.Diagnostic{
		Code: f.code, Severity: diag.Error, Message: f.message, Span: f.stack[last], Hint: f.hint,
	}
	for i := last - 1; i >= 0; i-- {
		d.Notes = append(d.Notes, diag.Note{Message: fmt.Sprintf("in macro %q", f.names[i]), Span: f.stack[i]})
	}
	return d
}
