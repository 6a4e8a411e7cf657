package isolate

import "github.com/quernsql/quern/compiler/sqltoken"

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
	depth, deepest, chain, longest, parts, lambdas, cases := 0, 0, 0, 0, 0, 0, 0
	for tok := range sqltoken.Tokens(query) {
		text := tok.Text(query)
		switch {
		case tok.Kind == sqltoken.Operator:
			switch text {
			case "(", "[", "{":
				depth++
				deepest = max(deepest, depth)
			case ")", "]", "}":
				depth--
			case ",", ".", ";", "*":
				if text == "," {
					chain = 0
				}
			default:
				if text == "->" {
					lambdas++
				}
				chain += len(text)
				longest = max(longest, chain)
			}
		case tok.Kind == sqltoken.Word:
			switch {
			case tok.Is(query, "select"), tok.Is(query, "join"), tok.Is(query, "union"), tok.Is(query, "from"):
				parts, chain = parts+1, 0
			case tok.Is(query, "lambda"):
				lambdas++
			case tok.Is(query, "case"), tok.Is(query, "not"):
				cases++
				deepest = max(deepest, depth+cases)
			case tok.Is(query, "end"), tok.Is(query, "and"), tok.Is(query, "or"):
				cases = max(cases-1, 0)
			}
		}
	}
	return deepest > mostDepth || longest > mostChain || parts > mostParts || lambdas > mostLambda || multiplies(query)
}
