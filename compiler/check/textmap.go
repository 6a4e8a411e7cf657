package check

import (
	"strings"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// textMap leads from a text of a YAML file to its place. YAML may write a text on several lines, indented
// and folded: then its words stand in the file one by one, with other white space between them.
func textMap(text project.Text) *source.Map {
	out := &source.Map{File: text.Span.File}
	switch {
	case text.Exact:
		out.Segments = []source.Segment{source.Verbatim(0, text.Span)}
	default:
		out.Segments = words(text)
	}
	if out.Segments == nil {
		out.Segments = []source.Segment{source.Made(0, text.Span, nil)}
	}
	return out
}

// words gives a segment for every word of a text; nil where the file has other words, such as those with
// escapes.
func words(text project.Text) []source.Segment {
	file := text.Span.Text()
	at := 0
	if strings.HasPrefix(file, "|") || strings.HasPrefix(file, ">") {
		at = strings.IndexByte(file, '\n') + 1
	}
	var out []source.Segment
	for i := 0; i < len(text.Value); {
		n := wordLength(text.Value[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text.Value[i:])
			i += size
			continue
		}
		for at < len(file) && wordLength(file[at:]) == 0 {
			at++
		}
		if !strings.HasPrefix(file[at:], text.Value[i:i+n]) {
			return nil
		}
		start := text.Span.Start + at
		out = append(out, source.Verbatim(i, text.Span.File.Span(start, start+n)))
		at, i = at+n, i+n
	}
	return out
}

// wordLength gives the length of what a text begins with up to white space.
func wordLength(text string) int {
	if n := strings.IndexAny(text, " \t\r\n"); n >= 0 {
		return n
	}
	return len(text)
}
