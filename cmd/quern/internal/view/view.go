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
	"sync"
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
	// LookupEnv may be nil, which means an empty environment.
	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	// Size makes both streams a terminal of that many columns and rows. Nil means that they are
	// asked themselves.
	Size func() (columns, rows int)
}

// maxDiagnostics is how many diagnostics are written as text before "n more".
const maxDiagnostics = 20

// View writes. Its methods may be called concurrently.
type View struct {
	opts    Options
	secrets *secrets
	glyphs  glyphs
	out     *screen
	err     *screen
	log     *logFile

	mu   sync.Mutex // guards the streams and live
	live *live
}

// New gives a View; Close writes what it still holds.
func New(opts Options) *View {
	v := &View{opts: opts, secrets: &secrets{}, glyphs: unicodeGlyphs}
	if opts.ascii() {
		v.glyphs = asciiGlyphs
	}
	v.out, v.err = newScreen(opts.Out, v.secrets, opts), newScreen(opts.Err, v.secrets, opts)
	return v
}

// Close writes what is still held back and closes the log.
func (v *View) Close() {
	v.print(v.err, "")
	v.print(v.out, "")
	v.log.close()
}

// IsJSON reports whether results are written as JSON.
func (v *View) IsJSON() bool { return v.opts.JSON }

// Terminal reports whether a person reads the result as it is written.
func (v *View) Terminal() bool { return v.out.tty && !v.opts.JSON }

// Mask keeps values out of everything that is written from now on.
func (v *View) Mask(secrets []string) { v.secrets.add(secrets) }

// Writers give stdout and stderr for libraries that write text of their own, such as help.
func (v *View) Writers() (out, err io.Writer) { return v.out.w, v.err.w }

// Result writes a line of the result.
func (v *View) Result(format string, args ...any) { v.print(v.out, fmt.Sprintf(format+"\n", args...)) }

// Object writes a value as the JSON result.
func (v *View) Object(value any) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	v.print(v.out, b.String())
	return nil
}

// Note writes a line of conversation, unless --quiet was asked for.
func (v *View) Note(format string, args ...any) {
	if !v.opts.Quiet {
		v.print(v.err, fmt.Sprintf(format+"\n", args...))
	}
}

// Detail writes a line of conversation where --verbose was asked for.
func (v *View) Detail(format string, args ...any) {
	if v.opts.Verbose {
		v.print(v.err, v.err.paint(dim, fmt.Sprintf(format, args...))+"\n")
	}
}

// Error writes trouble of the world and what to do about it.
func (v *View) Error(err error, hint string) {
	v.Diagnostics(diag.List{{Severity: diag.Error, Message: strings.TrimSpace(err.Error()), Hint: hint}})
}

// Diagnostics writes what is wrong to stderr: as text, at most 20 and "n more", or as one JSON
// object with all.
func (v *View) Diagnostics(list diag.List) {
	if len(list) == 0 {
		return
	}
	v.log.write("diagnostics", list)
	var b strings.Builder
	if v.opts.JSON {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(struct { // plain data in memory: this cannot fail
			Version     int       `json:"version"`
			Diagnostics diag.List `json:"diagnostics"`
		}{1, list})
	} else {
		_ = v.text(v.err, maxDiagnostics).Write(&b, list)
	}
	v.print(v.err, b.String())
}

// text says how a screen shows diagnostics.
func (v *View) text(s *screen, limit int) diag.Text {
	return diag.Text{
		Width: s.width(), Limit: limit, Color: s.color,
		ASCII: v.glyphs == asciiGlyphs, RuneWidth: runeWidth,
	}
}

// print writes text above the live lines.
func (v *View) print(s *screen, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	shared := v.live != nil && s.tty
	if shared {
		v.live.erase()
	}
	// Where a stream is closed or full there is nowhere left to say so.
	_, _ = io.WriteString(s.w, text)
	_ = s.w.Flush()
	if shared {
		v.live.draw()
	}
}
