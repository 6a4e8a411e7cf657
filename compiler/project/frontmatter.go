package project

import (
	"strings"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
)

const bom = "\ufeff"

// frontMatter finds the YAML between /* --- and --- */ at the top of an SQL file. It sets the
// bounds of the document, and gives the offset at which the body begins and whether there is front
// matter to read. Where it has no end, there is no body.
func (d *doc) frontMatter() (body int, found bool) {
	text := d.file.Text
	top := len(text) - len(strings.TrimPrefix(text, bom))
	open := top + len(text[top:]) - len(strings.TrimLeft(text[top:], " \t\r\n"))
	yaml, ok := opening(text, open)
	if !ok {
		d.frontMatterBelow(top)
		return top, false
	}
	d.start, d.end = yaml, yaml
	for at := yaml; ; at += len("*/") {
		i := strings.Index(text[at:], "*/")
		if i < 0 {
			d.diags.Errorf(diag.UnclosedFrontMatter, d.file.Span(open, lineEnd(text, open)), "the front matter that begins here has no end").
				Hintf("write --- */ where it ends")
			return len(text), false
		}
		at += i
		if inside := strings.TrimRight(text[yaml:at], " \t"); strings.HasSuffix(inside, "---") {
			d.end = yaml + len(inside) - len("---")
			return skipLine(text, at+len("*/")), true
		}
		if !closedLater(text[at+len("*/"):]) {
			d.diags.Errorf(diag.UnclosedFrontMatter, d.file.Span(at, at+len("*/")), "the front matter ends without ---").
				Hintf("write --- */ where it ends")
			d.end = at
			return skipLine(text, at+len("*/")), true
		}
		d.diags.Errorf(diag.CommentEnd, d.file.Span(at, at+len("*/")), `"*/" inside the front matter ends the SQL comment it stands in`).
			Hintf("say it without */, or move the key to a YAML file below the models")
	}
}

// opening reports whether front matter opens at the offset, and where its YAML begins.
func opening(text string, at int) (int, bool) {
	rest, ok := strings.CutPrefix(text[at:], "/*")
	if !ok {
		return 0, false
	}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "---")
	if !ok || rest != "" && !strings.ContainsRune(" \t\r\n", rune(rest[0])) {
		return 0, false
	}
	at = len(text) - len(rest)
	return skipLine(text, at), true
}

// skipLine gives the start of the next line if nothing else stands in this one.
func skipLine(text string, at int) int {
	rest := strings.TrimLeft(text[at:], " \t\r")
	if strings.HasPrefix(rest, "\n") {
		return len(text) - len(rest) + 1
	}
	return at
}

// closedLater reports whether a --- */ follows before the query's own comments could begin.
func closedLater(rest string) bool {
	if i := strings.Index(rest, "/*"); i >= 0 {
		rest = rest[:i]
	}
	for {
		before, after, ok := strings.Cut(rest, "*/")
		if !ok {
			return false
		}
		if strings.HasSuffix(strings.TrimRight(before, " \t"), "---") {
			return true
		}
		rest = after
	}
}

// frontMatterBelow reports front matter that does not stand at the top.
func (d *doc) frontMatterBelow(top int) {
	text := d.file.Text
	for at := top; ; {
		i := strings.Index(text[at:], "/*")
		if i < 0 {
			return
		}
		at += i
		yaml, ok := opening(text, at)
		// Only a comment whose first line is /* --- and whose last is --- */ is meant as front matter.
		if ok && text[yaml-1] == '\n' {
			if end := strings.Index(text[yaml:], "*/"); end >= 0 &&
				strings.HasSuffix(strings.TrimRight(text[yaml:yaml+end], " \t"), "\n---") {
				d.diags.Errorf(diag.FrontMatterPlace, d.file.Span(at, strings.IndexByte(text[at:], '\n')+at), "front matter stands below other text").
					Hintf("move it to the top of the file")
				return
			}
		}
		at += 2
	}
}

// checkText reports bytes that no file of a project may have.
func checkText(file *source.File, diags *diag.List) bool {
	text := file.Text
	ascii := true
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			ascii = false
		case c < ' ' && (c < '\t' || c > '\r') || c == 0x7f:
			diags.Errorf(diag.ControlByte, file.Span(i, i+1), "the file holds the control character %U", rune(c)).
				Hintf("remove it; a binary file cannot stand here")
			return false
		}
	}
	if ascii || utf8.ValidString(text) {
		return true
	}
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size > 1 {
			continue
		}
		diags.Errorf(diag.NotUTF8, file.Span(i, i+1), "the file is not UTF-8: byte 0x%02X cannot stand here", text[i]).
			Hintf("save the file as UTF-8")
		return false
	}
	return true
}

// hasQuery reports whether anything but space, comments and semicolons stands in the text.
func hasQuery(text string) bool {
	for tok := range sqltoken.Tokens(text) {
		if tok.Kind != sqltoken.Comment && !tok.Is(text, ";") {
			return true
		}
	}
	return false
}
