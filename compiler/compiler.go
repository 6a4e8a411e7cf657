// Package compiler turns a folder of templated SQL into a checked program.
//
// The stages are load → parse → link → check → lint; each is a function from one immutable value to
// the next, plus diagnostics, in a package of its own: project, template, link, check, lint. What comes after,
// plan and run, acts on the Program. A stage goes on after an error as far as it can without
// inventing causes.
package compiler

import (
	"context"
	"io/fs"
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

// Options says what to compile.
type Options struct {
	// FS is the project folder.
	FS      fs.FS
	Project project.Options
	// Check gives the environment of the check as soon as the project's target is known.
	Check func(*project.Project) (check.Env, error)
	// Cache says where what was found is kept. Nil keeps nothing.
	Cache *Cache
	// Want says what of the result is needed. Nil needs all of it.
	Want *Want
}

// Result holds the value of every stage that was reached; the others are nil.
type Result struct {
	Project *project.Project
	Parsed  *template.Parsed
	Graph   *link.Graph
	Program *check.Program
	// Warm says that the result is from the cache: it has no templates and no SQL, and of the rest what
	// was wanted.
	Warm bool
	// Edited are the models of a warm result whose queries are new; these have SQL.
	Edited []int
	// Traced says that columns of a warm result, or where they come from, are new. It has those of the edited
	// models; Whole adds all others.
	Traced bool
	// Summary is all there is of a warm result of which no more was wanted; nil for others.
	Summary *snapshot.Facts
	// ID names what was compiled. It is zero where that is not kept.
	ID cache.Digest
	// queries says of a warm result which nodes have a query.
	queries []bool
	whole   func() error
}

// Whole adds to a warm result whose columns are new those that are as they were. It reads them from the cache,
// and is called before that is written.
func (r *Result) Whole() error {
	if r.whole == nil {
		return nil
	}
	return r.whole()
}

// HasQuery reports whether a node has a query.
func (r *Result) HasQuery(i int) bool {
	if r.Warm {
		return r.queries[i]
	}
	return r.Program.Nodes[i].SQL != nil && !r.Program.Nodes[i].Broken
}

// Compile runs the stages. The error is trouble of the world; what is wrong with the project is in
// the list, sorted. Stages after load run on what could be read, so that one call reports all it can.
func Compile(ctx context.Context, opts Options) (Result, diag.List, error) {
	if opts.Cache != nil {
		return compileCached(ctx, opts)
	}
	return compile(ctx, opts)
}

// compile finds everything anew.
func compile(ctx context.Context, opts Options) (Result, diag.List, error) {
	var r Result
	p, diags, err := project.Load(ctx, opts.FS, opts.Project)
	if err != nil || p == nil {
		return r, diags.Sorted(), err
	}
	r.Project = p

	env, err := opts.Check(p)
	if err != nil {
		return r, diags.Sorted(), err
	}

	parsed, more := template.Parse(ctx, p)
	r.Parsed, diags = parsed, append(diags, more...)

	graph, more := link.Build(p, parsed)
	r.Graph, diags = graph, append(diags, more...)

	if isWrong(p, diags) {
		env.Describer = nil // the target may be another one than was meant
	}
	program, more, err := check.All(ctx, graph, env)
	r.Program, diags = program, append(diags, more...)
	if err == nil && !env.OnDemand && env.Describer != nil {
		diags = append(diags, lint.All(program)...)
	}
	return r, diags.Relevel(p.Levels).Sorted(), err
}

// isWrong reports whether something is wrong in quern.yml itself.
func isWrong(p *project.Project, diags diag.List) bool {
	return slices.ContainsFunc(diags, func(d *diag.Diagnostic) bool {
		return d.Severity == diag.Error && d.Span.File != nil && d.Span.File == p.File
	})
}
