package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

// orphansOf gives the relations that no node has any longer, and looks which of them have to stay.
func orphansOf(ctx context.Context, s adapters.Session, p *check.Program, k *state.Known) ([]plan.Orphan, error) {
	all := plan.Orphans(p, k)
	if len(all) == 0 {
		return nil, nil
	}
	known := make([]*state.Relation, len(all))
	for i := range all {
		known[i] = all[i].Known
	}
	found, err := standings(ctx, s, known)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for i, o := range all {
		switch {
		case found[i].Standing == state.Missing && o.Kind != project.External.String(): // somebody dropped it
			continue
		case o.Known.IsSnapshot():
			o.Stays = fmt.Sprintf("it is a snapshot: \"quern state reset %s\" forgets it", o.ID.Name())
		case found[i].Standing != state.AsLeft:
			o.Stays = "it is not as it was left"
		}
		out = append(out, o)
	}
	return out, nil
}

// orphansToPlan says which orphans a build drops.
func (f *planningFlags) orphansToPlan(t *target) []plan.Orphan {
	out := slices.Clone(t.orphans)
	for i := range out {
		out[i].Drop = f.dropOrphans && out[i].Stays == ""
	}
	return out
}

// dropThem drops the orphans of a build in which everything succeeded.
func (b *build) dropThem(ctx context.Context, e adapters.Engine, k *run.Keeper, orphans []plan.Orphan, r *run.Results) error {
	succeeded := b.outcome(r) == nil
	if !b.dropOrphans || len(orphans) == 0 || !succeeded {
		return nil
	}
	b.next, b.dropOrphans = nil, false
	return inSession(ctx, e, func(s adapters.Session) error {
		for _, o := range orphans {
			if !o.Drop {
				b.View.Orphan(r.RunID, o)
				continue
			}
			if err := dropOrphan(ctx, s, k, o, voided([]*state.Relation{o.Known}, b.Now())); err != nil {
				return fmt.Errorf("drop %s: %w", o.Relation, err)
			}
			b.View.Orphan(r.RunID, o)
		}
		return nil
	})
}

func dropOrphan(ctx context.Context, s adapters.Session, k *run.Keeper, o plan.Orphan, void []*state.Relation) error {
	forget, err := k.Tables.Keep(k.Known, void...)
	if err != nil {
		return err
	}
	if o.Relation.Database != "" { // which has no transaction in common with the state
		if err := s.Publish(ctx, nil, forget); err != nil {
			return err
		}
		return s.Drop(ctx, o.Relation)
	}
	return s.InTransaction(ctx, func(ctx context.Context) error {
		if err := s.Drop(ctx, o.Relation); err != nil {
			return err
		}
		return s.Publish(ctx, nil, forget)
	})
}
