package template

import (
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// newLibrary gives the functions, macros and names that templates of a project can use. The macros
// are read by loadMacros.
func newLibrary(p *project.Project) (*library, diag.List) {
	s := &library{
		macros: make(map[string]*macro, len(p.Macros)),
		vars:   p.Vars,
		nodes:  make(map[string]bool, len(p.Models)+len(p.Seeds)),
	}
	for _, m := range p.Models {
		s.nodes[m.Name] = true
	}
	for _, seed := range p.Seeds {
		s.nodes[seed.Name] = true
	}
	var diags diag.List
	for _, m := range p.Macros {
		if why := reserved(m.Name); why != "" {
			at := m.NameSpan
			if at.IsZero() && m.File != nil {
				at = m.File.Span(0, 0)
			}
			diags.Errorf(diag.MacroName, at, "a macro cannot be called %q: that is %s", m.Name, why).
				Hintf("rename the file")
			continue
		}
		s.macros[m.Name] = &macro{Macro: m}
	}
	return s, diags
}

// macroOrigin gives a macro's body. White space around it is not part of the macro's text, so that
// a macro can be used inside a line and inside quotes; only after a comment the line break stays.
func macroOrigin(span source.Span) origin {
	from := newOrigin(span)
	trimmed := strings.TrimRight(from.body, spaces)
	if lastLine := trimmed[strings.LastIndexByte(trimmed, '\n')+1:]; strings.Contains(lastLine, "--") {
		trimmed = from.body[:min(len(trimmed)+1, len(from.body))]
	}
	from.body = strings.TrimLeft(trimmed, spaces)
	from.base += len(trimmed) - len(from.body)
	return from
}

// buildMacro reads the text of a macro; what it reads is found by summarise.
func (s *library) buildMacro(m *macro) diag.List {
	code, diags := s.build(macroOrigin(m.Body), m.Args, "macro "+quoted(m.Name))
	m.code, m.broken = code, code == nil
	if code != nil {
		code.isMacro = true
	}
	return diags
}

// summaries finds what macros read, callees first.
type summaries struct {
	set   *library
	state map[*macro]visit
	path  []*macro
	diags diag.List
}

type visit uint8

const (
	entered visit = iota + 1
	done
)

func (s *library) summarise() diag.List {
	w := &summaries{set: s, state: make(map[*macro]visit, len(s.macros))}
	for _, name := range slices.Sorted(maps.Keys(s.macros)) {
		w.visit(s.macros[name])
	}
	return w.diags
}

func (w *summaries) visit(m *macro) {
	w.state[m] = entered
	w.path = append(w.path, m)
	defer func() {
		w.path = w.path[:len(w.path)-1]
		w.state[m] = done
	}()
	if m.code == nil {
		return
	}
	for _, c := range m.code.macros {
		switch w.state[c.macro] {
		case entered:
			w.cycle(m, c)
		case done:
		default:
			w.visit(c.macro)
		}
		m.broken = m.broken || c.macro.broken
		m.macros = append(m.macros, c.macro.Name)
		m.macros = append(m.macros, c.macro.macros...)
	}
	m.macros = sorted(m.macros)
	if m.broken {
		return
	}
	found := analyse(m.code)
	m.summary = found.summary
	if found.overflow {
		m.broken = true
		w.diags.Errorf(diag.TemplateLimit, m.File.Span(0, 0), "macro %q reads more than %d names", m.Name, maxFacts).
			Hintf("divide it into several macros")
	}
	for i := range m.summary.facts {
		w.set.checkNames(&m.summary.facts[i], &w.diags)
	}
}

// cycle reports a call that leads back into a macro it comes from.
func (w *summaries) cycle(from *macro, c *call) {
	begin := slices.Index(w.path, c.macro)
	names := make([]string, 0, len(w.path)-begin+1)
	for _, m := range w.path[begin:] {
		m.broken = true
		names = append(names, m.Name)
	}
	names = append(names, c.macro.Name)
	w.diags.Errorf(diag.MacroRecursion, from.code.from.at(c.name), "macro %q calls itself: %s", c.macro.Name, strings.Join(names, " → ")).
		Hintf("a macro cannot be recursive: write a range, or divide it")
}

// checkNames looks at the constant names a fact holds: variables have to be declared, and secrets
// may not be read.
func (s *library) checkNames(f *fact, diags *diag.List) bool {
	ok := true
	if f.reads() != readsVar && f.reads() != readsEnvVar {
		return ok
	}
	for _, it := range f.args[0].items {
		if it.param > 0 {
			continue
		}
		if f.reads() == readsEnvVar {
			if isSecret(it.text) {
				diags.Errorf(diag.EnvVar, it.at, "%s", secretMessage(it.text)).Hintf("%s", secretHint)
				ok = false
			}
			continue
		}
		if _, declared := s.vars[it.text]; declared {
			continue
		}
		ok = false
		d := diags.Errorf(diag.UndeclaredVar, it.at, "variable %q is not declared", it.text)
		if d.Nearest(it.text, slices.Collect(maps.Keys(s.vars))); d.Hint == "" {
			d.Hintf("declare it under vars in quern.yml")
		}
	}
	return ok
}

// sorted gives names in order, without repetitions.
func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
