package check

import (
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Canonical is the query of a node as far as it decides about its rows: relations stand under the ids of
// nodes, wherever they are, ephemeral models as their queries, and the instant of the build and the target's
// schema as themselves.
type Canonical struct {
	Text string
	// Code is Text with something that stays the same in the place of variables that are not part of the code.
	Code string
	// RunTime and Schema say that the instant and the schema are in it.
	RunTime, Schema bool
}

// Canonical gives the canonical query of a node, and false where it has none or is broken.
func (p *Program) Canonical(id project.ID) (Canonical, bool) {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return Canonical{}, false
	}
	var c Canonical
	c.Text = p.canonical(n.SQL, id, &c)
	c.Code = c.Text
	if p.steady != nil {
		code, _ := p.steady.Node(id)
		c.Code = p.steady.canonical(code.SQL, id, &Canonical{})
	}
	return c, true
}

// Schema gives the schema of the target.
func (p *Program) Schema() string { return p.schema }

func (p *Program) canonical(r *template.Rendered, owner project.ID, c *Canonical) string {
	return r.Fill(func(hole template.Hole) template.Filling {
		switch hole.Kind {
		case template.HoleRelation:
			return template.Filling{SQL: p.standIn(hole.Node, c)}
		case template.HoleThis:
			return template.Filling{SQL: placeholder("this")}
		case template.HoleModel:
			return template.Filling{SQL: p.canonicalTested(owner, c)}
		case template.HoleRunTime:
			c.RunTime = true
			return template.Filling{SQL: placeholder("run_time")}
		case template.HoleBatchStart, template.HoleBatchEnd:
			return template.Filling{SQL: placeholder("batch")}
		case template.HoleTargetSchema:
			c.Schema = true
			return template.Filling{SQL: placeholder("schema")}
		default:
			return template.Filling{}
		}
	}).SQL
}

// Placeholder begins what stands for the name of a relation in a canonical query.
const Placeholder = `"quern:`

// placeholder gives an identifier that no query has.
func placeholder(name string) string { return Placeholder + name + `"` }

func (p *Program) standIn(id project.ID, c *Canonical) string {
	n := p.Graph.Find(id)
	if n == nil {
		return placeholder(string(id))
	}
	if sql := p.Nodes[n.Index].SQL; n.IsEphemeral() && sql != nil {
		return "(\n" + p.canonical(sql, id, c) + "\n)"
	}
	return placeholder(string(id))
}

func (p *Program) canonicalTested(test project.ID, c *Canonical) string {
	n := p.Graph.Find(test)
	if n == nil || n.Kind != link.Test {
		return ""
	}
	tested := p.standIn(n.Test.Tested, c)
	if where := p.Nodes[n.Index].Where; where != nil {
		return "(select * from " + tested + " where (\n" + p.canonical(where, test, c) + "\n))"
	}
	return tested
}

// SourcePattern gives the absolute pattern of a source's files as the engine is told it.
func (p *Program) SourcePattern(node int) string {
	return (&filler{p: p}).pattern(p.Graph.Nodes[node].Source.Files)
}

// SourceVersion gives the query whose answer changes when a source's table does; "" where its declaration does
// not say how it changes.
func (p *Program) SourceVersion(node int) string {
	s := p.Graph.Nodes[node].Source
	if s == nil || s.Files != "" {
		return ""
	}
	column := or(s.Changes.AppendOnly, s.Changes.UpdatedAt)
	if column == "" {
		return s.Changes.Version
	}
	return "select count(*), max(" + p.env.Dialect.Quote(column) + ") from " + p.quoted[node]
}
