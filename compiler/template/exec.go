package template

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Limits of one rendering. A template is code of the project: these are far from what a real one
// needs, and near enough that a runaway one stops in well under a second.
const (
	maxOutput = 16 << 20  // bytes of rendered text, also of a macro's
	maxSteps  = 1_000_000 // nodes and calls executed
	maxWork   = 128 << 20 // bytes and elements that pass through functions
	maxDepth  = 100       // macros inside macros, lists inside lists
	ctxSteps  = 4096      // steps between looks at the context
)

// exec is one rendering. It is used by one goroutine.
type exec struct {
	// cancelled gives the context's error.
	cancelled   func() error
	env         *Env
	unit        *Unit
	steps, work int
	// keys are the distinct holes; a hole travels through functions as its index among them.
	keys  []holeKey
	index map[holeKey]int
	refs  []project.ID
	// last is the text a macro gave most recently: where a value equals it, its map is used.
	last  *fragment
	depth int
	// spare are frames to use again, and places the scratch memory of holes.
	spare  []*frame
	places []source.Span
}

type holeKey struct {
	kind HoleKind
	node project.ID
}

// frame is the execution of one template: the file's own, or a macro's.
type frame struct {
	code *code
	args []any
	vars []any
	dot  any
	out  output
}

// frame gives an empty frame for a template.
func (e *exec) frame(c *code) *frame {
	f := &frame{}
	if n := len(e.spare); n > 0 {
		f, e.spare = e.spare[n-1], e.spare[:n-1]
	}
	f.code = c
	f.args = slices.Grow(f.args[:0], len(c.params))[:len(c.params)]
	f.vars = slices.Grow(f.vars[:0], c.slots)[:c.slots]
	return f
}

// done takes a frame back. Large ones are let go.
func (e *exec) done(f *frame) {
	const large = 1 << 16
	if cap(f.out.text) > large || cap(f.out.segments) > large/8 || len(e.spare) > maxDepth {
		return
	}
	clear(f.args)
	clear(f.vars)
	f.code, f.dot = nil, nil
	f.out.reset()
	e.spare = append(e.spare, f)
}

// fault is what goes wrong while rendering.
type fault struct {
	code    diag.Code
	message string
	hint    string
	// stack is where it happened: innermost first, then the calls of macros around it.
	stack []source.Span
	names []string // the macros whose calls they are, from stack[1] on
}

func (f *fault) Error() string { return f.message }

// fail makes a fault at a place of the frame's template.
func (f *frame) fail(at place, code diag.Code, format string, args ...any) *fault {
	return &fault{code: code, message: fmt.Sprintf(format, args...), stack: []source.Span{f.code.from.at(at)}}
}

// hinted sets the hint of a fault.
func (f *fault) hinted(format string, args ...any) *fault {
	f.hint = fmt.Sprintf(format, args...)
	return f
}

var errCancelled = errors.New("rendering was cancelled")

// flow says how a list of nodes ended.
type flow uint8

const (
	flowOn flow = iota
	flowBreak
	flowContinue
)

// step counts one turn; it stops a template that runs without end.
func (e *exec) step(f *frame, at place) error {
	e.steps++
	if e.steps > maxSteps {
		return f.fail(at, diag.TemplateLimit, "the template takes more than %d steps", maxSteps).
			hinted("a range that goes on for so long is mostly a mistake: shorten it")
	}
	if e.steps%ctxSteps == 0 && e.cancelled() != nil {
		return errCancelled
	}
	return nil
}

// spend counts bytes and elements that pass through functions; it stops a template that eats memory.
func (e *exec) spend(f *frame, at place, n int) error {
	if n < 0 || n > maxWork-e.work {
		return f.fail(at, diag.TemplateLimit, "the template makes more than %d MB of values", maxWork>>20).
			hinted("build less text at once, or let the database do the work")
	}
	e.work += n
	return nil
}

func (e *exec) block(f *frame, nodes []node) (flow, error) {
	for _, n := range nodes {
		if err := e.step(f, n.extent()); err != nil {
			return flowOn, err
		}
		how, err := e.node(f, n)
		if err != nil || how != flowOn {
			return how, err
		}
	}
	return flowOn, nil
}

func (e *exec) node(f *frame, n node) (flow, error) {
	switch n := n.(type) {
	case *textNode:
		return flowOn, f.writeText(n)
	case *actionNode:
		e.last = nil
		value, err := e.eval(f, n.value)
		if err != nil {
			return flowOn, err
		}
		if n.set != nil {
			f.vars[n.set.slot] = value
			return flowOn, nil
		}
		return flowOn, e.print(f, n, value)
	case *jumpNode:
		if n.next {
			return flowContinue, nil
		}
		return flowBreak, nil
	case *branchNode:
		return e.branch(f, n)
	}
	panic(fmt.Sprintf("template: unknown node %T", n))
}

func (e *exec) branch(f *frame, n *branchNode) (flow, error) {
	value, err := e.eval(f, n.head)
	if err != nil {
		return flowOn, err
	}
	if n.kind == rangeBranch {
		return e.loop(f, n, value)
	}
	for _, v := range n.set {
		f.vars[v.slot] = value
	}
	if !truth(value) {
		return e.block(f, n.alt)
	}
	if n.kind == ifBranch {
		return e.block(f, n.body)
	}
	outer := f.dot
	f.dot = value
	how, err := e.block(f, n.body)
	f.dot = outer
	return how, err
}

// loop runs a range: over a list, a map by sorted keys, or the numbers below one.
func (e *exec) loop(f *frame, n *branchNode, value any) (flow, error) {
	each, length, err := iterate(value)
	if err == nil && len(n.set) > 1 && isNumber(value) {
		err = errors.New("a range over a number has one variable only")
	}
	if err != nil {
		return flowOn, f.fail(n.head.extent(), diag.TemplateValue, "%s", err)
	}
	if length == 0 {
		for _, v := range n.set {
			f.vars[v.slot] = value
		}
		return e.block(f, n.alt)
	}

	outer := f.dot
	defer func() { f.dot = outer }()
	for i := range length {
		if err := e.step(f, n.place); err != nil {
			return flowOn, err
		}
		key, elem := each(i)
		switch len(n.set) {
		case 1:
			f.vars[n.set[0].slot] = elem
		case 2:
			f.vars[n.set[0].slot], f.vars[n.set[1].slot] = key, elem
		}
		f.dot = elem
		how, err := e.block(f, n.body)
		if err != nil {
			return flowOn, err
		}
		if how == flowBreak {
			break
		}
	}
	return flowOn, nil
}

func (e *exec) eval(f *frame, x expr) (any, error) {
	switch x := x.(type) {
	case *literal:
		return x.value, nil
	case *param:
		return f.args[x.index], nil
	case *local:
		return f.vars[x.slot], nil
	case *dot:
		return f.dot, nil
	case *access:
		return e.access(f, x)
	case *call:
		return e.call(f, x)
	}
	panic(fmt.Sprintf("template: unknown expression %T", x))
}

// access reads keys of maps.
func (e *exec) access(f *frame, x *access) (any, error) {
	value, err := e.eval(f, x.base)
	if err != nil {
		return nil, err
	}
	for _, key := range x.path {
		v := reflect.ValueOf(value)
		if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
			return nil, f.fail(x.place, diag.TemplateValue, "%q cannot be read of %s", "."+key, describe(value)).
				hinted("only dictionaries have named values")
		}
		found := v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key()))
		if !found.IsValid() {
			return nil, f.fail(x.place, diag.TemplateValue, "the dictionary has no key %q", key)
		}
		value = found.Interface()
	}
	return value, nil
}

func (e *exec) call(f *frame, c *call) (any, error) {
	if err := e.step(f, c.name); err != nil {
		return nil, err
	}
	if c.fn != nil && c.fn.lazy != nil {
		return c.fn.lazy(e, f, c)
	}
	// Most calls have one or two arguments: they fit on the stack.
	var few [4]any
	args := few[:0]
	if len(c.args) > len(few) {
		args = make([]any, 0, len(c.args))
	}
	for _, x := range c.args {
		value, err := e.eval(f, x)
		if err != nil {
			return nil, err
		}
		args = append(args, value)
	}
	switch {
	case c.macro != nil:
		return e.expand(f, c, args)
	case c.fn.eval != nil:
		return c.fn.eval(e, f, c, args)
	default:
		return e.library(f, c, args)
	}
}

// expand calls a macro. Its text is a value like any other until it is printed.
func (e *exec) expand(f *frame, c *call, args []any) (any, error) {
	m := c.macro
	if e.depth >= maxDepth {
		return nil, f.fail(c.name, diag.TemplateLimit, "macros call each other more than %d deep", maxDepth)
	}
	inner := e.frame(m.code)
	for i, arg := range m.Args {
		inner.args[i] = arg.Default
	}
	copy(inner.args, args)

	e.depth++
	_, err := e.block(inner, m.code.root)
	e.depth--
	if err == nil {
		err = e.spend(f, c.name, inner.out.size())
	}
	if fault, ok := errors.AsType[*fault](err); ok {
		fault.stack = append(fault.stack, f.code.from.at(c.place))
		fault.names = append(fault.names, m.Name)
	}
	if err != nil {
		return nil, err
	}
	e.last = &fragment{text: string(inner.out.text), holes: inner.out.keepHoles(), pieces: inner.out.keepMap(&inner.code.from)}
	e.done(inner)
	return e.last, nil
}
