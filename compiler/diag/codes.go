package diag

import (
	"maps"
	"slices"
)

// titles holds every code with its meaning, a table per range, each in a file of its own:
// E01 project files, E02 names and graph, E03 SQL, E04 templates, E05 data, E06 tests and runs,
// E07 targets, E08 usage. Warnings have W and the same ranges.
var titles = []map[Code]string{
	projectTitles, linkTitles, checkTitles, sqlTitles, bindTitles, contractTitles, incrementTitles, snapshotTitles, lintTitles, templateTitles, dataTitles, runTitles,
	targetTitles, usageTitles, groupTitles,
}

// Codes gives every code, sorted.
func Codes() []Code {
	var out []Code
	for _, table := range titles {
		out = slices.AppendSeq(out, maps.Keys(table))
	}
	slices.Sort(out)
	return out
}

// Title says in a few words what a code means; "" for a code that does not exist.
func Title(code Code) string {
	for _, table := range titles {
		if title, ok := table[code]; ok {
			return title
		}
	}
	return ""
}
