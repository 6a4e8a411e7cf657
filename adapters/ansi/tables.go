package ansi

import "strings"

// Words gives the words of a text as a set.
func Words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// TypeNames reads a line a type: the name an engine's catalog gives it and, after a colon, the names
// it goes by, with commas between them. It gives the catalog's name by every other.
func TypeNames(table string) map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		own, others, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for name := range strings.SplitSeq(others, ", ") {
			names[name] = own
		}
	}
	return names
}
