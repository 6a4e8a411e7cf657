package diag

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/source"
)

// Text writes diagnostics for people, with an excerpt of the source. The zero Text writes without
// colour, without end, and takes every character for one column wide.
type Text struct {
	// Width is the number of columns of the screen; lines are wrapped and excerpts cut to it. Zero
	// means that nothing is wrapped and that excerpts are cut to 160 columns.
	Width int
	// Limit is how many diagnostics are written before "n more". Zero means all.
	Limit int
	// Color marks parts with terminal colours.
	Color bool
	// ASCII keeps to ASCII in everything but the excerpts.
	ASCII bool
	// RuneWidth gives the columns a character takes. Nil means one for each.
	RuneWidth func(rune) int
}

// The excerpt's layout: five columns for the line number, then a bar.
const (
	gutterWidth  = 8
	excerptWidth = 160
	minimumWidth = 24
	tabWidth     = 4
)

// Write writes the list, sorted; more than Limit are counted only. Where it cannot write all, it
// prefers errors.
func (t Text) Write(w io.Writer, list List) error {
	list = list.Sorted()
	shown := list
	if t.Limit > 0 && len(list) > t.Limit {
		shown = preferErrors(list, t.Limit)
	}
	p := printer{Text: t}
	for i, d := range shown {
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.diagnostic(d)
	}
	if n := len(list) - len(shown); n > 0 {
		fmt.Fprintf(&p.b, "\n%d more; all of them are in the output of --output json\n", n)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// preferErrors gives n of the list: all errors if they fit, in the list's order.
func preferErrors(list List, n int) List {
	errors := 0
	for _, d := range list {
		if d.Severity == Error {
			errors++
		}
	}
	errors = min(errors, n)
	warnings := n - errors
	out := make(List, 0, n)
	for _, d := range list {
		left := &warnings
		if d.Severity == Error {
			left = &errors
		}
		if *left > 0 {
			*left--
			out = append(out, d)
		}
	}
	return out
}

// printer collects the text of diagnostics.
type printer struct {
	Text
	b strings.Builder
}

func (p *printer) diagnostic(d *Diagnostic) {
	mark := d.Severity.style()
	header := d.Severity.String()
	if d.Code != "" {
		header += "[" + string(d.Code) + "]"
	}
	p.paragraph(p.paint(mark, header)+": ", len(header)+2, d.Message, styleBold)
	label, hint := d.Label, d.Hint
	if !d.Span.IsZero() {
		if label == "" && !strings.Contains(hint, "\n") {
			label, hint = hint, ""
		}
		if rest := p.place(d.Span, label, mark); rest != "" && d.Label == "" {
			hint = rest
		} else if rest != "" {
			p.fact("", rest)
		}
	}
	if hint != "" {
		p.fact("hint", hint)
	}
	for _, n := range d.Notes {
		p.fact("note", n.Message)
		if !n.Span.IsZero() {
			p.place(n.Span, "", styleNote)
		}
	}
}

// fact writes a line `  = hint: text`.
func (p *printer) fact(word, text string) {
	head, width := "  "+p.paint(styleDim, "="), 4
	if word != "" {
		head, width = head+" "+p.paint(styleBold, word+":"), width+len(word)+1
	} else {
		width--
	}
	p.paragraph(head+" ", width+1, text, styleNone)
}

// paragraph writes text after a head of the given width; its other lines are indented.
func (p *printer) paragraph(head string, width int, text string, s style) {
	indent := min(width, 10)
	if s == styleBold {
		indent = 2
	}
	first := true
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, part := range p.wrap(p.clean(line), width, indent) {
			if !first {
				head = strings.Repeat(" ", indent)
			}
			p.b.WriteString(head + p.paint(s, part) + "\n")
			first = false
		}
		width = indent
	}
}

// wrap breaks a line at spaces so that it fits the screen after the given width, its later parts
// after indent. A word that is too long stays whole.
func (p *printer) wrap(line string, width, indent int) []string {
	if p.Width == 0 {
		return []string{line}
	}
	limit := max(p.Width, minimumWidth)
	var parts []string
	for p.columns(line)+width > limit {
		at := p.breakAt(line, limit-width)
		if at < 0 {
			break
		}
		parts = append(parts, strings.TrimRight(line[:at], " "))
		line = strings.TrimLeft(line[at:], " ")
		width = indent
	}
	return append(parts, line)
}

// breakAt gives the offset of the last space within the first columns, or of the first one where
// the first word is longer; -1 where there is none.
func (p *printer) breakAt(line string, columns int) int {
	at, used := -1, 0
	for i, r := range line {
		if r == ' ' && i > 0 && (used <= columns || at < 0) {
			at = i
		}
		if used += p.runeWidth(r); used > columns && at >= 0 {
			break
		}
	}
	return at
}

// columns gives the width of a text on the screen.
func (p *printer) columns(text string) int {
	n := 0
	for _, r := range text {
		n += p.runeWidth(r)
	}
	return n
}

func (t Text) runeWidth(r rune) int {
	if t.RuneWidth == nil {
		return 1
	}
	return t.RuneWidth(r)
}

// place writes where a span is and its excerpt. It gives the label back where it did not fit.
func (p *printer) place(span source.Span, label string, mark style) (rest string) {
	pos := span.Position()
	where := fmt.Sprintf("%s:%d:%d", p.clean(span.Path()), pos.Line, pos.Column)
	p.b.WriteString("  " + p.paint(stylePath, where) + "\n")
	lines := spanLines(span)
	for i, l := range lines {
		if i > 0 && l.number > lines[i-1].number+1 {
			p.b.WriteString(p.paint(styleDim, fmt.Sprintf("%5s %s", p.ellipsis(), p.bar())) + "\n")
		}
		text := ""
		if i == len(lines)-1 {
			text = label
		}
		rest = p.excerpt(l, text, mark)
	}
	return rest
}

// marked is a line of an excerpt and the bytes of it that are marked.
type marked struct {
	number     int
	text       string
	start, end int
}

// spanLines gives the first line of a span and, where it is another one, the last.
func spanLines(span source.Span) []marked {
	file, start := span.File, span.Start
	end := start + len(strings.TrimRight(span.Text(), " \t\r\n"))
	first, last := file.Position(start).Line, file.Position(end).Line
	line := func(n int) marked {
		text := file.Line(n)
		begin := file.Offset(source.Position{Line: n, Column: 1})
		m := marked{number: n, text: text, start: max(start-begin, 0), end: min(max(end-begin, 0), len(text))}
		m.start = min(m.start, len(text))
		if n > first {
			m.start = len(text) - len(strings.TrimLeft(text, " \t"))
		}
		return m
	}
	if first == last {
		return []marked{line(first)}
	}
	out := []marked{line(first), line(last)}
	return slices.DeleteFunc(out, func(m marked) bool { return m.number == last && m.start >= m.end })
}
