package explain

import (
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// endsEarly explains a syntax error right behind an expression that is written in YAML or front
// matter, such as id = : the engine complains of the parenthesis that was put behind it. It gives the
// last token of the expression, and false where the error is another one.
func (m *meaning) endsEarly(a *Test, q *template.Filled) (source.Span, bool) {
	if m.code != diag.SyntaxError || q == nil || m.token.Text(q.SQL) != ")" || written(a, q, m.token).Text() != "" {
		return source.Span{}, false
	}
	var last sqltoken.Token
	for _, tok := range sqltoken.Code(q.SQL) {
		if tok.Start >= m.token.Start {
			break
		}
		last = tok
	}
	at := written(a, q, last)
	if at.Text() == "" {
		return source.Span{}, false
	}
	what := "the expression"
	if !a.Where.IsZero() && at.Start >= a.Where.Start && at.End <= a.Where.End {
		what = "the where"
	}
	m.message, m.hint = what+" ends too early", "something is missing behind "+last.Text(q.SQL)
	return at, true
}

// written gives the place of a token that is written where the test is used.
func written(a *Test, q *template.Filled, tok sqltoken.Token) source.Span {
	for _, span := range q.Locate(tok.Start, tok.End) {
		if span.File == a.Span.File && span != a.Span || span == a.Span && a.Tested != "" && span.Text() == tok.Text(q.SQL) {
			return span
		}
	}
	return source.Span{}
}
