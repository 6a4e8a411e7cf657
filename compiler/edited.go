package compiler

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/lint"
	"github.com/quernsql/quern/compiler/project"
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

	models []int          // that changed, in graph order
	bodies map[string]int // where their queries begin, by path
}

func (e *edited) compile(ctx context.Context, r Result) (Result, diag.List, bool) {
	if len(e.changes.Files) > mostEdited || !e.reread(ctx) {
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
	nodes := e.value.Program.Nodes
	before := make([]check.Node, len(e.models))
	for k, i := range e.models {
		before[k] = nodes[i]
	}
	program, found, err := check.Again(ctx, e.value.Graph, e.env, nodes, e.models)
	if err != nil || found.HasErrors() {
		return Result{}, nil, false
	}
	for k, i := range e.models {
		if !sameForReaders(&before[k], &nodes[i]) {
			return Result{}, nil, false
		}
	}
	diags, ok := e.diags(append(found, lint.Some(program, e.models)...))
	if !ok {
		return Result{}, nil, false
	}
	r.Program, r.Edited = program, e.models
	_, _ = rand.Read(r.ID[:]) // it never fails
	facts := e.file.Facts
	facts.ID, facts.Bound, facts.Timed = r.ID, bound, facts.Timed || program.Timed()
	facts.Plain = facts.Plain && bound && len(found) == 0 && !slices.ContainsFunc(diags, isLint)
	name := namesFile
	if bound {
		name = boundFile
	}
	e.write(name, e.file, e.changes.Now, facts, &diags)
	return r, diags, true
}

// reread reads the models that changed. It gives false where a file is no model's, or where more than a
// query changed.
func (e *edited) reread(ctx context.Context) bool {
	known, err := e.file.Models()
	if err != nil {
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
		n := g.Nodes[i]
		if _, changed := slices.BinarySearch(e.changes.Files, n.Path); !changed {
			continue
		}
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
	if len(before) != len(e.changes.Files) {
		return false
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
