package template

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// Render executes a template. It gives nil where the list holds an error, where the context ended,
// and, with an empty list, for a unit in which an error was found before: that has been reported.
func (t *Parsed) Render(ctx context.Context, u *Unit, env *Env) (out *Rendered, diags diag.List) {
	if ctx.Err() != nil {
		return nil, nil
	}
	code := t.code(u)
	if code == nil {
		return nil, nil
	}
	e := t.begin()
	defer t.end(e)
	e.cancelled, e.env, e.unit = ctx.Err, env, u
	f := e.frame(code)
	if len(code.params) > 0 {
		e.arguments(f)
		e.unit = u.given(t.library(), code, env.Args)
	}
	_, err := e.block(f, code.root)
	if fault, ok := errors.AsType[*fault](err); ok {
		diags = append(diags, fault.diagnostic())
	}
	if err != nil {
		return nil, diags
	}
	if len(f.out.segments) == 0 {
		f.out.segments = append(f.out.segments, source.Made(0, u.Span, nil))
	}
	out = &Rendered{
		Text: string(f.out.text), Holes: f.out.keepHoles(), Map: f.out.keepMap(&code.from), Refs: slices.Clone(e.refs),
	}
	if len(f.out.text) == len(code.from.body) && out.Text == code.from.body {
		out.Text = code.from.body // it has no actions
	}
	e.done(f)
	return out, nil
}

// code gives the tree of a unit, nil where it has errors. The trees of models are not kept: a model
// is rendered once or twice, and reading it again takes less than keeping all of them in memory.
func (t *Parsed) code(u *Unit) *code {
	if u.broken || u.code != nil || !u.parsed {
		return u.code
	}
	c, _ := t.library().build(newOrigin(u.Span), nil, "")
	return c
}

// begin gives an exec, one that was used before where there is one.
func (t *Parsed) begin() *exec {
	if e, ok := t.execs.Get().(*exec); ok {
		return e
	}
	return &exec{}
}

func (t *Parsed) end(e *exec) {
	clear(e.keys)
	clear(e.refs)
	clear(e.places)
	*e = exec{spare: e.spare, keys: e.keys[:0], refs: e.refs[:0], places: e.places[:0]}
	if cap(e.places) < 1<<12 {
		t.execs.Put(e)
	}
}

// given gives a generic test with what it reads once its arguments are known.
func (u *Unit) given(set *library, c *code, values map[string]any) *Unit {
	if len(u.facts) == 0 {
		return u
	}
	args := defaults(c.params)
	for i, p := range c.params {
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

// arguments sets the arguments of a generic test.
func (e *exec) arguments(f *frame) {
	for i, p := range f.code.params {
		value, given := e.env.Args[p.Name]
		switch r, isRendered := value.(*Rendered); {
		case i == 0 && p.Name == "model":
			f.args[i] = e.hole(HoleModel, "")
		case isRendered:
			f.args[i] = &fragment{text: r.Text, holes: r.Holes, pieces: r.Map}
			for _, id := range r.Refs {
				e.read(id)
			}
		case given:
			f.args[i] = value
		default:
			f.args[i] = p.Default
		}
	}
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
