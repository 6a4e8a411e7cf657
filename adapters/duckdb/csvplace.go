package duckdb

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/engine"
)

// checkText refuses what is not UTF-8, and zero bytes.
func (c *csvScanner) checkText() error {
	text := c.bytes()
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return &csvError{
			message: "there is a zero byte", hint: "if the file is UTF-16, save it as UTF-8",
			start: at, end: at + 1,
		}
	}
	if utf8.Valid(text) {
		return nil
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return &csvError{
		message: "the text is not UTF-8", hint: "save the file as UTF-8; it may be Latin-1 or Windows-1252 now",
		start: at, end: at + 1,
	}
}

// place gives a range of the record at hand, with line and column as people count.
func (c *csvScanner) place(path string, start, end int) *engine.Place {
	before := c.buf[c.rec : c.rec+min(start, c.end-c.rec)]
	lineStart := bytes.LastIndexAny(before, "\n\r") + 1
	return &engine.Place{
		Path: path, Line: c.line + countBreaks(before), Column: utf8.RuneCount(before[lineStart:]) + 1,
		Start: c.offset + int64(start), End: c.offset + int64(end), Text: c.lineText(start),
	}
}

// lineText gives the line that an offset of the record is in, cut to a readable length.
func (c *csvScanner) lineText(at int) string {
	const most = 300
	record := c.buf[c.rec:c.end]
	at = min(at, len(record))
	start := bytes.LastIndexAny(record[:at], "\n\r") + 1
	line := record[start:]
	if end := bytes.IndexAny(line, "\n\r"); end >= 0 {
		line = line[:end]
	}
	return strings.ToValidUTF8(string(line[:min(len(line), most)]), "\uFFFD")
}
