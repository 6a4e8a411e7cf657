package view

import (
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// Table is rows for a person. It is cut to the width of the terminal: first long cells, then columns
// at the right, which a note below then names.
type Table struct {
	Columns []string
	Rows    [][]any
	// Hidden are columns whose values are not shown, by index.
	Hidden map[int]bool
	// Indent is the number of spaces in front of every line.
	Indent int
	// More says that there are more rows than these.
	More bool
}

// RowsTable gives the table of a query's result.
func RowsTable(rows *engine.Rows) Table {
	t := Table{Rows: rows.Values, More: rows.More}
	for _, c := range rows.Columns {
		t.Columns = append(t.Columns, c.Name)
	}
	return t
}

const (
	// maxCell is the widest a cell is shown where there is room enough.
	maxCell = 60
	// minCell is the narrowest a column is made so that more columns fit.
	minCell = 12
)

// layout is a table made ready: texts by row and column, and how wide each column is.
type layout struct {
	Table
	g      glyphs
	head   []string
	cells  [][]string
	right  []bool
	widths []int
	shown  int // columns
}

// Table writes a table as the result.
func (v *View) Table(t Table) {
	v.print(v.out, strings.Join(v.tableLines(v.out, t), "\n")+"\n")
}

// tableLines gives the lines of a table as a screen shows it.
func (v *View) tableLines(s *screen, t Table) []string {
	if len(t.Columns) == 0 {
		return nil
	}
	l := v.newLayout(t)
	l.fit(s.width() - t.Indent)
	indent := strings.Repeat(" ", t.Indent)
	var lines []string
	add := func(parts []string, between string) {
		lines = append(lines, strings.TrimRight(indent+strings.Join(parts, between), " "))
	}
	bar := s.paint(dim, " "+l.g.bar+" ")
	parts := make([]string, l.shown)
	for c := range parts {
		parts[c] = s.paint(bold, l.pad(c, l.head[c]))
	}
	add(parts, bar)
	for c := range parts {
		parts[c] = s.paint(dim, strings.Repeat(l.g.rule, l.widths[c]))
	}
	add(parts, s.paint(dim, l.g.rule+l.g.cross+l.g.rule))
	for r, row := range l.cells {
		for c := range parts {
			parts[c] = s.paint(l.style(r, c), l.pad(c, row[c]))
		}
		add(parts, bar)
	}
	for _, note := range l.notes(s.width() - t.Indent) {
		add([]string{s.paint(dim, note)}, "")
	}
	return lines
}

func (v *View) newLayout(t Table) *layout {
	l := &layout{Table: t, g: v.glyphs, shown: len(t.Columns)}
	l.right, l.widths = make([]bool, l.shown), make([]int, l.shown)
	for c, name := range t.Columns {
		l.head = append(l.head, v.secrets.maskText(clean(name)))
		l.widths[c] = columns(l.head[c])
		l.right[c] = len(t.Rows) > 0
	}
	for _, row := range t.Rows {
		cells := make([]string, l.shown)
		for c := range cells {
			text, numeric := cellText(row[c])
			if t.Hidden[c] && row[c] != nil {
				text, numeric = masked, false
			}
			// Masked before it is cut: a part of a secret is a secret.
			cells[c] = v.secrets.maskText(text)
			l.right[c] = l.right[c] && (numeric || row[c] == nil)
			l.widths[c] = max(l.widths[c], columns(cells[c]))
		}
		l.cells = append(l.cells, cells)
	}
	for c := range l.right {
		l.right[c] = l.right[c] && !l.empty(c)
	}
	return l
}

// empty reports whether every value of a column is NULL.
func (l *layout) empty(c int) bool {
	for _, row := range l.Rows {
		if row[c] != nil {
			return false
		}
	}
	return true
}

// fit sets the widths so that a line takes at most so many columns. Zero or less means no limit.
func (l *layout) fit(limit int) {
	if limit <= 0 {
		return
	}
	for c, w := range l.widths {
		l.widths[c] = min(w, max(maxCell, limit/2))
	}
	for l.total() > limit && l.narrow(limit) {
	}
	for l.shown > 1 && l.total() > limit {
		l.shown--
	}
	l.widths[0] = min(l.widths[0], max(limit, 1))
	l.widen(limit)
}

// narrow takes from the widest column what is too much, down to the next widest, and reports
// whether it could.
func (l *layout) narrow(limit int) bool {
	widest, second := 0, minCell
	for c, w := range l.widths {
		if w > l.widths[widest] {
			widest = c
		}
	}
	for c, w := range l.widths {
		if c != widest {
			second = max(second, w)
		}
	}
	w := l.widths[widest]
	if w <= minCell {
		return false
	}
	goal := min(second, w-1)
	l.widths[widest] = max(goal, minCell, w-(l.total()-limit))
	return true
}

// widen gives what is left, after columns were dropped, to those that were cut.
func (l *layout) widen(limit int) {
	for c := range l.shown {
		need := columns(l.head[c])
		for _, row := range l.cells {
			need = max(need, columns(row[c]))
		}
		l.widths[c] = min(max(need, l.widths[c]), max(l.widths[c], l.widths[c]+limit-l.total()))
	}
}

func (l *layout) total() int {
	n := 3 * (l.shown - 1)
	for _, w := range l.widths[:l.shown] {
		n += w
	}
	return n
}

func (l *layout) pad(c int, text string) string {
	text = l.g.cut(text, l.widths[c])
	if l.right[c] {
		return padLeft(text, l.widths[c])
	}
	return padRight(text, l.widths[c])
}

func (l *layout) style(row, c int) style {
	if l.Rows[row][c] == nil || l.Hidden[c] {
		return dim
	}
	return plain
}

// notes says what is not shown: rows, and columns by name.
func (l *layout) notes(limit int) []string {
	var notes []string
	if l.More {
		notes = append(notes, l.g.ellipsis+" more rows")
	}
	if left := len(l.head) - l.shown; left > 0 {
		note := count(int64(left), "more column") + ": " + strings.Join(l.head[l.shown:], ", ")
		notes = append(notes, l.g.cut(l.g.ellipsis+" "+note, max(limit, 1)))
	}
	return notes
}
