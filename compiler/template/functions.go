package template

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// function is something a template can call by name. It never changes.
type function struct {
	name string
	// min and max bound the number of arguments; a negative max means no bound.
	min, max int
	// usage shows a call, for hints.
	usage string
	// reads says what the literal arguments name.
	reads reading
	// check looks at a call's constants; it may be nil.
	check func(*builder, *call)
	// eval gives the value. Short-circuiting functions have lazy instead, library functions have
	// neither but fn.
	eval func(*exec, *frame, *call, []any) (any, error)
	lazy func(*exec, *frame, *call) (any, error)
	fn   reflect.Value
	// cost bounds the bytes or steps a library function takes beyond the size of its arguments.
	cost func([]any) int
}

// reading says what a function reads.
type reading uint8

const (
	readsNothing reading = iota
	readsRef
	readsSource
	readsVar
	readsEnvVar
	readsThis
	readsIncremental
	readsRunTime
	readsBatch
)

// catalogue is every function, by name: Quern's own, text/template's, and the allowed ones of sprig.
var catalogue = sync.OnceValue(func() map[string]*function {
	out := map[string]*function{}
	addLibrary(out)
	for _, table := range [][]function{quernFunctions, builtins} {
		for _, f := range table {
			out[f.name] = &f
		}
	}
	return out
})

// keywords are the words of text/template that are no functions.
var keywords = []string{
	"block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with",
}

// laterFunctions belong to later versions.
var laterFunctions = []string{"explain", "predict"}

// reserved says why a macro may not have a name; "" where it may.
func reserved(name string) string {
	if slices.Contains(keywords, name) {
		return "a keyword of templates"
	}
	if slices.Contains(laterFunctions, name) || name == "call" {
		return "the name of a function"
	}
	for _, table := range [][]function{quernFunctions, builtins} {
		for _, f := range table {
			if f.name == name {
				return "the name of a function"
			}
		}
	}
	return ""
}

// library is what templates of one project can call and name.
type library struct {
	macros map[string]*macro
	vars   map[string]project.Var
	nodes  map[string]bool // models and seeds, for hints
}

// macro is a template function of the project.
type macro struct {
	*project.Macro
	code *code
	// broken says that the macro has errors, or calls one that has.
	broken  bool
	summary summary
	// macros are those it calls, also indirectly, sorted.
	macros []string
}

// minArgs gives the number of arguments a call needs at least.
func (m *macro) minArgs() int {
	n := 0
	for i, arg := range m.Args {
		if !arg.HasDefault {
			n = i + 1
		}
	}
	return n
}

func (m *macro) usage() string {
	var b strings.Builder
	b.WriteString(m.Name)
	for i, arg := range m.Args {
		b.WriteByte(' ')
		if i >= m.minArgs() {
			b.WriteString("[" + arg.Name + "]")
			continue
		}
		b.WriteString(arg.Name)
	}
	return b.String()
}

// resolve finds what a call calls and checks the number of its arguments.
func (b *builder) resolve(c *call) {
	name := b.text(c.name)
	if m, ok := b.set.macros[name]; ok {
		c.macro = m
		b.code.macros = append(b.code.macros, c)
		b.arity(c, m.minArgs(), len(m.Args), m.usage())
		return
	}
	f, ok := catalogue()[name]
	if !ok {
		b.unknown(c, name)
		return
	}
	c.fn = f
	if b.arity(c, f.min, f.max, f.usage) && f.check != nil {
		f.check(b, c)
	}
}

func (b *builder) arity(c *call, least, most int, usage string) bool {
	n := len(c.args)
	if n >= least && (most < 0 || n <= most) {
		return true
	}
	want := plural(least, "argument")
	switch {
	case most < 0:
		want = "at least " + want
	case most > least:
		want = number(least) + " to " + plural(most, "argument")
	case most == 0:
		want = "no arguments"
	}
	at := c.name
	if most >= 0 && n > most && c.args[most].extent().start > at.start {
		at = c.args[most].extent()
	}
	d := b.errorf(at, diag.WrongArity, "%q takes %s, not %d", b.text(c.name), want, n)
	if usage != "" {
		d.Hintf("write {{ %s }}", usage)
	}
	return false
}

func (b *builder) unknown(c *call, name string) {
	if slices.Contains(laterFunctions, name) || name == "call" {
		b.errorf(c.name, diag.NotInTemplates, "%q is not available in this version", name)
		return
	}
	d := b.errorf(c.name, diag.UnknownFunction, "unknown function or macro %q", name)
	if hint, ok := foreignFunctions[name]; ok {
		d.Hintf("%s", hint)
		return
	}
	if reason, ok := refusedFunctions[name]; ok {
		d.Hintf("%s", reason)
		return
	}
	if b.set.nodes[name] {
		d.Hintf("for the model write {{ ref %q }}", name)
		return
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(catalogue())), maps.Keys(b.set.macros))
	if d.Nearest(name, names); d.Hint == "" {
		d.Hintf("a macro is a file below macros/ that is called by its name; text is put in double quotes")
	}
}
