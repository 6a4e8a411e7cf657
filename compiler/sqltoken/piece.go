package sqltoken

import (
	"iter"
	"strings"
)

// Piece gives the end of the piece at an offset: a comment, a string, a quoted identifier, a run of
// white space, a run of letters, digits and dollar signs, else one byte. Engines name places inside of
// what is one token here, such as a number or a row of operators; at every such place a piece starts.
func Piece(text string, pos int) int {
	if kind, end := opaque(text, pos); kind != 0 {
		return end
	}
	switch c := text[pos]; {
	case isWordStart(c) || isDigit(c):
		return wordEnd(text, pos)
	case isSpace(c):
		return spaceEnd(text, pos)
	default:
		return pos + 1
	}
}

// Pieces gives the offsets and texts of the pieces from an offset on, but white space and comments.
func Pieces(text string, from int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for pos := Blank(text, max(from, 0)); pos < len(text); {
			end := Piece(text, pos)
			if !yield(pos, text[pos:end]) {
				return
			}
			pos = Blank(text, end)
		}
	}
}

// Blank gives the end of the white space and comments at an offset.
func Blank(text string, pos int) int {
	for pos < len(text) {
		switch rest := text[pos:]; {
		case isSpace(rest[0]):
			pos = spaceEnd(text, pos)
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
			pos = Piece(text, pos)
		default:
			return pos
		}
	}
	return pos
}
