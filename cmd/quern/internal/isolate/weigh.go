package isolate

import "github.com/quernsql/quern/compiler/sqltoken"

// What a query in the process may multiply.
const (
	mostAliases = 4000 // names in an expression, once the aliases it is made of stand in their place
	mostStars   = 16   // of one table; a part that takes two of another doubles its columns
	mostStructs = 16   // which may double the type of a column each
)

// multiplies reports whether parts of a query may multiply each other.
func multiplies(query string) bool {
	w := weigher{query: query, scopes: make([]scope, 1, 16)}
	for tok := range sqltoken.Tokens(query) {
		if tok.Kind == sqltoken.Comment {
			continue
		}
		if w.token(tok); w.heaviest > mostAliases || w.stars > mostStars || w.structs > mostStructs {
			return true
		}
	}
	return false
}

// weigher counts the names of each expression. An alias that a later expression of the same list uses
// weighs as much as what it stands for.
type weigher struct {
	query          string
	scopes         []scope
	heaviest       int
	stars, structs int
	// before is the token before.
	before sqltoken.Token
}

// scope is what stands between parentheses, or the query around them.
type scope struct {
	weight  int // of the expression at hand
	aliases map[string]int
}

func (w *weigher) token(tok sqltoken.Token) {
	here := &w.scopes[len(w.scopes)-1]
	text := tok.Text(w.query)
	switch {
	case tok.Kind == sqltoken.Operator && (text == "(" || text == "[" || text == "{"):
		if text == "{" {
			w.structs++
		}
		w.scopes = append(w.scopes, scope{})
	case tok.Kind == sqltoken.Operator && (text == ")" || text == "]" || text == "}"):
		if len(w.scopes) > 1 {
			w.scopes = w.scopes[:len(w.scopes)-1]
			w.add(here.weight)
		}
	case text == "*" && w.before.Is(w.query, "."):
		w.stars++
	case text == "," && len(w.scopes) == 1, text == "," && here.aliases != nil:
		here.weight = 0
	case tok.Is(w.query, "select"):
		*here = scope{aliases: map[string]int{}}
	case tok.Kind != sqltoken.Word && tok.Kind != sqltoken.Quoted:
	case w.before.Is(w.query, "as"):
		if here.aliases != nil {
			here.aliases[tok.Name(w.query)] = here.weight
		}
	default:
		w.add(w.weight(tok))
	}
	w.before = tok
}

// weight gives the weight of a name: that of the alias it may be, behind a dot it is none.
func (w *weigher) weight(tok sqltoken.Token) int {
	name := tok.Name(w.query)
	for i := len(w.scopes) - 1; i >= 0 && !w.before.Is(w.query, "."); i-- {
		if weight, ok := w.scopes[i].aliases[name]; ok {
			return weight
		}
	}
	return 1
}

func (w *weigher) add(weight int) {
	here := &w.scopes[len(w.scopes)-1]
	here.weight = min(here.weight+weight, mostAliases+1)
	w.heaviest = max(w.heaviest, here.weight)
}
