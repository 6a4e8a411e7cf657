package explain

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// sourceOfFile says how files are read.
const sourceOfFile = "declare the file as a source, with its path from the project folder under files, and read it with {{ source }}"

// refine says more where the project knows more than the engine.
func (d explainer) refine(m *meaning, q *template.Filled, e *engine.Error) {
	switch m.code {
	case diag.ColumnNotFound:
		if from := onlyRelation(q); from != "" && strings.HasSuffix(m.message, "not found") {
			m.message += ` in "` + from + `"`
		}
		d.columnHint(m, q, e)
	case diag.TableNotFound:
		if e.Kind == "Binder" { // an alias, or the name of a table in front of a column
			d.aliasHint(m, e)
			break
		}
		d.tableHint(m, q, e)
	case diag.Undeclared:
		if tok, ok := stringOf(q.SQL, m.name); ok {
			m.token = tok
		}
		if m.hint == "" {
			d.tableHint(m, q, e)
		}
	case diag.FileNotFound:
		if tok, ok := stringOf(q.SQL, m.name); ok {
			m.token = tok
		}
		if !ofSource(q, m.token) {
			m.hint = sourceOfFile
		}
	case diag.SchemaNotFound:
		switch id, known := d.Names[strings.ToLower(m.name)]; {
		case known:
			m.hint = "read it as " + reading(id)
		case d.onlyNode(q, m.token) != "":
			notBuilt(m, d.onlyNode(q, m.token))
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

// ofSource reports whether the path of a file comes from a source, rather than from the text of a
// query.
func ofSource(q *template.Filled, tok sqltoken.Token) bool {
	spans := q.Locate(tok.Start, tok.End)
	return len(spans) > 0 && spans[0].Text() != tok.Text(q.SQL)
}

func (d explainer) columnHint(m *meaning, q *template.Filled, e *engine.Error) {
	if m.hint != "" {
		return
	}
	plain := make([]string, len(e.Candidates))
	for i, c := range e.Candidates {
		plain[i] = c[strings.LastIndexByte(c, '.')+1:]
	}
	near := diag.Nearest(m.name, plain)
	if len(plain) == 0 {
		near = diag.Nearest(m.name, slices.DeleteFunc(d.columnsIn(q), func(name string) bool { return strings.EqualFold(name, m.name) }))
	}
	switch {
	case near != "":
		m.hint = `did you mean "` + near + `"?`
	case len(plain) == 1:
		m.hint = `the nearest column is "` + plain[0] + `"`
	case len(plain) > 1:
		m.hint = "the nearest columns are " + diag.Quoted(plain)
	}
}

// columnsIn gives names that the columns of a query may have: those of what it reads, and those it gives itself. An
// engine tells none of a subquery.
func (d explainer) columnsIn(q *template.Filled) (names []string) {
	for _, id := range q.Nodes() {
		if d.Columns == nil {
			break
		}
		for _, c := range d.Columns(id) {
			names = append(names, c.Name)
		}
	}
	toks := sqltoken.Code(q.SQL)
	for i := 1; i < len(toks); i++ {
		if name := toks[i].Name(q.SQL); toks[i-1].Is(q.SQL, "as") && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// aliasHint names the tables that a query does read, as far as they have names.
func (d explainer) aliasHint(m *meaning, e *engine.Error) {
	names := slices.DeleteFunc(slices.Clone(e.Candidates), func(name string) bool {
		return strings.HasPrefix(name, "unnamed_subquery")
	})
	id, known := d.Names[strings.ToLower(m.name)]
	switch near := diag.Nearest(m.name, names); {
	case near != "":
		m.hint = `did you mean "` + near + `"?`
	case len(names) == 1:
		m.hint = `the one table is called "` + names[0] + `"`
	case len(names) > 1:
		m.hint = "the tables are called " + diag.Quoted(names)
	case known:
		m.hint = "give " + reading(id) + " an alias"
	}
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
func (d explainer) tableHint(m *meaning, q *template.Filled, e *engine.Error) {
	id, known := d.Names[strings.ToLower(m.name)]
	spans := q.Locate(m.token.Start, m.token.End)
	written := len(spans) > 0 && strings.EqualFold(strings.Trim(spans[0].Text(), `"`), strings.Trim(m.token.Text(q.SQL), `"`))
	switch {
	case known && written && id == d.self:
		m.hint = "a model cannot read itself by its name: " + diag.ReadElse
	case known && !written && id.Kind() == "source":
		m.hint = "load it, or correct where the source is declared"
	case known && !written:
		notBuilt(m, id)
	case known:
		m.hint = "read it as " + reading(id)
	case d.onlyNode(q, m.token) != "":
		notBuilt(m, d.onlyNode(q, m.token))
	default:
		m.hint = d.nearTable(m.name, e.Candidates)
	}
}

// onlyNode gives the one node a query reads, where what went wrong is not in the text of the query but
// in the name of the node's relation.
func (d explainer) onlyNode(q *template.Filled, tok sqltoken.Token) project.ID {
	if d.Bound {
		return ""
	}
	nodes := q.Nodes()
	spans := q.Locate(tok.Start, tok.End)
	if len(nodes) != 1 || len(spans) > 0 && spans[0].Text() == tok.Text(q.SQL) {
		return ""
	}
	return nodes[0]
}

// notBuilt says that the relation of a node is not there yet.
func notBuilt(m *meaning, id project.ID) {
	if id.Kind() == "source" {
		m.hint = "load it, or correct where the source is declared"
		return
	}
	m.message = `"` + id.Name() + `" has not been built yet`
	m.hint = "build it first: quern build --select " + id.Name()
}

func (d explainer) nearTable(name string, candidates []string) string {
	names := make([]string, 0, len(d.Names))
	for n := range d.Names {
		names = append(names, n)
	}
	if near := diag.Nearest(strings.ToLower(name), names); near != "" {
		return "did you mean " + reading(d.Names[near]) + "?"
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

// whose says of which relation a test misses a column.
func whose(m meaning, a *Test, q *template.Filled) string {
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
