package run

import (
	"errors"
	"os"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// diagnoser turns what an engine says into diagnostics at the place in the project.
type diagnoser struct {
	dir string
	// files and names are those of plan.Plan.
	files, names map[string]project.ID
	// self is the node whose own query went wrong.
	self project.ID
}

// Diagnose explains what an engine said of a query that belongs to no step, at its place in the
// project, or at the given place where the query has none.
func Diagnose(err error, q *template.Filled, at source.Span) *diag.Diagnostic {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return trouble(at, "%s", err)
	}
	names := map[string]project.ID{}
	for _, id := range q.Nodes() {
		names[strings.ToLower(id.Name()[strings.LastIndexByte(id.Name(), '.')+1:])] = id
	}
	return diagnoser{names: names}.query(q, e, at)
}

// model explains why a step could not build its node.
func (d diagnoser) model(s *plan.Step, err error) *diag.Diagnostic {
	if known, ok := errors.AsType[*refusal](err); ok {
		return known.diagnostic
	}
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return trouble(s.Span, "%q could not be built: %s", s.ID.Name(), err)
	}
	if e.Place != nil {
		return data(s, e)
	}
	if s.Query == nil {
		m := meant(e)
		m.message = `"` + s.ID.Name() + `" could not be loaded: ` + m.message
		return m.diagnostic(s.Span)
	}
	d.self = s.ID
	return d.query(s.Query, e, s.Span)
}

// query explains an error of a query whose template is a file of the project.
func (d diagnoser) query(q *template.Filled, e *engine.Error, fallback source.Span) *diag.Diagnostic {
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
func (d diagnoser) innermost(spans []source.Span) int {
	for i := len(spans) - 1; i >= 0; i-- {
		if d.files[spans[i].Path()] != "" {
			return i
		}
	}
	return min(0, len(spans)-1)
}

// audited explains why a test could not be done. The place is the use of the test, or what is written
// in it; a query that stands in a file of its own has its place there.
func (d diagnoser) audited(a *plan.Audit, q *template.Filled, e *engine.Error) *diag.Diagnostic {
	m := d.explain(q, e)
	spans := q.Locate(m.token.Start, m.token.End)
	at := a.Span
	if early, ok := m.endsEarly(a, q); ok {
		at, spans = early, nil
	}
	var rest []source.Span
	for i, span := range spans {
		switch {
		case d.files[span.Path()] != "":
			at = span
			rest = spans[i+1:]
		case span.File == a.Span.File:
			at = span
		default:
			if _, builtIn := d.files[span.Path()]; !builtIn {
				rest = append(rest, span)
			}
		}
	}
	if m.code == diag.ColumnNotFound && at == a.Span {
		m.message = whose(m, a, q)
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

// miscounted explains why the wrong rows of a test cannot be counted by the column it names.
func miscounted(a *plan.Audit, e *engine.Error) *diag.Diagnostic {
	var list diag.List
	m := meant(e)
	return list.Errorf(m.code, a.CountsSpan, "the test %q cannot count its wrong rows by %s: %s", a.Name, a.Counts, m.message).
		Hintf("let the query select a column of whole numbers under this name, or take counts out").
		Notef(a.Span, "the test is used here")
}

// shifted moves an error's position back by the text in front of the query.
func shifted(err error, before int) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Position < 0 {
		return err
	}
	moved := *e
	moved.Position = max(e.Position-before, -1)
	return &moved
}

// unplaced takes the place away from an error of a query that nobody wrote.
func unplaced(err error) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return err
	}
	plain := *e
	plain.Position, plain.Name = -1, ""
	return &plain
}

// data points into the file with the wrong row.
func data(s *plan.Step, e *engine.Error) *diag.Diagnostic {
	var list diag.List
	path := e.Place.Path
	if s.Load != nil && path == s.Load.Path {
		path = s.File
	}
	file := source.NewFile(path, "")
	span := source.Span{File: file}
	const most = 64 << 20 // bigger files are only named
	if info, err := os.Stat(e.Place.Path); err == nil && info.Size() <= most {
		if text, err := os.ReadFile(e.Place.Path); err == nil {
			file = source.NewFile(path, string(text))
			span = file.Span(int(e.Place.Start), int(e.Place.End))
		}
	}
	return hinted(list.Errorf(diag.BadCSV, span, "%s", e.Message), e.Hint)
}

func hinted(d *diag.Diagnostic, hint string) *diag.Diagnostic {
	if hint != "" {
		d.Hint = hint
	}
	return d
}

// meaning is what an error of the engine means, and the token of the query it is about.
type meaning struct {
	code          diag.Code
	message, hint string
	name          string // of what the error is about
	token         sqltoken.Token
}

func (m meaning) diagnostic(at source.Span) *diag.Diagnostic {
	var list diag.List
	return hinted(list.Errorf(m.code, at, "%s", m.message), m.hint)
}

// explain says what an error of a query means, and where.
func (d diagnoser) explain(q *template.Filled, e *engine.Error) meaning {
	m := meant(e)
	if d.dir != "" {
		m.message = strings.ReplaceAll(m.message, d.dir+string(os.PathSeparator), "")
	}
	m.token = tokenOf(q.SQL, e.Position, m.name)
	if tok, ok := tableNamed(q.SQL, m.name); ok && m.code == diag.ViewReadsItself {
		m.token = tok
	}
	d.refine(&m, q, e)
	return m
}

// meant finds the rule for an error.
func meant(e *engine.Error) meaning {
	m := meaning{code: diag.EngineRefused, message: oneLine(e.Message), hint: e.Hint, name: e.Name}
	for i := range rules {
		found := rules[i].match(e)
		if found == nil {
			continue
		}
		m.code = rules[i].code
		if len(found) > 1 && m.name == "" {
			m.name = found[len(found)-1]
			if !rules[i].last {
				m.name = found[1]
			}
		}
		if rules[i].say != "" {
			m.message = expand(rules[i].say, found)
		}
		// A rule that knows the message knows better than the engine what to do.
		if hint := expand(rules[i].hint, found); m.hint == "" || hint != "" && rules[i].text != nil {
			m.hint = hint
		}
		break
	}
	return m
}

// expand puts the groups a rule found into a text: $1, $2, ….
func expand(text string, found []string) string {
	for i := len(found) - 1; i > 0; i-- {
		text = strings.ReplaceAll(text, "$"+string(rune('0'+i)), found[i])
	}
	return text
}

// oneLine keeps the first line of what an engine says.
func oneLine(message string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	return strings.TrimRight(line, "!. ")
}
