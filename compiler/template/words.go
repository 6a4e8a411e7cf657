package template

import (
	"strconv"
	"strings"
)

// number writes small numbers for sentences.
func number(n int) string { return strconv.Itoa(n) }

// plural gives "1 argument" or "2 arguments".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// quoted puts a name in double quotes.
func quoted(name string) string { return strconv.Quote(name) }

// quotedList gives `"a", "b" and "c"`.
func quotedList(names []string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	return b.String()
}

// upTo says what an index can be.
func upTo(most int) string {
	switch {
	case most < 0:
		return "nothing, for there are no elements"
	case most == 0:
		return "0 only"
	}
	return "0 to " + number(most)
}
