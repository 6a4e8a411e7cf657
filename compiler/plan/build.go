package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// Options says what to plan.
type Options struct {
	// Selected holds the indexes of the graph's nodes that were selected, tests included.
	Selected []int
	// NoTests leaves the tests out; TestsOnly leaves everything else out.
	NoTests, TestsOnly bool
	// Existing are the relations found in the target. Nil means that nobody looked.
	Existing map[relation.Name]engine.Shape
	// Contents are the digests of the rows of tables that were read, by folded name: those of tables in other
	// databases than the state's, and of what is asked for.
	Contents map[relation.Name]string
	// State is what the target remembers of earlier builds. Nil means that it remembers nothing.
	State *state.Known
	// Sources are the data versions of sources, and Seeds the digests of the files of seeds; what is missing is
	// not known.
	Sources map[project.ID]string
	Seeds   map[project.ID]string
	// Listings are the files of sources whose files are loaded once each, as they were listed before anything is read.
	Listings map[project.ID]*Listing
	// Orphans are what Orphans gave, with why some of them stay.
	Orphans []Orphan
	// Base are the data versions of what an environment reads from its base.
	Base map[project.ID]state.DataVersion
	// Differs says of what an environment builds in what it is not as in the base.
	Differs map[project.ID]string
	// Files are the digests of what external models wrote, as it is now.
	Files map[project.ID]string
	// Macros says that the target may have functions that the project's queries call and nobody knows.
	Macros bool
	// Settings are those of the target that may change rows.
	Settings string
	// AllTests runs the tests that passed before, too.
	AllTests bool
	// Force rebuilds what is selected, whatever is known of it.
	Force string
	// Anyway says that --force was given beside --full-refresh.
	Anyway bool
	// From and To ask for the windows of microbatches between them; the zero value of From for those that are due.
	From, To time.Time
	// Dialect writes the statements.
	Dialect Dialect
	// RunTime is the build's instant, the same for all nodes.
	RunTime time.Time
}

// Dialect is what plan needs of an engine.
type Dialect interface {
	check.Dialect
	CreateTableAs(name relation.Name, query string) string
	CreateView(name relation.Name, query string) string
	Comment(kind relation.Kind, name relation.Name, column, text string) string
}

// Build plans. Disabled and broken nodes are left out.
func Build(p *check.Program, opts Options) (*Plan, diag.List) {
	b := newBuilder(p, opts)
	b.chooseNodes()
	b.chooseGroups()
	b.chooseTests()
	order := b.connect()
	return b.plan(order), b.diags
}

type builder struct {
	p        *check.Program
	g        *link.Graph
	opts     Options
	existing map[relation.Name]engine.Shape
	selected []bool
	// work are the steps to be, in the order they were thought of; of tells a node's, or -1.
	work []*work
	of   []int
	// needs tells, per node, whose steps a reader of the node has to wait for.
	needs [][]int
	// group gives the publish group of a node that is built, where it has one.
	group map[int]*Group
	reach *dag.Graph
	below map[int]dag.Set
	diags diag.List
}

// work is a step that is being put together.
type work struct {
	node *link.Node
	// audits are the tests that run in the step; a test's own step has itself.
	audits []*audit
	// after are indexes into builder.work.
	after []int
}

// nodes gives the node of the step, and its tests.
func (w *work) nodes() []*link.Node {
	out := []*link.Node{w.node}
	for _, a := range w.audits {
		out = append(out, a.node)
	}
	return out
}

// audit is a test and where it runs.
type audit struct {
	node     *link.Node
	blocking bool
	// through is the view whose test runs before the table below it is published, else nil.
	through *link.Node
	// why says in words why the test has a step of its own.
	why string
}

func newBuilder(p *check.Program, opts Options) *builder {
	g := p.Graph
	b := &builder{
		p: p, g: g, opts: opts,
		selected: make([]bool, len(g.Nodes)),
		of:       make([]int, len(g.Nodes)),
		needs:    make([][]int, len(g.Nodes)),
		below:    map[int]dag.Set{},
	}
	for _, i := range opts.Selected {
		if n := p.Nodes[i]; n.Enabled && !n.Broken {
			b.selected[i] = true
		}
	}
	if opts.Existing != nil {
		b.existing = make(map[relation.Name]engine.Shape, len(opts.Existing))
		for name, kind := range opts.Existing {
			b.existing[name.Fold()] = kind
		}
	}
	var edges []dag.Edge
	for _, n := range g.Nodes {
		for _, parent := range n.Parents {
			edges = append(edges, dag.Edge{From: parent, To: n.Index})
		}
	}
	b.reach = dag.New(len(g.Nodes), edges)
	return b
}

// chooseNodes gives every selected model and seed that has a relation a step, and finds what each
// node has to wait for. A view that is not built passes on what it reads, as an ephemeral model does:
// it shows the new rows as soon as they are published.
func (b *builder) chooseNodes() {
	for i := range b.of {
		b.of[i] = -1
	}
	for _, i := range b.g.Order {
		n := b.g.Nodes[i]
		if n.Kind == link.Test || n.Kind == link.Exposure {
			continue
		}
		var waits []int
		for _, parent := range n.Parents {
			waits = append(waits, b.needs[parent]...)
		}
		slices.Sort(waits)
		waits = slices.Compact(waits)
		switch {
		case b.selected[i] && b.isBuilt(n):
			b.of[i] = len(b.work)
			b.needs[i] = []int{len(b.work)}
			b.work = append(b.work, &work{node: n, after: waits})
		case isView(n):
			b.needs[i] = waits
		}
	}
}

func (b *builder) isBuilt(n *link.Node) bool {
	if b.opts.TestsOnly {
		return false
	}
	return n.Kind == link.Seed || n.Kind == link.Model && n.Model.Materialized != project.Ephemeral
}

// isView reports whether a node keeps no rows of its own.
func isView(n *link.Node) bool {
	return n.Kind == link.Model && !n.Model.Materialized.IsTable() && n.Model.Materialized != project.External
}

// connect gives the steps in an order in which each comes after those it waits for. There always is
// one: link orders what tests read before what they test, unless they are late, and what a test
// blocks is below all that it waits for.
func (b *builder) connect() []int {
	var edges []dag.Edge
	for i, w := range b.work {
		slices.Sort(w.after)
		w.after = slices.Compact(w.after)
		for _, before := range w.after {
			edges = append(edges, dag.Edge{From: before, To: i})
		}
	}
	order, _ := dag.New(len(b.work), edges).Order()
	if len(order) < len(b.work) {
		panic("plan: steps wait for each other")
	}
	return order
}

// plan makes the steps, in order.
func (b *builder) plan(order []int) *Plan {
	out := &Plan{Context: b.p.Explain(), Orphans: b.opts.Orphans}
	place := make([]int, len(b.work))
	for at, i := range order {
		place[i] = at
	}
	schemas := map[relation.Name]bool{}
	for _, i := range order {
		w := b.work[i]
		step := b.step(w)
		for _, before := range w.after {
			step.After = append(step.After, place[before])
		}
		slices.Sort(step.After)
		out.Steps = append(out.Steps, step)
		if step.Kind != link.Test {
			schemas[relation.Name{Database: step.Relation.Database, Schema: step.Relation.Schema}] = true
		}
		for _, a := range step.Audits {
			if a.StoreFailures {
				out.FailuresSchema = relation.Name{Schema: "quern_failures"}
				schemas[out.FailuresSchema] = true
			}
		}
	}
	out.Schemas = slices.SortedFunc(maps.Keys(schemas), relation.Name.Compare)
	b.together(out)
	b.settle(out)
	b.buildHooks(out)
	return out
}
