package check

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

// bind checks nodes against their parents' columns, in graph order: a node's turn comes when all its
// parents had theirs, so that what is found never depends on the number of workers.
func (c *checker) bind(ctx context.Context) (diag.List, error) {
	b := c.newBinder()
	if slices.Contains(c.late, true) {
		// Nodes that are rendered late settle their relations again, which messages about others read.
		c.program.Explain()
	}
	workers := min(c.workers(), 1+b.queue.left/16)
	b.queue.deal(workers)
	lists, errs := make([]diag.List, workers), make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			worker := &bindWorker{binder: b}
			defer worker.end()
			lists[w], errs[w] = worker.work(ctx, w)
		})
	}
	wg.Wait()
	var all diag.List
	for w := range workers {
		if errs[w] != nil {
			return nil, errs[w]
		}
		all = append(all, lists[w]...)
	}
	if c.inline != nil {
		found, err := b.bindInline(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if b.refused != nil {
		all = append(all, b.refused)
	}
	return all, ctx.Err()
}

func (c *checker) workers() int {
	if c.env.Workers > 0 {
		return c.env.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// binder is what the workers share. Slices are indexed by node; an entry is written by the worker that
// has the node, before its readers have their turn.
type binder struct {
	*checker
	level   lineage.Level
	version string
	queue   *queue
	// tables are the relations that stand for nodes in a scratch, as columns of known nodes and as SQL.
	tables []relation.Name
	sql    []string
	// known says that a node's columns can stand for it, digest is a hash of them.
	known  []bool
	digest []Key
	// notNull are the columns of nodes that a blocking test keeps from being NULL.
	notNull map[int][]string

	mu sync.Mutex
	// refused says, once, why no scratch can be opened.
	refused *diag.Diagnostic
}

func (c *checker) newBinder() *binder {
	size := len(c.graph.Nodes)
	b := &binder{
		checker: c, level: c.env.Describer.Level(), version: c.env.Describer.Version(),
		tables: make([]relation.Name, size), sql: make([]string, size),
		known: make([]bool, size), digest: make([]Key, size), notNull: map[int][]string{},
	}
	for i, n := range c.graph.Nodes {
		b.tables[i], b.sql[i] = c.stand(n)
		c.keepsNotNull(b.notNull, n)
	}
	b.queue = newQueue(c.graph, c.demand())
	return b
}

// The schemas of a scratch in which nodes live that have no relation of their own.
const (
	ephemeralSchema = "quern_ephemeral"
	filesSchema     = "quern_files."
)

// stand gives the table that stands for a node in a scratch, and the SQL that reads it there. Both are
// such that names in a query mean what they will mean when it runs: files are read by a function whose
// name is the alias of its rows, and ephemeral models are subqueries.
func (c *checker) stand(n *link.Node) (relation.Name, string) {
	dialect := c.env.Dialect
	switch {
	case n.Kind == link.Source && n.Source.Files != "":
		name := relation.Name{Schema: filesSchema + n.ID.Name(), Identifier: function(dialect.FileScan("", n.Source.Format))}
		if feedsLanding(c.graph, n) {
			return name, "(select * from " + dialect.Relation(name) + ")"
		}
		return name, dialect.Relation(name)
	case n.IsEphemeral():
		name := relation.Name{Schema: ephemeralSchema, Identifier: n.Name}
		return name, "(select * from " + dialect.Relation(name) + ")"
	default:
		return c.program.Nodes[n.Index].Relation, c.program.quoted[n.Index]
	}
}

// function gives the name of the function in a call.
func function(call string) string {
	for i := range len(call) {
		if call[i] == '(' {
			return call[:i]
		}
	}
	return call
}

// keepsNotNull adds the column that a test keeps from being NULL to those of the node it tests.
func (c *checker) keepsNotNull(columns map[int][]string, n *link.Node) {
	if column := keepsNotNull(n); column != "" && c.program.Nodes[n.Index].Enabled {
		tested := c.graph.Find(n.Test.Tested).Index
		columns[tested] = append(columns[tested], column)
	}
}

// keepsNotNull gives the column that a test keeps from being NULL, or "".
func keepsNotNull(n *link.Node) string {
	if n.Kind != link.Test || n.Broken || n.Test.Use == nil || n.Test.Use.Test != "not_null" || n.Test.Tested == "" {
		return ""
	}
	t := n.Test.Config
	if !n.Test.Blocks() || !t.Where.IsZero() || t.WarnIf.Op != "" || t.ErrorIf.Op != "" {
		return ""
	}
	return n.Test.Column
}

// demand says which nodes to bind: all, or those whose columns a template or the query of the command line
// needs.
func (c *checker) demand() []bool {
	wanted := make([]bool, len(c.graph.Nodes))
	if c.inline != nil {
		for _, p := range c.inline.Parents {
			wanted[p] = true
		}
	}
	for i := len(c.graph.Order) - 1; i >= 0; i-- {
		at := c.graph.Order[i]
		n := c.graph.Nodes[at]
		if !c.env.OnDemand || c.late[at] {
			wanted[at] = n.Kind != link.Exposure
		}
		if !wanted[at] {
			continue
		}
		for _, p := range n.Parents {
			wanted[p] = true
		}
	}
	return wanted
}

// queue hands out nodes whose parents are done. Each worker goes on with what its last node made ready,
// because the tables it needs are then mostly in its scratch.
type queue struct {
	graph  *link.Graph
	wanted []bool

	mu      sync.Mutex
	more    sync.Cond
	waiting []int // per node, the parents that are not done
	own     [][]int
	light   [][]int // those of a worker for which the engine is not asked
	left    int
	stopped bool
}

func newQueue(g *link.Graph, wanted []bool) *queue {
	q := &queue{graph: g, wanted: wanted, waiting: make([]int, len(g.Nodes))}
	q.more.L = &q.mu
	for _, i := range g.Order {
		if !wanted[i] {
			continue
		}
		q.left++
		q.waiting[i] = len(g.Nodes[i].Parents)
	}
	return q
}

// deal gives each worker a share of the nodes without parents.
func (q *queue) deal(workers int) {
	q.own, q.light = make([][]int, workers), make([][]int, workers)
	var roots []int
	for _, i := range q.graph.Order {
		if q.wanted[i] && q.waiting[i] == 0 {
			roots = append(roots, i)
		}
	}
	for k, i := range roots {
		w := k * workers / len(roots)
		q.own[w] = append(q.own[w], i)
	}
}

// mostAtOnce is how many nodes are bound together.
const mostAtOnce = 16

// next waits for nodes, none of which depends on another; none means that there are no more. A worker
// takes no more than its share of what is ready, so that others find work.
func (q *queue) next(w int) []int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.left == 0 || q.stopped {
			return nil
		}
		if light := q.light[w]; len(light) > 0 {
			q.light[w] = nil
			return light
		}
		if own := q.own[w]; len(own) > 0 {
			rest := len(own) - min(mostAtOnce, len(own), q.share())
			q.own[w] = own[:rest:rest]
			return own[rest:]
		}
		if i, ok := q.steal(); ok {
			return []int{i}
		}
		q.more.Wait()
	}
}

// share is what each worker has of the nodes that are ready, rounded up.
func (q *queue) share() int {
	ready := 0
	for _, own := range q.own {
		ready += len(own)
	}
	return (ready + len(q.own) - 1) / len(q.own)
}

// steal takes the oldest node of the worker that has the most.
func (q *queue) steal() (int, bool) {
	from := 0
	for w := range q.own {
		if len(q.own[w]) > len(q.own[from]) {
			from = w
		}
	}
	if len(q.own[from]) == 0 {
		return 0, false
	}
	i := q.own[from][0]
	q.own[from] = q.own[from][1:]
	return i, true
}

// done says that a node had its turn.
func (q *queue) done(w, i int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left--
	for _, child := range q.graph.Nodes[i].Children {
		if !q.wanted[child] {
			continue
		}
		if q.waiting[child]--; q.waiting[child] > 0 {
			continue
		}
		if t := q.graph.Nodes[child].Test; t != nil && NeedsColumnOnly(t) {
			q.light[w] = append(q.light[w], child)
			continue
		}
		q.own[w] = append(q.own[w], child)
	}
	if len(q.own[w]) > 1 || q.left == 0 { // one is for this worker itself
		q.more.Broadcast()
	}
}

// stop ends the work early.
func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	q.more.Broadcast()
}
