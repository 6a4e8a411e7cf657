// Package explain turns what an engine says of a query into a diagnostic at the place in the project
// where a person has to change something, in the project's own words.
//
// It takes an *engine.Error, the filled query it is about, and a Context that knows the project's
// names. It makes no diagnostics of its own: what the project alone can tell is package check's.
package explain

import (
	"errors"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// Context is what messages need to know of a project; a nil one knows nothing. It is never changed once
// made.
type Context struct {
	// Dir is the project folder, absolute; messages leave it out of paths.
	Dir string
	// Files tells the nodes whose queries stand in a file, by its path. A file of a built-in test has
	// an empty id, and one that is not there holds a macro or a generic test.
	Files map[string]project.ID
	// Names tells the models, seeds and sources by their names and relations in small letters.
	Names map[string]project.ID
	// Bound says that all the relations a query reads by {{ ref }} and {{ source }} are there.
	Bound bool
	// Columns gives the columns of a node, as far as they are known. It may be nil.
	Columns func(id project.ID) []relation.Column
}

// NewContext makes the context of a graph whose nodes have relations, given by index.
func NewContext(g *link.Graph, relationOf func(index int) relation.Name) *Context {
	c := &Context{
		Dir: g.Project.Dir, Files: make(map[string]project.ID, len(g.Nodes)), Names: make(map[string]project.ID, 2*len(g.Nodes)),
	}
	for _, n := range g.Nodes {
		switch {
		case n.Kind == link.Test && n.Test.Singular != nil:
			c.Files[n.Test.Singular.File.Path] = n.ID
			continue
		case n.Kind == link.Test || n.Kind == link.Exposure:
			continue
		case n.Kind == link.Model && n.Model.File != nil:
			c.Files[n.Model.File.Path] = n.ID
		}
		c.Names[strings.ToLower(n.Name)] = n.ID
		if r := relationOf(n.Index); r.Identifier != "" {
			c.Names[strings.ToLower(r.Identifier)] = n.ID
			c.Names[strings.ToLower(r.String())] = n.ID
		}
	}
	for _, t := range g.Project.GenericTests {
		if t.BuiltIn && t.File != nil {
			c.Files[t.File.Path] = ""
		}
	}
	return c
}

// known gives a context that knows nothing in the place of none.
func (c *Context) known() *Context {
	if c == nil {
		return &Context{}
	}
	return c
}

// Error explains what an engine said of a query that belongs to no node, at its place in the project,
// or at the given place where the query has none.
func Error(err error, q *template.Filled, at source.Span) *diag.Diagnostic {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return &diag.Diagnostic{Code: diag.StepFailed, Severity: diag.Error, Span: at, Message: err.Error()}
	}
	names := map[string]project.ID{}
	for _, id := range q.Nodes() {
		names[strings.ToLower(id.Name()[strings.LastIndexByte(id.Name(), '.')+1:])] = id
	}
	return (&Context{Names: names}).Query("", q, e, at)
}

// Query explains an error of a query whose template is a file of the project: that of the node self, or
// of none. An error without a place is at the fallback.
func (c *Context) Query(self project.ID, q *template.Filled, e *engine.Error, fallback source.Span) *diag.Diagnostic {
	d := explainer{Context: c.known(), self: self}
	m := d.explain(q, e)
	spans := q.Locate(m.token.Start, m.token.End)
	primary := d.innermost(spans)
	if primary < 0 {
		return m.diagnostic(fallback)
	}
	out := m.diagnostic(spans[primary])
	for _, outer := range spans[:primary] {
		out.Notef(outer, "it is read here")
	}
	for _, inner := range spans[primary+1:] {
		out.Notef(inner, "in the macro, here")
	}
	return out
}

// innermost gives the last of the places that is in a query of the project, rather than in a macro:
// an ephemeral model's own file comes after the place that reads it.
func (d explainer) innermost(spans []source.Span) int {
	for i := len(spans) - 1; i >= 0; i-- {
		if d.Files[spans[i].Path()] != "" {
			return i
		}
	}
	return min(0, len(spans)-1)
}

// Test is what an explanation has to know of a test.
type Test struct {
	Name string
	// Tested is "" for a singular test.
	Tested project.ID
	Column string
	// Span is where the test stands, Where where its condition does, if it has one.
	Span, Where source.Span
	// Of says in words what is tested.
	Of string
	// Args are the texts among the test's arguments.
	Args []Arg
}

// Arg is a text that is given to a test, or one of a list.
type Arg struct {
	Value string
	// Span is where it stands, or what it stands in.
	Span source.Span
}

// argument gives the place of an argument that is a name; false where there is none.
func (a *Test) argument(name string) (source.Span, bool) {
	for _, arg := range a.Args {
		if !strings.EqualFold(arg.Value, name) {
			continue
		}
		text := arg.Span.Text()
		if at := strings.Index(text, arg.Value); at >= 0 {
			start := arg.Span.Start + at
			return arg.Span.File.Span(start, start+len(arg.Value)), true
		}
	}
	return source.Span{}, false
}

// Test explains why a test could not be done. The place is the use of the test, or what is written
// in it; a query that stands in a file of its own has its place there.
func (c *Context) Test(a *Test, q *template.Filled, e *engine.Error) *diag.Diagnostic {
	d := explainer{Context: c.known()}
	m := d.explain(q, e)
	spans := q.Locate(m.token.Start, m.token.End)
	at := a.Span
	if early, ok := m.endsEarly(a, q); ok {
		at, spans = early, nil
	}
	var rest []source.Span
	for i, span := range spans {
		switch {
		case d.Files[span.Path()] != "":
			at = span
			rest = spans[i+1:]
		case span.File == a.Span.File:
			at = span
		default:
			if _, builtIn := d.Files[span.Path()]; !builtIn {
				rest = append(rest, span)
			}
		}
	}
	if m.code == diag.ColumnNotFound && at == a.Span {
		m.message = whose(m, a, q)
		if span, ok := a.argument(m.name); ok {
			at = span
		}
	}
	out := m.diagnostic(at)
	out.Message = "the test \"" + a.Name + "\" cannot run: " + out.Message
	if at.File != a.Span.File {
		out.Notef(a.Span, "the test stands here")
	}
	for _, span := range rest {
		if span != at {
			out.Notef(span, "the SQL comes from here")
		}
	}
	return out
}
