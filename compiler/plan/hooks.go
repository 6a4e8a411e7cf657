package plan

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// Hook is a statement of the project that runs with a step.
type Hook struct {
	// Key is the one under which it stands, such as pre_hook.
	Key  string
	SQL  *template.Filled
	Span source.Span
	// Text is what was written.
	Text string
}

// The keys of hooks.
const (
	preHook  = "pre_hook"
	postHook = "post_hook"
)

// hooks gives the step of a model its hooks.
func (b *builder) hooks(n *link.Node, s *Step) {
	hooks := b.p.Nodes[n.Index].Hooks
	opts := b.fill(n.ID, b.besides(n, n))
	s.Pre, s.Post = b.filled(preHook, hooks.Pre, opts), b.filled(postHook, hooks.Post, opts)
}

func (b *builder) filled(key string, hooks []check.Hook, opts check.FillOptions) (out []Hook) {
	for _, h := range hooks {
		out = append(out, Hook{Key: key, SQL: b.p.Fill(h.SQL, opts), Span: h.Span, Text: h.Text})
	}
	return out
}

// Builds reports whether a step makes or changes a relation, if what it reads changes.
func (s *Step) Builds() bool { return s.Action != Skip && s.Action != Test && s.Action != Comment }

// hookCode adds to what decides about a model's rows its hooks, which may change them. That a function in them gives
// something else in every run is no reason to build: a hook runs because its model is built.
func (b *builder) hookCode(n *link.Node, c *Code) {
	pre, post := b.p.CanonicalHooks(n.ID)
	add := func(key string, hooks []check.Canonical) {
		texts := make([]string, len(hooks))
		for i, hook := range hooks {
			texts[i] = fingerprint.Normal(hook.Code)
			c.Ordered = c.Ordered || b.isOrdered(n, hook)
			if hook.Schema {
				c.Config["target schema"] = b.p.Schema()
			}
		}
		if len(hooks) > 0 {
			c.Config[key] = strings.Join(texts, ";\n")
		}
	}
	add(preHook, pre)
	add(postHook, post)
}

// texts shows hooks.
func texts(hooks []Hook) (out []string) {
	for _, h := range hooks {
		out = append(out, h.SQL.SQL)
	}
	return out
}

// hooked shows the hooks that come before all that a step sends.
func (s *Step) hooked() {
	if s.Builds() {
		s.Statements = slices.Concat(texts(s.Pre), s.Statements)
	}
}

// publishHooked shows how a table with hooks is published: it is tested as they leave it.
func (b *builder) publishHooked(s *Step) {
	s.Statements = append(s.Statements, b.publishes(s))
	s.Statements = append(s.Statements, texts(s.Post)...)
	for _, a := range s.Audits {
		if a.Published.Query != nil {
			s.Statements = append(s.Statements, a.Published.Query.SQL)
		}
	}
}

func (b *builder) publishes(s *Step) string {
	return "publish " + b.opts.Dialect.Relation(s.Candidate) + " as " + b.opts.Dialect.Relation(s.Relation)
}
