package view

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// screen is a stream and what it can show.
type screen struct {
	w     *maskWriter
	tty   bool
	color bool
	// size gives the columns and rows of a terminal; zeros elsewhere.
	size func() (columns, rows int)
}

func newScreen(w io.Writer, s *secrets, o Options) *screen {
	out := &screen{w: &maskWriter{to: w, secrets: s}, size: func() (int, int) { return 0, 0 }}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		out.tty = o.lookup("TERM") != "dumb"
		out.size = func() (int, int) {
			columns, rows, err := term.GetSize(int(file.Fd()))
			if err != nil || columns < 1 {
				return 80, 24
			}
			return columns, rows
		}
	}
	if o.Size != nil {
		out.tty, out.size = true, o.Size
	}
	switch o.Color {
	case "always":
		out.color = true
	case "never":
	default:
		out.color = out.tty && o.lookup("NO_COLOR") == ""
	}
	return out
}

// width is the number of columns of a terminal, 0 elsewhere.
func (s *screen) width() int {
	columns, _ := s.size()
	return columns
}

// style is a terminal colour.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

func (s *screen) paint(st style, text string) string {
	if !s.color || st == plain || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// glyphs are the characters of the output beyond ASCII, or what stands for them.
type glyphs struct {
	ok, warn, fail, skip, run       string
	bar, rule, cross, ellipsis, dot string
	fork, corner, stem              string // of trees, three columns each
}

var (
	unicodeGlyphs = glyphs{
		ok: "✓", warn: "!", fail: "✗", skip: "–", run: "▸",
		bar: "│", rule: "─", cross: "┼", ellipsis: "…", dot: "·",
		fork: "├─ ", corner: "└─ ", stem: "│  ",
	}
	asciiGlyphs = glyphs{
		ok: "+", warn: "!", fail: "x", skip: "-", run: ">",
		bar: "|", rule: "-", cross: "+", ellipsis: "...", dot: "-",
		fork: "|- ", corner: "`- ", stem: "|  ",
	}
)

// ascii reports whether the locale names an encoding other than UTF-8. Without a locale terminals of
// today take UTF-8.
func (o Options) ascii() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := o.lookup(name); value != "" {
			value = strings.ToLower(strings.ReplaceAll(value, "-", ""))
			return !strings.Contains(value, "utf8")
		}
	}
	return false
}

func (o Options) lookup(name string) string {
	if o.LookupEnv == nil {
		return ""
	}
	value, _ := o.LookupEnv(name)
	return value
}

// widths measures without looking at the environment: characters of ambiguous width take one column.
var widths = &runewidth.Condition{StrictEmojiNeutral: true}

func runeWidth(r rune) int { return widths.RuneWidth(r) }

// columns gives the width of a text without colours.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// cut gives a text that is at most width columns wide, with an ellipsis where it was cut.
func (g glyphs) cut(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	mark := g.ellipsis
	if width < columns(mark) {
		mark = ""
	}
	room := max(width-columns(mark), 0)
	for i, r := range text {
		if room -= runeWidth(r); room < 0 {
			return text[:i] + mark
		}
	}
	return text
}

func padRight(text string, width int) string {
	return text + strings.Repeat(" ", max(width-columns(text), 0))
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-columns(text), 0)) + text
}
