//go:build cgo

package duckdb

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// Definitions asks the catalog for the texts of views. DuckDB keeps them without comments and layout.
func (s *session) Definitions(ctx context.Context, database, schema string) (map[string]string, error) {
	out := map[string]string{}
	sql := "select lower(view_name), sql from duckdb_views() where not internal and not temporary and " + where(database, schema)
	err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
		name, _ := row[0].(string)
		text, _ := row[1].(string)
		out[name] = definitionHash(text)
		return nil
	})
	return out, err
}

// definitionHash gives a hash of the text of a view, to see whether somebody replaced it. What DuckDB writes in another
// way once it has read the view from a file does not count: the types of casts, the order in the lists behind a star,
// quotes, parentheses, how lambdas and cross joins are written, and whether a common table expression is materialized.
func definitionHash(text string) string {
	d := definition{text: text}
	for tok := range sqltoken.Tokens(text) {
		if tok.Kind != sqltoken.Comment {
			d.add(tok)
		}
	}
	const enough = 16 // bytes
	sum := sha256.Sum256([]byte(strings.Join(d.words, " ")))
	return hex.EncodeToString(sum[:enough])
}

// definition are the words of a view's text that count.
type definition struct {
	text  string
	last  sqltoken.Token
	words []string
	open  []parenthesis
	// skipping is how many parentheses are open where a type is left out, or 0.
	skipping int
	// lambda says that the names of a lambda's arguments are being read.
	lambda bool
}

// parenthesis is an open one: whose it is, and how many words are before it.
type parenthesis struct {
	cast, list bool
	before     int
}

func (d *definition) add(tok sqltoken.Token) {
	word := tok.Text(d.text)
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return d.last.Is(d.text, w) })
	}
	switch n := len(d.open); {
	case word == "(":
		d.open = append(d.open, parenthesis{is("cast", "try_cast"), is("exclude", "replace", "rename"), len(d.words)})
	case word == ")" && n > 0:
		if d.skipping == n {
			d.skipping = 0
		}
		if last := d.open[n-1]; last.list {
			d.sortList(last.before)
		}
		d.open = d.open[:n-1]
	case d.skipping == 0 && tok.Is(d.text, "as") && n > 0 && d.open[n-1].cast:
		d.skipping = n
	}
	if d.last = tok; d.skipping == 0 {
		d.put(word, tok)
	}
}

// betweenEntries stands for a comma between the entries of a list, and not between the arguments of a function in one.
const betweenEntries = ",,"

// sortList sorts the entries of a list.
func (d *definition) sortList(from int) {
	entries := strings.Split(strings.Join(d.words[from:], " "), " "+betweenEntries+" ")
	slices.Sort(entries)
	d.words = append(d.words[:from], entries...)
}

func (d *definition) put(word string, tok sqltoken.Token) {
	last := len(d.words) - 1
	switch {
	case word == "(", word == ")", word == `"row"`:
	case word == "," && len(d.open) > 0 && d.open[len(d.open)-1].list:
		d.words = append(d.words, betweenEntries)
	case tok.Is(d.text, "materialized"):
		if last >= 0 && strings.EqualFold(d.words[last], "not") {
			d.words = d.words[:last]
		}
	case tok.Is(d.text, "lambda"):
		d.lambda = true
	case d.lambda && word == ":":
		d.lambda = false
		d.words = append(d.words, "->")
	case tok.Is(d.text, "join") && last >= 0 && strings.EqualFold(d.words[last], "cross"):
		d.words[last] = ","
	default:
		d.words = append(d.words, strings.Trim(word, `'"`))
	}
}
