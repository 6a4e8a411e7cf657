package template

import (
	"slices"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// abstract is what is known of a value without running the template: the texts it can be, or that
// its elements can be. The zero value is one that is not known.
type abstract struct {
	known bool
	list  bool
	items []item
}

// item is one text a value can be: a constant, or what an argument of the macro turns out to be.
type item struct {
	text string
	at   source.Span // of the constant
	// param is one more than the index of the argument; elem means one of its elements.
	param int
	elem  bool
}

func constantText(text string, at source.Span) abstract {
	return abstract{known: true, items: []item{{text: text, at: at}}}
}

func argument(index int) abstract {
	return abstract{known: true, items: []item{{param: index + 1}}}
}

// elements gives what a range over a value sees.
func (a abstract) elements() abstract {
	if !a.known || a.list {
		return abstract{known: a.known, items: a.items}
	}
	out := abstract{known: true}
	for _, it := range a.items {
		if it.param == 0 || it.elem {
			return abstract{}
		}
		it.elem = true
		out.items = append(out.items, it)
	}
	return out
}

// listOf gives a list of values.
func listOf(values []abstract) abstract {
	out := abstract{known: true, list: true}
	for _, v := range values {
		if !v.known || v.list {
			return abstract{}
		}
		out.items = append(out.items, v.items...)
	}
	return out
}

// with puts the arguments of a call in the place of a macro's parameters.
func (a abstract) with(args []abstract) abstract {
	if !slices.ContainsFunc(a.items, func(it item) bool { return it.param > 0 }) {
		return a
	}
	out := abstract{known: true, list: a.list}
	for _, it := range a.items {
		if it.param == 0 {
			out.items = append(out.items, it)
			continue
		}
		value := args[it.param-1]
		if it.elem {
			value = value.elements()
		}
		switch {
		case !value.known:
			return abstract{}
		case !value.list:
			out.items = append(out.items, value.items...)
		case a.list || len(a.items) > 1:
			return abstract{} // a list among texts
		default:
			return value
		}
	}
	return out
}

// ofValue gives what is known of a value from YAML.
func ofValue(value any, at source.Span) abstract {
	switch v := value.(type) {
	case string:
		return constantText(v, at)
	case []any:
		items := make([]abstract, len(v))
		for i, elem := range v {
			items[i] = ofValue(elem, at)
		}
		return listOf(items)
	}
	return abstract{}
}

// defaults gives what is known of the arguments a call leaves out.
func defaults(params []project.Argument) []abstract {
	out := make([]abstract, len(params))
	for i, p := range params {
		if p.HasDefault {
			out[i] = ofValue(p.Default, p.Span)
		}
	}
	return out
}

// fact is one thing a template reads, as far as it is known.
type fact struct {
	// call is the innermost call, the one of ref, source, var or env_var, and code the template or
	// macro it stands in.
	call *call
	code *code
	// args are the names: one, or two for a source.
	args []abstract
}

func (f *fact) reads() reading { return f.call.fn.reads }

// at gives the place of the innermost call.
func (f *fact) at() source.Span { return f.code.from.at(f.call.place) }

// with gives a fact of a macro for one call of it.
func (f *fact) with(args []abstract) fact {
	out := fact{call: f.call, code: f.code, args: make([]abstract, len(f.args))}
	for i, a := range f.args {
		out.args[i] = a.with(args)
	}
	return out
}

func (f *fact) same(g *fact) bool {
	return f.call == g.call && slices.EqualFunc(f.args, g.args, func(a, b abstract) bool {
		return a.known == b.known && a.list == b.list && slices.Equal(a.items, b.items)
	})
}
