package source_test

import (
	"testing"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/source"
)

func TestPositionCountsLinesAndCharacters(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text   string
		offset       int
		line, column int
	}{
		{"empty file", "", 0, 1, 1},
		{"first byte", "select 1", 0, 1, 1},
		{"end of text", "select 1", 8, 1, 9},
		{"past the end", "select 1", 99, 1, 9},
		{"before the start", "select 1", -3, 1, 1},
		{"second line", "a\nbc", 3, 2, 2},
		{"the line break belongs to its line", "a\nbc", 1, 1, 2},
		{"empty last line", "a\n", 2, 2, 1},
		{"multi-byte text counts characters", "äöü x", 7, 1, 5},
		{"crlf", "a\r\nbc", 4, 2, 2},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := source.NewFile("f.sql", tc.text).Position(tc.offset)
			if want := (source.Position{Line: tc.line, Column: tc.column}); got != want {
				t.Errorf("Position(%d) of %q = %v, want %v", tc.offset, tc.text, got, want)
			}
		})
	}
}

func TestLineLeavesOutTheLineBreak(t *testing.T) {
	t.Parallel()
	file := source.NewFile("f.sql", "one\r\ntwo\n\nfour")
	want := []string{"", "one", "two", "", "four", ""}
	for n, line := range want {
		if got := file.Line(n); got != line {
			t.Errorf("Line(%d) = %q, want %q", n, got, line)
		}
	}
	if got := file.Lines(); got != 4 {
		t.Errorf("Lines() = %d, want 4", got)
	}
}

func TestSpanStaysInsideTheFile(t *testing.T) {
	t.Parallel()
	file := source.NewFile("f.sql", "select")
	for _, tc := range []struct{ start, end, wantStart, wantEnd int }{
		{0, 6, 0, 6}, {-4, 2, 0, 2}, {3, 99, 3, 6}, {5, 2, 5, 5}, {77, 99, 6, 6},
	} {
		got := file.Span(tc.start, tc.end)
		if got.Start != tc.wantStart || got.End != tc.wantEnd {
			t.Errorf("Span(%d, %d) = [%d, %d], want [%d, %d]",
				tc.start, tc.end, got.Start, got.End, tc.wantStart, tc.wantEnd)
		}
	}
}

func TestZeroSpanNamesNoPlace(t *testing.T) {
	t.Parallel()
	var span source.Span
	if !span.IsZero() || span.Text() != "" || span.Path() != "" {
		t.Errorf("zero span: IsZero %v, Text %q, Path %q", span.IsZero(), span.Text(), span.Path())
	}
	if span.Position() != (source.Position{}) || span.EndPosition() != (source.Position{}) {
		t.Error("zero span has a position")
	}
}

func FuzzPositionAndOffsetAgree(f *testing.F) {
	f.Add("select 1\nfrom t", 3)
	f.Add("ä\r\nö\n", 4)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		file := source.NewFile("f", text)
		p := file.Position(offset)
		if p.Line < 1 || p.Line > file.Lines() || p.Column < 1 {
			t.Fatalf("Position(%d) = %v of %d lines", offset, p, file.Lines())
		}
		back := file.Offset(p)
		if back < 0 || back > len(text) {
			t.Fatalf("Offset(%v) = %d outside of %d bytes", p, back, len(text))
		}
		// A byte that starts a character, outside a line break, is found again.
		inside := offset >= 0 && offset < len(text) && text[offset] != '\n' && text[offset] != '\r'
		if inside && utf8.ValidString(text) && utf8.RuneStart(text[offset]) && back != offset {
			t.Fatalf("Offset(Position(%d)) = %d", offset, back)
		}
	})
}
