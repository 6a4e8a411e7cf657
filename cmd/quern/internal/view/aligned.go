package view

import "strings"

// section is a title, which may be empty, and rows under it, in columns of its own.
type section struct {
	title string
	rows  [][]string
}

// sections writes sections as the result: columns aligned, the last one cut to the screen.
func (v *View) sections(list []section) {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		if s.title != "" {
			b.WriteString(v.out.paint(bold, s.title) + "\n")
		}
		widths := s.widths()
		for _, row := range s.rows {
			b.WriteString(v.alignedRow(row, widths) + "\n")
		}
	}
	v.print(v.out, b.String())
}

func (s section) widths() []int {
	var widths []int
	for _, row := range s.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(clean(cell)))
		}
	}
	return widths
}

func (v *View) alignedRow(row []string, widths []int) string {
	line, used := " ", 1
	for i, cell := range row {
		cell = v.secrets.maskText(clean(cell))
		line += " "
		used++
		if i > 0 {
			line += " "
			used++
		}
		if i < len(row)-1 {
			cell = padRight(cell, widths[i])
		} else if room := v.out.width() - used; v.out.width() > 0 && room > 0 {
			cell = v.glyphs.cut(cell, room)
		}
		line += cell
		used += columns(cell)
	}
	line = strings.TrimRight(line, " ")
	if width := v.out.width(); width > 0 {
		line = v.glyphs.cut(line, width)
	}
	return line
}

// wrapped breaks a line between its words where it is wider than the screen.
func (s *screen) wrapped(line string) string {
	width := s.width()
	if width == 0 {
		return line
	}
	var b strings.Builder
	used := 0
	for i, word := range strings.Split(line, " ") {
		size := columns(word) - colourColumns(word)
		switch {
		case i == 0:
		case used+1+size > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += size
	}
	return b.String()
}

// colourColumns gives the columns that a text's colours seem to take and do not.
func colourColumns(text string) int {
	n := 0
	for {
		_, rest, found := strings.Cut(text, "\x1b[")
		if !found {
			return n
		}
		code, after, _ := strings.Cut(rest, "m")
		n += len("[") + len(code) + len("m")
		text = after
	}
}
