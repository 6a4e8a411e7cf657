package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
)

// stillThere refuses a hook after which the relation that is published is not there any longer. What comes next would
// miss it, and could not say why.
func (w *worker) stillThere(ctx context.Context, s *plan.Step, h *plan.Hook) error {
	if h.Key != "post_hook" {
		return nil
	}
	_, err := w.session.Columns(ctx, s.Relation)
	if e, ok := errors.AsType[*engine.Error](err); !ok || e.Kind != "Catalog" {
		return nil // anything else says itself what is wrong
	}
	var list diag.List
	d := list.Errorf(diag.NotInHooks, h.Span, "after the post_hook of %q there is no %s any longer", s.ID.Name(), s.Relation).
		Hintf("%s has to be there under its name when its hooks are done", s.Relation)
	return &hookError{&refusal{d}, fmt.Errorf("look at %s: %w", s.Relation, err)}
}
