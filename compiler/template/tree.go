package template

import (
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// code is a template as Quern keeps it: text/template's tree with names resolved and both ends of
// everything known, and without the copies of the text that text/template makes.
type code struct {
	from   origin
	params []project.Argument
	root   []node
	// slots is the number of variables, each of which has a place of its own while rendering.
	slots int
	// macros are the calls of macros in the text, in its order.
	macros  []*call
	isMacro bool
}

// origin is the text a template was read from. Offsets in a template count from its body's start.
type origin struct {
	body string
	file *source.File
	base int
	// whole is set where body is not the file's own text, as in folded YAML: everything in the
	// template then has this one place.
	whole source.Span
}

// span gives the place of a range of the body.
func (o *origin) span(start, end int) source.Span {
	if o.file == nil {
		return o.whole
	}
	return o.file.Span(o.base+start, o.base+end)
}

// at gives the place of a piece of the body.
func (o *origin) at(p place) source.Span { return o.span(p.start, p.end) }

// place is a range of the body.
type place struct{ start, end int }

func (p place) extent() place { return p }

// node is one step of a template: *textNode, *actionNode, *branchNode or *jumpNode.
type node interface{ extent() place }

// textNode is text that goes out as it is.
type textNode struct{ place }

// actionNode prints a value or, where set is not nil, keeps it in a variable. Its place is the
// whole action with its braces.
type actionNode struct {
	place
	value expr
	set   *variable
}

// branchNode is an if, with or range. Its place is the opening action.
type branchNode struct {
	place
	kind branchKind
	head expr
	// set are the variables the head declares or assigns: at most two, the second only in a range.
	set       []*variable
	body, alt []node
}

type branchKind uint8

const (
	ifBranch branchKind = iota + 1
	withBranch
	rangeBranch
)

// jumpNode is a break or, where next is set, a continue.
type jumpNode struct {
	place
	next bool
}

// expr is something with a value: one of the types below.
type expr interface{ extent() place }

// literal is a constant: string, int, float64, bool or nil.
type literal struct {
	place
	value any
}

// param is an argument of the macro or test, .name or $.name.
type param struct {
	place
	index int
}

// dot is the dot of a with or range.
type dot struct{ place }

// local is a variable's value.
type local struct {
	place
	*variable
}

// access reads a key of a map, and a key of what it found, and so on.
type access struct {
	place
	base expr
	path []string
}

// call calls a function or, where macro is set, a macro. What comes through a pipe is its last
// argument.
type call struct {
	place
	name  place
	fn    *function
	macro *macro
	args  []expr
}

// variable is one declaration of a $name.
type variable struct {
	name string
	slot int
	// again says that it is assigned after its declaration too, so that its value is not known
	// without running the template.
	again bool
	value abstract
}
