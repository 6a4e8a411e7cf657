// Package ansi writes what SQL dialects write alike.
//
// It takes names, values and a dialect's Style, which holds the differences, and gives SQL text. What
// only one engine writes stays with its adapter.
package ansi

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// Style is what dialects differ in.
type Style struct {
	// Text writes a text as a literal.
	Text func(s string) string
	// NaN, Infinity and MinusInfinity are the literals of the numbers that have no digits.
	NaN, Infinity, MinusInfinity string
	// Keywords are the words, in small letters, that cannot stand as a name without quotes.
	Keywords map[string]bool
	// Folds says that names without quotes are folded to small letters, so that capitals need quotes.
	Folds bool
	// Schema is where a relation is that names a database and no schema.
	Schema string
}

// Literal gives a value as an SQL literal. Values of other types become the text that fmt writes.
func (s Style) Literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return s.float(v)
	case string:
		return s.Text(v)
	}
	return s.Text(fmt.Sprint(value))
}

// float keeps what was written: 2.5 stays an exact number, 1.0 does not become an integer.
func (s Style) float(v float64) string {
	switch {
	case math.IsNaN(v):
		return s.NaN
	case math.IsInf(v, 1):
		return s.Infinity
	case math.IsInf(v, -1):
		return s.MinusInfinity
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// Relation gives a name with dots, each part in quotes where it needs them.
func (s Style) Relation(name relation.Name) string {
	text := s.Identifier(name.Identifier)
	if name.Schema != "" {
		text = s.Identifier(name.Schema) + "." + text
	}
	if name.Database != "" {
		if name.Schema == "" {
			text = s.Schema + "." + text
		}
		text = s.Identifier(name.Database) + "." + text
	}
	return text
}

// Identifier gives a name, in quotes where it would be read back as something else without.
func (s Style) Identifier(name string) string {
	small := strings.ToLower(name)
	if IsPlain(name) && !s.Keywords[small] && (!s.Folds || name == small) {
		return name
	}
	return Quote(name)
}

// Quote gives an identifier in double quotes.
func Quote(identifier string) string {
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

// Text gives a text in single quotes.
func Text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// IsPlain reports whether a name is made of the letters from a to z, digits and underscores and does
// not start with a digit.
func IsPlain(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
