package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// Base is the target that an environment stands beside, and what it reads there.
type Base struct {
	// Existing, State and Contents are as in Options, with the names of the base. Files are the digests of what its
	// external models wrote.
	Existing map[relation.Name]engine.Shape
	State    *state.Known
	Files    map[project.ID]string
	Contents map[relation.Name]string
	// Named are the selected tests that were named themselves.
	Named []int
	// None says that nothing but sources is read from the base.
	None bool
}

// Divided says what of a program is the environment's.
type Divided struct {
	// Program reads nodes from the base that the environment does not build.
	Program *check.Program
	// Selected are the nodes to build and the tests to run, of those that were selected.
	Selected []int
	// Versions are the data versions of what is read from the base.
	Versions map[project.ID]state.DataVersion
	// FromBase says, by index, which nodes are read from there.
	FromBase []bool
	// Why says of nodes to build in what they are not as in the base.
	Why map[project.ID]string
	// Copies are tables that keep what was, and begin in the environment as they are in the base.
	Copies []Copy
}

// Copy is a table that begins in an environment as it is in the base.
type Copy struct {
	From relation.Name
	// Known is what is to be known of the copy.
	Known *state.Relation
	Shape engine.Shape
	// Files are those that were loaded into it, where it loads each once.
	Files []state.File
}

// Divide decides which nodes an environment builds: those that were selected and differ from what the base has, and
// what is below these. It reads all others from the base, but what was not selected and is in the environment already
// because it differs. The options are those of the plan to be.
func Divide(p *check.Program, opts Options, base Base) (*Divided, diag.List) {
	d := &divider{opts: opts, base: base, env: newBuilder(p, opts), out: &Divided{
		Versions: map[project.ID]state.DataVersion{}, Why: map[project.ID]string{},
	}}
	of := opts
	of.Existing, of.State, of.Files, of.Contents, of.Selected = base.Existing, base.State, base.Files, base.Contents, nil
	if of.Existing == nil {
		of.Existing = map[relation.Name]engine.Shape{}
	}
	d.settler = &settler{
		builder: newBuilder(p.WithoutEnvironment(), of), views: map[project.ID]state.DataVersion{},
		plan: &Plan{Versions: map[project.ID]state.DataVersion{}, Views: map[project.ID]View{}},
	}
	d.overSources = map[project.ID]bool{}
	d.standing()
	d.nodes()
	d.windows()
	d.tests()
	var from []int
	for i, is := range d.out.FromBase {
		if is {
			from = append(from, i)
		}
	}
	d.out.Program = p.Reading(from)
	return d.out, d.diags
}

// divider looks at the base as the settler of a build there would.
type divider struct {
	*settler
	opts  Options
	base  Base
	env   *builder
	out   *Divided
	diags diag.List
	// overSources says which views show rows of sources.
	overSources map[project.ID]bool
}

// nodes decides about seeds and models, each after what it reads.
func (d *divider) nodes() {
	d.out.FromBase = make([]bool, len(d.g.Nodes))
	for _, i := range d.g.Order {
		n := d.g.Nodes[i]
		checked := d.p.Nodes[i]
		if n.IsEphemeral() || n.Kind != link.Seed && n.Kind != link.Model || !checked.Enabled || checked.Broken {
			continue
		}
		step := d.builder.step(&work{node: n})
		if d.out.FromBase[i] = d.isFromBase(n, step); d.out.FromBase[i] {
			d.out.Versions[n.ID] = d.version(n.ID)
			continue
		}
		if d.isSelected(i) {
			d.out.Selected = append(d.out.Selected, i)
			d.begin(n, step)
		}
	}
}

// isSelected reports whether the build is to build a node.
func (d *divider) isSelected(i int) bool { return d.env.selected[i] && !d.opts.TestsOnly }

// isForced reports whether a node is built although it is as in the base. --full-refresh is about how, and not about
// what.
func (d *divider) isForced(n *link.Node) bool {
	return d.isSelected(n.Index) && d.opts.Force != "" && (d.opts.Force != FullRefresh || d.opts.Anyway)
}

func (d *divider) isFromBase(n *link.Node, step *Step) bool {
	_, inBase := d.existing[d.p.Nodes[n.Index].Relation.Fold()]
	_, here := d.env.existing[d.env.p.Nodes[n.Index].Relation.Fold()]
	why := d.differs(n, step)
	switch {
	case d.base.None:
		return false
	case why == "" && d.isForced(n):
		d.out.Why[n.ID] = "asked with " + d.opts.Force
		return false
	case why == "":
		return true
	case d.isSelected(n.Index):
		d.out.Why[n.ID] = why
		return false
	case here && d.opts.State.Find(n.ID, d.env.p.Nodes[n.Index].Relation) != nil:
		return false
	default:
		return inBase
	}
}

// differs says in what a node is not as in the base; "" where it is.
func (d *divider) differs(n *link.Node, step *Step) string {
	known := d.settler.opts.State.Find(n.ID, step.Relation)
	if known == nil {
		return fmt.Sprintf("%q is not in the base", n.Name)
	}
	if known.Kind != step.KindOf() {
		return fmt.Sprintf("%q is %s in the base and becomes %s", n.Name, project.Noun(known.Kind), project.Noun(step.KindOf()))
	}
	if _, why := changed(step, known); why != "" {
		return why + " since the base was built"
	}
	if step.Growth != nil && (known.Growth == nil || known.Growth.Code != step.Growth.Known.Code) {
		return "its query for new rows changed since the base was built"
	}
	if why := d.altered(n, known); why != "" {
		return why + ", in the base"
	}
	for _, id := range step.Reads {
		if id.Kind() != link.Source.String() && !d.out.FromBase[d.g.ByID[id].Index] {
			return "it reads " + id.Name() + " of the environment"
		}
	}
	for _, id := range step.Reads {
		now := d.version(id).Seen(step.Code.Ordered)
		if !isView(n) && !d.readsSources(id) && now != "" && now != known.Inputs[id] {
			return "in the base it is older than " + id.Name()
		}
	}
	return ""
}

// readsSources reports whether the rows of a node change with those of a source. New data is no difference: it comes
// into the base with its next build.
func (d *divider) readsSources(id project.ID) bool {
	view, ok := d.plan.Views[id]
	if !ok {
		return id.Kind() == link.Source.String()
	}
	does, ok := d.overSources[id]
	if !ok {
		does = slices.ContainsFunc(view.Reads, d.readsSources)
		d.overSources[id] = does
	}
	return does
}

// version gives the data version that a node has in the base.
func (d *divider) version(id project.ID) state.DataVersion {
	return d.plan.Version(id, func(project.ID) (state.DataVersion, bool) { return state.DataVersion{}, false }, d.views)
}

// begin refuses what an environment cannot build, and lets tables that keep what was begin as they are in the base.
func (d *divider) begin(n *link.Node, step *Step) {
	name := d.env.p.Nodes[n.Index].Relation
	if name.Database != "" {
		d.diags.Errorf(diag.NotInEnvironment, n.Properties().NameSpan, "%q is in the database %q, to which an environment does not write", n.Name, name.Database).
			Hintf("leave it out with --exclude %s, and what reads it; or build it without an environment", n.Name)
		return
	}
	known := d.settler.opts.State.Find(n.ID, step.Relation)
	shape, inBase := d.existing[step.Relation.Fold()]
	_, here := d.env.existing[name.Fold()]
	switch {
	case step.Growth == nil && step.History == nil || d.base.None || here || !inBase || known == nil:
	case known.Kind != step.KindOf() || shape.Object.Kind != relation.Table:
	case step.Growth != nil && d.opts.Force == FullRefresh && !n.Model.Incremental.Protected:
	case isMicrobatch(n) && !d.opts.From.IsZero(): // it begins there
	default:
		copied := *known
		copied.Name, copied.Labels = name, state.Labels{} // comments are not copied
		shape.Object.Name = name
		d.out.Copies = append(d.out.Copies, Copy{
			From: d.env.p.Reading([]int{n.Index}).Nodes[n.Index].Relation, Known: &copied, Shape: shape, Files: d.filesOf(known),
		})
	}
}

// windows warns where somebody asks for windows of models that the environment reads from the base.
func (d *divider) windows() {
	if d.opts.From.IsZero() || slices.ContainsFunc(d.out.Selected, func(i int) bool { return isGrowingByWindows(d.g.Nodes[i]) }) {
		return
	}
	for _, n := range d.g.Nodes {
		if isGrowingByWindows(n) && d.out.FromBase[n.Index] && d.isSelected(n.Index) {
			d.diags.Warnf(diag.StartUnused, n.Properties().NameSpan, "--start changes nothing here: %q is as in the base, and is read from there", n.Name).
				Hintf("with --force the environment has it, with windows from there on")
		}
	}
}

func isGrowingByWindows(n *link.Node) bool { return n.Kind == link.Model && isMicrobatch(n) }

// tests leaves out the tests that read nothing of the environment, unless they were named or are new: what is in the
// base was tested there.
func (d *divider) tests() {
	for i, n := range d.g.Nodes {
		if n.Kind == link.Test && d.env.selected[i] && d.isTested(n) {
			d.out.Selected = append(d.out.Selected, i)
		}
	}
	slices.Sort(d.out.Selected)
}

func (d *divider) isTested(n *link.Node) bool {
	reads := d.reads(n)
	if d.opts.TestsOnly || slices.Contains(d.base.Named, n.Index) || slices.ContainsFunc(reads, func(id project.ID) bool {
		return id.Kind() != link.Source.String() && !d.out.FromBase[d.g.ByID[id].Index]
	}) {
		return true
	}
	a := d.audit(&audit{node: n}, nil, nil)
	known := (*state.Test)(nil)
	if d.base.State != nil {
		known = d.base.State.Tests[n.ID]
	}
	return a.Definition != "" && (known == nil || known.Definition != a.Definition)
}

// Begun gives the options of a plan as they are when the copies are made.
func (d *Divided) Begun(opts Options) Options {
	if len(d.Copies) == 0 {
		return opts
	}
	opts.Existing = maps.Clone(opts.Existing)
	known := state.New()
	if opts.State != nil {
		maps.Copy(known.Relations, opts.State.Relations)
		maps.Copy(known.Tests, opts.State.Tests)
	}
	for _, c := range d.Copies {
		opts.Existing[c.Known.Name] = c.Shape
		known.Relations[state.Place{ID: c.Known.ID, Name: c.Known.Name.Fold()}] = c.Known
		if c.Files != nil {
			known.SetFiles(d.Program.Subject(c.Known.Name), c.Known.Growth.Loaded.Load, c.Files)
		}
	}
	opts.State = known
	return opts
}
