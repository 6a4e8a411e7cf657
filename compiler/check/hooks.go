package check

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// Hook is one statement, rendered.
type Hook struct {
	SQL  *template.Rendered
	Span source.Span
	// Text is what was written.
	Text string
}

// Hooks are the statements that run with a model: Pre before its query, Post in the transaction that publishes it.
type Hooks struct{ Pre, Post []Hook }

// all gives the texts of both.
func (h Hooks) all() []*template.Rendered {
	var out []*template.Rendered
	for _, hook := range slices.Concat(h.Pre, h.Post) {
		out = append(out, hook.SQL)
	}
	return out
}

// CanonicalHooks is Canonical of the hooks of a model.
func (p *Program) CanonicalHooks(id project.ID) (pre, post []Canonical) {
	n, ok := p.Node(id)
	if !ok {
		return nil, nil
	}
	of := n
	if p.steady != nil {
		of, _ = p.steady.Node(id)
	}
	each := func(hooks, code []Hook) []Canonical {
		out := make([]Canonical, len(hooks))
		for i := range hooks {
			out[i].Text = p.canonical(hooks[i].SQL, id, &out[i])
			out[i].Code = p.canonical(code[i].SQL, id, &Canonical{})
		}
		return out
	}
	return each(n.Hooks.Pre, of.Hooks.Pre), each(n.Hooks.Post, of.Hooks.Post)
}

// hooks renders the hooks of a model.
func (c *checker) hooks(ctx context.Context, n *link.Node, out *Node) (diags diag.List) {
	out.Hooks = Hooks{}
	for _, list := range []struct {
		texts []project.Text
		into  *[]Hook
	}{{n.Model.Hooks.Pre, &out.Hooks.Pre}, {n.Model.Hooks.Post, &out.Hooks.Post}} {
		for _, text := range list.texts {
			rendered, found := c.hook(ctx, string(n.ID), text)
			diags = append(diags, found...)
			if rendered != nil {
				*list.into = append(*list.into, Hook{rendered, text.Span, text.Value})
			}
		}
	}
	out.Broken = out.Broken || diags.HasErrors()
	return diags
}

// hook renders a hook and refuses what is not one statement. It gives nil after an error, and for a template that
// came to nothing.
func (c *checker) hook(ctx context.Context, name string, text project.Text) (*template.Rendered, diag.List) {
	if diags := c.oneVariant(name, text); diags.HasErrors() {
		return nil, diags
	}
	rendered, diags := c.text(ctx, name, text)
	if rendered == nil {
		return nil, diags
	}
	q := sqltoken.Split(rendered.Text)
	if q.First.Kind == 0 && len(rendered.Holes) == 0 {
		if !strings.Contains(text.Value, "{{") {
			diags.Errorf(diag.EmptyQuery, text.Span, "the hook holds no statement").Hintf("write a statement, or remove it")
		}
		return nil, diags
	}
	word := strings.ToLower(q.First.Text(rendered.Text))
	switch second := secondStatement(rendered, q); {
	case !second.IsZero():
		diags.Errorf(diag.SeveralStatements, second, "the hook holds more than one statement").
			Hintf("make a list of them, with one statement an entry")
	case notInHooks[word] != "":
		diags.Errorf(diag.NotInHooks, primary(rendered.Map, q.First, text.Span), "a hook cannot be a %q statement", word).
			Hintf("%s", notInHooks[word])
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return cut(rendered, q.End), diags
}

// oneVariant refuses hooks that ask whether the build is incremental: they are the same for both.
func (c *checker) oneVariant(name string, text project.Text) (diags diag.List) {
	if !strings.Contains(text.Value, "incremental") {
		return nil
	}
	unit, found := c.parsed.ParseText(name, text)
	if unit != nil && !found.HasErrors() && unit.Incremental {
		diags.Errorf(diag.NotInTemplates, text.Span, "a hook is the same whether its model is built whole or grows").
			Hintf("remove {{ incremental }} from it")
	}
	return diags
}

const (
	ownTransaction = "Quern begins and ends the transaction that publishes a relation"
	ownDatabase    = "what comes after it would end up elsewhere; write names with their database and schema"
)

// notInHooks are first words of statements that would take the ground from under a build, with why.
var notInHooks = map[string]string{
	"begin": ownTransaction, "start": ownTransaction, "commit": ownTransaction, "end": ownTransaction,
	"rollback": ownTransaction, "abort": ownTransaction, "savepoint": ownTransaction, "release": ownTransaction,
	"use": ownDatabase,
}

// hooks looks for mistakes of syntax in the hooks of a model.
func (w *bindWorker) hooks(ctx context.Context, n *link.Node, out *Node) error {
	if n.Kind != link.Model || w.env.OnDemand {
		return nil
	}
	for _, hook := range slices.Concat(out.Hooks.Pre, out.Hooks.Post) {
		switch err := w.open(ctx); {
		case errors.Is(err, errNoScratch):
			return nil // which is said already
		case err != nil:
			return err
		}
		filled := (&filler{p: w.program, opts: FillOptions{Node: n.ID}}).fill(hook.SQL, n.ID)
		d, err := wrongHook(w.scratch.Parse(ctx, filled.SQL), func(e *engine.Error) *diag.Diagnostic {
			return w.program.Explain().Query(n.ID, filled, e, hook.Span)
		})
		if err != nil {
			return err
		}
		if d != nil {
			out.Broken = true
			w.diags = append(w.diags, d)
		}
	}
	return nil
}

// wrongHook explains what the engine says against a hook; the error is trouble that is nobody's mistake.
func wrongHook(err error, explained func(*engine.Error) *diag.Diagnostic) (*diag.Diagnostic, error) {
	e, ok := errors.AsType[*engine.Error](err)
	if err == nil || !ok || e.Class == engine.Cancelled {
		return nil, err
	}
	return explained(e), nil
}
