package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/state"
)

// settle decides for every step whether it has to do anything, and says why.
//
// A relation has to be built when it was never built or is not as it was left, when its query or settings
// changed, or when something it reads has another data version than it was built from. Where the versions are
// not known before the build, because a step may change them, the build decides when it gets there, in the same
// way: it may leave a step out, it never adds one.
func (b *builder) settle(p *Plan) {
	s := settler{
		builder: b, plan: p, steps: map[project.ID]*Step{}, open: map[project.ID][]project.ID{},
		views: map[project.ID]state.DataVersion{}, anew: map[project.ID]bool{}, histories: map[project.ID]fingerprint.Digest{},
	}
	p.Versions, p.Views = map[project.ID]state.DataVersion{}, map[project.ID]View{}
	for _, step := range p.Steps {
		if step.Kind != link.Test {
			s.steps[step.ID] = step
		}
	}
	s.standing()
	p.Collates = s.collates()
	for _, step := range p.Steps {
		if step.Kind != link.Test {
			s.step(step)
		}
	}
	for _, step := range p.Steps {
		s.audits(step)
		switch {
		case step.History != nil && step.Action == Update:
			s.recording(step)
		case step.History != nil && step.Action == Create:
			s.beginning(step)
		case step.Action == Update:
			s.updating(step)
		}
		step.hooked()
		s.scoped(step)
		s.stands(step)
		s.commented(step)
		s.inputs(step)
	}
	p.Trusted = s.trusted()
}

// audits decides which tests need not run.
func (s *settler) audits(step *Step) {
	left := 0
	if step.Action == Skip {
		step.Statements = nil
	}
	for _, a := range step.Audits {
		if s.opts.State != nil && a.Definition != "" && !s.opts.AllTests {
			if known := s.opts.State.Tests[a.ID]; known != nil && !known.Failed && known.Definition == a.Definition {
				a.Known = known
			}
		}
		if a.Passed = a.Known != nil && s.sameInputs(a); !a.Passed {
			left++
		}
	}
	switch {
	case step.Kind == link.Test && left == 0:
		step.Action, step.Reason, step.Statements = Skip, "it passed, and nothing changed", nil
		if step.Audits[0].Known.Warned != nil {
			step.Reason = "it warned, and nothing changed"
		}
	case step.Action == Skip && left > 0:
		step.Action, step.Reason = Test, "nothing changed, and not all its tests passed yet"
		step.Because = step.because("unaudited", unaudited(step))
		for _, a := range step.Audits {
			if !a.Passed && a.Published.Query != nil {
				step.Statements = append(step.Statements, a.Published.Query.SQL)
			}
		}
	}
}

// sameInputs reports whether what a test reads has, for certain, the data versions that are on record.
func (s *settler) sameInputs(a *Audit) bool {
	for _, id := range a.Reads {
		if len(s.undecided(id)) > 0 {
			return false
		}
		if now := s.plan.Version(id, s.decided, s.views).Seen(a.Ordered); now == "" || now != a.Known.Inputs[id] {
			return false
		}
	}
	return true
}

// collates reports whether a query says or said how texts are compared.
func (s *settler) collates() bool {
	says := func(text string) bool {
		return slices.ContainsFunc(sqltoken.Code(text), func(tok sqltoken.Token) bool { return tok.Is(text, "collate") })
	}
	for _, step := range s.steps {
		if says(step.Code.Text) {
			return true
		}
	}
	if s.opts.State != nil {
		for _, known := range s.opts.State.Relations {
			if says(known.Text) {
				return true
			}
		}
	}
	return false
}

type settler struct {
	*builder
	plan  *Plan
	steps map[project.ID]*Step
	// open are, for a node whose data version is not known yet, the nodes of which one decides about it.
	open map[project.ID][]project.ID
	// views are the data versions of views.
	views map[project.ID]state.DataVersion
	// anew are the incremental models whose tables are there and are built whole.
	anew map[project.ID]bool
	// recorded are the snapshots that are known; see snapshots.
	recorded map[relation.Name]*state.Relation
	// compiled says of nodes whether they have the columns that the compiler knows.
	compiled  map[project.ID]bool
	histories map[project.ID]fingerprint.Digest
	// places and lasts are the records by where they are, and the last one of each node; see recordAt and lastPlace.
	places map[relation.Name]*state.Relation
	lasts  map[project.ID]*state.Relation
}

// standing notes the data versions of what no step builds, as far as it is as the last build left it.
func (s *settler) standing() {
	for id, version := range s.opts.Sources {
		s.plan.Versions[id] = state.DataVersion{Rows: version, Build: version}
	}
	for id, step := range s.steps {
		if step.Kind == link.Model && step.Materialized == project.View && len(step.Code.Volatile) == 0 {
			s.plan.Views[id] = View{Code: step.Code.Digest, Reads: step.Reads, Ordered: step.Code.Ordered}
		}
	}
	for _, n := range s.g.Nodes {
		if s.steps[n.ID] != nil || n.Kind != link.Seed && n.Kind != link.Model {
			continue
		}
		if version, ok := s.opts.Base[n.ID]; ok {
			s.plan.Versions[n.ID] = version
			continue
		}
		known := s.opts.State.Find(n.ID, s.p.Nodes[n.Index].Relation)
		if known == nil || s.altered(n, known) != "" {
			continue
		}
		if known.Kind == project.View.String() && known.Data.Rows != "" {
			s.plan.Views[n.ID] = View{Code: known.Code, Reads: slices.Sorted(maps.Keys(known.Inputs)), Ordered: known.Ordered}
			continue
		}
		s.plan.Versions[n.ID] = known.Data
	}
}

// Version gives the data version of a node; it is empty where it is not known. Done are those of the steps that are
// done. A node is asked for when all steps above it are done; so the versions of views, which follow from what they
// read, are kept in views.
func (p *Plan) Version(
	id project.ID, done func(project.ID) (state.DataVersion, bool), views map[project.ID]state.DataVersion,
) state.DataVersion {
	if version, ok := done(id); ok {
		return version
	}
	view, ok := p.Views[id]
	if !ok {
		return p.Versions[id]
	}
	version, ok := views[id]
	if !ok {
		version = view.Version(func(id project.ID) state.DataVersion { return p.Version(id, done, views) })
		views[id] = version
	}
	return version
}

// Version is the data version of a view: it follows from its query and what it reads, and is empty where that of
// something it reads is.
func (v View) Version(of func(project.ID) state.DataVersion) state.DataVersion {
	rows, build := []string{"view", string(v.Code)}, []string{"view", string(v.Code)}
	for _, id := range v.Reads {
		now := of(id)
		if now.Seen(v.Ordered) == "" {
			return state.DataVersion{}
		}
		rows = append(rows, string(id), now.Seen(v.Ordered))
		build = append(build, string(id), now.Build)
	}
	return state.DataVersion{Rows: "v:" + string(fingerprint.Of(rows...)), Build: "v:" + string(fingerprint.Of(build...))}
}

// step decides about one node. All that it reads was decided before.
func (s *settler) step(step *Step) {
	step.Former = s.opts.State.Find(step.ID, step.Relation)
	step.Action = Rebuild
	switch {
	case s.losesHistory(step):
		return
	case step.Growth != nil:
		s.grow(step)
		return
	case step.History != nil:
		s.record(step)
		return
	}
	if cause, reason := s.must(step); reason != "" {
		step.Reason, step.Because = reason, cause
		if step.Kind == link.Seed {
			step.Action = Load
		}
		s.open[step.ID] = []project.ID{step.ID}
		return
	}
	s.ifChanged(step)
}

// ifChanged leaves a step to what becomes of what it reads.
func (s *settler) ifChanged(step *Step) {
	step.Known = step.Former
	for _, id := range step.Reads {
		for _, on := range s.undecided(id) {
			if !slices.Contains(step.If, on) {
				step.If = append(step.If, on)
			}
		}
	}
	slices.Sort(step.If)
	if len(step.If) == 0 {
		step.Action, step.Reason = Skip, "nothing changed"
		return
	}
	s.open[step.ID] = []project.ID{step.ID}
	step.Reason = "if " + names(step.If) + " changes"
	step.Because = []Cause{{What: "input", Node: step.If[0], Detail: step.Reason}}
}

// undecided gives the steps that decide about the data version of a node, sorted. All above it were decided before.
func (s *settler) undecided(id project.ID) []project.ID {
	if on, ok := s.open[id]; ok || s.steps[id] != nil {
		return on
	}
	view, ok := s.plan.Views[id]
	if !ok {
		return nil
	}
	var out []project.ID
	for _, read := range view.Reads {
		out = append(out, s.undecided(read)...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	s.open[id] = out
	return out
}

// decided gives the data versions of the steps that build nothing for certain. That of a view follows from what it
// reads.
func (s *settler) decided(id project.ID) (state.DataVersion, bool) {
	step := s.steps[id]
	if _, isView := s.plan.Views[id]; step == nil || isView {
		return state.DataVersion{}, false
	}
	if step.Known != nil && len(step.If) == 0 {
		return step.Known.Data, true
	}
	return state.DataVersion{}, true
}

// newInputs compares the data versions of what a node reads, as far as they are known before the build.
func (s *settler) newInputs(step *Step, known *state.Relation) ([]Cause, string) {
	var causes []Cause
	for _, id := range step.Reads {
		if len(s.undecided(id)) > 0 {
			continue
		}
		now := s.plan.Version(id, s.decided, s.views).Seen(step.Code.Ordered)
		switch was, ok := known.Inputs[id]; {
		case now == "" && id.Kind() == "source":
			causes = append(causes, Cause{What: "source_unknown", Node: id, Detail: "whether " + id.Name() + " changed is not known", unknown: true})
		case now == "":
			causes = append(causes, Cause{What: "input", Node: id, Detail: "whether " + id.Name() + " changed is not known", unknown: true})
		case !ok || was != now:
			causes = append(causes, Cause{What: "input", Node: id, Detail: id.Name() + " changed"})
		}
	}
	if len(causes) == 0 {
		return nil, ""
	}
	return causes, causes[0].Detail
}

// names lists nodes, as "a", "a or b" and "a, b or 3 more".
func names(ids []project.ID) string {
	const most = 3
	var words []string
	for _, id := range ids[:min(len(ids), most)] {
		words = append(words, id.Name())
	}
	if more := len(ids) - most; more > 0 {
		words = append(words[:most-1], fmt.Sprintf("%d more", more+1))
	}
	return list(words)
}
