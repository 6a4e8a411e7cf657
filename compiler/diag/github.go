package diag

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/quernsql/quern/compiler/source"
)

// GitHub writes diagnostics as commands of GitHub's workflows, which shows them beside the changed
// lines of a pull request. Columns count in characters; the end is the place behind the last one.
type GitHub struct {
	// Prefix is the project folder within the repository, with forward slashes; "" where they are one.
	Prefix string
}

// Write writes the list, sorted, a line each.
func (g GitHub) Write(w io.Writer, list List) error {
	var b strings.Builder
	for _, d := range list.Sorted() {
		b.WriteString("::" + d.Severity.String() + " ")
		if !d.Span.IsZero() {
			b.WriteString(g.place(d.Span) + ",")
		}
		fmt.Fprintf(&b, "title=%s::%s\n", githubProperty(headline(d)), githubText(g.message(d)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// place names the file and the range. A range over several lines has no columns: GitHub refuses them.
func (g GitHub) place(s source.Span) string {
	start, end := s.Position(), s.EndPosition()
	file := githubProperty(path.Join(g.Prefix, s.Path()))
	if start.Line != end.Line {
		return fmt.Sprintf("file=%s,line=%d,endLine=%d", file, start.Line, end.Line)
	}
	return fmt.Sprintf("file=%s,line=%d,col=%d,endLine=%d,endColumn=%d", file, start.Line, start.Column, end.Line, end.Column)
}

// message puts all that is to be said into one text, a line each.
func (g GitHub) message(d *Diagnostic) string {
	text := said(d)
	for _, n := range d.Notes {
		text += "\nnote: " + n.Message
		if !n.Span.IsZero() {
			at := n.Span.Position()
			text += fmt.Sprintf(" (%s:%d:%d)", path.Join(g.Prefix, n.Span.Path()), at.Line, at.Column)
		}
	}
	return text
}

// said gives the message, the label and the hint of a diagnostic, a line each.
func said(d *Diagnostic) string {
	text := d.Message
	if d.Label != "" {
		text += "\n" + d.Label
	}
	if d.Hint != "" {
		text += "\nhint: " + d.Hint
	}
	return text
}

// headline gives the code of a diagnostic and what it means.
func headline(d *Diagnostic) string {
	switch title := Title(d.Code); {
	case d.Code == "":
		return "quern"
	case title == "":
		return string(d.Code)
	default:
		return string(d.Code) + ": " + title
	}
}

// githubText escapes the text of a workflow command, githubProperty a value before it.
func githubText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
