package check

import (
	"context"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
)

// All checks a graph.
func All(ctx context.Context, g *link.Graph, env Env) (*Program, diag.List, error) {
	return &Program{Graph: g, Nodes: make([]Node, len(g.Nodes))}, nil, ctx.Err()
}
