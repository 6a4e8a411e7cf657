package diag

import (
	"maps"
	"slices"
	"strings"
)

// Level is what is made of a warning.
type Level uint8

// The levels. The zero value leaves a warning as it is.
const (
	LevelError Level = iota + 1
	LevelWarn
	LevelOff
)

// Named gives the code of a lint's name, or of a code as it is written.
func Named(word string) (Code, bool) {
	if code, ok := lintNames[word]; ok {
		return code, true
	}
	return Code(word), Title(Code(word)) != ""
}

// Name gives the name of a lint's code; "" for other codes.
func Name(code Code) string {
	for name, c := range lintNames {
		if c == code {
			return name
		}
	}
	return ""
}

// Warnings gives what can be re-levelled, codes and names of lints, sorted. What tests say of rows
// is not among it: each test has a severity of its own.
func Warnings() []string {
	out := slices.Collect(maps.Keys(lintNames))
	for _, code := range Codes() {
		if strings.HasPrefix(string(code), "W") && code != TestWarned {
			out = append(out, string(code))
		}
	}
	slices.Sort(out)
	return out
}

// Relevel gives the list with its warnings at other levels, by code. The list itself stays as it is.
func (l List) Relevel(levels map[Code]Level) List {
	if len(levels) == 0 {
		return l
	}
	out := make(List, 0, len(l))
	for _, d := range l {
		switch level := levels[d.Code]; {
		case d.Severity != Warning, level == LevelWarn, level == 0:
			out = append(out, d)
		case level == LevelError:
			raised := *d
			raised.Severity = Error
			out = append(out, &raised)
		}
	}
	return out
}
