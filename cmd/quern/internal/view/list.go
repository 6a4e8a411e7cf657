package view

import "strings"

// listRow is a row of a list: cells in columns, a last one that is broken between its words, and a
// note on a line of its own.
type listRow struct {
	cells      []string
	last, note string
}

// narrowest is the room that the last cell of a list gets beside the others; where there is less, it
// stands below them.
const narrowest = 24

// list gives rows in columns; the cell of that number stands out.
func (d *drawn) list(rows []listRow, indent string, bright int) string {
	widths := listWidths(rows)
	before := columns(indent)
	for _, width := range widths {
		before += width + 2
	}
	screen := d.v.out.width()
	beside := screen == 0 || screen-before >= narrowest
	var b strings.Builder
	for _, r := range rows {
		line, used := indent, columns(indent)
		for i, cell := range r.cells {
			st := dim
			if i == bright {
				st = plain
			}
			text := d.v.secrets.maskText(clean(cell))
			if screen > 0 {
				text = d.v.glyphs.cut(text, max(screen-used, 1))
			}
			line += d.v.out.paint(st, text)
			used += columns(text)
			if i < len(r.cells)-1 || r.last != "" && beside {
				gap := max(widths[i]-columns(text), 0) + 2
				line += strings.Repeat(" ", gap)
				used += gap
			}
		}
		if beside {
			b.WriteString(strings.TrimRight(line+d.block(plain, r.last, used), " ") + "\n")
		} else {
			b.WriteString(strings.TrimRight(line, " ") + "\n" + d.line(plain, r.last, columns(indent)+4))
		}
		b.WriteString(d.line(yellow, r.note, columns(indent)+2))
	}
	return b.String()
}

func listWidths(rows []listRow) []int {
	var widths []int
	for _, r := range rows {
		for i, cell := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(clean(cell)))
		}
	}
	return widths
}

// line gives a text on lines of its own, so far to the right; nothing where there is no text.
func (d *drawn) line(st style, text string, indent int) string {
	if text == "" {
		return ""
	}
	return strings.Repeat(" ", indent) + d.block(st, text, indent) + "\n"
}

// block breaks a text between its words for what is left of the screen beside used columns, and indents
// all lines but the first.
func (d *drawn) block(st style, text string, used int) string {
	room := &screen{size: func() (int, int) { return 0, 0 }}
	if width := d.v.out.width(); width > 0 {
		room.size = func() (int, int) { return max(width-used, 1), 0 }
	}
	lines := strings.Split(room.wrapped(d.v.secrets.maskText(clean(text))), "\n")
	for i := range lines {
		lines[i] = d.v.out.paint(st, lines[i])
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", used))
}
