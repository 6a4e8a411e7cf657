package check

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// BaseNames are the names of a node without an environment.
type BaseNames struct {
	Relation relation.Name
	Location string
}

// environmentSchema gives the schema of an environment.
func environmentSchema(schema, environment string) string {
	if environment == "" {
		return schema
	}
	return schema + "__" + environment
}

// environmentFile gives the place of a file in an environment: its name stands before the ending.
func environmentFile(path, environment string) string {
	folder, name := filepath.Split(path)
	if dot := strings.Index(name, "."); dot > 0 {
		return folder + environmentSchema(name[:dot], environment) + name[dot:]
	}
	return folder + environmentSchema(name, environment)
}

// inEnvironment gives what is built the names that it has in the environment, if there is one.
func (c *checker) inEnvironment(out *Node) {
	environment := c.graph.Project.Target.Environment
	if environment == "" {
		return
	}
	out.Base = BaseNames{Relation: out.Relation, Location: out.Location}
	if out.Relation.Identifier != "" {
		out.Relation.Schema = environmentSchema(out.Relation.Schema, environment)
	}
	if out.Location != "" {
		out.Location = environmentFile(out.Location, environment)
	}
}

// ofBase gives a source the name under which an environment finds it, which is never in its own database.
func (c *checker) ofBase(out *Node) {
	if c.graph.Project.Target.Environment == "" {
		return
	}
	out.Base.Relation = out.Relation
	if out.Relation.Database == "" && !c.isAttached(out.Relation.Schema) {
		out.Relation.Database = c.env.Base
	}
}

// isAttached reports whether a name is that of a database beside the target's own: written before a relation, it
// means that and no schema.
func (c *checker) isAttached(name string) bool {
	list, _ := c.graph.Project.Target.Settings["attach"].([]any)
	return slices.ContainsFunc(list, func(each any) bool {
		settings, _ := each.(map[string]any)
		alias, _ := settings["alias"].(string)
		return strings.EqualFold(alias, name)
	})
}

// baseLocations gives the files and folders that external models are written to without the environment.
func (c *checker) baseLocations() []reserved {
	var out []reserved
	for i := range c.program.Nodes {
		if location := c.program.Nodes[i].Base.Location; location != "" {
			out = append(out, reserved{path: strings.ToLower(location), what: "what is written without the environment"})
		}
	}
	return out
}

// BaseDatabase is the database in which an environment finds what it does not build; empty where that is in its own.
func (p *Program) BaseDatabase() string { return p.env.Base }

// WithoutEnvironment gives the program of an environment with the names that nodes have without it.
func (p *Program) WithoutEnvironment() *Program {
	out := p.copied()
	out.schema = p.baseSchema
	for i := range out.Nodes {
		n := &out.Nodes[i]
		if n.Base.Relation.Identifier != "" {
			n.Relation, n.Location = n.Base.Relation, n.Base.Location
		}
	}
	return out.named()
}

// Reading gives the program of an environment that reads nodes where they are without it.
func (p *Program) Reading(nodes []int) *Program {
	out := p.copied()
	for _, i := range nodes {
		n := &out.Nodes[i]
		if n.Base.Relation.Identifier == "" {
			continue
		}
		n.Relation, n.Location = n.Base.Relation, n.Base.Location
		if n.Relation.Database == "" {
			n.Relation.Database = p.env.Base
		}
	}
	return out.named()
}

func (p *Program) copied() *Program {
	out := *p
	out.Nodes = slices.Clone(p.Nodes)
	return &out
}

// named writes the relations of a program that was copied.
func (p *Program) named() *Program {
	p.quoted = make([]string, len(p.Nodes))
	for i := range p.Nodes {
		if name := p.Nodes[i].Relation; name.Identifier != "" {
			p.quoted[i] = p.env.Dialect.Relation(name)
		}
	}
	context := p.newContext()
	p.explain = func() *explain.Context { return context }
	return p
}

// newContext gives what messages need to know of the program.
func (p *Program) newContext() *explain.Context {
	context := explain.NewContext(p.Graph, func(i int) relation.Name { return p.Nodes[i].Relation })
	context.Columns = func(id project.ID) []relation.Column {
		if n := p.Graph.ByID[id]; n != nil {
			return p.Nodes[n.Index].Columns
		}
		return nil
	}
	return context
}
