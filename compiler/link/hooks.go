package link

import "github.com/quernsql/quern/compiler/project"

// hookReads gives what the hooks of a model read.
func (r *reader) hookReads(n *Node, each func(read)) {
	for _, hooks := range [][]project.Text{n.Model.Hooks.Pre, n.Model.Hooks.Post} {
		for _, text := range hooks {
			r.textReads(n, text, each)
		}
	}
}
