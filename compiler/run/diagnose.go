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
}

// Diagnose explains what an engine said of a query that belongs to no step, at its place in the
// project, or at the given place where the query has none.
func Diagnose(err error, q *template.Filled, at source.Span) *diag.Diagnostic {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return trouble(at, "%s", err)
	}
	return diagnoser{}.query(q, e, at)
}

// model explains why a step could not build its node.
func (d diagnoser) model(s *plan.Step, err error) *diag.Diagnostic {
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

// whose says of which relation a test misses a column.
func whose(m meaning, a *plan.Audit, q *template.Filled) string {
	const end = `" not found`
	text, _, cut := strings.Cut(m.message, end) // what follows is an alias that the test made up
	if !cut {
		return m.message
	}
	text += end
	switch nodes := q.Nodes(); {
	case a.Of != "" && (strings.EqualFold(m.name, a.Column) || len(nodes) == 0):
		return text + ` in "` + a.Of + `"`
	case len(nodes) == 1:
		return text + ` in "` + nodes[0].Name() + `"`
	default:
		return text
	}
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

// refine says more where the project knows more than the engine.
func (d diagnoser) refine(m *meaning, q *template.Filled, e *engine.Error) {
	switch m.code {
	case diag.ColumnNotFound:
		if from := onlyRelation(q); from != "" && strings.HasSuffix(m.message, "not found") {
			m.message += ` in "` + from + `"`
		}
		d.columnHint(m, e)
	case diag.TableNotFound:
		d.tableHint(m, q, e)
	case diag.SchemaNotFound:
		if id, known := d.names[strings.ToLower(m.name)]; known {
			m.hint = "read it as " + reading(id)
		}
	case diag.FunctionNotFound, diag.TypeNotFound, diag.FieldNotFound, diag.SettingNotFound:
		if near := diag.Nearest(m.name, e.Candidates); near != "" && m.hint == "" {
			m.hint = `did you mean "` + near + `"?`
		}
	case diag.ArgumentTypes:
		if len(e.Candidates) > 0 && len(e.Candidates) <= 4 && m.hint == "" {
			m.hint = "it takes " + strings.Join(e.Candidates, " or ") + "; a cast may help"
		}
	default:
	}
}

func (d diagnoser) columnHint(m *meaning, e *engine.Error) {
	if m.hint != "" {
		return
	}
	plain := make([]string, len(e.Candidates))
	for i, c := range e.Candidates {
		plain[i] = c[strings.LastIndexByte(c, '.')+1:]
	}
	switch near := diag.Nearest(m.name, plain); {
	case near != "":
		m.hint = `did you mean "` + near + `"?`
	case len(plain) == 1:
		m.hint = `the nearest column is "` + plain[0] + `"`
	case len(plain) > 1:
		m.hint = "the nearest columns are " + quotedNames(plain)
	}
}

func quotedNames(names []string) string {
	return `"` + strings.Join(names, `", "`) + `"`
}

// onlyRelation gives the name of the one relation a plain query reads, or "".
func onlyRelation(q *template.Filled) string {
	nodes := q.Nodes()
	if len(nodes) != 1 {
		return ""
	}
	reads := 0
	for tok := range sqltoken.Tokens(q.SQL) {
		if tok.Is(q.SQL, "from") || tok.Is(q.SQL, "join") || tok.Is(q.SQL, "with") {
			reads++
		}
	}
	if reads != 1 {
		return ""
	}
	_, name, found := strings.Cut(nodes[0].Name(), ".")
	if !found {
		name = nodes[0].Name()
	}
	return name
}

// tableHint tells how a relation of the project is read, or how one is built that is read rightly.
func (d diagnoser) tableHint(m *meaning, q *template.Filled, e *engine.Error) {
	id, known := d.names[strings.ToLower(m.name)]
	spans := q.Locate(m.token.Start, m.token.End)
	written := len(spans) > 0 && strings.EqualFold(strings.Trim(spans[0].Text(), `"`), strings.Trim(m.token.Text(q.SQL), `"`))
	switch {
	case known && !written && id.Kind() == "source":
		m.hint = "load it, or correct where the source is declared"
	case known && !written:
		m.hint = "build it first: quern build --select " + id.Name()
	case known:
		m.hint = "read it as " + reading(id)
	default:
		m.hint = d.nearTable(m.name, e.Candidates)
	}
}

func (d diagnoser) nearTable(name string, candidates []string) string {
	names := make([]string, 0, len(d.names))
	for n := range d.names {
		names = append(names, n)
	}
	if near := diag.Nearest(strings.ToLower(name), names); near != "" {
		return "did you mean " + reading(d.names[near]) + "?"
	}
	if near := diag.Nearest(name, candidates); near != "" {
		return `did you mean "` + near + `"? then declare it as a source`
	}
	return "read models with {{ ref }}, and declare other tables as sources"
}

// reading gives the template that reads a node.
func reading(id project.ID) string {
	if id.Kind() != "source" {
		return `{{ ref "` + id.Name() + `" }}`
	}
	group, table, _ := strings.Cut(id.Name(), ".")
	return `{{ source "` + group + `" "` + table + `" }}`
}

// tokenOf gives the token an error is about: the one at its position, else the name it mentions
// where that stands just once, else the first one.
func tokenOf(sql string, position int, name string) sqltoken.Token {
	if position >= 0 {
		if tok, ok := sqltoken.At(sql, position); ok {
			return widen(sql, tok)
		}
	}
	if at := strings.LastIndexByte(name, '.'); at >= 0 && at+1 < len(name) {
		name = name[at+1:]
	}
	if found := sqltoken.Find(sql, name); name != "" && len(found) == 1 {
		return found[0]
	}
	tok, _ := sqltoken.At(sql, 0)
	for tok.Kind == sqltoken.Comment {
		next, ok := sqltoken.At(sql, tok.End)
		if !ok || next.Start <= tok.Start {
			break
		}
		tok = next
	}
	return tok
}

// widen covers the whole of a qualified name, and the type after a cast.
func widen(sql string, tok sqltoken.Token) sqltoken.Token {
	for {
		dot, ok := sqltoken.At(sql, tok.End)
		if !ok || dot.Start != tok.End {
			return tok
		}
		isName := tok.Kind == sqltoken.Word || tok.Kind == sqltoken.Quoted
		if tok.Is(sql, "::") {
			tok.End = dot.End
			return tok
		}
		if !isName || !dot.Is(sql, ".") {
			return tok
		}
		part, ok := sqltoken.At(sql, dot.End)
		if !ok || part.Start != dot.End || part.Kind != sqltoken.Word && part.Kind != sqltoken.Quoted {
			return tok
		}
		tok.End, tok.Kind = part.End, part.Kind
	}
}
