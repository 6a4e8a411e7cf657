package duckdb

import (
	"iter"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// oneQuery takes a semicolon off the end of a query and refuses text behind one: it would run as a
// second statement.
func oneQuery(query string) (string, error) {
	q := sqltoken.Split(query)
	if q.More.Kind != 0 {
		e := engine.Errorf("Parser", "there is a second statement after the semicolon")
		e.Subtype, e.Position = "SYNTAX_ERROR", q.More.Start
		return "", e.WithHint("keep one query; statements to run before or after it do not belong here")
	}
	if q.First.Kind == 0 {
		e := engine.Errorf("Parser", "the query is empty")
		e.Subtype = "SYNTAX_ERROR"
		return "", e
	}
	return query[:q.End], nil
}

// refuseInstall refuses statements that would download an extension.
func refuseInstall(text string) error {
	for statement := range statements(text) {
		words := firstWords(statement, 2)
		if words[0] == "install" || words[0] == "force" && words[1] == "install" || words[0] == "update" && words[1] == "extensions" {
			return engine.Errorf("Permission", "extensions are not downloaded").
				WithHint("name the extension's file under extensions in the target")
		}
	}
	return nil
}

// statements gives the statements of a text, each from its first word to its semicolon.
func statements(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := -1
		for at, piece := range sqltoken.Pieces(text, 0) {
			switch {
			case piece != ";":
				if start < 0 {
					start = at
				}
			case start >= 0:
				if !yield(text[start:at]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

// firstWords gives the first pieces of a text in small letters, "" where it has fewer.
func firstWords(text string, n int) []string {
	words := make([]string, 0, n)
	for _, piece := range sqltoken.Pieces(text, 0) {
		if words = append(words, strings.ToLower(piece)); len(words) == n {
			break
		}
	}
	return words[:n]
}

// names reports whether a text starts with a name, or with names and dots that end in it.
func names(text, name string) bool {
	before := "."
	for _, piece := range sqltoken.Pieces(text, 0) {
		if before == "." && strings.EqualFold(sqltoken.Unquote(piece), name) {
			return true
		}
		if (before == ".") == (piece == ".") {
			return false
		}
		before = piece
	}
	return false
}
