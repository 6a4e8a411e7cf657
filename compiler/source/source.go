// Package source holds the text of a project's files and the positions in it.
//
// It takes text, gives spans (byte ranges) and positions (line and column, 1-based, the column in
// characters), and maps bytes of rendered SQL back to the template they came from. It refuses
// nothing: an offset outside a file is moved to the nearest one inside.
package source

import (
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// File is the text of one file. It is safe for concurrent use once made.
type File struct {
	// Path is relative to the project folder and uses forward slashes.
	Path string
	// Text is the whole file, as read; empty for a file that is read later.
	Text string
	// read gives the text of a file that is read later, late is that text.
	read func(path string) string
	late string
	once sync.Once // for late

	indexed sync.Once // for lines
	lines   []int     // byte offset of the start of each line
}

// NewFile gives the file of a path and its text.
func NewFile(path, text string) *File { return &File{Path: path, Text: text} }

// Later gives the file of a path whose text is read when somebody looks at a place in it, at most once
// and perhaps never.
func Later(path string, read func(path string) string) *File {
	return &File{Path: path, read: read}
}

// IsEmpty reports whether the file has no text and will have none.
func (f *File) IsEmpty() bool { return f.read == nil && f.Text == "" }

// Contents gives the text, of a file that is read later too.
func (f *File) Contents() string { return f.text() }

// text gives the text, which is read where that was left for later.
func (f *File) text() string {
	if f.read == nil {
		return f.Text
	}
	f.once.Do(func() { f.late = f.read(f.Path) })
	return f.late
}

// Span gives the range of bytes from start to end, kept inside the file.
func (f *File) Span(start, end int) Span {
	text := f.text()
	start = min(max(start, 0), len(text))
	end = min(max(end, start), len(text))
	return Span{File: f, Start: start, End: end}
}

// Position is a place as a person counts: both from 1, the column in characters.
type Position struct {
	Line, Column int
}

// Position gives the line and column of a byte offset.
func (f *File) Position(offset int) Position {
	f.indexed.Do(f.index)
	text := f.text()
	offset = min(max(offset, 0), len(text))
	line := sort.SearchInts(f.lines, offset+1) - 1
	return Position{
		Line:   line + 1,
		Column: utf8.RuneCountInString(text[f.lines[line]:offset]) + 1,
	}
}

// Offset gives the byte offset of a line and column; a place outside the file is moved inside.
func (f *File) Offset(p Position) int {
	f.indexed.Do(f.index)
	line := min(max(p.Line, 1), len(f.lines)) - 1
	text := f.Line(line + 1)
	offset := 0
	for range p.Column - 1 {
		if offset >= len(text) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return f.lines[line] + offset
}

// Lines gives the number of lines; an empty file has one.
func (f *File) Lines() int {
	f.indexed.Do(f.index)
	return len(f.lines)
}

// Line gives the text of a line, counted from 1, without its line break.
func (f *File) Line(n int) string {
	f.indexed.Do(f.index)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	text := f.text()
	end := len(text)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	return strings.TrimSuffix(text[f.lines[n-1]:end], "\r")
}

func (f *File) index() {
	f.lines = append(f.lines, 0)
	text := f.text()
	for i := range len(text) {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
}

// Span is a range of bytes in a file. The zero Span is "no place".
type Span struct {
	File       *File
	Start, End int
}

// IsZero reports whether the span names no place.
func (s Span) IsZero() bool { return s.File == nil }

// Text gives the bytes of the span.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	text := s.File.text()
	start := min(max(s.Start, 0), len(text)) // a file that is read later may be another one by then
	return text[start:min(max(s.End, start), len(text))]
}

// Position gives the place of the first byte.
func (s Span) Position() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(s.Start)
}

// EndPosition gives the place just after the last byte.
func (s Span) EndPosition() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(s.End)
}

// Path gives the path of the span's file, or "".
func (s Span) Path() string {
	if s.File == nil {
		return ""
	}
	return s.File.Path
}
