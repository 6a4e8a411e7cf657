package template

import (
	"cmp"
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// newUnit reads a template that is rendered by itself.
func (s *library) newUnit(u *Unit, from origin, params []project.Argument, where string) diag.List {
	code, diags := s.build(from, params, where)
	if code == nil {
		u.broken = true
		return diags
	}
	u.parsed = true
	if !u.model {
		u.code = code
	}
	for _, c := range code.macros {
		u.broken = u.broken || c.macro.broken
		u.Macros = append(append(u.Macros, c.macro.Name), c.macro.macros...)
	}
	u.Macros = sorted(u.Macros)
	if u.broken {
		return diags // what is wrong is reported at the macro
	}

	found := analyse(code)
	u.This, u.Incremental, u.RunTime, u.Batch = found.this, found.incremental, found.runTime, found.batch
	if len(params) > 0 {
		u.facts = found.facts
	}
	r := reader{set: s, file: u.Span.File, from: &code.from, model: u.model, open: len(u.depends) > 0, diags: &diags}
	for i := range found.facts {
		r.read(&found.facts[i], found.through[i])
	}
	if found.overflow || r.overflow {
		diags.Errorf(diag.TemplateLimit, u.Span, "%s reads more than %d names", where, maxFacts).
			Hintf("divide it into several")
	}
	r.into(&u.Reads)
	u.index()
	u.broken = diags.HasErrors()
	return diags
}

// index prepares mayRead for a unit that reads many names; few are found without.
func (u *Unit) index() {
	if len(u.Refs)+len(u.Sources) < 64 {
		return
	}
	u.known = make(map[[2]string]bool, len(u.Refs)+len(u.Sources))
	for _, ref := range u.Refs {
		u.known[[2]string{ref.Name}] = true
	}
	for _, ref := range u.Sources {
		u.known[[2]string{ref.Source, ref.Table}] = true
	}
}

// mayRead reports whether a ref was found without rendering, or is listed under depends_on.
func (u *Unit) mayRead(name string) bool {
	if u.known != nil {
		return u.known[[2]string{name}] || u.listed(name)
	}
	for i := range u.Refs {
		if u.Refs[i].Name == name {
			return true
		}
	}
	return u.listed(name)
}

func (u *Unit) mayReadSource(name, table string) bool {
	if u.known != nil {
		return u.known[[2]string{name, table}] || u.listed(name+"."+table)
	}
	for i := range u.Sources {
		if u.Sources[i].Source == name && u.Sources[i].Table == table {
			return true
		}
	}
	return u.listed(name + "." + table)
}

func (u *Unit) listed(name string) bool {
	return slices.ContainsFunc(u.depends, func(r project.Reference) bool { return r.Name == name })
}

// reader turns facts whose names are all known into what a unit reads.
type reader struct {
	set *library
	// file is the one that is rendered, or the one that uses a test; from is the text of the unit.
	file *source.File
	from *origin
	// outer is the place of a test's use; it stands for what is read inside the test.
	outer source.Span
	// model says that depends_on can name what is read, open that it does.
	model, open bool
	// overflow says that some names were left out, because they are too many.
	overflow bool
	Reads
	diags *diag.List
}

// read adds a fact. The call is the macro's that leads to it, where there is one.
func (r *reader) read(f *fact, through *call) {
	outer := r.outer
	if outer.IsZero() && through != nil {
		outer = r.from.at(through.place)
	}
	for _, names := range f.args {
		if !names.known || names.list {
			r.computed(f, outer)
			return
		}
	}
	if !r.set.checkNames(f, r.diags) {
		return
	}
	for _, first := range f.args[0].items {
		if r.full() {
			return
		}
		if first.param > 0 {
			continue
		}
		switch f.reads() {
		case readsRef:
			span, in := r.place(first.at, f, outer)
			r.Refs = append(r.Refs, Ref{Name: first.text, Span: span, In: in})
		case readsVar:
			r.Vars = append(r.Vars, first.text)
		case readsEnvVar:
			r.EnvVars = append(r.EnvVars, first.text)
		case readsSource:
			r.source(f, first, outer)
		default:
		}
	}
}

// full reports whether no more names can be taken.
func (r *reader) full() bool {
	r.overflow = r.overflow || len(r.Refs)+len(r.Sources) >= maxFacts
	return r.overflow
}

func (r *reader) source(f *fact, name item, outer source.Span) {
	for _, table := range f.args[1].items {
		if r.full() {
			return
		}
		if table.param > 0 {
			continue
		}
		span, in := r.place(table.at, f, outer)
		if span.File != nil && span.File == name.at.File && name.at.Start < span.Start {
			span.Start = name.at.Start // both names
		}
		r.Sources = append(r.Sources, SourceRef{Source: name.text, Table: table.text, Span: span, In: in})
	}
}

// place gives the place of a name in the file that is rendered, and where it was read in a macro.
func (r *reader) place(name source.Span, f *fact, outer source.Span) (span, in source.Span) {
	switch {
	case outer.IsZero():
		return name, source.Span{}
	case name.File == r.file:
		return name, f.at()
	default:
		return outer, name
	}
}

// computed reports a name that is not known without running the template.
func (r *reader) computed(f *fact, outer source.Span) {
	isNode := f.reads() == readsRef || f.reads() == readsSource
	if isNode && r.open {
		return
	}
	at := f.at()
	if !outer.IsZero() {
		at = outer
	}
	d := r.diags.Errorf(diag.ComputedRef, at, "%q needs a name that is known without running the template", f.call.fn.name).
		Hintf("write the name in double quotes")
	if isNode && r.model {
		d.Hint += ", or list every name it can be under depends_on"
	}
	if !outer.IsZero() {
		d.Notef(f.at(), "the name is computed here")
	}
}

// into hands over what was read, in the order of the text.
func (r *reader) into(to *Reads) {
	slices.SortStableFunc(r.Refs, func(a, b Ref) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	slices.SortStableFunc(r.Sources, func(a, b SourceRef) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	to.Refs, to.Sources = r.Refs, r.Sources
	to.Vars, to.EnvVars = sorted(r.Vars), sorted(r.EnvVars)
}
