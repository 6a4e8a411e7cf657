package check

import (
	"context"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// BuildHooks are the statements that run once around a build.
type BuildHooks struct{ Before, After []Hook }

// hooksName stands for the hooks of a build in messages about templates.
const hooksName = "hooks"

// buildHooks renders the hooks of a build, once the columns are known that they may ask for. Where nothing is
// bound nobody builds.
func (c *checker) buildHooks(ctx context.Context) (diags diag.List, err error) {
	hooks := c.graph.Project.BuildHooks
	if len(hooks.Before)+len(hooks.After) == 0 || c.env.OnDemand || c.env.Describer == nil {
		return nil, nil
	}
	render := func(texts []project.Text) (out []Hook) {
		for _, text := range texts {
			hook, found := c.buildHook(ctx, text)
			diags = append(diags, found...)
			if hook != nil {
				out = append(out, *hook)
			}
		}
		return out
	}
	c.program.Hooks = BuildHooks{Before: render(hooks.Before), After: render(hooks.After)}
	if diags.HasErrors() {
		return diags, ctx.Err()
	}
	found, err := c.parseHooks(ctx)
	return append(diags, found...), err
}

// buildHook renders a hook; nil after an error, or where it came to nothing.
func (c *checker) buildHook(ctx context.Context, text project.Text) (*Hook, diag.List) {
	unit, diags := c.parsed.ParseText(hooksName, text)
	if unit == nil || diags.HasErrors() {
		return nil, diags
	}
	diags = append(diags, c.graph.Unknown(unit)...)
	if unit.This {
		diags.Errorf(diag.NoThis, text.Span, "a hook of a build has no relation that {{ this }} could mean").
			Hintf("name one with {{ ref }}, or make it a post_hook of the model")
	}
	if diags.HasErrors() {
		return nil, diags
	}
	rendered, found := c.hook(ctx, hooksName, text)
	diags = append(diags, found...)
	if rendered == nil {
		return nil, diags
	}
	for _, hole := range rendered.Holes {
		n := c.graph.Find(hole.Node)
		if n == nil || n.Kind == link.Source {
			continue
		}
		switch out := &c.program.Nodes[n.Index]; {
		case !out.Enabled:
			diags.Errorf(diag.DisabledRef, text.Span, "the hook reads %q, which is disabled", n.Name).Hintf("enable it, or remove the ref")
		case out.Broken:
			return nil, diags // which is said there
		}
	}
	return &Hook{rendered, text.Span, text.Value}, diags
}

// parseHooks looks for mistakes of syntax.
func (c *checker) parseHooks(ctx context.Context) (diags diag.List, err error) {
	scratch, err := c.env.Describer.Scratch(ctx)
	if err != nil {
		return nil, ctx.Err() // which is said where the nodes are bound
	}
	defer func() { _ = scratch.Close() }() // nothing was done in it
	for _, hook := range slices.Concat(c.program.Hooks.Before, c.program.Hooks.After) {
		filled := (&filler{p: c.program}).fill(hook.SQL, "")
		d, err := wrongHook(scratch.Parse(ctx, filled.SQL), func(e *engine.Error) *diag.Diagnostic {
			return c.program.Explain().Query("", filled, e, hook.Span)
		})
		if err != nil {
			return nil, err
		}
		if d != nil {
			diags = append(diags, d)
		}
	}
	return diags, nil
}
