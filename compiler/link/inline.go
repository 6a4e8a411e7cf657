package link

import (
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/template"
)

// Unknown reports the refs and sources of a text beside the project, such as a query of the command
// line, that name nothing in it.
func (g *Graph) Unknown(u *template.Unit) diag.List {
	b := &builder{g: g, names: &names{g: g}}
	n := &Node{Kind: Model, Unit: u}
	unitReads(u, func(r read) {
		if b.g.resolve(r) == nil {
			b.unknown(n, r)
		}
	})
	return b.diags
}
