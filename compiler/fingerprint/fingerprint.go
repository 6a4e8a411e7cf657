// Package fingerprint tells whether two texts of a query mean the same.
//
// It takes rendered SQL and gives a normal form: the same for texts that differ in layout, comments and
// the case of keywords, and another one as soon as anything may differ in the rows. It is made of tokens
// alone, so it takes every text, wrong ones too. What it calls equal is equal; some texts that are equal it
// calls different, and then a relation is built once more than it had to be.
package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// Version is that of the normal form. Digests of different versions cannot be compared; the normal forms
// of both texts have to be made again.
const Version = 1

// Digest is the hash of parts, of which each counts for itself: ("ab", "c") differs from ("a", "bc").
type Digest string

// Of gives the digest of parts.
func Of(parts ...string) Digest {
	h := sha256.New()
	var length [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	return Digest(hex.EncodeToString(h.Sum(nil)[:16]))
}

// Normal gives the normal form of SQL: its tokens with a space between them. Comments are left out,
// but hints (/*+ … */). Keywords are in small letters where they can be nothing else; names keep their
// case, since engines show it.
func Normal(sql string) string {
	var b strings.Builder
	b.Grow(len(sql))
	toks := significant(sql)
	for i, tok := range toks {
		if i > 0 {
			b.WriteString(between(sql, toks[i-1], tok))
		}
		text := tok.Text(sql)
		if tok.Kind == sqltoken.Word && isKeyword(sql, toks, i) {
			text = strings.ToLower(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// between gives what stands between two tokens: a space, unless it matters. x'00' is a literal and x '00' is
// none, and texts go together over a line break only.
func between(sql string, a, b sqltoken.Token) string {
	if a.Kind == sqltoken.Operator || b.Kind == sqltoken.Operator {
		return " "
	}
	switch gap := sql[a.End:b.Start]; {
	case gap == "":
		return ""
	case a.Kind == sqltoken.String && b.Kind == sqltoken.String && strings.ContainsAny(gap, "\r\n"):
		return "\n"
	default:
		return " "
	}
}

// significant gives the tokens that count: all but comments that are no hints, and semicolons at the end.
func significant(sql string) []sqltoken.Token {
	var out []sqltoken.Token
	for tok := range sqltoken.Tokens(sql) {
		if tok.Kind != sqltoken.Comment || strings.HasPrefix(tok.Text(sql), "/*+") {
			out = append(out, tok)
		}
	}
	for len(out) > 0 && out[len(out)-1].Text(sql) == ";" {
		out = out[:len(out)-1]
	}
	return out
}

// isKeyword reports whether a word is a keyword and nothing else. Engines take reserved words as names
// behind AS and a dot, and as names of fields and arguments before a colon, := or =>.
func isKeyword(sql string, toks []sqltoken.Token, i int) bool {
	if !reserved[strings.ToLower(toks[i].Text(sql))] {
		return false
	}
	if i > 0 {
		before := toks[i-1]
		if before.Is(sql, "as") || before.Is(sql, ".") {
			return false
		}
	}
	if i+1 < len(toks) && toks[i+1].Kind == sqltoken.Operator {
		switch next := toks[i+1].Text(sql); {
		case strings.HasPrefix(next, ":"), strings.HasPrefix(next, "=>"), next == ".":
			return false
		}
	}
	return true
}

// reserved are keywords that DuckDB and PostgreSQL reserve, so that no name without quotes is one of
// them, from the lists of keywords in their manuals.
var reserved = map[string]bool{
	"all": true, "and": true, "any": true, "array": true, "as": true, "asc": true, "both": true, "case": true,
	"cast": true, "check": true, "collate": true, "constraint": true, "create": true, "default": true,
	"desc": true, "distinct": true, "do": true, "else": true, "end": true, "except": true, "false": true,
	"fetch": true, "for": true, "foreign": true, "from": true, "grant": true, "group": true, "having": true,
	"in": true, "initially": true, "intersect": true, "into": true, "lateral": true, "leading": true,
	"limit": true, "not": true, "null": true, "offset": true, "on": true, "only": true, "or": true,
	"order": true, "primary": true, "references": true, "returning": true, "select": true, "some": true,
	"symmetric": true, "table": true, "then": true, "to": true, "trailing": true, "true": true, "union": true,
	"unique": true, "using": true, "variadic": true, "when": true, "where": true, "window": true, "with": true,
}
