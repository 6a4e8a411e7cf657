package check

import (
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// ParentOf gives the node that a relation of a node's query stands for, as its Facts name relations.
func (p *Program) ParentOf(node int, name relation.Name) (int, bool) {
	c := checker{graph: p.Graph, env: p.env, program: p}
	same := func(own, engine string) bool { return own == "" || engine == "" || strings.EqualFold(own, engine) }
	for _, i := range p.Graph.Nodes[node].Parents {
		table, _ := c.stand(p.Graph.Nodes[i])
		if strings.EqualFold(table.Identifier, name.Identifier) && same(table.Schema, name.Schema) && same(table.Database, name.Database) {
			return i, true
		}
	}
	return 0, false
}
