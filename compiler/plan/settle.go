package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// settle decides for every step whether it has to do anything, and says why.
//
// A relation has to be built when it was never built or is not as it was left, when its query or settings
// changed, or when something it reads has another data version than it was built from. Where the versions are
// not known before the build, because a step may change them, the build decides when it gets there, in the same
// way: it may leave a step out, it never adds one.
func (b *builder) settle(p *Plan) {
	s := settler{builder: b, plan: p, steps: map[project.ID]*Step{}, open: map[project.ID][]project.ID{}}
	p.Versions, p.Views = map[project.ID]string{}, map[project.ID]View{}
	for _, step := range p.Steps {
		if step.Kind != link.Test {
			s.steps[step.ID] = step
		}
	}
	s.standing()
	for _, step := range p.Steps {
		if step.Kind != link.Test {
			s.step(step)
		}
	}
	for _, step := range p.Steps {
		s.audits(step)
	}
}

// audits decides which tests need not run.
func (s *settler) audits(step *Step) {
	left := 0
	if step.Action == Skip {
		step.Statements = nil
	}
	for _, a := range step.Audits {
		if s.opts.State != nil && a.Definition != "" && !s.opts.AllTests {
			if known := s.opts.State.Tests[a.ID]; known != nil && known.Definition == a.Definition {
				a.Known = known
			}
		}
		if a.Passed = a.Known != nil && s.sameInputs(a.Reads, a.Known.Inputs); !a.Passed {
			left++
		}
	}
	switch {
	case step.Kind == link.Test && left == 0:
		step.Action, step.Reason = Skip, "it passed, and nothing changed"
	case step.Action == Skip && left > 0:
		step.Action, step.Reason = Test, "nothing changed, and not all its tests passed yet"
		for _, a := range step.Audits {
			if !a.Passed && a.Published.Query != nil {
				step.Statements = append(step.Statements, a.Published.Query.SQL)
			}
		}
	}
}

// sameInputs reports whether nodes have, for certain, the data versions that are on record.
func (s *settler) sameInputs(reads []project.ID, known map[project.ID]string) bool {
	for _, id := range reads {
		if len(s.undecided(id, 0)) > 0 {
			return false
		}
		if now := s.plan.Version(id, s.decided); now == "" || now != known[id] {
			return false
		}
	}
	return true
}

type settler struct {
	*builder
	plan  *Plan
	steps map[project.ID]*Step
	// open are, for a node whose data version is not known yet, the nodes of which one decides about it.
	open map[project.ID][]project.ID
}

// standing notes the data versions of what no step builds.
func (s *settler) standing() {
	maps.Copy(s.plan.Versions, s.opts.Sources)
	for id, step := range s.steps {
		if step.Kind == link.Model && step.Materialized == project.View && len(step.Code.Volatile) == 0 {
			s.plan.Views[id] = View{Code: step.Code.Digest, Reads: step.Reads}
		}
	}
	if s.opts.State == nil {
		return
	}
	for id, known := range s.opts.State.Relations {
		if s.steps[id] != nil {
			continue
		}
		if known.Kind == project.View.String() && known.Data != "" {
			s.plan.Views[id] = View{Code: known.Code, Reads: slices.Sorted(maps.Keys(known.Inputs))}
			continue
		}
		s.plan.Versions[id] = known.Data
	}
}

// Version gives the data version of a node; "" where it is not known. Done are those of the steps that are done.
func (p *Plan) Version(id project.ID, done func(project.ID) (string, bool)) string {
	if version, ok := done(id); ok {
		return version
	}
	view, ok := p.Views[id]
	if !ok {
		return p.Versions[id]
	}
	inputs := make(map[project.ID]string, len(view.Reads))
	for _, read := range view.Reads {
		inputs[read] = p.Version(read, done)
	}
	return ViewVersion(view.Code, inputs)
}

// ViewVersion is the data version of a view: it follows from its query and what it reads; "" where one of
// these is not known.
func ViewVersion(code fingerprint.Digest, inputs map[project.ID]string) string {
	parts := []string{"view", string(code)}
	for _, id := range slices.Sorted(maps.Keys(inputs)) {
		if inputs[id] == "" {
			return ""
		}
		parts = append(parts, string(id), inputs[id])
	}
	return "v:" + string(fingerprint.Of(parts...))
}

// step decides about one node. All that it reads was decided before.
func (s *settler) step(step *Step) {
	if s.opts.State != nil {
		step.Former = s.opts.State.Relations[step.ID]
	}
	step.Action = Rebuild
	if cause, reason := s.must(step); reason != "" {
		step.Reason, step.Because = reason, cause
		if step.Kind == link.Seed {
			step.Action = Load
		}
		s.open[step.ID] = []project.ID{step.ID}
		return
	}
	step.Known = step.Former
	for _, id := range step.Reads {
		for _, on := range s.undecided(id, 0) {
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

// undecided gives the steps that decide about the data version of a node.
func (s *settler) undecided(id project.ID, depth int) []project.ID {
	if on, ok := s.open[id]; ok || s.steps[id] != nil {
		return on
	}
	view, ok := s.plan.Views[id]
	if !ok || depth > len(s.plan.Views) {
		return nil
	}
	var out []project.ID
	for _, read := range view.Reads {
		out = append(out, s.undecided(read, depth+1)...)
	}
	return out
}

// decided gives the data versions of the steps that do nothing for certain.
func (s *settler) decided(id project.ID) (string, bool) {
	step := s.steps[id]
	if step == nil {
		return "", false
	}
	if step.Action == Skip && step.Known != nil {
		return step.Known.Data, true
	}
	return "", true
}

// must says why a node has to be built whatever becomes of what is built before it; "" where it has not.
func (s *settler) must(step *Step) ([]Cause, string) {
	known, name := step.Former, step.ID.Name()
	because := func(what, detail string) []Cause { return []Cause{{What: what, Node: step.ID, Detail: detail}} }
	shape, there := s.existing[check.Fold(step.Relation)]
	want := relation.View
	if step.Kind == link.Seed || step.Materialized == project.Table {
		want = relation.Table
	}
	switch {
	case s.existing != nil && !there && known == nil:
		step.Action = Create
		return because("missing", step.Relation.String()), fmt.Sprintf("%q is not in the target yet", name)
	case s.existing != nil && !there:
		step.Action = Create
		return because("missing", step.Relation.String()), fmt.Sprintf("%s is missing", step.Relation)
	case there && shape.Object.Kind != want:
		return because("config", "materialized"), fmt.Sprintf("%q is a %s and becomes a %s", name, shape.Object.Kind, want)
	case s.opts.Force != "":
		return because("forced", s.opts.Force), "asked with " + s.opts.Force
	case s.opts.State == nil:
		return because("missing", "state"), "what is in the target is not known"
	case known == nil:
		return because("missing", "state"), "no build is on record"
	case known.Failed:
		return because("failed_before", ""), "it failed last time"
	case len(step.Code.Volatile) > 0 && want == relation.Table:
		return because("volatile", step.Code.Volatile[0]), fmt.Sprintf("it calls %s, which gives something else in every build", step.Code.Volatile[0])
	}
	if cause, reason := changed(step, known); reason != "" {
		return cause, reason
	}
	if s.opts.Files != nil && step.Export != nil && s.opts.Files[step.ID] != known.Digest.Content {
		return because("altered", step.Location), "its file is missing or was altered by someone else"
	}
	if there && want == relation.Table && (shape.Columns != known.Digest.Columns || shape.Rows != known.Digest.Rows) {
		return because("altered", step.Relation.String()), fmt.Sprintf("%s was altered by someone else", step.Relation)
	}
	return s.newInputs(step, known)
}

// changed compares a node's query and settings with those of the relation that is there.
func changed(step *Step, known *state.Relation) ([]Cause, string) {
	if known.Code == step.Code.Digest {
		return nil, ""
	}
	if known.Text != step.Code.Text {
		return []Cause{{What: "code", Node: step.ID, Detail: "query"}}, "its query changed"
	}
	keys := changedConfig(known.Config, step.Code.Config)
	if len(keys) == 1 && keys[0] == "file" {
		return []Cause{{What: "code", Node: step.ID, Detail: "file"}}, "its file changed"
	}
	detail := strings.Join(keys, ", ")
	return []Cause{{What: "config", Node: step.ID, Detail: detail}}, "its settings changed: " + detail
}

// newInputs compares the data versions of what a node reads, as far as they are known before the build.
func (s *settler) newInputs(step *Step, known *state.Relation) ([]Cause, string) {
	var causes []Cause
	for _, id := range step.Reads {
		if len(s.undecided(id, 0)) > 0 {
			continue
		}
		now := s.plan.Version(id, s.decided)
		switch was, ok := known.Inputs[id]; {
		case now == "" && id.Kind() == "source":
			causes = append(causes, Cause{What: "source_unknown", Node: id, Detail: "whether " + id.Name() + " changed is not known"})
		case now == "":
			causes = append(causes, Cause{What: "input", Node: id, Detail: "whether " + id.Name() + " changed is not known"})
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
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
