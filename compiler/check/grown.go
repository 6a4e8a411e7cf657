package check

import (
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// IncrementQuery gives the query for the new rows of an incremental model with its holes filled; nil where the
// model is broken.
func (p *Program) IncrementQuery(id project.ID, opts FillOptions) *template.Filled {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return nil
	}
	opts.Node = id
	return p.Fill(n.increment(), opts)
}

// increment is the query of a model when its table is there.
func (n *Node) increment() *template.Rendered {
	if n.Increment != nil {
		return n.Increment
	}
	return n.SQL
}

// PredicateTexts gives the conditions of incremental_predicates with their holes filled.
func (p *Program) PredicateTexts(id project.ID, opts FillOptions) []string {
	n, ok := p.Node(id)
	if !ok {
		return nil
	}
	opts.Node = id
	var out []string
	for _, predicate := range n.Predicates {
		out = append(out, p.Fill(predicate, opts).SQL)
	}
	return out
}

// CanonicalIncrement is Canonical of the query for new rows, and the predicates as far as they are part of the code.
func (p *Program) CanonicalIncrement(id project.ID) (query Canonical, predicates []string) {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return Canonical{}, nil
	}
	query.Text = p.canonical(n.increment(), id, &query)
	code := p
	if p.steady != nil {
		code = p.steady
	}
	of, _ := code.Node(id)
	query.Code = code.canonical(of.increment(), id, &Canonical{})
	for _, predicate := range of.Predicates {
		predicates = append(predicates, code.canonical(predicate, id, &Canonical{}))
	}
	return query, predicates
}
