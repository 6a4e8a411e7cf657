package duckdb

import (
	"bytes"
	"errors"
	"io"

	"github.com/quernsql/quern/compiler/engine"
)

// csvFormat is how a CSV file is written.
type csvFormat struct {
	delimiter string
	quote     byte // 0 means that quotes are ordinary characters
}

// csvScanner reads the records of a CSV file one by one, strictly: what it accepts DuckDB reads to
// the same fields. It takes line breaks of all three kinds, LF and CRLF also mixed.
type csvScanner struct {
	format csvFormat
	in     io.Reader
	stop   [256]bool // bytes that end an unquoted value

	buf      []byte // buf[rec:] starts with the record at hand
	rec, end int
	eof      bool
	offset   int64 // of buf[rec] in the file
	line     int   // of buf[rec], from 1

	fields  []csvField
	length  int // of the record, without its line break
	breaks  csvBreaks
	change  *engine.Place // the end of the first line that ends in another way than the first
	longest int
}

// csvField is a range of the record. Of a quoted one the quotes are not part.
type csvField struct {
	start, end int
	quoted     bool
}

// csvBreaks are the kinds of line breaks seen.
type csvBreaks uint8

const (
	breakLF csvBreaks = 1 << iota
	breakCRLF
	breakCR
)

// mixed reports whether there was more than one kind.
func (b csvBreaks) mixed() bool { return b&(b-1) != 0 }

// String gives the break as DuckDB's new_line wants it.
func (b csvBreaks) String() string {
	switch b {
	case breakCRLF:
		return `\r\n`
	case breakCR:
		return `\r`
	}
	return `\n`
}

// csvError is something wrong in a record, from start to end.
type csvError struct {
	message, hint string
	start, end    int
}

func (e *csvError) Error() string { return e.message }

const (
	csvChunk = 256 << 10
	csvMost  = 256 << 20 // the longest record
)

func newCSVScanner(in io.Reader, format csvFormat) *csvScanner {
	c := &csvScanner{format: format, in: in, line: 1, buf: make([]byte, csvChunk)}
	c.stop['\n'], c.stop['\r'], c.stop[format.delimiter[0]] = true, true, true
	if format.quote != 0 {
		c.stop[format.quote] = true
	}
	return c
}

// skipBOM steps over a byte order mark at the start.
func (c *csvScanner) skipBOM() error {
	for c.end < 3 && !c.eof {
		if err := c.fill(); err != nil {
			return err
		}
	}
	start := c.buf[:c.end]
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		c.rec, c.offset = 3, 3
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return &csvError{message: "the file is written in UTF-16", hint: "save it as UTF-8"}
	}
	return nil
}

// next reads a record; io.EOF after the last one. Lines without a character are no records, unless
// the file has one column only, where they are empty values.
func (c *csvScanner) next(oneColumn bool) error {
	for {
		if err := c.advance(); err != nil {
			return err
		}
		if there, err := c.more(0); err != nil {
			return err
		} else if !there {
			return io.EOF
		}
		if err := c.record(); err != nil {
			return err
		}
		if c.length > 0 || oneColumn {
			return c.checkText()
		}
	}
}

// advance steps over the record at hand and its line break.
func (c *csvScanner) advance() error {
	if c.fields == nil {
		return nil
	}
	step := c.length
	if rest := c.buf[c.rec+c.length : c.end]; len(rest) > 0 {
		n, err := c.lineBreak(rest)
		if err != nil {
			return err
		}
		step += n
		c.line++
	}
	c.line += countBreaks(c.bytes())
	c.rec += step
	c.offset += int64(step)
	c.length = 0
	return nil
}

// lineBreak notes the kind of a line break and gives its length. DuckDB reads a lone carriage return
// between other breaks as part of a value, so that is refused.
func (c *csvScanner) lineBreak(rest []byte) (int, error) {
	kind, n := breakCR, 1
	switch {
	case rest[0] == '\n':
		kind = breakLF
	case len(rest) > 1 && rest[1] == '\n':
		kind, n = breakCRLF, 2
	}
	if c.breaks != 0 && (c.breaks == breakCR) != (kind == breakCR) {
		return 0, &csvError{
			message: "the line ends in another way than the lines before",
			hint:    "end all lines in the same way; a carriage return inside a value must be in quotes",
			start:   c.length, end: c.length + 1,
		}
	}
	if c.breaks != 0 && c.breaks != kind && c.change == nil {
		c.change = c.place("", c.length, c.length+n)
	}
	c.breaks |= kind
	return n, nil
}

func countBreaks(text []byte) int {
	n := bytes.Count(text, []byte{'\n'})
	for i := bytes.IndexByte(text, '\r'); i >= 0; {
		if i+1 == len(text) || text[i+1] != '\n' {
			n++
		}
		next := bytes.IndexByte(text[i+1:], '\r')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return n
}

// bytes gives the record at hand.
func (c *csvScanner) bytes() []byte { return c.buf[c.rec : c.rec+c.length] }

// value gives a field's text, unquoted.
func (c *csvScanner) value(f csvField) []byte {
	text := c.buf[c.rec+f.start : c.rec+f.end]
	if f.quoted && bytes.IndexByte(text, c.format.quote) >= 0 {
		quote := []byte{c.format.quote}
		return bytes.ReplaceAll(text, append(quote, quote...), quote)
	}
	return text
}

// fill reads more, keeping the record at hand.
func (c *csvScanner) fill() error {
	if c.eof {
		return nil
	}
	if c.rec > 0 {
		c.end = copy(c.buf, c.buf[c.rec:c.end])
		c.rec = 0
	}
	if c.end == len(c.buf) {
		if len(c.buf) >= csvMost {
			return &csvError{message: "a row is longer than 256 MB", hint: "is a quote not closed?", end: 1}
		}
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	n, err := c.in.Read(c.buf[c.end:])
	c.end += n
	if errors.Is(err, io.EOF) {
		c.eof = true
		return nil
	}
	return err
}

// more reports whether there is a byte at i of the record, reading on if there must be.
func (c *csvScanner) more(i int) (bool, error) {
	for c.rec+i >= c.end {
		if c.eof {
			return false, nil
		}
		if err := c.fill(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// record splits the record at hand into its fields.
func (c *csvScanner) record() error {
	c.fields = c.fields[:0]
	i := 0
	for {
		f, next, err := c.field(i)
		if err != nil {
			return err
		}
		c.fields = append(c.fields, f)
		at, err := c.delimiterAt(next)
		if err != nil {
			return err
		}
		if !at {
			c.length = next
			c.longest = max(c.longest, next)
			// A line break may be two bytes.
			_, err := c.more(next + 1)
			return err
		}
		i = next + len(c.format.delimiter)
	}
}

// field reads one value and gives the offset behind it.
func (c *csvScanner) field(i int) (csvField, int, error) {
	there, err := c.more(i)
	if err != nil {
		return csvField{}, 0, err
	}
	if there && c.format.quote != 0 && c.buf[c.rec+i] == c.format.quote {
		return c.quoted(i)
	}
	start := i
	for {
		text := c.buf[c.rec+i : c.end]
		n := 0
		for n < len(text) && !c.stop[text[n]] {
			n++
		}
		i += n
		if there, err := c.more(i); err != nil || !there {
			return csvField{start: start, end: i}, i, err
		}
		b := c.buf[c.rec+i]
		if b == '\n' || b == '\r' {
			return csvField{start: start, end: i}, i, nil
		}
		if b == c.format.quote && c.format.quote != 0 {
			return csvField{}, 0, &csvError{
				message: "there is a quote inside a value that is not in quotes",
				hint:    "put the whole value in quotes and double each quote in it",
				start:   i, end: i + 1,
			}
		}
		at, err := c.delimiterAt(i)
		if err != nil || at {
			return csvField{start: start, end: i}, i, err
		}
		i++
	}
}

func (c *csvScanner) quoted(open int) (csvField, int, error) {
	i := open + 1
	for {
		at := bytes.IndexByte(c.buf[min(c.rec+i, c.end):c.end], c.format.quote)
		if at < 0 {
			i = c.end - c.rec
			there, err := c.more(i)
			if err != nil {
				return csvField{}, 0, err
			}
			if !there {
				return csvField{}, 0, &csvError{
					message: "a quote is opened and never closed",
					hint:    "close it, or double it if it is part of the value",
					start:   open, end: open + 1,
				}
			}
			continue
		}
		i += at + 1
		if there, err := c.more(i); err != nil || !there {
			return csvField{open + 1, i - 1, true}, i, err
		}
		if c.buf[c.rec+i] == c.format.quote {
			i++
			continue
		}
		return csvField{open + 1, i - 1, true}, i, c.closed(i)
	}
}

// closed refuses text between a closing quote and the next delimiter.
func (c *csvScanner) closed(i int) error {
	if b := c.buf[c.rec+i]; b == '\n' || b == '\r' {
		return nil
	}
	if at, err := c.delimiterAt(i); err != nil || at {
		return err
	}
	return &csvError{
		message: "there is text after a closing quote",
		hint:    "put the whole value in quotes and double each quote in it",
		start:   i, end: i + 1,
	}
}

func (c *csvScanner) delimiterAt(i int) (bool, error) {
	d := c.format.delimiter
	if there, err := c.more(i + len(d) - 1); err != nil || !there {
		return false, err
	}
	return string(c.buf[c.rec+i:c.rec+i+len(d)]) == d, nil
}
