package view

import "strings"

// branch is a line of a tree and what hangs below it.
type branch struct {
	// key tells branches apart that stand in several places of a tree.
	key int
	// name, about and note are the columns of the line.
	name, about, note string
	noteStyle         style
	// below gives the branches below this one; nil where there are none.
	below func() []branch
}

// tree is a drawn tree: what several branches share is drawn once.
type tree struct {
	v *View
	// deepest is how many levels have room.
	deepest int
	lines   []treeLine
	// seen holds how many steps were left where a branch was drawn, for all that is below it.
	seen map[int]int
}

type treeLine struct {
	stem string
	branch
}

// The narrowest a name is cut to in a tree, and the room that the columns beside it get.
const (
	treeName  = 16
	treeAside = 20
	// deepTree is how many levels are drawn where the screen sets no limit.
	deepTree = 200
)

// grow draws branches and what is below them, so many steps far; less than 0 is no limit.
func (v *View) grow(branches []branch, steps int) *tree {
	t := &tree{v: v, deepest: deepTree, seen: make(map[int]int)}
	if width := v.out.width(); width > 0 {
		t.deepest = max((width-treeName-treeAside)/len("   "), 3)
	}
	t.draw(branches, "", steps)
	return t
}

func (t *tree) draw(branches []branch, stem string, steps int) {
	if steps == 0 {
		return
	}
	g := t.v.glyphs
	for i, b := range branches {
		knot, next := g.fork, g.stem
		if i == len(branches)-1 {
			knot, next = g.corner, "   "
		}
		var below []branch
		if b.below != nil && steps != 1 {
			below = b.below()
		}
		left, drawn := t.seen[b.key]
		switch {
		case len(below) == 0:
		case drawn && (steps < 0 || left >= steps):
			b.name += " " + g.ellipsis
			b.note, b.noteStyle, below = "shown above", dim, nil
		case columns(stem)/len("   ") >= t.deepest:
			b.name += " " + g.ellipsis
			b.note, b.noteStyle, below = "too deep to draw: ask for it by its name", yellow, nil
		default:
			t.seen[b.key] = steps
		}
		t.lines = append(t.lines, treeLine{stem + knot, b})
		t.draw(below, stem+next, fewer(steps))
	}
}

// fewer takes a step away where there is a limit.
func fewer(steps int) int {
	if steps < 0 {
		return steps
	}
	return steps - 1
}

// text gives the lines of the tree, in columns. A note that has no room beside its line stands below.
func (t *tree) text() string {
	nameWidth, aboutWidth := t.measure()
	s := t.v.out
	var b strings.Builder
	for i, l := range t.lines {
		name := t.v.glyphs.cut(l.name, max(nameWidth-columns(l.stem), treeName))
		used := columns(l.stem) + columns(name)
		line := s.paint(dim, l.stem) + name
		note := l.note
		room := s.width() - nameWidth - 2 - aboutWidth - 2
		beside := note != "" && (s.width() == 0 || columns(note) <= room)
		if l.about != "" || beside {
			about := l.about
			if beside {
				about = padRight(about, aboutWidth)
			}
			line += strings.Repeat(" ", max(nameWidth-used, 0)+2) + s.paint(dim, about)
		}
		if beside {
			line += "  " + s.paint(l.noteStyle, note)
			note = ""
		}
		b.WriteString(line + "\n")
		if note != "" {
			b.WriteString(t.below(i, note))
		}
	}
	return b.String()
}

// measure cleans the texts, and gives how wide the columns are.
func (t *tree) measure() (name, about int) {
	for i := range t.lines {
		l := &t.lines[i]
		for _, text := range []*string{&l.name, &l.about, &l.note} {
			*text = t.v.secrets.maskText(clean(*text))
		}
		name = max(name, columns(l.stem)+columns(l.name))
		about = max(about, columns(l.about))
	}
	if width := t.v.out.width(); width > 0 {
		name = min(name, max(width-about-2, treeName))
	}
	return name, about
}

// below gives the note of a line as lines of its own, beside what goes on below the line.
func (t *tree) below(i int, note string) string {
	l, s := t.lines[i], t.v.out
	stem := strings.Replace(strings.Replace(l.stem, t.v.glyphs.fork, t.v.glyphs.stem, 1), t.v.glyphs.corner, "   ", 1)
	if i+1 < len(t.lines) && columns(t.lines[i+1].stem) > columns(l.stem) {
		stem += t.v.glyphs.stem
	} else {
		stem += "   "
	}
	room := &screen{size: func() (int, int) { return max(s.width()-columns(stem), treeName), 0 }}
	text := ""
	for part := range strings.SplitSeq(room.wrapped(note), "\n") {
		text += s.paint(dim, stem) + s.paint(l.noteStyle, part) + "\n"
	}
	return text
}
