package plan

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// unrecorded says what is known of a relation that is there although no build of its node made it.
func (s *settler) unrecorded(step *Step) string {
	if other := s.recordAt(step.Relation); other != nil && other.ID.Name() == step.ID.Name() {
		return fmt.Sprintf("%q was %s and becomes %s", step.ID.Name(), project.Noun(other.Kind), project.Noun(step.KindOf()))
	} else if other != nil {
		return fmt.Sprintf("%s held %q and is to hold %q", step.Relation, other.ID.Name(), step.ID.Name())
	}
	if was := s.lastPlace(step.ID); was != nil {
		return fmt.Sprintf("no build of %s is on record; %q was %s", step.Relation, step.ID.Name(), was.Name)
	}
	return "no build is on record"
}

// recordAt gives what is on record of a relation, whichever node it was built for.
func (s *settler) recordAt(name relation.Name) *state.Relation {
	if s.places == nil && s.opts.State != nil {
		s.places = make(map[relation.Name]*state.Relation, len(s.opts.State.Relations))
		for place, known := range s.opts.State.Relations {
			if was := s.places[place.Name]; was == nil || known.At.After(was.At) {
				s.places[place.Name] = known
			}
		}
	}
	return s.places[name.Fold()]
}

// lastPlace gives the record of where a node was built last.
func (s *settler) lastPlace(id project.ID) (last *state.Relation) {
	if s.lasts == nil && s.opts.State != nil {
		s.lasts = make(map[project.ID]*state.Relation, len(s.opts.State.Relations))
		for place, known := range s.opts.State.Relations {
			if was := s.lasts[place.ID]; was == nil || known.At.After(was.At) {
				s.lasts[place.ID] = known
			}
		}
	}
	return s.lasts[id]
}

// isOthers reports whether a relation has the rows of another node that the project still has. Where that is gone, its
// model may have another name now.
func (s *settler) isOthers(step *Step) bool {
	other := s.recordAt(step.Relation)
	return step.Former == nil && other != nil && other.ID != step.ID && s.g.ByID[other.ID] != nil
}

// othersRows reports that new rows would come among those of another model.
func (s *settler) othersRows(step *Step, n *link.Node) {
	d := s.diags.Errorf(diag.CodeChanged, n.Model.KeyAt("alias"), "the table of %q has rows of another model: %s", n.Name, s.unrecorded(step)).
		Hintf("build it anew with %s, or give it the name back that it had", FullRefresh)
	if n.Model.Incremental.Protected {
		d.Hintf("give it the name back that it had, or remove full_refresh: false and use %s", FullRefresh)
	}
}

// configChanged says in words which settings are others.
func configChanged(step *Step, known *state.Relation, keys []string) string {
	switch {
	case known.Kind != step.KindOf():
		return fmt.Sprintf("%q was %s and becomes %s", step.ID.Name(), project.Noun(known.Kind), project.Noun(step.KindOf()))
	case len(keys) > 1:
		return "its settings changed: " + strings.Join(keys, ", ")
	}
	switch key := keys[0]; key {
	case "file":
		return "its file changed"
	case "settings":
		return "the settings of the target changed"
	case "target schema":
		return "the schema of the target changed, which it names"
	case namesRead:
		return renamed(step, known.Config[namesRead], step.Code.Config[namesRead])
	default:
		return fmt.Sprintf("its %s changed", key)
	}
}

// codeChanged reports that somebody has to choose what becomes of rows that were made another way.
func (s *settler) codeChanged(n *link.Node, cause Cause, reason string) {
	keys := []string{"on_code_change"}
	if cause.What == "config" {
		keys = append(strings.Split(cause.Detail, ", "), keys...)
	}
	anew, keep := "build it anew with "+FullRefresh, "set on_code_change: keep, and its rows stay"
	if n.Model.Incremental.Protected {
		anew = "remove full_refresh: false and use " + FullRefresh
	} else {
		keep += ", or on_code_change: full_refresh"
	}
	hint := anew + ", or " + keep
	if cause.Detail == preHook || cause.Detail == postHook {
		hint = keep + "; or, where the hook changes rows, " + anew
	}
	s.diags.Errorf(diag.CodeChanged, n.Model.KeyAt(keys...), "the table of %q was built another way: %s", n.Name, reason).Hintf("%s", hint)
}

// unaudited names the tests of a step that have to run.
func unaudited(step *Step) string {
	var left []string
	for _, a := range step.Audits {
		if !a.Passed {
			left = append(left, a.Name)
		}
	}
	return Some(left)
}
