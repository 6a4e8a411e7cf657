package source_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/source"
)

// mapped is a map for a test: it is built piece by piece, with the output beside it.
type mapped struct {
	out strings.Builder
	m   source.Map
}

func (b *mapped) text(f *source.File, start, end int) {
	b.m.File = f
	b.m.Segments = append(b.m.Segments, source.Verbatim(b.out.Len(), f.Span(start, end)))
	b.out.WriteString(f.Text[start:end])
}

func (b *mapped) call(f *source.File, start, end int, inner *mapped) {
	b.m.File = f
	b.m.Segments = append(b.m.Segments, source.Made(b.out.Len(), f.Span(start, end), &inner.m))
	b.out.WriteString(inner.out.String())
}

func (b *mapped) value(f *source.File, start, end int, value string) {
	b.m.File = f
	b.m.Segments = append(b.m.Segments, source.Made(b.out.Len(), f.Span(start, end), nil))
	b.out.WriteString(value)
}

func TestLocateLeadsThroughMacros(t *testing.T) {
	t.Parallel()
	model := source.NewFile("models/m.sql", `select {{ cents "a" }}, {{ var "x" }} from t`)
	macro := source.NewFile("macros/cents.sql", `round({{ digits .x }} / 100)`)
	deepest := source.NewFile("macros/digits.sql", `one`)

	var innermost, inner, b mapped
	innermost.text(deepest, 0, 3)
	inner.text(macro, 0, 6)
	inner.call(macro, 6, 21, &innermost)
	inner.text(macro, 21, 28)
	b.text(model, 0, 7)
	b.call(model, 7, 22, &inner)
	b.text(model, 22, 24)
	b.value(model, 24, 37, "2024")
	b.text(model, 37, 44)

	tests := []struct {
		find string
		want []string
	}{
		{"select", []string{"select"}},
		{"round", []string{`{{ cents "a" }}`, "round"}},
		{"one", []string{`{{ cents "a" }}`, "{{ digits .x }}", "one"}},
		{"100", []string{`{{ cents "a" }}`, "100"}},
		{"2024", []string{`{{ var "x" }}`}},
		{"24", []string{`{{ var "x" }}`}},
		{"from t", []string{"from t"}},
		{"ct round(one", []string{"ct "}}, // a range ends with the piece it begins in
	}
	for _, tc := range tests {
		start := strings.Index(b.out.String(), tc.find)
		var got []string
		for _, span := range b.m.Locate(start, start+len(tc.find)) {
			got = append(got, span.Text())
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("Locate(%q) = %q, want %q", tc.find, got, tc.want)
		}
	}
}

func TestLocateStaysInsideTheTemplate(t *testing.T) {
	t.Parallel()
	file := source.NewFile("m.sql", "abc")
	var b mapped
	b.text(file, 1, 3)
	for start := -2; start < 5; start++ {
		for end := -2; end < 5; end++ {
			spans := b.m.Locate(start, end)
			if len(spans) != 1 || spans[0].Start < 1 || spans[0].End > 3 || spans[0].Start > spans[0].End {
				t.Errorf("Locate(%d, %d) = %v", start, end, spans)
			}
		}
	}
	if got := (&source.Map{}).Locate(0, 1); got != nil {
		t.Errorf("Locate of an empty map = %v, want none", got)
	}
}

// FuzzLocate builds a map after a recipe: each byte asks for a piece of a file, a value, or for a
// macro that is made of the rest. Text has to lead back to the equal byte.
func FuzzLocate(f *testing.F) {
	f.Add("some text", []byte{1, 2, 3, 200, 4, 90, 6, 255, 1, 1}, 3, 5)
	f.Add("é", []byte{0, 1, 255}, -1, 7)
	f.Fuzz(func(t *testing.T, text string, recipe []byte, start, end int) {
		file := source.NewFile("m.sql", text)
		b := build(file, recipe, 0)
		for _, span := range b.m.Locate(start, end) {
			if span.Start < 0 || span.End > len(text) || span.Start > span.End {
				t.Errorf("Locate(%d, %d) gives %d to %d in a file of %d bytes", start, end, span.Start, span.End, len(text))
			}
		}
		out := b.out.String()
		for i := range len(out) {
			spans := b.m.Locate(i, i+1)
			last := spans[len(spans)-1]
			if out[i] != '\x00' && last.Text() != out[i:i+1] {
				t.Fatalf("byte %d of %q leads to %q", i, out, last.Text())
			}
			if out[i] == '\x00' && last.Start != last.End {
				t.Fatalf("byte %d of %q is a value and leads to %q", i, out, last.Text())
			}
		}
	})
}

// build makes a map; a value is written as NUL bytes and comes from an empty place.
func build(file *source.File, recipe []byte, depth int) *mapped {
	b := &mapped{}
	plain := strings.ReplaceAll(file.Text, "\x00", " ")
	file = source.NewFile(file.Path, plain)
	for i, c := range recipe {
		start := int(c) % (len(plain) + 1)
		end := min(start+i%4+1, len(plain))
		switch {
		case c == 255 && depth < 5 && i+1 < len(recipe):
			inner := build(file, recipe[i+1:], depth+1)
			if inner.out.Len() > 0 {
				b.call(file, start, end, inner)
			}
			return b
		case c >= 128:
			b.value(file, start, start, "\x00\x00")
		case start < end:
			b.text(file, start, end)
		}
	}
	return b
}
