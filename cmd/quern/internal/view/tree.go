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
	// seen holds how many steps were left where a branch was drawn.
	seen map[int]int
}

type treeLine struct {
	stem string
	branch
}

// The narrowest a name is cut to in a tree, and the room that the columns beside it get.
const (
	treeName  = 16
	treeAside = 28
	// deepTree is how many levels are drawn where the screen sets no limit.
	deepTree = 200
)

// grow draws branches and what is below them, so many steps far; less than 0 is no limit.
func (v *View) grow(branches []branch, steps int) *tree {
	t := &tree{v: v, deepest: deepTree, seen: make(map[int]int)}
	if width := v.out.width(); width > 0 {
		t.deepest = max((width-treeName-treeAside)/len("   "), 3)
	}
	if steps < 0 {
		steps = 1 << 30
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
		if b.below != nil && steps > 1 {
			below = b.below()
		}
		left, drawn := t.seen[b.key]
		switch {
		case len(below) == 0:
		case drawn && left >= steps:
			b.name += " " + g.ellipsis
			b.note, b.noteStyle, below = "shown above", dim, nil
		case columns(stem)/len("   ") >= t.deepest:
			b.name += " " + g.ellipsis
			b.note, b.noteStyle, below = "too deep to draw: ask for it by its name", yellow, nil
		default:
			t.seen[b.key] = steps
		}
		t.lines = append(t.lines, treeLine{stem + knot, b})
		t.draw(below, stem+next, steps-1)
	}
}

// text gives the lines of the tree, in columns.
func (t *tree) text() string {
	s, g := t.v.out, t.v.glyphs
	nameWidth, aboutWidth := 0, 0
	for i := range t.lines {
		l := &t.lines[i]
		l.name, l.about = t.v.secrets.maskText(clean(l.name)), t.v.secrets.maskText(clean(l.about))
		l.note = t.v.secrets.maskText(clean(l.note))
		nameWidth = max(nameWidth, columns(l.stem)+columns(l.name))
		aboutWidth = max(aboutWidth, columns(l.about))
	}
	if width := s.width(); width > 0 {
		nameWidth = min(nameWidth, max(width-aboutWidth-2, treeName))
	}
	var b strings.Builder
	for _, l := range t.lines {
		name := g.cut(l.name, max(nameWidth-columns(l.stem), treeName))
		b.WriteString(s.paint(dim, l.stem) + name)
		used := columns(l.stem) + columns(name)
		if l.about != "" || l.note != "" {
			b.WriteString(strings.Repeat(" ", max(nameWidth-used, 0)+2))
			used = max(nameWidth, used) + 2
		}
		about := l.about
		if l.note != "" {
			about = padRight(about, aboutWidth) + "  "
		}
		b.WriteString(s.paint(dim, about))
		used += columns(about)
		if l.note != "" {
			note := l.note
			if width := s.width(); width > 0 {
				note = g.cut(note, max(width-used, 0))
			}
			b.WriteString(s.paint(l.noteStyle, note))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
