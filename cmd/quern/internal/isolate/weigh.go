package isolate

import "github.com/quernsql/quern/compiler/sqltoken"

// What a query in the process may multiply.
const (
	mostAliases = 4000 // names in an expression, once the aliases it is made of stand in their place
	mostStars   = 16   // of one table; a part that takes two of another doubles its columns
	mostStructs = 16   // which may double the type of a column each
)

// weigher counts the names of each expression. An alias that a later expression of the same list uses
// weighs as much as what it stands for.
type weigher struct {
	query          string
	scopes         []scope
	heaviest       int
	stars, structs int
	// behind is the keyword or operator before the token at hand.
	behind string
}

// scope is what stands between parentheses, or the query around them.
type scope struct {
	weight   int // of the expression at hand
	inSelect bool
	aliases  map[string]int
}

// alias gives the expression at hand a name.
func (s *scope) alias(name string) {
	if !s.inSelect {
		return
	}
	if s.aliases == nil {
		s.aliases = map[string]int{}
	}
	s.aliases[name] = s.weight
}

func (w *weigher) token(tok sqltoken.Token, word string) {
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
	case text == "*" && w.behind == ".":
		w.stars++
	case text == "," && (len(w.scopes) == 1 || here.inSelect):
		here.weight = 0
	case word == "select":
		*here = scope{inSelect: true}
	case !tok.IsName():
	case w.behind == "as":
		here.alias(tok.Name(w.query))
	default:
		w.add(w.weight(tok))
	}
	if w.behind = word; tok.Kind == sqltoken.Operator {
		w.behind = text
	}
}

// weight gives the weight of a name: that of the alias it may be, behind a dot it is none.
func (w *weigher) weight(tok sqltoken.Token) int {
	if w.behind == "." {
		return 1
	}
	name := tok.Name(w.query)
	for i := len(w.scopes) - 1; i >= 0; i-- {
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
