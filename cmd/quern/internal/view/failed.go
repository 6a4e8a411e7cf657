package view

import (
	"fmt"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/run"
)

// test gives the lines of a test that did not pass: its name, what it found, where it stands, some
// of the rows, and the command that shows them.
func (r *report) test(step *run.StepResult, t *run.TestResult) []string {
	out, g := r.v.out, r.v.glyphs
	mark := out.paint(red, g.fail)
	switch t.Status {
	case run.Warn:
		mark = out.paint(yellow, g.warn)
	case run.Fail, run.TestError:
	default:
		return nil
	}
	var lines []string
	if step.Kind != link.Test { // whose line has the name already
		lines = append(lines, "    "+mark+" "+t.Name+": "+found(t))
	}
	lines = append(lines, "      "+r.placeOf(t))
	if t.Status == run.TestError {
		return lines
	}
	if table := r.wrongRows(t); t.Status == run.Fail && len(table.Rows) > 0 {
		table.Indent, table.More = 6, false
		lines = append(lines, r.v.tableLines(out, table)...)
	}
	if t.Stored.Identifier != "" {
		lines = append(lines, "      "+out.paint(dim, "all wrong rows are in: ")+clean(t.Stored.String()))
	}
	if t.Diagnostic != nil && t.Diagnostic.Hint != "" {
		lines = append(lines, "      "+out.paint(dim, "hint: ")+clean(t.Diagnostic.Hint))
	}
	return append(lines, "      "+out.paint(dim, "see the rows: ")+"quern show --test "+t.Name)
}

func (r *report) placeOf(t *run.TestResult) string {
	if t.Span.IsZero() {
		return ""
	}
	return r.v.out.paint(cyan, fmt.Sprintf("%s:%d", clean(t.Span.Path()), t.Span.Position().Line))
}

// found says what a test found, as "70 wrong rows", "70 of 5,800 rows wrong (1.2 %)" or "70 wrong rows, as before".
func found(t *run.TestResult) string {
	if t.Status == run.TestError {
		return "could not run"
	}
	text := count(t.Failures, "wrong row")
	if t.Total > 0 {
		text = fmt.Sprintf("%s of %s wrong (%s)", comma(t.Failures), count(t.Total, "row"), percent(t.Failures, t.Total))
	}
	if t.Before {
		text += ", as before"
	}
	return text
}
