package compiler

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/lint"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/template"
)

// mostEdited is how many models are looked at by themselves; with more, everything is.
const mostEdited = 100

// edited compiles a project of which the queries of some models are all that changed. It gives up where
// that turns out not to be so, or where the new queries could change what is said of others.
type edited struct {
	*cached
	file    *snapshot.File
	value   *snapshot.Value
	changes *cache.Changes
	early   *early

	// models are those that are checked again, in graph order: those that changed and, where that matters
	// to their readers, all models below them.
	models []int
	bodies map[string]int // where their queries begin, by path
	spread bool           // models has those below, too
}

func (e *edited) compile(ctx context.Context, r Result) (Result, diag.List, bool) {
	if len(e.changes.Files) > mostEdited || !e.reread(ctx, e.changed()) {
		return Result{}, nil, false
	}
	bound := e.env.Describer != nil
	wanted := e.above()
	if !bound {
		wanted = nil
	}
	if err := e.file.Complete(e.value, wanted, e.env); err != nil {
		return Result{}, nil, false
	}
	program, found, ok := e.again(ctx)
	if !ok {
		return Result{}, nil, false
	}
	if bound { // as a cold compile
		found = append(found, lint.Some(program, e.models)...)
	}
	diags, ok := e.diags(found)
	if !ok {
		return Result{}, nil, false
	}
	r.Program, r.Edited, r.Traced, r.whole = program, e.models, e.spread, e.whole
	_, _ = rand.Read(r.ID[:]) // it never fails
	facts := e.file.Facts
	facts.ID, facts.Bound, facts.Timed = r.ID, bound, facts.Timed || program.Timed()
	facts.Plain = facts.Plain && bound && len(found) == 0 && !slices.ContainsFunc(diags, isLint)
	name := namesFile
	if bound {
		name = boundFile
	}
	what := news{diags: &diags}
	if e.spread {
		what.patch = e.value.Patched(e.models)
	}
	e.write(name, e.file, e.changes.Now, facts, what)
	return r, diags, true
}

// changed gives the models whose files changed, nil where another file did.
func (e *edited) changed() []int {
	g := e.value.Graph
	var out []int
	for _, i := range modelsOf(g) {
		if _, changed := slices.BinarySearch(e.changes.Files, g.Nodes[i].Path); changed {
			out = append(out, i)
		}
	}
	if len(out) != len(e.changes.Files) {
		return nil
	}
	return out
}

// again checks the models again, and those below them where their columns are new.
func (e *edited) again(ctx context.Context) (*check.Program, diag.List, bool) {
	nodes := e.value.Program.Nodes
	env := e.env
	if env.Describer != nil {
		env.Describer = e.early
	}
	once := func() (*check.Program, diag.List, []check.Node, bool) {
		before := make([]check.Node, len(e.models))
		for k, i := range e.models {
			before[k] = nodes[i]
		}
		program, found, err := check.Again(ctx, e.value.Graph, env, nodes, e.models)
		return program, found, before, err == nil && !found.HasErrors()
	}
	program, found, before, ok := once()
	if !ok {
		return nil, nil, false
	}
	same := true
	for k, i := range e.models {
		same = same && sameForReaders(&before[k], &nodes[i])
	}
	if same {
		return program, found, true
	}
	changed, below := e.models, e.below()
	if e.env.Describer == nil || len(below) > mostEdited || !e.reread(ctx, below) {
		return nil, nil, false
	}
	for k, i := range changed { // the rest of what they were is read again
		nodes[i].Unchecked, nodes[i].Lineage = before[k].Unchecked, nil
	}
	if e.file.CompleteAll(e.value, e.above()) != nil {
		return nil, nil, false
	}
	e.spread = true
	if program, found, before, ok = once(); !ok {
		return nil, nil, false
	}
	for k, i := range e.models {
		if !e.harmless(e.value.Graph.Nodes[i], &before[k], &nodes[i]) {
			return nil, nil, false
		}
	}
	return program, found, true
}

// whole reads what was not needed to check models again.
func (e *edited) whole() error {
	nodes := e.value.Program.Nodes
	after := make([]check.Node, len(e.models))
	for k, i := range e.models {
		after[k] = nodes[i]
	}
	err := e.file.CompleteAll(e.value, nil)
	for k, i := range e.models {
		nodes[i] = after[k]
	}
	return err
}

// below gives the models and all models below them.
func (e *edited) below() []int {
	g := e.value.Graph
	seen := make([]bool, len(g.Nodes))
	out := slices.Clone(e.models)
	for _, i := range out {
		seen[i] = true
	}
	for k := 0; k < len(out) && len(out) <= mostEdited; k++ {
		for _, child := range g.Nodes[out[k]].Children {
			if !seen[child] && g.Nodes[child].Kind == link.Model {
				seen[child] = true
				out = append(out, child)
			}
		}
	}
	return out
}

// harmless reports whether nothing but the columns of a model is to be said anew: its tests and what its
// files say of its columns need only that they exist, and they still do, or still do not.
func (e *edited) harmless(n *link.Node, before, after *check.Node) bool {
	same := slices.Equal(before.Columns, after.Columns)
	for _, child := range n.Children {
		t := e.value.Graph.Nodes[child].Test
		switch {
		case t == nil:
		case t.Singular != nil:
			return false
		case !same && !(check.NeedsColumnOnly(t) && hasColumn(after, t.Column)):
			return false
		}
	}
	if same {
		return before.Unchecked == after.Unchecked
	}
	for _, c := range n.Properties().Columns {
		if hasColumn(before, c.Name) != hasColumn(after, c.Name) {
			return false
		}
	}
	return before.Unchecked == "" && after.Unchecked == "" && before.Columns != nil && after.Columns != nil
}

func hasColumn(n *check.Node, name string) bool {
	return slices.ContainsFunc(n.Columns, func(c relation.Column) bool { return strings.EqualFold(c.Name, name) })
}

// reread reads models from their files. It gives false where more than the query of one changed.
func (e *edited) reread(ctx context.Context, models []int) bool {
	known, err := e.file.Known()
	if err != nil || len(models) == 0 {
		return false
	}
	dir := e.opts.Project.Dir
	p, err := project.LoadMacros(ctx, os.DirFS(dir), e.opts.Project)
	if err != nil || p == nil {
		return false
	}
	g := e.value.Graph
	e.bodies = map[string]int{}
	before := map[int]snapshot.Known{}
	for k, i := range modelsOf(g) {
		if !slices.Contains(models, i) {
			continue
		}
		n := g.Nodes[i]
		was, ok := known(k)
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n.Path)))
		if !ok || err != nil || !was.Apart || cache.Sum(text) != e.changes.Now.Hash(n.Path) ||
			was.Body > len(text) || snapshot.Head(string(text), was.Body) != was.Head {
			return false
		}
		m, ok := n.Model.Reread(string(text), was.Body)
		if !ok {
			return false
		}
		before[i], e.bodies[n.Path] = was, was.Body
		p.Models = append(p.Models, m)
		// The graph was read for this compile, and nobody has seen it yet.
		n.Model = m
	}
	parsed, diags := template.Parse(ctx, p)
	if slices.ContainsFunc(diags, func(d *diag.Diagnostic) bool { return e.isOurs(d) }) {
		return false
	}
	g.Parsed = parsed
	for i, was := range before {
		n := g.Nodes[i]
		n.Unit = parsed.Models[n.Name]
		if snapshot.Reads(n.Unit) != was.Reads {
			return false
		}
	}
	e.models = nil
	for _, i := range g.Order {
		if _, ok := before[i]; ok {
			e.models = append(e.models, i)
		}
	}
	return len(e.models) == len(before)
}

// modelsOf gives the indexes of models.
func modelsOf(g *link.Graph) []int {
	out := make([]int, 0, len(g.Project.Models))
	for i, n := range g.Nodes {
		if n.Kind == link.Model {
			out = append(out, i)
		}
	}
	return out
}

// above gives the models and all above them.
func (e *edited) above() []bool {
	g := e.value.Graph
	out := make([]bool, len(g.Nodes))
	for _, i := range e.models {
		out[i] = true
	}
	for k := len(g.Order) - 1; k >= 0; k-- {
		if i := g.Order[k]; out[i] {
			for _, p := range g.Nodes[i].Parents {
				out[p] = true
			}
		}
	}
	return out
}

// sameForReaders reports whether nothing that readers of a model depend on changed.
func sameForReaders(a, b *check.Node) bool {
	if a.Unchecked != b.Unchecked || !slices.Equal(a.Columns, b.Columns) || (a.Columns == nil) != (b.Columns == nil) {
		return false
	}
	if a.Lineage == nil || b.Lineage == nil {
		return a.Lineage == b.Lineage
	}
	return slices.Equal(a.Lineage.Influences, b.Lineage.Influences) &&
		slices.EqualFunc(a.Lineage.Columns, b.Lineage.Columns, func(x, y check.ColumnLineage) bool {
			return x.Kind == y.Kind && x.Certainty == y.Certainty && slices.Equal(x.Inputs, y.Inputs)
		})
}

// isOurs reports whether a diagnostic stands in a file that changed.
func (e *edited) isOurs(d *diag.Diagnostic) bool {
	_, ok := e.bodies[d.Span.Path()]
	return ok
}

// diags puts what is said of the new queries in the place of what was said of the old ones. It gives
// false where it is not sure that this is all that changed.
func (e *edited) diags(found diag.List) (diag.List, bool) {
	var all diag.List
	for _, d := range e.value.Diags {
		if e.isOurs(d) {
			if d.Span.Start < e.bodies[d.Span.Path()] {
				return nil, false // it is about the front matter
			}
			continue
		}
		for _, n := range d.Notes {
			if _, ok := e.bodies[n.Span.Path()]; ok {
				return nil, false // the place it points to may have moved
			}
		}
		all = append(all, d)
	}
	ours := slices.DeleteFunc(found, func(d *diag.Diagnostic) bool { return !e.isOurs(d) })
	all = append(all, ours.Relevel(e.value.Graph.Project.Levels)...).Sorted()
	return all, !all.HasErrors()
}
