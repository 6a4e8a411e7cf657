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
	u.code = code
	for _, c := range code.macros {
		u.broken = u.broken || c.macro.broken
		u.Macros = append(append(u.Macros, c.macro.Name), c.macro.macros...)
	}
	u.Macros = sorted(u.Macros)
	if u.broken {
		return diags // what is wrong is reported at the macro
	}

	found := analyse(code, "")
	u.This, u.Incremental, u.RunTime = found.this, found.incremental, found.runTime
	if found.overflow {
		diags.Errorf(diag.TemplateLimit, u.Span, "%s reads more than %d names", where, maxFacts).
			Hintf("divide it into several")
	}
	if len(params) > 0 {
		u.facts = found.facts
	}
	r := reader{set: s, file: u.Span.File, open: u.open(), diags: &diags}
	for i := range found.facts {
		r.read(&found.facts[i], found.calls[i])
	}
	r.into(&u.Reads)
	u.broken = diags.HasErrors()
	return diags
}

// open reports whether the unit may read what is computed, because it lists what that can be.
func (u *Unit) open() bool { return len(u.depends) > 0 }

// mayRead reports whether a ref was found without rendering, or is listed under depends_on.
func (u *Unit) mayRead(name string) bool {
	for i := range u.Refs {
		if u.Refs[i].Name == name {
			return true
		}
	}
	return u.listed(name)
}

func (u *Unit) mayReadSource(name, table string) bool {
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
	// file is the one that is rendered, or the one that uses a test.
	file *source.File
	// outer is the place of a test's use; it stands for what is read inside the test.
	outer source.Span
	open  bool
	Reads
	diags *diag.List
}

// read adds a fact. The call is the macro's that leads to it, where there is one.
func (r *reader) read(f *fact, through source.Span) {
	for _, names := range f.args {
		if !names.known || names.list {
			r.computed(f, through)
			return
		}
	}
	if !r.set.checkNames(f, r.diags) {
		return
	}
	if through.IsZero() {
		through = r.outer
	}
	for _, first := range f.args[0].items {
		if first.param > 0 {
			continue
		}
		switch f.reads {
		case readsRef:
			span, in := r.place(first.at, f.at, through)
			r.Refs = append(r.Refs, Ref{Name: first.text, Span: span, In: in})
		case readsVar:
			r.Vars = append(r.Vars, first.text)
		case readsEnvVar:
			r.EnvVars = append(r.EnvVars, first.text)
		case readsSource:
			r.source(f, first, through)
		}
	}
}

func (r *reader) source(f *fact, name item, through source.Span) {
	for _, table := range f.args[1].items {
		if table.param > 0 {
			continue
		}
		span, in := r.place(table.at, f.at, through)
		if span.File != nil && span.File == name.at.File && name.at.Start < span.Start {
			span.Start = name.at.Start // both names
		}
		r.Sources = append(r.Sources, SourceRef{Source: name.text, Table: table.text, Span: span, In: in})
	}
}

// place gives the place of a name in the file that is rendered, and where it was read in a macro.
func (r *reader) place(name, reads, through source.Span) (span, in source.Span) {
	switch {
	case through.IsZero():
		return name, source.Span{}
	case name.File == r.file:
		return name, reads
	default:
		return through, name
	}
}

// computed reports a name that is not known without running the template.
func (r *reader) computed(f *fact, through source.Span) {
	at, inMacro := f.at, !through.IsZero()
	if inMacro {
		at = through
	}
	if !r.outer.IsZero() {
		at = r.outer
	}
	switch f.reads {
	case readsVar, readsEnvVar:
		d := r.diags.Errorf(diag.ComputedRef, at, "%q needs a name that is known without running the template", f.fn).
			Hintf("write the name in double quotes")
		r.note(d, f, inMacro)
		return
	}
	if r.open {
		return
	}
	d := r.diags.Errorf(diag.ComputedRef, at, "%q needs a name that is known without running the template", f.fn).
		Hintf("write the name in double quotes, or list every name it can be under depends_on")
	r.note(d, f, inMacro)
}

func (r *reader) note(d *diag.Diagnostic, f *fact, inMacro bool) {
	switch {
	case inMacro && f.in != "":
		d.Notef(f.at, "the name is computed here, in macro %q", f.in)
	case !r.outer.IsZero():
		d.Notef(f.at, "the name is computed here, in the test")
	}
}

// into hands over what was read, in the order of the text.
func (r *reader) into(to *Reads) {
	slices.SortStableFunc(r.Refs, func(a, b Ref) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	slices.SortStableFunc(r.Sources, func(a, b SourceRef) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	to.Refs, to.Sources = r.Refs, r.Sources
	to.Vars, to.EnvVars = sorted(r.Vars), sorted(r.EnvVars)
}
