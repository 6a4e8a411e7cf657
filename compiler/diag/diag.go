// Package diag holds what a user did wrong: diagnostics with a code, a place and a hint.
//
// Stages collect them in a List and go on; printers turn a sorted List into text or JSON. Trouble
// of the world (a disk, a network, a cancelled run) is an error and no diagnostic.
package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quernsql/quern/compiler/source"
)

// Severity says how bad a diagnostic is.
type Severity uint8

// The severities. Warnings can be re-levelled by code, errors cannot.
const (
	Error Severity = iota + 1
	Warning
)

// String gives "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Code names a kind of diagnostic; it never changes its meaning.
type Code string

// Diagnostic is one thing that is wrong, with its place and what to do.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Message  string
	Span     source.Span
	// Hint says what to do; it may be empty.
	Hint string
	// Label stands right under the marked text; it may be empty.
	Label string
	Notes []Note
}

// Note adds a second place or a fact to a diagnostic. Its Span may be zero.
type Note struct {
	Message string
	Span    source.Span
}

// Hintf sets the hint and gives the diagnostic back.
func (d *Diagnostic) Hintf(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// Hinted sets the hint, unless it is empty, and gives the diagnostic back.
func (d *Diagnostic) Hinted(hint string) *Diagnostic {
	if hint != "" {
		d.Hint = hint
	}
	return d
}

// Notef adds a note and gives the diagnostic back.
func (d *Diagnostic) Notef(span source.Span, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Message: fmt.Sprintf(format, args...), Span: span})
	return d
}

// Nearest sets the hint `did you mean "x"?` where one of the names is near the one that was
// written, and leaves the diagnostic as it is where none is.
func (d *Diagnostic) Nearest(written string, names []string) *Diagnostic {
	if near := Nearest(written, names); near != "" {
		return d.Hintf("did you mean %q?", near)
	}
	return d
}

// List collects diagnostics. It is not safe for concurrent use: give each worker its own.
type List []*Diagnostic

// Errorf adds an error and gives it back, so that a hint and notes can follow.
func (l *List) Errorf(code Code, span source.Span, format string, args ...any) *Diagnostic {
	return l.add(Error, code, span, format, args...)
}

// Warnf adds a warning and gives it back.
func (l *List) Warnf(code Code, span source.Span, format string, args ...any) *Diagnostic {
	return l.add(Warning, code, span, format, args...)
}

func (l *List) add(s Severity, code Code, span source.Span, format string, args ...any) *Diagnostic {
	d := &Diagnostic{Code: code, Severity: s, Message: fmt.Sprintf(format, args...), Span: span}
	*l = append(*l, d)
	return d
}

// HasErrors reports whether one of the diagnostics is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Sorted gives the list by file, offset, code and message, without repetitions.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, func(a, b *Diagnostic) bool { return compare(a, b) == 0 })
}

func compare(a, b *Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Span.Path(), b.Span.Path()),
		cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
	)
}
