package template

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// TestReads gives what a use of a generic test reads, its arguments being known, and checks that the
// arguments are those the test has. A name that comes from an argument has its place there; what the
// test reads by itself has the place of the use.
func (t *Parsed) TestReads(u *Unit, use *project.TestUse) (Reads, diag.List) {
	var diags diag.List
	if u.generic == nil || !checkUse(u.generic, use, &diags) || u.broken {
		return Reads{}, diags
	}
	if len(u.facts) == 0 && use.Test != "expression" { // nearly all tests
		return Reads{Macros: u.Macros, This: u.This, Incremental: u.Incremental, RunTime: u.RunTime, Batch: u.Batch}, diags
	}
	args := defaults(u.generic.Args)
	var inner []*Unit
	for _, arg := range use.Args {
		at := arg.Span
		if !arg.Text.Span.IsZero() {
			at = arg.Text.Span
		}
		for i, p := range u.generic.Args {
			if p.Name == arg.Name {
				args[i] = ofValue(arg.Value, at)
			}
		}
		if use.Test == "expression" && arg.Name == "expression" && strings.Contains(arg.Text.Value, "{{") {
			unit, found := t.ParseText(u.Name, arg.Text)
			diags = append(diags, found...)
			inner = append(inner, unit)
		}
	}

	r := reader{set: t.library(), file: use.Span.File, outer: use.Span, diags: &diags}
	for i := range u.facts {
		f := u.facts[i].with(args)
		r.read(&f, nil)
	}
	r.This, r.Incremental, r.RunTime, r.Batch = u.This, u.Incremental, u.RunTime, u.Batch
	r.Macros = append(r.Macros, u.Macros...)
	for _, unit := range inner {
		r.merge(&unit.Reads)
	}
	if r.overflow {
		diags.Errorf(diag.TemplateLimit, use.Span, "test %q reads more than %d names", use.Test, maxFacts).
			Hintf("divide it into several")
	}
	var reads Reads
	r.into(&reads)
	reads.Macros = sorted(r.Macros)
	reads.This, reads.Incremental, reads.RunTime, reads.Batch = r.This, r.Incremental, r.RunTime, r.Batch
	return reads, diags
}

func (r *reader) merge(from *Reads) {
	r.Refs = append(r.Refs, from.Refs...)
	r.Sources = append(r.Sources, from.Sources...)
	r.Vars = append(r.Vars, from.Vars...)
	r.EnvVars = append(r.EnvVars, from.EnvVars...)
	r.Macros = append(r.Macros, from.Macros...)
	r.This = r.This || from.This
	r.Incremental = r.Incremental || from.Incremental
	r.RunTime = r.RunTime || from.RunTime
	r.Batch = r.Batch || from.Batch
}

// checkUse refuses arguments a test does not have, and a use without those it needs.
func checkUse(test *project.GenericTest, use *project.TestUse, diags *diag.List) bool {
	before := len(*diags)
	if use.Column != "" && !hasParam(test, "column") {
		diags.Errorf(diag.TestArgument, use.Span, "test %q looks at a whole relation, not at a column", use.Test).
			Hintf("move it to the tests of the relation")
	}
	for i := range use.Args {
		if arg := &use.Args[i]; arg.Name == "model" || !hasParam(test, arg.Name) {
			unknownArgument(test, arg, diags)
		}
	}
	for _, p := range test.Args {
		switch {
		case p.HasDefault || p.Name == "model" || p.Name == "column" && use.Column != "" || isGiven(use, p.Name):
		case p.Name == "column":
			diags.Errorf(diag.TestArgument, use.Span, "test %q needs a column", use.Test).
				Hintf("move it to the tests of a column")
		default:
			diags.Errorf(diag.TestArgument, use.Span, "test %q needs the argument %q", use.Test, p.Name).
				Hintf("write {%s: {%s: …}}", use.Test, p.Name)
		}
	}
	return len(*diags) == before
}

func unknownArgument(test *project.GenericTest, arg *project.ArgValue, diags *diag.List) {
	var names []string
	for _, p := range test.Args {
		if p.Name != "model" {
			names = append(names, p.Name)
		}
	}
	d := diags.Errorf(diag.TestArgument, arg.Span, "test %q has no argument %q", test.Name, arg.Name)
	if d.Nearest(arg.Name, names); d.Hint == "" && len(names) > 0 {
		d.Hintf("it has %s", quotedList(names))
	}
}

func hasParam(test *project.GenericTest, name string) bool {
	for i := range test.Args {
		if test.Args[i].Name == name {
			return true
		}
	}
	return false
}

func isGiven(use *project.TestUse, name string) bool {
	for i := range use.Args {
		if use.Args[i].Name == name {
			return true
		}
	}
	return false
}
