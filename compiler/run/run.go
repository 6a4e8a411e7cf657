package run

import (
	"context"

	"github.com/quernsql/quern/compiler/plan"
)

// Execute executes a plan. The error is trouble that stopped the whole run, such as a target that
// cannot be reached; what went wrong in a step is in its result.
func Execute(ctx context.Context, p *plan.Plan, w Warehouse, o Observer, opts Options) (*Results, error) {
	return &Results{}, ctx.Err()
}
