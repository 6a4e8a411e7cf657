package check

import (
	"context"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// standIns give, for the name of a variable that is not part of the code, what stands for its value in the code. A
// template takes the first with which it can be rendered.
var standIns = []func(name string) string{
	func(name string) string { return "quern_var_" + name },
	func(name string) string { return strconv.Itoa(int(nameSum(name))) },
	func(name string) string {
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(nameSum(name)%20_000)).Format(time.DateOnly)
	},
}

// nameSum tells names apart, nearly always.
func nameSum(name string) uint32 { return crc32.ChecksumIEEE([]byte(name)) >> 1 }

// renderSteady renders the nodes once more with something that stays the same in the place of the variables that are
// not part of the code. A node for which that cannot be done keeps its texts, and such a variable counts there.
func (c *checker) renderSteady(ctx context.Context) {
	names := c.graph.Project.RuntimeVars
	if len(names) == 0 {
		return
	}
	steady := *c.program
	steady.Nodes = slices.Clone(c.program.Nodes)
	done := make([]bool, len(steady.Nodes))
	for _, standIn := range standIns {
		again := newCheckerOf(c.graph, c.env, slices.Clone(c.program.Nodes))
		again.models.Vars = maps.Clone(c.models.Vars)
		for _, name := range names {
			if v, ok := again.models.Vars[name]; ok {
				v.Value = standIn(name)
				again.models.Vars[name] = v
			}
		}
		again.models.LookupEnv = func(name string) (string, bool) {
			if slices.Contains(names, name) {
				return standIn(name), true
			}
			if c.env.LookupEnv == nil {
				return "", false
			}
			return c.env.LookupEnv(name)
		}
		for i, n := range c.graph.Nodes {
			was := &c.program.Nodes[i]
			if done[i] || was.SQL == nil || n.Kind == link.Model && !readsAny(n.Model, n.Unit, names) {
				continue
			}
			now := again.rendered(ctx, n)
			if done[i] = now.isLike(was); done[i] {
				steady.Nodes[i] = *now
			}
		}
	}
	c.program.steady = &steady
}

// rendered gives the texts of a node alone.
func (c *checker) rendered(ctx context.Context, n *link.Node) *Node {
	out := &Node{}
	if n.Kind == link.Test {
		c.test(ctx, n, out)
		return out
	}
	c.modelQuery(ctx, n, out)
	return out
}

// isLike reports whether a node was rendered as another one was.
func (n *Node) isLike(other *Node) bool {
	return !n.Broken && (n.SQL == nil) == (other.SQL == nil) && (n.Where == nil) == (other.Where == nil) &&
		(n.Increment == nil) == (other.Increment == nil) && len(n.Predicates) == len(other.Predicates) &&
		len(n.Hooks.Pre) == len(other.Hooks.Pre) && len(n.Hooks.Post) == len(other.Hooks.Post)
}

// readsAny reports whether a model may read one of some variables.
func readsAny(m *project.Model, unit *template.Unit, names []string) bool {
	reads := func(name string) bool { return slices.Contains(unit.Vars, name) || slices.Contains(unit.EnvVars, name) }
	return len(m.Incremental.Predicates)+len(m.Hooks.Pre)+len(m.Hooks.Post) > 0 || slices.ContainsFunc(names, reads)
}
