package check

import (
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Canonical gives the query of a node as far as it decides about its rows: relations stand under the ids of
// nodes, wherever they are, ephemeral models as their queries, and the instant of the build and the
// target's schema as themselves. It gives false where the node has no query or is broken.
func (p *Program) Canonical(id project.ID) (string, bool) {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return "", false
	}
	return p.canonical(n.SQL, id), true
}

func (p *Program) canonical(r *template.Rendered, owner project.ID) string {
	return r.Fill(func(hole template.Hole) template.Filling {
		switch hole.Kind {
		case template.HoleRelation:
			return template.Filling{SQL: p.standIn(hole.Node)}
		case template.HoleThis:
			return template.Filling{SQL: placeholder("this")}
		case template.HoleModel:
			return template.Filling{SQL: p.canonicalTested(owner)}
		case template.HoleRunTime:
			return template.Filling{SQL: placeholder("run_time")}
		case template.HoleTargetSchema:
			return template.Filling{SQL: placeholder("schema")}
		default:
			return template.Filling{}
		}
	}).SQL
}

// placeholder gives an identifier that no query has.
func placeholder(name string) string { return `"quern:` + name + `"` }

func (p *Program) standIn(id project.ID) string {
	n := p.Graph.Find(id)
	if n == nil {
		return placeholder(string(id))
	}
	if sql := p.Nodes[n.Index].SQL; n.IsEphemeral() && sql != nil {
		return "(\n" + p.canonical(sql, id) + "\n)"
	}
	return placeholder(string(id))
}

func (p *Program) canonicalTested(test project.ID) string {
	n := p.Graph.Find(test)
	if n == nil || n.Kind != link.Test {
		return ""
	}
	tested := p.standIn(n.Test.Tested)
	if where := p.Nodes[n.Index].Where; where != nil {
		return "(select * from " + tested + " where (\n" + p.canonical(where, test) + "\n))"
	}
	return tested
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
