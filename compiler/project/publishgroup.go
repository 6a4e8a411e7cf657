package project

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/source"
)

const (
	publishGroupKey = "publish_group"
	aPublishGroup   = "a publish group"
)

// PublishGroup names the models with which it is published in one step; it is empty where it is published by
// itself. What has no relation of the engine's is in no group, whatever its folder says.
func (m *Model) PublishGroup() string {
	if m.Materialized == Ephemeral || m.Materialized == External {
		return ""
	}
	return m.Config[publishGroupKey]
}

// publishGroup reads the name of a publish group. An empty one takes a model out of the group of its folder.
func (d *doc) publishGroup(f field) {
	if f.value.text != "" {
		d.validLabel(f.value, aPublishGroup)
	}
}

// checkPublishGroup reports a model that cannot be published in one transaction with others, and gives the place
// of the key.
func (p *modelPatch) checkPublishGroup(m *Model, diags *diag.List) source.Span {
	s := findKey(p.set, publishGroupKey)
	if s == nil || s.value == "" {
		return source.Span{}
	}
	ofFolder := s.span.File.Path == ProjectFile
	refuse := func(why string) {
		hint := "remove the key"
		if ofFolder {
			hint = `write publish_group: "" in the model, which takes it out of the group`
		}
		diags.Errorf(diag.MisplacedKey, s.span, "%q cannot be published together with others: %s", m.Name, why).Hintf("%s", hint)
	}
	switch {
	case m.Materialized == Ephemeral && !ofFolder:
		refuse("an ephemeral model is a part of the queries that read it")
	case m.Materialized == External && !ofFolder:
		refuse("a file does not change in one step with relations")
	case m.Materialized == Ephemeral, m.Materialized == External:
	case m.Materialized == Incremental && m.Incremental.Strategy == increment.Microbatch:
		refuse("each window of a microbatch is a transaction of its own")
	case m.Materialized == Incremental && m.Incremental.NewFiles:
		refuse("which files it loaded is noted when it is published by itself")
	case len(m.Hooks.Post) > 0:
		refuse("a post_hook changes it when it is published, and the others would not see that")
	case m.Database.Value != "":
		refuse("it is built in another database, and a transaction writes to one")
	}
	return s.span
}

// checkPublishGroups warns of groups of one model, which may be a mistake in the name.
func (a *assembler) checkPublishGroups() {
	members := map[string][]*Model{}
	var names []string
	for _, m := range a.project.Models {
		group := m.PublishGroup()
		if group == "" {
			continue
		}
		if members[group] == nil {
			names = append(names, group)
		}
		members[group] = append(members[group], m)
	}
	slices.Sort(names)
	for _, name := range names {
		if len(members[name]) > 1 || !isLabel(name) {
			continue
		}
		m := members[name][0]
		others := slices.DeleteFunc(slices.Clone(names), func(other string) bool { return other == name })
		a.diags.Warnf(diag.GroupOfOne, m.PublishAt, "%q is the only model of the publish group %q", m.Name, name).
			Hintf("give the models that change with it the same group, or remove the key").
			Nearest(name, others)
	}
}
