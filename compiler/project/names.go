package project

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// maxName is the length of the longest name, in bytes.
const maxName = 50

// candidateSuffix ends the names under which relations are built before they are published.
const candidateSuffix = "__candidate"

// validName reports whether a name is well formed; what is wrong with it is added to the list.
func (d *doc) validName(at source.Span, name, what string) bool {
	return checkName(&d.diags, at, name, what)
}

// validLabel reports whether a name is well formed that stands in no SQL: it may have hyphens too.
func (d *doc) validLabel(n *node, what string) bool {
	if isLabel(n.text) {
		return true
	}
	d.diags.Errorf(diag.InvalidName, d.text(n).Span, "%q cannot be the name of %s", n.text, what).
		Hintf("a name begins with a letter; letters, digits, _ and - follow, %d bytes in all", maxName)
	return false
}

// isLabel reports whether a name that stands in no SQL is well formed.
func isLabel(name string) bool {
	return len(name) <= maxName && wellFormed(strings.ReplaceAll(name, "-", "_"))
}

func checkName(diags *diag.List, at source.Span, name, what string) bool {
	switch {
	case len(name) > maxName:
		diags.Errorf(diag.InvalidName, at, "the name of %s has %d bytes, more than %d: %q", what, len(name), maxName, name).
			Hintf("choose a shorter name")
	case !wellFormed(name):
		e := diags.Errorf(diag.InvalidName, at, "%q cannot be the name of %s", name, what).
			Hintf("a name begins with a letter; letters, digits and _ follow")
		if better := mended(name); better != "" {
			e.Hintf("a name begins with a letter; letters, digits and _ follow: %q would do", better)
		}
	case strings.HasSuffix(strings.ToLower(name), candidateSuffix):
		diags.Errorf(diag.InvalidName, at, "%q cannot be the name of %s", name, what).
			Hintf("names that end in %s are kept for relations that are not published yet", candidateSuffix)
	default:
		return true
	}
	return false
}

func wellFormed(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

// mended gives a well-formed name that is like the written one, or "".
func mended(name string) string {
	better := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '.' {
			return '_'
		}
		return r
	}, name)
	if wellFormed(better) && better != name {
		return better
	}
	return ""
}

// registry knows which names are taken, ignoring case.
type registry struct {
	taken map[string]taken
}

type taken struct {
	name string
	what string // "model"
	at   source.Span
}

const builtInTest = "built-in test"

func newRegistry(size int) registry { return registry{taken: make(map[string]taken, size)} }

// claim takes a name and reports whether it was free; a name used twice is added to the list.
func (r registry) claim(diags *diag.List, name, what string, at source.Span) bool {
	key := strings.ToLower(name)
	first, twice := r.taken[key]
	if !twice {
		r.taken[key] = taken{name: name, what: what, at: at}
		return true
	}
	var e *diag.Diagnostic
	switch {
	case first.name != name && first.what == what:
		e = diags.Errorf(diag.DuplicateName, at, "the %ss %q and %q differ only in case", what, first.name, name)
	case first.name != name:
		e = diags.Errorf(diag.DuplicateName, at, "the %s %q and the %s %q differ only in case", first.what, first.name, what, name)
	case first.what != what:
		e = diags.Errorf(diag.DuplicateName, at, "a %s and a %s are both called %q", first.what, what, name)
	default:
		e = diags.Errorf(diag.DuplicateName, at, "two %ss are called %q", what, name)
	}
	if first.what == builtInTest {
		e.Hintf("give yours another name")
		return false
	}
	e.Hintf("rename one of them").Notef(first.at, "the first is here")
	return false
}
