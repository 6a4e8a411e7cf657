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

// CandidateSuffix ends the names under which relations are built before they are published.
const CandidateSuffix = "__candidate"

// StateSchema is where a target remembers its builds that names no other schema for it.
const StateSchema = "quern"

// StateSchemaOf gives the schema in which the target of a project remembers its builds.
func StateSchemaOf(p *project.Project) string { return cmp.Or(p.Target.StateSchema, StateSchema) }

// quote writes every relation as the engine wants it, once.
func (c *checker) quote() {
	for i := range c.program.Nodes {
		if name := c.program.Nodes[i].Relation; name.Identifier != "" {
			c.program.quoted[i] = c.env.Dialect.Relation(name)
		}
	}
}

// relations refuses names that an engine cannot hold, that are reserved, or that two nodes share.
func (c *checker) relations() diag.List {
	var diags diag.List
	taken := map[relation.Name]*link.Node{}
	var places []place
	for i, n := range c.graph.Nodes {
		out := &c.program.Nodes[i]
		if !out.Enabled || out.Relation.Identifier == "" {
			continue
		}
		found := c.nameRules(n, out.Relation)
		key := out.Relation.Fold()
		if first, ok := taken[key]; ok {
			found = append(found, twice(first, n, out.Relation.String())...)
		} else {
			taken[key] = n
		}
		if out.Location != "" {
			places = append(places, place{path: strings.ToLower(out.Location), node: n})
		}
		out.Broken = out.Broken || found.HasErrors()
		diags = append(diags, found...)
	}
	return append(diags, c.locations(places)...)
}

func (c *checker) nameRules(n *link.Node, name relation.Name) diag.List {
	var diags diag.List
	if n.Kind == link.Source {
		return nil
	}
	if strings.HasSuffix(strings.ToLower(name.Identifier), CandidateSuffix) {
		diags.Errorf(diag.ReservedName, aliasSpan(n), "%q ends in %q", name.Identifier, CandidateSuffix).
			Hintf("such names are reserved for relations that are not published yet; choose another one")
	}
	if strings.EqualFold(cmp.Or(c.program.Nodes[n.Index].Base.Relation.Schema, name.Schema), StateSchemaOf(c.graph.Project)) {
		diags.Errorf(diag.ReservedName, aliasSpan(n), "%q is in the schema %q", name.Identifier, name.Schema).
			Hintf("the target remembers its builds there; choose another schema")
	}
	limit := c.env.Dialect.MaxIdentifier()
	for _, part := range []string{name.Identifier, name.Schema, name.Database} {
		if limit > 0 && len(part) > limit {
			diags.Errorf(diag.NameTooLong, aliasSpan(n), "the name %q has %d bytes", part, len(part)).
				Hintf("names in this target have at most %d bytes", limit)
		}
	}
	return diags
}

// twice reports that two nodes have one relation or one file.
func twice(first, second *link.Node, what string) diag.List {
	if second.Kind == link.Source {
		first, second = second, first // what is built ought to change
	}
	var diags diag.List
	diags.Errorf(diag.SameRelation, aliasSpan(second), "%s and %s have one relation, %s",
		describe(first), describe(second), what).
		Hintf("give one of them another alias or schema; case does not count").
		Notef(aliasSpan(first), "the other one is here")
	return diags
}

// describe names a node for people.
func describe(n *link.Node) string {
	if n.ID == "" {
		return "the query" // of the command line
	}
	return fmt.Sprintf("%s %q", n.Kind, n.Name)
}

// aliasSpan gives the place where a node's relation is named.
func aliasSpan(n *link.Node) source.Span {
	var texts []project.Text
	switch n.Kind {
	case link.Model:
		texts = []project.Text{n.Model.Alias, n.Model.Schema, n.Model.External.Location}
	case link.Seed:
		texts = []project.Text{n.Seed.Alias, n.Seed.Schema}
	default:
	}
	for _, text := range texts {
		if !text.Span.IsZero() {
			return text.Span
		}
	}
	return n.Properties().NameSpan
}
