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
	// Text is the whole file, as read.
	Text string

	once  sync.Once
	lines []int // byte offset of the start of each line
}

// NewFile gives the file of a path and its text.
func NewFile(path, text string) *File { return &File{Path: path, Text: text} }

// Span gives the range of bytes from start to end, kept inside the file.
func (f *File) Span(start, end int) Span {
	start = min(max(start, 0), len(f.Text))
	end = min(max(end, start), len(f.Text))
	return Span{File: f, Start: start, End: end}
}

// Position is a place as a person counts: both from 1, the column in characters.
type Position struct {
	Line, Column int
}

// Position gives the line and column of a byte offset.
func (f *File) Position(offset int) Position {
	f.once.Do(f.index)
	offset = min(max(offset, 0), len(f.Text))
	line := sort.SearchInts(f.lines, offset+1) - 1
	return Position{
		Line:   line + 1,
		Column: utf8.RuneCountInString(f.Text[f.lines[line]:offset]) + 1,
	}
}

// Offset gives the byte offset of a line and column; a place outside the file is moved inside.
func (f *File) Offset(p Position) int {
	f.once.Do(f.index)
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
	f.once.Do(f.index)
	return len(f.lines)
}

// Line gives the text of a line, counted from 1, without its line break.
func (f *File) Line(n int) string {
	f.once.Do(f.index)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Text)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	return strings.TrimSuffix(f.Text[f.lines[n-1]:end], "\r")
}

func (f *File) index() {
	f.lines = append(f.lines, 0)
	for i := range len(f.Text) {
		if f.Text[i] == '\n' {
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
	return s.File.Text[s.Start:s.End]
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
