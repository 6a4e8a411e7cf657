package run

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
)

// isLeft reports whether a view stays as it is, although nobody knows whether what it reads changed: its columns are
// those that it would have. An engine refuses a view of which the types are others, and keeps older names.
func (w *worker) isLeft(ctx context.Context, s *plan.Step) bool {
	if s.Stands == "" || w.version(s.ID).Rows != "" {
		return false
	}
	is, err := w.session.Describe(ctx, s.Stands)
	if err != nil {
		return false
	}
	made, err := w.session.Describe(ctx, s.Query.SQL)
	return err == nil && engine.HashColumns(is) == engine.HashColumns(made)
}
