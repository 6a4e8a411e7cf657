package plan

import (
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Group is what is published in one transaction, or not at all.
type Group struct {
	Name string
	// Members are the indexes of its steps, at least two, sorted.
	Members []int
}

// Member is what a step has as a part of a group. The queries of its model and of its tests read the candidates of
// the others, since nobody sees these before all are published.
type Member struct {
	Group *Group
	// Beside are the indexes of the members whose candidates are read, sorted.
	Beside []int
	// StandIn selects what is published. It is the candidate, as a view, of a member that stays as it is.
	StandIn string
	// View is the query of a view as it is published; nil where that is no view.
	View *template.Filled
}

// InGroup reports whether two steps are published together.
func (s *Step) InGroup(other *Step) bool {
	return s.Member != nil && other.Member != nil && s.Member.Group == other.Member.Group
}

// GroupName is the name of the step's publish group; empty where it is published by itself.
func (s *Step) GroupName() string {
	if s.Member == nil {
		return ""
	}
	return s.Member.Group.Name
}

// Text is the query of a view as it is published.
func (s *Step) Text() *template.Filled {
	if s.Member != nil && s.Member.View != nil {
		return s.Member.View
	}
	return s.Query
}

// chooseGroups finds the steps that are published together, and says what is left out of a group.
func (b *builder) chooseGroups() {
	b.group = map[int]*Group{}
	members, left := map[string][]int{}, map[string][]string{}
	for i, n := range b.g.Nodes {
		if n.Kind != link.Model || n.Model.PublishGroup() == "" {
			continue
		}
		name := n.Model.PublishGroup()
		_, ofBase := b.opts.Base[n.ID]
		switch {
		case b.of[i] >= 0:
			members[name] = append(members[name], i)
		case b.p.Nodes[i].Enabled && !b.p.Nodes[i].Broken && !ofBase:
			left[name] = append(left[name], n.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if out := left[name]; len(out) > 0 {
			n := b.g.Nodes[members[name][0]]
			b.diags.Warnf(diag.GroupNotWhole, n.Model.PublishAt, "the publish group %q is built without %s", name, quotedNames(out)).
				Hintf("what is selected is published together; -s config.publish_group:%s selects all of the group", name)
		}
		if len(members[name]) < 2 {
			continue
		}
		group := &Group{Name: name}
		for _, i := range members[name] {
			b.group[i] = group
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		for _, i := range members[name] {
			if b.group[i] != nil {
				b.checkSeen(b.g.Nodes[i])
			}
		}
	}
}

// checkSeen reports a model that would see another one of its group through a view that is not built: such a view
// shows what is published before.
func (b *builder) checkSeen(n *link.Node) {
	for _, id := range b.reads(n) {
		if above := b.behind(b.g.ByID[id], n.Index); above != nil {
			b.diags.Errorf(diag.GroupHidden, n.Model.PublishAt, "%q reads %q of its publish group through %q, which is not selected",
				n.Name, above.Name, id.Name()).
				Hintf("select %q as well: until the group is published it shows the old rows", id.Name())
			return
		}
	}
}

// behind gives a member of a node's group that is built, and that a view shows which is not.
func (b *builder) behind(view *link.Node, node int) *link.Node {
	if _, ofBase := b.opts.Base[view.ID]; ofBase || b.of[view.Index] >= 0 || !isView(view) || b.group[node] == nil {
		return nil
	}
	for _, work := range b.needs[view.Index] {
		if w := b.work[work]; b.group[w.node.Index] == b.group[node] {
			return w.node
		}
	}
	return nil
}

// areTogether reports whether two nodes are built and published together.
func (b *builder) areTogether(a, other *link.Node) bool {
	return b.group[a.Index] != nil && b.group[a.Index] == b.group[other.Index]
}

// seesBehind reports whether a test of a member reads another one through a view that is not built.
func (b *builder) seesBehind(test, tested *link.Node) bool {
	return slices.ContainsFunc(b.reads(test), func(id project.ID) bool { return b.behind(b.g.ByID[id], tested.Index) != nil })
}

// notBefore takes out of a set what is published together with something that a test waits for: such a test cannot
// keep it from being published.
func (b *builder) notBefore(test *work, set dag.Set) {
	if len(b.group) == 0 {
		return
	}
	together := dag.NewSet(len(b.g.Nodes))
	for _, before := range test.after {
		group := b.group[b.work[before].node.Index]
		if group == nil {
			continue
		}
		for i, other := range b.group {
			if other == group {
				together.Add(i)
			}
		}
	}
	set.Subtract(together)
}

// besides gives the candidates of the other members that nodes read.
func (b *builder) besides(n *link.Node, readers ...*link.Node) map[project.ID]template.Filling {
	out := map[project.ID]template.Filling{}
	group := b.group[n.Index]
	if group == nil {
		return out
	}
	for _, reader := range readers {
		for _, id := range b.reads(reader) {
			if i := b.g.ByID[id].Index; i != n.Index && b.group[i] == group {
				out[id] = template.Filling{SQL: b.opts.Dialect.Relation(b.candidate(b.p.Nodes[i].Relation))}
			}
		}
	}
	return out
}

// member makes the step of a node a part of its group.
func (b *builder) member(n *link.Node, s *Step) {
	group := b.group[n.Index]
	if group == nil {
		return
	}
	s.Member = &Member{Group: group, StandIn: "select * from " + b.opts.Dialect.Relation(s.Relation)}
	if isView(n) {
		s.Member.View = b.p.Query(n.ID, b.fill(n.ID, nil))
	}
}

// together tells groups and their members which steps they have.
func (b *builder) together(p *Plan) {
	at := map[project.ID]int{}
	for i, s := range p.Steps {
		if s.Member != nil {
			at[s.ID] = i
			s.Member.Group.Members = append(s.Member.Group.Members, i)
		}
	}
	for _, s := range p.Steps {
		if s.Member == nil {
			continue
		}
		read := slices.Clone(s.Reads)
		for _, a := range s.Audits {
			read = append(read, a.Reads...)
		}
		slices.Sort(read)
		for _, id := range slices.Compact(read) {
			if i, ok := at[id]; ok && id != s.ID && s.InGroup(p.Steps[i]) {
				s.Member.Beside = append(s.Member.Beside, i)
			}
		}
		slices.Sort(s.Member.Beside)
	}
}

func quotedNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = `"` + name + `"`
	}
	return list(quoted)
}
