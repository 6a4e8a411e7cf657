package plan

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// kept says as what a node is kept in the target.
func kept(n *link.Node) relation.Kind {
	if n.Kind == link.Seed || n.Model.Materialized.IsTable() {
		return relation.Table
	}
	return relation.View
}

// must says why a node has to be built whatever becomes of what is built before it; "" where it has not.
func (s *settler) must(step *Step) ([]Cause, string) {
	n, known := s.g.ByID[step.ID], step.Former
	shape, there := s.existing[step.Relation.Fold()]
	switch {
	case s.existing != nil && !there:
		step.Action = Create
		return step.because("missing", step.Relation.String()), s.missing(step)
	case there && shape.Object.Kind != kept(n):
		return step.because("config", "materialized"), fmt.Sprintf("%q is a %s and becomes a %s", n.Name, shape.Object.Kind, kept(n))
	case s.opts.Force != "":
		return step.because("forced", s.opts.Force), "asked with " + s.opts.Force
	case known == nil:
		return step.because("missing", "state"), s.unrecorded(step)
	case known.Failed:
		return step.because("failed_before", ""), "it failed last time"
	case len(step.Code.Volatile) > 0 && step.Materialized != project.View:
		return step.because("volatile", step.Code.Volatile[0]), fmt.Sprintf("it calls %s, which gives something else in every build", step.Code.Volatile[0])
	}
	if cause, reason := changed(step, known); reason != "" {
		return cause, reason
	}
	if why := s.altered(n, known); why != "" {
		return step.because("altered", step.Relation.String()), why
	}
	causes, reason := s.newInputs(step, known)
	if step.leavesView(causes) {
		return nil, ""
	}
	return causes, reason
}

// because gives the one cause of what is done about the step's own node.
func (s *Step) because(what, detail string) []Cause {
	return []Cause{{What: what, Node: s.ID, Detail: detail}}
}

// missing says why a relation is not there.
func (s *settler) missing(step *Step) string {
	if why := s.opts.Differs[step.ID]; why != "" {
		return why
	}
	if step.Former != nil {
		return fmt.Sprintf("%s is missing", step.Relation)
	}
	if was := s.lastPlace(step.ID); was != nil {
		return fmt.Sprintf("%s is not there yet; %q was %s", step.Relation, step.ID.Name(), was.Name)
	}
	return fmt.Sprintf("%q is not in the target yet", step.ID.Name())
}

// altered says in what a relation is not as the last build left it; "" where nothing shows.
func (s *settler) altered(n *link.Node, known *state.Relation) string {
	name, location := s.p.Nodes[n.Index].Relation, s.p.Nodes[n.Index].Location
	if known.Kind == project.External.String() {
		digest := s.opts.Files[n.ID]
		if location == "" || known.Config["location"] != location || digest == "" || digest != known.Digest.Content {
			return "its file is missing or was altered by someone else"
		}
	}
	shape, there := s.existing[name.Fold()]
	byOthers := fmt.Sprintf("%s was altered by someone else", name)
	switch {
	case !there:
		return fmt.Sprintf("%s is missing", name)
	case known.Kind == seedKind || known.Kind == project.Table.String() || known.Kind == project.Incremental.String() ||
		known.IsSnapshot():
		if shape.Object.Kind != relation.Table || shape.Columns != known.Digest.Columns || shape.Rows != known.Digest.Rows {
			return byOthers
		}
		return s.unlikeRecord(name, known)
	case shape.Object.Kind != relation.View || shape.Definition != known.Definition:
		return byOthers
	case s.opts.State.Open:
		return "the last build did not end"
	}
	return ""
}

// seedKind is what a seed is kept as, in the state.
const seedKind = "seed"

// KindOf gives the word under which the state keeps what a step makes.
func (s *Step) KindOf() string {
	if s.Kind == link.Seed {
		return seedKind
	}
	return s.Materialized.String()
}

// changed compares a node's query and settings with those of the relation that is there.
func changed(step *Step, known *state.Relation) ([]Cause, string) {
	if known.Code == step.Code.Digest {
		return nil, ""
	}
	if known.Text != step.Code.Text {
		return step.because("code", "query"), "its query changed"
	}
	keys := changedConfig(known.Config, step.Code.Config)
	if len(keys) == 1 && keys[0] == "file" {
		return step.because("code", "file"), configChanged(step, known, keys)
	}
	return step.because("config", strings.Join(keys, ", ")), configChanged(step, known, keys)
}

// list puts words together, as "a", "a or b" and "a, b or c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
