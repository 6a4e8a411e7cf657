package postgres

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// maxDepth bounds the depth of the trees that the parser is given. It walks them on the C stack, which
// nothing grows and whose end ends the process: 65,000 levels do so in 8 MB.
const maxDepth = 2500

// tooDeep reports whether the tree of a query may be deeper than maxDepth. It looks at the tokens and
// never underestimates: what stands in brackets or between case and end is deeper than what is
// around it, and each token may go one level deeper than the one before it, until a comma or a word
// starts over.
func tooDeep(query string) bool {
	var d depth
	d.open(false)
	previous := ""
	for _, token := range sqltoken.Pieces(query, 0) {
		d.token(token, previous)
		if d.total > maxDepth {
			return true
		}
		previous = token
	}
	return false
}

// depth is an upper bound of the depth at a token.
type depth struct {
	levels []level
	total  int
}

// level is one between brackets. Joins and set operations count for its whole length, the other
// tokens until something starts over.
type level struct {
	chain, tokens int
	// ends says that "end" closes the level, rather than a bracket.
	ends bool
}

func (d *depth) open(ends bool) {
	d.levels = append(d.levels, level{chain: 1, ends: ends})
	d.total++
}

func (d *depth) close(ends bool) {
	for len(d.levels) > 1 {
		top := d.levels[len(d.levels)-1]
		if ends && !top.ends {
			return
		}
		d.total -= top.chain + top.tokens
		d.levels = d.levels[:len(d.levels)-1]
		if ends || !top.ends {
			return
		}
	}
}

func (d *depth) restart() {
	top := &d.levels[len(d.levels)-1]
	d.total -= top.tokens
	top.tokens = 0
}

func (d *depth) token(token, previous string) {
	switch token[0] {
	case '(', '[':
		d.open(false)
		return
	case ')', ']':
		d.close(false)
	case ',', ';':
		d.restart()
		return
	}
	switch word := strings.ToLower(token); {
	case previous == "." || strings.EqualFold(previous, "as"): // a name
	case word == "case":
		d.open(true)
		return
	case word == "end":
		d.close(true)
	case word == "union", word == "intersect", word == "except", word == "join":
		d.levels[len(d.levels)-1].chain++
		d.total++
	case word == "group" && strings.EqualFold(previous, "within"), word == "from" && strings.EqualFold(previous, "distinct"):
	case restarts[word]:
		d.restart()
		return
	}
	d.levels[len(d.levels)-1].tokens++
	d.total++
}

// restarts are words after which nothing is deeper than what stands in front of them.
var restarts = ansi.Words(`
	select from where group having order limit offset window on and or when then else
`)
