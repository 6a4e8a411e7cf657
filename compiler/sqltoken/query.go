package sqltoken

import (
	"slices"
	"strings"
)

// Query is what a text that ought to be one query looks like.
type Query struct {
	// End is where the query ends: at a closing semicolon, else at the end of the text.
	End int
	// First is the first token of code; its Kind is zero where there is none.
	First Token
	// More is the first token after the semicolon; its Kind is zero where there is none.
	More Token
}

// Split finds the end of the first statement in a text and whether another one follows.
func Split(text string) Query {
	q := Query{End: len(text)}
	// Most queries hold no semicolon at all: then there is no need to look past the first token.
	single := strings.IndexByte(text, ';') < 0
	ended := false
	for tok := range Tokens(text) {
		switch {
		case tok.Kind == Comment:
		case tok.Is(text, ";"):
			if !ended {
				q.End, ended = tok.Start, true
			}
		case ended:
			q.More = tok
			return q
		case q.First.Kind == 0:
			q.First = tok
			if single {
				return q
			}
		}
	}
	return q
}

// Calls says which kinds of functions an expression calls outside its subqueries.
type Calls struct {
	Aggregate, Window bool
}

// CallsOf looks for aggregates and windows in an expression. What stands in a subquery, a string, a
// comment or quotes does not count, and an aggregate with OVER is a window.
func CallsOf(text string, isAggregate func(name string) bool) Calls {
	toks := Code(text)
	var calls Calls
	for i := 0; i < len(toks); i++ {
		if !toks[i].Is(text, "(") {
			continue
		}
		if isSubquery(text, toks, i) {
			i = closing(text, toks, i)
			continue
		}
		if i == 0 || toks[i-1].Kind != Word {
			continue
		}
		if isWindow(text, toks, closing(text, toks, i)+1) {
			calls.Window = true
		} else if isAggregate(strings.ToLower(toks[i-1].Text(text))) {
			calls.Aggregate = true
		}
	}
	return calls
}

// isSubquery reports whether the parenthesis at i opens a query.
func isSubquery(text string, toks []Token, i int) bool {
	for i++; i < len(toks) && toks[i].Is(text, "("); i++ {
	}
	return i < len(toks) && slices.ContainsFunc(queryWords, func(word string) bool {
		return toks[i].Is(text, word)
	})
}

var queryWords = []string{"select", "with", "from", "values", "table"}

// closing gives the index of the parenthesis that closes the one at i, else the number of tokens.
func closing(text string, toks []Token, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch {
		case toks[i].Is(text, "("):
			depth++
		case toks[i].Is(text, ")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// isWindow reports whether what follows a call, after FILTER (…) and the words about NULL, is OVER.
func isWindow(text string, toks []Token, i int) bool {
	for i < len(toks) {
		switch {
		case toks[i].Is(text, "over"):
			return true
		case toks[i].Is(text, "filter") && i+1 < len(toks) && toks[i+1].Is(text, "("):
			i = closing(text, toks, i+1) + 1
		case toks[i].Is(text, "ignore"), toks[i].Is(text, "respect"), toks[i].Is(text, "nulls"):
			i++
		default:
			return false
		}
	}
	return false
}

// Unbalanced gives the first parenthesis that closes or is closed by none.
func Unbalanced(text string) (Token, bool) {
	var open []Token
	for tok := range Tokens(text) {
		switch {
		case tok.Is(text, "("):
			open = append(open, tok)
		case tok.Is(text, ")") && len(open) == 0:
			return tok, true
		case tok.Is(text, ")"):
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return open[0], true
	}
	return Token{}, false
}
