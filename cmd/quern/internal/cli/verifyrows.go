package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
)

// planner plans on a target, with its rows where they are asked for.
type planner struct {
	*planningFlags
	target *target
	plan   func(plan.Options) (*plan.Plan, diag.List)
	// reading gives the target to a function that reads its rows.
	reading func(use func(adapters.Engine) error) error
}

// build plans, and once more with the rows of the tables that the first plan trusts where --verify asks for them.
func (p *planner) build(ctx context.Context, opts plan.Options) (*plan.Plan, diag.List, error) {
	made, diags := p.plan(opts)
	if !p.verify || p.target == nil || len(made.Trusted) == 0 {
		return made, diags, nil
	}
	err := p.reading(func(e adapters.Engine) (err error) {
		opts.Contents, err = p.target.rowsOf(ctx, e, made.Trusted)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	made, diags = p.plan(opts)
	return made, diags, nil
}

// rowsOf gives the digests of the rows of tables, besides those that are known already.
func (t *target) rowsOf(ctx context.Context, e adapters.Engine, tables []relation.Name) (out map[relation.Name]string, err error) {
	s, err := e.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	digests, err := s.Digests(ctx, tables)
	if err != nil {
		return nil, fmt.Errorf("read the rows of tables: %w", err)
	}
	out = maps.Clone(t.contents)
	if out == nil {
		out = map[relation.Name]string{}
	}
	for i, name := range tables {
		out[name.Fold()] = digests[i].Content
	}
	return out, nil
}
