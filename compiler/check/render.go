package check

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

func (c *checker) model(ctx context.Context, n *link.Node, out *Node) diag.List {
	m := n.Model
	s := c.settings(ctx, n.ID)
	out.Enabled = s.enabled(m.Enabled)
	if m.Materialized != project.Ephemeral {
		out.Relation = s.modelRelation(m)
	}
	if m.Materialized == project.External {
		out.Location = s.location(m)
	}
	c.inEnvironment(out)
	if !out.Enabled || n.Broken {
		return s.diags
	}
	return append(s.diags, c.modelQuery(ctx, n, out)...)
}

// modelQuery renders the query of a model.
func (c *checker) modelQuery(ctx context.Context, n *link.Node, out *Node) diag.List {
	m := n.Model
	rendered, diags := c.render(ctx, n.Unit, c.models)
	if rendered == nil {
		out.Broken = true
		return diags
	}
	if n.Unit.Batch && (m.Materialized != project.Incremental || m.Incremental.Strategy != increment.Microbatch) {
		out.Broken = true
		diags.Errorf(diag.NoBatch, n.Unit.Span, "%q has no windows that {{ batch_start }} and {{ batch_end }} could mean", m.Name).
			Hintf("set incremental_strategy: microbatch, or use {{ run_time }}")
		return diags
	}
	if n.Unit.This && m.Materialized == project.Ephemeral {
		diags.Errorf(diag.NoThis, n.Unit.Span, "%q is ephemeral and has no relation that {{ this }} could mean", m.Name).
			Hintf("make it a view or a table, or remove {{ this }}")
		return diags
	}
	if at := ownHole(rendered); at != nil && m.Materialized == project.View {
		out.Broken = true
		diags.Errorf(diag.ViewReadsItself, at[0], "%q is a view and cannot read itself", m.Name).Hintf(diag.ReadElse)
		return diags
	}
	query, more := oneQuery(rendered, "model", n.Unit.Span)
	out.SQL = query
	diags = append(diags, more...)
	if query != nil && m.Materialized == project.Incremental {
		diags = append(diags, c.growth(ctx, n, out)...)
	}
	return append(diags, c.hooks(ctx, n, out)...)
}

// ownHole gives the place of a {{ this }} that stands in the code of a query, where it is read; in a
// comment or a string it is a name only.
func ownHole(r *template.Rendered) []source.Span {
	for _, hole := range r.Holes {
		if hole.Kind == template.HoleThis && len(hole.At) > 0 && !quiet(r.Text, hole.Offset) {
			return hole.At
		}
	}
	return nil
}

// quiet reports whether an offset is inside a comment or a string.
func quiet(text string, offset int) bool {
	for tok := range sqltoken.Tokens(text) {
		switch {
		case tok.Start >= offset:
			return false
		case tok.Kind == sqltoken.String && offset < tok.End, tok.Kind == sqltoken.Comment && offset <= tok.End:
			return true
		}
	}
	return false
}

// render executes a template; it gives nil where that cannot be done, which may have been reported.
func (c *checker) render(ctx context.Context, unit *template.Unit, env *template.Env) (*template.Rendered, diag.List) {
	if unit == nil {
		return nil, nil
	}
	return c.parsed.Render(ctx, unit, env)
}

// notQueries are first words of statements that give no rows.
var notQueries = []string{
	"alter", "analyze", "attach", "begin", "call", "checkpoint", "commit", "copy", "create", "delete", "detach", "drop",
	"execute", "export", "grant", "import", "insert", "install", "load", "merge", "pragma", "prepare", "reset", "revoke",
	"rollback", "set", "truncate", "update", "use", "vacuum",
}

// oneQuery cuts a closing semicolon and refuses what is not one query.
func oneQuery(r *template.Rendered, what string, whole source.Span) (*template.Rendered, diag.List) {
	var diags diag.List
	q := sqltoken.Split(r.Text)
	switch second := secondStatement(r, q); {
	case !second.IsZero():
		diags.Errorf(diag.SeveralStatements, second, "the %s holds more than one statement", what).
			Hintf("keep one query and remove what follows the semicolon")
	case q.First.Kind == 0 && len(r.Holes) == 0:
		diags.Errorf(diag.EmptyQuery, whole, "the %s holds no query", what).Hintf("write a select statement")
	case q.First.Kind == sqltoken.Word && slices.Contains(notQueries, strings.ToLower(q.First.Text(r.Text))):
		word := strings.ToLower(q.First.Text(r.Text))
		diags.Errorf(diag.NotAQuery, primary(r.Map, q.First, whole), "the %s is a %q statement", what, word).
			Hintf("write a query; Quern makes the table or view of it")
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return cut(r, q.End), nil
}

// secondStatement gives the place of what follows the first statement; the zero span where nothing
// does.
func secondStatement(r *template.Rendered, q sqltoken.Query) source.Span {
	for _, hole := range r.Holes {
		if hole.Offset > q.End && (q.More.Kind == 0 || hole.Offset <= q.More.Start) && len(hole.At) > 0 {
			return hole.At[0]
		}
	}
	if q.More.Kind == 0 {
		return source.Span{}
	}
	return primary(r.Map, q.More, source.Span{})
}

// primary gives the place of a token in the file that was rendered.
func primary(m *source.Map, tok sqltoken.Token, fallback source.Span) source.Span {
	if spans := m.Locate(tok.Start, tok.End); len(spans) > 0 {
		return spans[0]
	}
	return fallback
}
