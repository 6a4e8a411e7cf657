package postgres

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
)

// Errors have the kinds, subtypes and words that DuckDB uses for the same mistakes, so that one table
// explains both.

// syntaxError is what the parser says. Its place counts characters from 1; 0 means none.
func syntaxError(query, message string, place int) *engine.Error {
	if strings.HasPrefix(message, "memory exhausted") {
		message = "max expression depth limit of PostgreSQL's parser exceeded"
	}
	e := engine.Errorf("Parser", "%s", message)
	e.Subtype = "SYNTAX_ERROR"
	if place > 0 {
		e.Position = byteOffset(query, place-1)
	}
	return e
}

// byteOffset gives the offset of a character, counted as the parser counts: by first bytes.
func byteOffset(s string, characters int) int {
	at := 0
	for ; characters > 0 && at < len(s); characters-- {
		switch c := s[at]; {
		case c < 0x80:
			at++
		case c&0xe0 == 0xc0:
			at += 2
		case c&0xf0 == 0xe0:
			at += 3
		case c&0xf8 == 0xf0:
			at += 4
		default:
			at++
		}
	}
	return min(at, len(s))
}

// refuse keeps the first mistake.
func (b *binder) refuse(at int, kind, format string, args ...any) *engine.Error {
	e := engine.Errorf(kind, format, args...)
	if at >= 0 && at <= len(b.query) {
		e.Position = at
	}
	if b.err == nil {
		b.err = e
	}
	return e
}

// missingColumn is for a name that no relation in sight has, or not the one it names.
func (b *binder) missingColumn(at int, of, name string, candidates []string) {
	var e *engine.Error
	if of != "" {
		e = b.refuse(at, "Binder", "table %q has no column %q", of, name)
	} else {
		e = b.refuse(at, "Binder", "column %q not found", name)
	}
	e.Subtype, e.Name, e.Candidates = "COLUMN_NOT_FOUND", name, near(name, candidates)
	if of != "" && diag.Nearest(name, candidates) == "" {
		e.Hint = "a function over rows is written " + style.Identifier(name) + "(" + style.Identifier(of) + ")"
		if len(e.Candidates) > 0 {
			e.Hint = "the columns are " + diag.Quoted(e.Candidates) + "; " + e.Hint
		}
	}
}

// near gives the name that was probably meant, or all where there are few.
func near(name string, names []string) []string {
	const few = 5
	if nearest := diag.Nearest(name, names); nearest != "" {
		return []string{nearest}
	}
	if len(names) > few {
		return nil
	}
	return names
}

func (b *binder) ambiguousColumn(at int, name string, uses []string) {
	if len(uses) < 2 {
		uses = []string{"another name for one of them"}
	}
	e := b.refuse(at, "Binder", "ambiguous reference to column name %q (use: %s)", name, strings.Join(uses, " or "))
	e.Subtype, e.Name = "AMBIGUOUS_REFERENCE", name
}

func (b *binder) missingFrom(at int, name string, candidates []string) {
	e := b.refuse(at, "Binder", "referenced table %q not found", name)
	e.Name, e.Candidates = name, near(name, candidates)
	if len(name) > 1 && diag.Nearest(name, candidates) != "" { // any letter is near any other
		e.Hint = `did you mean "` + e.Candidates[0] + `"?`
	}
}

func (b *binder) missingTable(at int, name string, candidates []string) {
	e := b.refuse(at, "Catalog", "table with name %q does not exist", name)
	e.Subtype, e.Name, e.Candidates = "MISSING_ENTRY", name, near(name, candidates)
}

func (b *binder) duplicateAlias(at int, name string) {
	e := b.refuse(at, "Binder", "duplicate alias %q", name)
	e.Name = name
}

// invisible is for a relation that stands in the query, but not where the place can see it.
func (b *binder) invisible(at int, name string) {
	e := b.refuse(at, "Binder", "referenced table %q not found: it cannot be seen from here", name)
	e.Name = name
}
