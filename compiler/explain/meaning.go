package explain

import (
	"os"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// Meaning is what an error says apart from any query.
type Meaning struct {
	Code          diag.Code
	Message, Hint string
}

// Meant says in the project's words what an error is about.
func Meant(e *engine.Error) Meaning {
	m := meant(e)
	return Meaning{Code: m.code, Message: m.message, Hint: m.hint}
}

// explainer explains one error.
type explainer struct {
	*Context
	// self is the node whose own query went wrong.
	self project.ID
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
	return list.Errorf(m.code, at, "%s", m.message).Hinted(m.hint)
}

// explain says what an error of a query means, and where.
func (d explainer) explain(q *template.Filled, e *engine.Error) meaning {
	m := meant(e)
	if d.Dir != "" {
		m.message = strings.ReplaceAll(m.message, d.Dir+string(os.PathSeparator), "")
	}
	m.token = tokenOf(q.SQL, e, m)
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
	m.message = literals.Replace(m.message)
	return m
}

// literals gives the types of literals the names that casts know.
var literals = strings.NewReplacer("STRING_LITERAL", "VARCHAR", "INTEGER_LITERAL", "INTEGER")

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
