package project

import "github.com/quernsql/quern/compiler/diag"

// maxEnvironment is how long the name of an environment may be, in bytes.
const maxEnvironment = 30

// NameOfEnvironment is the hint for names that an environment cannot have.
const NameOfEnvironment = "a name has letters, digits and _, begins with a letter, and has at most 30 bytes"

// IsEnvironment reports whether an environment may have a name.
func IsEnvironment(name string) bool { return wellFormed(name) && len(name) <= maxEnvironment }

// environment reads the name of the target's environment; the one of the command line wins over it, whatever it is.
func (r *targetReader) environment(d *doc, n *node) {
	name := r.fill(d, n, "env")
	if r.opts.Environment != "" || name == "" {
		return
	}
	if !IsEnvironment(name) {
		d.diags.Errorf(diag.InvalidValue, d.text(n).Span, "%q is no name of an environment", name).Hintf(NameOfEnvironment)
		return
	}
	r.target.Environment = name
}
