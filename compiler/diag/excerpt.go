package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cell is one character of an excerpt as it is shown: tabs are spaces, control characters are
// pictures, so that columns are what they seem.
type cell struct {
	text   string
	width  int
	offset int // in the line
}

// excerpt writes a line with its marks and the label beside them. It gives the label back where it
// does not fit.
func (p *printer) excerpt(l marked, label string, mark style) (rest string) {
	limit := excerptWidth
	if p.Width > 0 {
		limit = max(p.Width, minimumWidth)
	}
	limit -= gutterWidth
	cells := p.cells(l.text)
	from, to := markedCells(cells, l)
	if from == len(cells) { // the mark stands behind the text
		cells = append(cells, cell{text: " ", width: 1, offset: len(l.text)})
	}
	to = max(to, from+1)
	cells, from, to, cutLeft, cutRight := p.window(cells, from, to, limit)

	var text strings.Builder
	if cutLeft {
		text.WriteString(p.paint(styleDim, p.ellipsis()))
	}
	for _, c := range cells {
		text.WriteString(c.text)
	}
	if cutRight {
		text.WriteString(p.paint(styleDim, p.ellipsis()))
	}
	before := width(cells[:from])
	if cutLeft {
		before += p.columns(p.ellipsis())
	}
	carets := max(width(cells[from:to]), 1)
	before = min(before, limit-carets) // a character without width may stand at the very end
	p.b.WriteString(strings.TrimRight(p.paint(styleDim, fmt.Sprintf("%5d %s ", l.number, p.bar()))+text.String(), " ") + "\n")
	p.b.WriteString(p.paint(styleDim, "      "+p.bar()) + strings.Repeat(" ", before+1) + p.paint(mark, strings.Repeat("^", carets)))
	label = p.clean(label)
	fits := label != "" && !strings.Contains(label, "\n") && before+carets+1+p.columns(label) <= limit
	if fits {
		p.b.WriteString(" " + p.paint(mark, label))
		label = ""
	}
	p.b.WriteByte('\n')
	return label
}

// cells gives the characters of a line as they are shown.
func (p *printer) cells(line string) []cell {
	cells := make([]cell, 0, len(line))
	column := 0
	for i, r := range line {
		c := cell{offset: i, text: p.visible(r), width: 1}
		switch {
		case r == '\t':
			c.width = tabWidth - column%tabWidth
			c.text = strings.Repeat(" ", c.width)
		case r == utf8.RuneError || hidden(r):
		default:
			c.width = p.runeWidth(r)
		}
		column += c.width
		cells = append(cells, c)
	}
	return cells
}

// markedCells gives the range of cells that is marked.
func markedCells(cells []cell, l marked) (from, to int) {
	from, to = len(cells), len(cells)
	for i := len(cells) - 1; i >= 0 && cells[i].offset >= l.start; i-- {
		from = i
	}
	for i := len(cells) - 1; i >= from && cells[i].offset >= l.end; i-- {
		to = i
	}
	return from, max(to, from)
}

// window cuts a line that is too wide to what is around the marked cells: a third of the room in
// front of them, as far as there is text.
func (p *printer) window(cells []cell, from, to, limit int) (w []cell, f, t int, cutLeft, cutRight bool) {
	if width(cells) <= limit {
		return cells, from, to, false, false
	}
	mark := p.columns(p.ellipsis())
	begin := 0
	if width(cells[:to])+mark > limit && width(cells[:from]) > limit/3 {
		begin = from
		for room := limit/3 - mark; begin > 0 && room-cells[begin-1].width >= 0; begin-- {
			room -= cells[begin-1].width
		}
	}
	room := limit
	if begin > 0 {
		room -= mark
	}
	if width(cells[begin:]) > room {
		room, cutRight = room-mark, true
	}
	end := begin
	for end < len(cells) && cells[end].width <= room {
		room -= cells[end].width
		end++
	}
	from, to = min(max(from, begin), end), min(max(to, begin), end)
	return cells[begin:end], from - begin, to - begin, begin > 0, cutRight
}

func width(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// clean gives text in which nothing can move the cursor or change the direction of writing. Line
// breaks stay.
func (p *printer) clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\n':
			return r
		case hidden(r):
			visible, _ := utf8.DecodeRuneInString(p.visible(r))
			return visible
		}
		return r
	}, text)
}

// hidden reports whether a character would act on the terminal instead of being seen: control
// characters and those that change the direction of writing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// visible gives a character, or a picture of one that is hidden.
func (p *printer) visible(r rune) string {
	switch {
	case !hidden(r):
		return string(r)
	case p.ASCII:
		return "?"
	case r < 0x20:
		return string('\u2400' + r)
	case r == 0x7f:
		return "\u2421"
	default:
		return "\ufffd"
	}
}

func (p *printer) bar() string {
	if p.ASCII {
		return "|"
	}
	return "│"
}

func (p *printer) ellipsis() string {
	if p.ASCII {
		return "..."
	}
	return "…"
}

// style is a terminal colour.
type style string

const (
	styleNone  style = ""
	styleBold  style = "1"
	styleDim   style = "2"
	styleError style = "1;31"
	styleWarn  style = "1;33"
	styleNote  style = "36"
	stylePath  style = "36"
)

func (s Severity) style() style {
	if s == Warning {
		return styleWarn
	}
	return styleError
}

func (p *printer) paint(s style, text string) string {
	if !p.Color || s == styleNone || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
