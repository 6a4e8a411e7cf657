package check

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// disabled turns off the tests of disabled models, and refuses nodes that read one.
func (c *checker) disabled() diag.List {
	var diags diag.List
	for _, n := range c.graph.Nodes {
		out := &c.program.Nodes[n.Index]
		if n.Kind == link.Test && !c.isEnabled(n.Test.Tested) {
			out.Enabled = false
		}
	}
	for _, n := range c.graph.Nodes {
		out := &c.program.Nodes[n.Index]
		if !out.Enabled || n.Kind == link.Exposure {
			continue
		}
		found := c.readsDisabled(n)
		out.Broken = out.Broken || len(found) > 0
		diags = append(diags, found...)
	}
	return diags
}

func (c *checker) readsDisabled(n *link.Node) (diags diag.List) {
	for _, p := range n.Parents {
		parent := c.graph.Nodes[p]
		if c.program.Nodes[p].Enabled {
			continue
		}
		diags.Errorf(diag.DisabledRef, refSpan(n, parent), "%s reads %q, which is disabled", describe(n), parent.Name).
			Hintf("enable it, or remove what reads it").
			Notef(parent.Model.Enabled.Span, "it is disabled here")
	}
	return diags
}

// noFiles refuses files where the target reads and writes none: sources that are read in place, and
// external models. A source that nothing reads does no harm.
func (c *checker) noFiles() diag.List {
	var diags diag.List
	if c.env.Dialect.FileScan("", "csv") != "" {
		return nil
	}
	for _, n := range c.graph.Nodes {
		out := &c.program.Nodes[n.Index]
		if !out.Enabled || n.Kind == link.Exposure {
			continue
		}
		if n.Kind == link.Model && n.Model.Materialized == project.External {
			out.Broken = true
			diags.Errorf(diag.TargetNoFiles, n.Model.NameSpan, "%q is external, and a %s target writes no files", n.Name, c.graph.Project.Target.Type).
				Hintf("make it a table, or choose another target")
		}
		found := c.readsFiles(n)
		out.Broken = out.Broken || len(found) > 0
		diags = append(diags, found...)
	}
	return diags
}

func (c *checker) readsFiles(n *link.Node) (diags diag.List) {
	for _, p := range n.Parents {
		if parent := c.graph.Nodes[p]; parent.Kind == link.Source && parent.Source.Files != "" {
			diags.Errorf(diag.TargetNoFiles, refSpan(n, parent), "%s reads the files of source %q, and a %s target reads no files",
				describe(n), parent.Name, c.graph.Project.Target.Type).Hintf("load them into a table first, or choose another target")
		}
	}
	return diags
}

func (c *checker) isEnabled(id project.ID) bool {
	n, ok := c.program.Node(id)
	return !ok || n.Enabled
}

// refSpan gives the place where a node reads another.
func refSpan(n, parent *link.Node) source.Span {
	unit := n.Unit
	if n.Kind == link.Test {
		if n.Test.Singular == nil {
			return n.Test.Span
		}
		unit = n.Test.Unit
	}
	if unit != nil {
		for _, ref := range unit.Refs {
			if ref.Name == parent.Name && parent.Kind != link.Source {
				return ref.Span
			}
		}
		for _, ref := range unit.Sources {
			if ref.Source+"."+ref.Table == parent.Name {
				return ref.Span
			}
		}
	}
	if n.Kind == link.Model {
		for _, ref := range n.Model.DependsOn {
			if ref.Name == parent.Name {
				return ref.Span
			}
		}
	}
	return n.Properties().NameSpan
}

// spreadBroken marks what is below a broken node. Nodes in a circle are in no order; they and what
// is below them are broken.
func (c *checker) spreadBroken() {
	ordered := make([]bool, len(c.graph.Nodes))
	for _, i := range c.graph.Order {
		ordered[i] = true
		for _, p := range c.graph.Nodes[i].Parents {
			if !ordered[p] || c.program.Nodes[p].Broken {
				c.program.Nodes[i].Broken = true
				break
			}
		}
	}
	for i, ok := range ordered {
		if !ok {
			c.program.Nodes[i].Broken = true
		}
	}
}

// maxText bounds the SQL of one node: ephemeral models that read ephemeral models double it at every
// level. Nodes that read none are bounded by the template's limits.
const maxText = 4 << 20

// sizes refuses nodes whose ephemeral models grow beyond the bound.
func (c *checker) sizes() diag.List {
	var diags diag.List
	size := make([]int, len(c.graph.Nodes))
	for _, i := range c.graph.Order {
		out := &c.program.Nodes[i]
		n := c.graph.Nodes[i]
		if slices.ContainsFunc(n.Parents, func(p int) bool { return c.program.Nodes[p].Broken }) {
			out.Broken = true
		}
		if out.SQL == nil || out.Broken {
			continue
		}
		size[i] = len(out.SQL.Text)
		inlined := false
		for _, hole := range out.SQL.Holes {
			parent := c.graph.Find(hole.Node)
			if parent != nil && parent.IsEphemeral() {
				size[i] += size[parent.Index]
				inlined = true
			}
		}
		if inlined && size[i] > maxText {
			out.Broken = true
			diags.Errorf(diag.TooMuchSQL, n.Properties().NameSpan,
				"the SQL of %q grows beyond %d MB because of the ephemeral models it reads", n.Name, maxText>>20).
				Hintf("make one of them a view or a table")
		}
	}
	return diags
}
