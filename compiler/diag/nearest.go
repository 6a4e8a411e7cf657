package diag

import (
	"slices"
	"strings"
)

// Nearest gives the name that is most like the written one, or "" where none is like it: at most a
// third of its letters, and always one, may differ. Case does not count. Among equals the first in
// the order of the alphabet wins.
//
// The distance is optimal string alignment (Damerau-Levenshtein without repeated edits of one
// place), see https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance.
func Nearest(written string, names []string) string {
	limit := max(1, len(written)/3)
	best, bestDistance := "", limit+1
	for _, name := range slices.Sorted(slices.Values(names)) {
		if abs(len(name)-len(written)) > limit {
			continue
		}
		d := distance([]rune(strings.ToLower(written)), []rune(strings.ToLower(name)))
		if d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
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

func abs(n int) int { return max(n, -n) }
