package diag

import (
	"strings"
	"unicode/utf8"
)

// Nearest gives the name that is most like the written one, or "" where none is like it: at most a
// third of its letters, and always one, may differ. Case does not count. Among equals the first in
// the order of the alphabet wins.
//
// The distance is optimal string alignment (Damerau-Levenshtein without repeated edits of one
// place), see https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance.
func Nearest(written string, names []string) string {
	a := []rune(strings.ToLower(written))
	limit := max(1, len(a)/3)
	best, bestDistance := "", limit+1
	var rows [3][]int
	for _, name := range names {
		if d := utf8.RuneCountInString(name) - len(a); max(d, -d) > min(limit, bestDistance) {
			continue
		}
		d := distance(a, []rune(strings.ToLower(name)), &rows)
		if d < bestDistance || d == bestDistance && d <= limit && name < best {
			best, bestDistance = name, d
		}
	}
	return best
}

// distance needs three rows, which it takes and leaves for the next call.
func distance(a, b []rune, rows *[3][]int) int {
	for i := range rows {
		if len(rows[i]) <= len(b) {
			rows[i] = make([]int, len(b)+1)
		}
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
