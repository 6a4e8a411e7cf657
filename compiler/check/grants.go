package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// grants warns, once for all models, where the engine of the target has no roles to grant anything to. A build goes
// on: the project may have another target for which its grants are meant.
func (c *checker) grants() (diags diag.List) {
	if _, ok := c.env.Dialect.Grant("select", relation.Name{}, nil); ok {
		return nil
	}
	var at source.Span
	models := 0
	for _, n := range c.graph.Nodes {
		if n.Kind != link.Model || len(n.Model.Grants.List) == 0 || !c.program.Nodes[n.Index].Enabled {
			continue
		}
		if span := n.Model.Grants.Span; models == 0 || isBefore(span, at) {
			at = span
		}
		models++
	}
	of := fmt.Sprintf("%d models", models)
	switch models {
	case 0:
		return nil
	case 1:
		of = "1 model"
	}
	diags.Warnf(diag.GrantsNotApplied, at, "a target of type %s has no roles: the grants of %s are not applied", c.graph.Project.Target.Type, of).
		Hintf("nothing to do if they are for another target: warnings: {%s: off} in %s says so", diag.GrantsNotApplied, project.ProjectFile)
	return diags
}

func isBefore(a, b source.Span) bool {
	return cmp.Or(strings.Compare(a.Path(), b.Path()), a.Start-b.Start) < 0
}
