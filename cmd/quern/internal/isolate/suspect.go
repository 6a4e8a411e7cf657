package isolate

import (
	"strings"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// What a query in the process may be. Far below these an engine needs milliseconds and some megabytes.
const (
	mostBytes  = 256 << 10
	mostDepth  = 60  // of parentheses, brackets and braces
	mostChain  = 400 // of operators and casts without a comma or a keyword between them
	mostParts  = 600 // selects, joins and set operations
	mostLambda = 6   // each may double the work
)

// suspicious reports whether a query may need more than the process can give.
func suspicious(query string) bool {
	if len(query) > mostBytes {
		return true
	}
	// A cheap look is enough for nearly all.
	if len(query) < mostDepth {
		return false
	}
	var s shape
	w := weigher{query: query, scopes: make([]scope, 1, 16)}
	for tok := range sqltoken.Tokens(query) {
		if tok.Kind == sqltoken.Comment {
			continue
		}
		word := keyword(tok, query)
		s.token(tok, tok.Text(query), word)
		if w.token(tok, word); w.heaviest > mostAliases || w.stars > mostStars || w.structs > mostStructs {
			return true
		}
	}
	return s.deepest > mostDepth || s.longest > mostChain || s.parts > mostParts || s.lambdas > mostLambda
}

// keyword gives a word in small letters if it is short enough to be one that is looked for.
func keyword(tok sqltoken.Token, query string) string {
	const longest = len("select")
	text := tok.Text(query)
	if tok.Kind != sqltoken.Word || len(text) > longest {
		return ""
	}
	return strings.ToLower(text)
}

// shape counts how deep, long and manifold a query is.
type shape struct {
	depth, deepest, chain, longest, parts, lambdas, cases int
}

func (s *shape) token(tok sqltoken.Token, text, word string) {
	if tok.Kind == sqltoken.Operator {
		s.operator(text)
		return
	}
	switch word {
	case "select", "join", "union", "from":
		s.parts, s.chain = s.parts+1, 0
	case "lambda":
		s.lambdas++
	case "case", "not":
		s.cases++
		s.deepest = max(s.deepest, s.depth+s.cases)
	case "end", "and", "or":
		s.cases = max(s.cases-1, 0)
	}
}

func (s *shape) operator(text string) {
	switch text {
	case "(", "[", "{":
		s.depth++
		s.deepest = max(s.deepest, s.depth)
	case ")", "]", "}":
		s.depth--
	case ",":
		s.chain = 0
	case ".", ";", "*":
	default:
		if text == "->" {
			s.lambdas++
		}
		s.chain += len(text)
		s.longest = max(s.longest, s.chain)
	}
}
