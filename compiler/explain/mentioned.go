package explain

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// aboutWords are the words of a query that messages without a place are about, by a part of the message.
var aboutWords = []struct {
	says  string
	words []string
}{
	{"set operations can only apply", []string{"union", "intersect", "except"}},
	{"must appear in the group by", []string{"*", "group"}},
	{"without from clause", []string{"*"}},
	{"at least one window function", []string{"qualify"}},
	{"unnest not supported", []string{"any", "all", "some", "unnest"}},
	{"scalar function. \"distinct\"", []string{"filter", "distinct", "order"}},
	{"lambda", []string{"->", "lambda"}},
}

// tooUsual are words in capital letters that messages are full of.
var tooUsual = map[string]bool{"SELECT": true, "FROM": true, "BY": true, "AND": true, "OR": true, "AS": true, "JOIN": true}

// mentioned gives the token that a message without a place is about: one it quotes, else a word of the
// query that it is known to be about, or has in capital letters, or calls a function.
func mentioned(sql string, code diag.Code, message string) (sqltoken.Token, bool) {
	tokens := sqltoken.Code(sql)
	lower := strings.ToLower(message)
	for _, about := range aboutWords {
		for _, word := range about.words {
			if tok, ok := first(sql, tokens, word); ok && strings.Contains(lower, about.says) {
				return tok, true
			}
		}
	}
	turn := 1
	if code == diag.DuplicateAlias || strings.Contains(lower, "duplicate") {
		turn = 2
	}
	for _, name := range quotedIn(message) {
		if tok, ok := named(sql, tokens, name, turn); ok {
			return tok, true
		}
	}
	words := strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" ,.:;()", r) })
	for i := len(words) - 1; i >= 0; i-- {
		word := words[i]
		if tok, ok := first(sql, tokens, word); ok && word == strings.ToUpper(word) && len(word) > 1 && !tooUsual[word] {
			return tok, true
		}
	}
	for _, word := range words {
		if tok, ok := called(sql, tokens, word); ok {
			return tok, true
		}
	}
	if len(words) > 0 {
		return stringOf(sql, words[len(words)-1])
	}
	return sqltoken.Token{}, false
}

// quotedIn gives what stands in quotes in a message, the last parts of qualified names.
func quotedIn(message string) (out []string) {
	message = strings.ReplaceAll(message, `""`, `"`)
	for _, quote := range []string{`"`, "'"} {
		parts := strings.Split(message, quote)
		for i := 1; i < len(parts)-1; i += 2 {
			out = append(out, parts[i][strings.LastIndexByte(parts[i], '.')+1:])
		}
	}
	return out
}

// named gives a turn of a name or a text in a query, other than in front of a dot.
func named(sql string, tokens []sqltoken.Token, name string, turn int) (sqltoken.Token, bool) {
	if name == "" {
		return sqltoken.Token{}, false
	}
	for i, tok := range tokens {
		is := strings.EqualFold(tok.Name(sql), name) && tok.Kind != sqltoken.Number ||
			tok.Kind == sqltoken.String && strings.Trim(tok.Text(sql), "'") == name
		if !is || i+1 < len(tokens) && tokens[i+1].Is(sql, ".") {
			continue
		}
		if turn--; turn == 0 {
			return tok, true
		}
	}
	return sqltoken.Token{}, false
}

func first(sql string, tokens []sqltoken.Token, word string) (sqltoken.Token, bool) {
	for _, tok := range tokens {
		if tok.Is(sql, word) {
			return tok, true
		}
	}
	return sqltoken.Token{}, false
}

// called gives the first call of a function.
func called(sql string, tokens []sqltoken.Token, function string) (sqltoken.Token, bool) {
	for i, tok := range tokens {
		if tok.Kind == sqltoken.Word && tok.Is(sql, function) && i+1 < len(tokens) && tokens[i+1].Is(sql, "(") {
			return tok, true
		}
	}
	return sqltoken.Token{}, false
}
