package template

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Parsed is every template of a project. It never changes: all of it may be used concurrently.
type Parsed struct {
	// Models, Tests (singular) and GenericTests are keyed by name.
	Models       map[string]*Unit
	Tests        map[string]*Unit
	GenericTests map[string]*Unit

	set *library
	// execs are renderings that are over, for their memory.
	execs sync.Pool
}

// Parse reads every template of the project. Where the context ends, what was not read is missing.
func Parse(ctx context.Context, p *project.Project) (*Parsed, diag.List) {
	set, diags := newLibrary(p)
	macros := make([]*macro, 0, len(p.Macros))
	for _, m := range p.Macros {
		if found, ok := set.macros[m.Name]; ok && found.Macro == m {
			macros = append(macros, found)
		}
	}
	diags = append(diags, parallel(ctx, len(macros), func(i int) diag.List { return set.buildMacro(macros[i]) })...)
	diags = append(diags, set.summarise()...)

	t := &Parsed{
		Models:       make(map[string]*Unit, len(p.Models)),
		Tests:        make(map[string]*Unit, len(p.Tests)),
		GenericTests: make(map[string]*Unit, len(p.GenericTests)),
		set:          set,
	}
	tasks := t.tasks(p)
	diags = append(diags, parallel(ctx, len(tasks), func(i int) diag.List {
		return set.newUnit(tasks[i].unit, newOrigin(tasks[i].unit.Span), tasks[i].params, tasks[i].where)
	})...)
	return t, diags
}

// task is a unit that is to be read.
type task struct {
	unit   *Unit
	params []project.Argument
	where  string
}

func (t *Parsed) tasks(p *project.Project) []task {
	units := make([]Unit, len(p.Models)+len(p.Tests)+len(p.GenericTests))
	tasks := make([]task, 0, len(units))
	add := func(name string, body source.Span, params []project.Argument, where string) *Unit {
		u := &units[len(tasks)]
		u.Name, u.Span = name, body
		tasks = append(tasks, task{u, params, where})
		return u
	}
	for _, m := range p.Models {
		u := add(string(m.ID), m.Body, nil, "a model")
		u.model, u.depends = true, m.DependsOn
		t.Models[m.Name] = u
	}
	for _, test := range p.Tests {
		t.Tests[test.Name] = add(string(test.ID), test.Body, nil, "a test in tests/")
	}
	for _, test := range p.GenericTests {
		u := add(test.Name, test.Body, test.Args, "test "+quoted(test.Name))
		u.generic = test
		t.GenericTests[test.Name] = u
	}
	return tasks
}

// ParseText reads a template that stands in YAML: a where, an expression, an assert, a schema.
func (t *Parsed) ParseText(name string, text project.Text) (*Unit, diag.List) {
	u := &Unit{Name: name, Span: text.Span}
	from := origin{body: text.Value, whole: text.Span}
	if text.Exact && text.Span.File != nil {
		from = newOrigin(text.Span)
	}
	return u, t.library().newUnit(u, from, nil, "this text")
}

// library gives the project's library; the zero Parsed has an empty one.
func (t *Parsed) library() *library {
	if t.set == nil {
		return &library{}
	}
	return t.set
}

// parallel does n pieces of work on every processor, and gives the diagnostics in the work's order.
func parallel(ctx context.Context, n int, do func(int) diag.List) diag.List {
	workers := min(runtime.GOMAXPROCS(0), (n+15)/16)
	found := make([]diag.List, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				found[i] = do(i)
			}
		})
	}
	wg.Wait()
	var diags diag.List
	for _, list := range found {
		diags = append(diags, list...)
	}
	return diags
}
