package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// shown is a query whose rows are to be shown.
type shown struct {
	name     string
	node     project.ID // "" for --inline
	test     bool
	rendered *template.Rendered
	span     source.Span
	limit    int
	// building says that a build goes on meanwhile, whose candidates are no failed ones.
	building bool
}

// queryToShow gives the query a command line asks for.
func (a *App) queryToShow(ctx context.Context, r compiler.Result, f showFlags) (*shown, error) {
	if f.name == "" && f.test == "" {
		rendered, diags := r.Program.Inline(ctx, f.inline)
		a.View.Diagnostics(diags)
		if diags.HasErrors() {
			return nil, exitError(ExitFailed)
		}
		return &shown{rendered: rendered}, nil
	}
	n, err := nodeToShow(r.Graph, f)
	if err != nil {
		return nil, err
	}
	q := &shown{name: n.ID.Name(), node: n.ID, test: n.Kind == link.Test, span: n.Properties().NameSpan}
	checked := r.Program.Nodes[n.Index]
	switch {
	case n.Kind == link.Exposure:
		return nil, usagef(diag.NoRows, "%q is an exposure and has no rows", q.name).hint("show what it depends on")
	case !checked.Enabled:
		return nil, usagef(diag.NoRows, "%q is disabled", q.name).hint("set enabled: true to show it")
	case checked.SQL != nil:
		q.rendered = checked.SQL
	default:
		q.rendered = wholeOf(n.ID)
	}
	if q.test {
		q.span = n.Test.Span
	}
	return q, nil
}

// wholeOf gives the query for all rows of a seed or a source.
func wholeOf(id project.ID) *template.Rendered {
	const text = "select * from "
	return &template.Rendered{
		Text: text, Refs: []project.ID{id},
		Holes: []template.Hole{{Offset: len(text), Kind: template.HoleRelation, Node: id}},
	}
}

// nodeToShow finds a node by its name, or by its id where two kinds share a name. A name that is no
// other's may differ in case.
func nodeToShow(g *link.Graph, f showFlags) (*link.Node, error) {
	written, kinds := f.name, []link.Kind{link.Model, link.Seed, link.Source, link.Test, link.Exposure}
	if f.test != "" {
		written, kinds = f.test, []link.Kind{link.Test}
	}
	n, names := findNode(g, written, kinds)
	if n != nil {
		return n, nil
	}
	what := "there is no model, seed, source or test"
	if f.test != "" {
		what = "there is no test"
	}
	return nil, usagef(diag.UnknownNode, "%s %q", what, written).
		hint(`see what there is with "quern ls"`).nearest(written, names)
}

// findNode finds a node of one of the kinds by its name or id, or gives the names there are.
func findNode(g *link.Graph, written string, kinds []link.Kind) (found *link.Node, names []string) {
	for _, kind := range kinds {
		for _, n := range g.Nodes {
			if n.Kind != kind {
				continue
			}
			if strings.EqualFold(n.ID.Name(), written) || strings.EqualFold(string(n.ID), written) {
				return n, nil
			}
			names = append(names, n.ID.Name())
		}
	}
	return nil, names
}

// readsTarget reports whether the query needs a relation of the target, itself or through an
// ephemeral model.
func (q *shown) readsTarget(r compiler.Result) bool {
	return readsTarget(r, q.rendered, q.node)
}

func readsTarget(r compiler.Result, query *template.Rendered, owner project.ID) bool {
	return slices.ContainsFunc(query.Holes, func(hole template.Hole) bool {
		id := hole.Node
		switch hole.Kind {
		case template.HoleThis:
			return true
		case template.HoleModel:
			id = r.Graph.ByID[owner].Test.Tested
		case template.HoleRelation:
		default:
			return false
		}
		n := r.Graph.ByID[id]
		if n == nil || n.Kind == link.Source && n.Source.Files != "" {
			return false
		}
		checked := r.Program.Nodes[n.Index]
		if n.IsEphemeral() && checked.SQL != nil {
			return readsTarget(r, checked.SQL, id)
		}
		return true
	})
}

// fill fills the query's holes with what is published. The wrong rows of a test that stopped a
// publication are in the candidate, where one was kept.
func (q *shown) fill(ctx context.Context, a *App, r compiler.Result, s adapters.Session) (*template.Filled, error) {
	at, err := a.Flags.runTime(a.Now())
	if err != nil {
		return nil, err
	}
	published := r.Program.Fill(q.rendered, check.FillOptions{Node: q.node, RunTime: at})
	if !q.test || q.building {
		return published, nil
	}
	selected, err := asItWasTested(ctx, r, s, r.Graph.ByID[q.node].Test.Tested)
	if err != nil {
		return nil, err
	}
	p, _ := plan.Build(r.Program, plan.Options{
		Selected: selected, Dialect: a.Registry[r.Project.Target.Type].Dialect, RunTime: at,
	})
	for _, step := range p.Steps {
		i := slices.IndexFunc(step.Audits, func(audit *plan.Audit) bool { return audit.ID == q.node })
		if i < 0 || step.Candidate.Identifier == "" {
			continue
		}
		kept, err := isThere(ctx, s, step.Candidate)
		if err != nil || !kept {
			return published, err
		}
		return (&keptRows{a, r, s, step}).query(ctx, step.Audits[i])
	}
	return published, nil
}
