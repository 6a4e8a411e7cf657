package plan

import (
	"strings"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// Labels are the comments that a relation has in the target. They are no part of its rows and change without them.
type Labels struct {
	// Digests are what is to be known of them.
	Digests state.Labels

	relation string
	columns  map[string]string // by name in small letters
	dialect  Dialect
}

// labels gives the step of a node its comments: the descriptions that persist_docs asks for.
func (b *builder) labels(n *link.Node, s *Step) {
	var docs project.PersistDocs
	switch n.Kind {
	case link.Model:
		docs = n.Model.Docs
	case link.Seed:
		docs = n.Seed.Docs
	default:
		return
	}
	l := Labels{columns: map[string]string{}, dialect: b.opts.Dialect}
	if docs.Relation {
		l.relation = n.Properties().Description
	}
	var parts []string
	if docs.Columns {
		for _, c := range n.Properties().Columns {
			if c.Description != "" {
				l.columns[strings.ToLower(c.Name)] = c.Description
				parts = append(parts, c.Name, c.Description)
			}
		}
	}
	if l.relation != "" {
		l.Digests.Relation = fingerprint.Of(l.relation)
	}
	if parts != nil {
		l.Digests.Columns = fingerprint.Of(parts...)
	}
	s.Labels = l
}

// Statements give a relation its comments where it has other ones of Quern's, which are then taken away.
func (l *Labels) Statements(kind relation.Kind, name relation.Name, columns []relation.Column, was state.Labels) []string {
	var out []string
	if l.Digests.Relation != was.Relation {
		out = append(out, l.dialect.Comment(kind, name, "", l.relation))
	}
	if l.Digests.Columns == was.Columns {
		return out
	}
	for _, c := range columns {
		if text := l.columns[strings.ToLower(c.Name)]; text != "" || was.Columns != "" {
			out = append(out, l.dialect.Comment(kind, name, c.Name, text))
		}
	}
	return out
}

// Labelled gives what is known of the comments of the relation that is there.
func (s *Step) Labelled() (was state.Labels) {
	if s.Former != nil {
		was = s.Former.Labels
	}
	return was
}

// Relabels reports whether the relation that is there has other comments than it is to have.
func (s *Step) Relabels() bool { return s.Labels.Digests != s.Labelled() }

// Object says as what a step's relation is in the target.
func (s *Step) Object() relation.Kind {
	if s.Kind == link.Seed || s.Materialized.IsTable() {
		return relation.Table
	}
	return relation.View
}

// commented turns a step that has nothing to build into one that writes comments, where these changed, and shows the
// comments of those that build.
func (s *settler) commented(step *Step) {
	if step.Kind == link.Test {
		return
	}
	was := step.Labelled()
	switch {
	case step.Action == Update:
	case step.Builds():
		was = state.Labels{}
	case !step.Relabels():
		return
	default:
		step.Action, step.Reason = Comment, "its description changed"
		step.Because = step.because("config", "description")
	}
	columns := s.p.Nodes[s.g.ByID[step.ID].Index].Columns
	step.Statements = append(step.Statements, step.Labels.Statements(step.Object(), step.Relation, columns, was)...)
}
