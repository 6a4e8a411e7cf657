package postgres

import (
	"strings"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// isName reports whether a token is a name, by PostgreSQL's folding.
func isName(token, name string) bool {
	if strings.HasPrefix(token, `"`) {
		return sqltoken.Unquote(token) == name
	}
	return strings.ToLower(token) == name
}

// find gives the offset of the first name after a word, from an offset on; -1 where there is none.
func (b *binder) find(from int, word, name string) int {
	seen := false
	for at, token := range sqltoken.Pieces(b.query, from) {
		if seen && isName(token, name) {
			return at
		}
		seen = seen || strings.EqualFold(token, word)
	}
	return -1
}

// findAlias gives the offset of the last alias of that name after something in parentheses.
func (b *binder) findAlias(name string) int {
	found, closed := -1, false
	for at, token := range sqltoken.Pieces(b.query, 0) {
		if closed && strings.EqualFold(token, "as") {
			continue
		}
		if closed && isName(token, name) {
			found = at
		}
		closed = token == ")"
	}
	return found
}
