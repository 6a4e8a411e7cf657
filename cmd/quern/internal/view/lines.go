package view

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
)

// The columns of a node's line: mark, kind, name, rows, time, note.
const (
	rowsWidth = 12
	timeWidth = 7
	// noteWidth is what is kept free for the note at the end of a line, minNote the narrowest a note
	// is cut to.
	noteWidth, minNote = 11, 20
	// roomForRows is the width from which on the number of rows is shown.
	roomForRows = 64
	// Names narrower or wider than these are cut, or stand out of line.
	minName, maxName = 12, 60
)

// recapAfter is how many lines may follow a failure before the end names it again.
const recapAfter = 15

// nameColumn gives the width of the name on a screen.
func (r *report) nameColumn(s *screen) int {
	width := s.width()
	if width == 0 {
		return r.nameWidth
	}
	room := width - 2 - r.kindWidth - 2 - 2 - timeWidth
	if width >= roomForRows {
		room -= 2 + rowsWidth + noteWidth
	}
	return min(r.nameWidth, max(room, minName))
}

// nodeLine are the columns of a node's line, but the note.
type nodeLine struct {
	mark, kind, name, rows, seconds string
}

// head puts the first columns together, the name in so many columns.
func (r *report) head(s *screen, l nodeLine, width int) string {
	if s.tty {
		l.name = r.v.glyphs.cut(l.name, width)
	}
	return l.mark + " " + s.paint(dim, padRight(l.kind, r.kindWidth)) + "  " + padRight(l.name, width)
}

// line puts all columns together.
func (r *report) line(s *screen, l nodeLine) string {
	width, rows := r.nameColumn(s), ""
	if s.width() == 0 || s.width() >= roomForRows {
		if l.rows == "" { // the name may take its place
			width += 2 + rowsWidth
		} else {
			rows = "  " + padLeft(l.rows, rowsWidth)
		}
	}
	return r.head(s, l, width) + rows + "  " + s.paint(dim, padLeft(l.seconds, timeWidth))
}

// node shows how a step ended.
func (r *report) node(s *run.StepResult) {
	out := r.v.out
	line, note := r.stepLine(out, s)
	r.lines++
	if s.Status == run.Failed {
		r.failures = append(r.failures, r.failure(s))
		if len(r.failures) == 1 {
			r.lines = 0
		}
	}
	calm := (s.Status == run.Success || s.Status == run.Unchanged) && !warned(s)
	if r.v.opts.Quiet && (calm || s.Status == run.Skipped) || s.Status == run.Unchanged && nothingRan(s) {
		return
	}
	lines := []string{line}
	if note != "" && s.Diagnostic == nil { // a diagnostic says it all below
		lines = append(lines, "      "+note)
	}
	for i := range s.Tests {
		lines = append(lines, r.test(s, &s.Tests[i])...)
	}
	if s.Status == run.Failed && s.Kept.Identifier != "" {
		lines = append(lines, fmt.Sprintf("    %s %s %s", clean(s.Relation.String()), r.kept(s), clean(s.Kept.String())))
	}
	r.v.print(out, strings.Join(lines, "\n")+"\n")
	r.diagnostics(s)
}

// kept says in words what readers see after a step failed, and what its candidate holds. A view shows
// what its tables hold now, so only its query is what it was.
func (r *report) kept(s *run.StepResult) string {
	step := r.steps[s.ID]
	created := step != nil && step.Action == plan.Create
	switch view := s.Kind == link.Model && s.Materialized == project.View; {
	case created && view:
		return "is not published; its query is in"
	case created:
		return "is not published; its rows are in"
	case view && step != nil && step.Former != nil && step.Former.Code == step.Code.Digest:
		return "has the same query as before, and so shows what it reads as that is now, as does"
	case view:
		return "keeps its old query; the new one is"
	default:
		return "is as it was before; the new rows are in"
	}
}

// stepLine gives the line of a step, and the note where the screen is too narrow for it.
func (r *report) stepLine(out *screen, s *run.StepResult) (line, left string) {
	mark, note := r.ending(s)
	name := clean(s.Relation.String())
	if name == "" {
		name = s.ID.Name()
	}
	parts := nodeLine{
		mark: mark, kind: kindWord(s.Kind, s.Materialized), name: r.v.secrets.maskText(name), seconds: duration(s.Seconds),
	}
	used := 2 + r.kindWidth + 2 + r.nameColumn(out)
	if s.Status == run.Skipped || s.Status == run.Cancelled {
		line = r.head(out, parts, r.nameColumn(out))
	} else {
		if s.Rows >= 0 && s.Kind != link.Test && (s.Status == run.Success || s.Rows > 0) {
			parts.rows = count(s.Rows, "row")
		}
		line = r.line(out, parts)
		used += 2 + timeWidth
		if out.width() >= roomForRows {
			used += 2 + rowsWidth
		}
	}
	if note == "" {
		return strings.TrimRight(line, " "), ""
	}
	room := out.width() - used - 3
	switch {
	case out.width() == 0 || columns(note) <= room:
		return line + "   " + note, ""
	case room >= minNote:
		return line + "   " + r.v.glyphs.cut(note, room), ""
	case s.Status == run.Skipped || s.Status == run.Cancelled || s.Kind == link.Test:
		return strings.TrimRight(line, " "), note
	default: // what the note says is told below, or calm
		return strings.TrimRight(line, " "), ""
	}
}

// ending gives the mark and the note of a step's line.
func (r *report) ending(s *run.StepResult) (mark, note string) {
	out, g := r.v.out, r.v.glyphs
	switch s.Status {
	case run.Skipped:
		return out.paint(dim, g.skip), "skipped: " + strings.TrimPrefix(clean(s.Reason), "skipped: ")
	case run.Cancelled:
		return out.paint(yellow, g.skip), "interrupted"
	case run.Failed:
		return out.paint(red, g.fail), r.failureNote(s)
	default: // it succeeded
	}
	mark = out.paint(green, g.ok)
	if warned(s) {
		mark = out.paint(yellow, g.warn)
	}
	switch {
	case s.Status == run.Unchanged && s.Kind != link.Test:
		return mark, "unchanged, " + testsNote(s.Tests)
	case s.Kind == link.Test && warned(s):
		return mark, found(&s.Tests[0])
	case s.Kind == link.Test:
		return mark, ""
	case r.o.NoTests:
		return mark, both(s.Note, "unaudited")
	default:
		return mark, both(s.Note, testsNote(s.Tests))
	}
}

// both puts two notes into one; each may be empty.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// nothingRan reports whether no test of a step ran.
func nothingRan(s *run.StepResult) bool {
	for _, t := range s.Tests {
		if t.Status != run.Unchanged {
			return false
		}
	}
	return true
}

func warned(s *run.StepResult) bool {
	if len(s.Warnings) > 0 {
		return true
	}
	for _, t := range s.Tests {
		if t.Status != run.Pass && t.Status != run.Unchanged {
			return true
		}
	}
	return false
}

// testsNote counts a step's tests in words.
func testsNote(tests []run.TestResult) string {
	n := make(map[run.Status]int)
	for _, t := range tests {
		n[t.Status]++
	}
	ran := len(tests) - n[run.Unchanged]
	if ran == 0 {
		return ""
	}
	note := count(int64(ran), "test")
	for _, c := range []struct {
		status run.Status
		word   string
	}{{run.Warn, "warned"}, {run.Fail, "failed"}, {run.TestError, "could not run"}, {run.Skipped, "skipped"}} {
		if n[c.status] > 0 {
			note += fmt.Sprintf(", %d %s", n[c.status], c.word)
		}
	}
	return note
}

// failureNote says in a few words why a step failed.
func (r *report) failureNote(s *run.StepResult) string {
	switch {
	case s.Diagnostic != nil:
		message, _, _ := strings.Cut(s.Diagnostic.Message, "\n")
		return clean(message)
	case s.Kind == link.Test && len(s.Tests) == 1:
		return found(&s.Tests[0])
	case warned(s):
		return testsNote(s.Tests)
	default:
		return clean(s.Reason)
	}
}

// diagnostics shows the errors of a step and of its tests.
func (r *report) diagnostics(s *run.StepResult) {
	var list diag.List
	if s.Diagnostic != nil {
		list = append(list, s.Diagnostic)
	}
	list = append(list, s.Warnings...)
	for _, t := range s.Tests {
		if t.Diagnostic != nil && t.Status == run.TestError {
			list = append(list, t.Diagnostic)
		}
	}
	if len(list) == 0 {
		return
	}
	var b strings.Builder
	_ = r.v.text(r.v.err, 0).Write(&b, list) // a builder takes all
	r.v.print(r.v.err, b.String())
}

// failure gives the line that names a failed step again at the end.
func (r *report) failure(s *run.StepResult) string {
	place := ""
	if s.Diagnostic != nil && !s.Diagnostic.Span.IsZero() {
		pos := s.Diagnostic.Span.Position()
		place = fmt.Sprintf("  %s:%d:%d", clean(s.Diagnostic.Span.Path()), pos.Line, pos.Column)
	}
	note := r.failureNote(s)
	if note != "" {
		note = "  " + note
	}
	return "  " + r.v.out.paint(red, r.v.glyphs.fail) + " " + string(s.ID) + note + r.v.out.paint(dim, place)
}

// end writes what failed, where that is far above, and the last line.
func (r *report) end(results *run.Results) {
	out := r.v.out
	var b strings.Builder
	if len(r.failures) > 0 && r.lines > recapAfter {
		b.WriteString("\nfailed\n" + strings.Join(r.failures, "\n") + "\n\n")
	}
	b.WriteString(r.timings(results))
	b.WriteString(out.wrapped(Summarize(results).line(out.paint, r.o, results)) + "\n")
	r.v.print(out, b.String())
}

// liveLines are the nodes at work, and how far the run is.
func (r *report) liveLines(width, height int) []liveLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit, room := max(height/2-1, 1), max(width-1, 1)
	var lines []liveLine
	for i, id := range r.running {
		if i == limit && len(r.running) > limit+1 {
			lines = append(lines, r.liveLine(room, fmt.Sprintf("  and %d more", len(r.running)-limit)))
			break
		}
		lines = append(lines, r.liveNode(id, room))
	}
	if len(lines) == 0 {
		return nil
	}
	elapsed := shortDuration(r.v.opts.Now().Sub(r.begin).Seconds())
	done := fmt.Sprintf("  %d of %d done %s %s", r.finished, len(r.steps), r.v.glyphs.dot, elapsed)
	return append(lines, r.liveLine(room, done))
}

func (r *report) liveNode(id project.ID, room int) liveLine {
	s := r.v.err
	kind, name := id.Kind(), id.Name()
	if step := r.steps[id]; step != nil {
		kind, name = kindWord(step.Kind, step.Materialized), r.name(step)
	}
	elapsed := shortDuration(r.v.opts.Now().Sub(r.started[id]).Seconds())
	line := r.line(s, nodeLine{mark: s.paint(cyan, r.v.glyphs.run), kind: kind, name: name, seconds: elapsed})
	width := 2 + r.kindWidth + 2 + r.nameColumn(s) + 2 + max(timeWidth, columns(elapsed))
	if s.width() >= roomForRows {
		width += 2 + rowsWidth
	}
	if width > room {
		return r.liveLine(room, r.v.glyphs.run+" "+padRight(kind, r.kindWidth)+"  "+name+"  "+elapsed)
	}
	return liveLine{line, width}
}

// liveLine is a dim line, cut to the room there is.
func (r *report) liveLine(room int, text string) liveLine {
	text = r.v.glyphs.cut(text, room)
	return liveLine{r.v.err.paint(dim, text), columns(text)}
}
