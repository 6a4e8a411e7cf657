package duckdb

import (
	"fmt"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/relation"
)

var _ adapters.Dialect = Dialect{}

var style = ansi.Style{
	Text: textLiteral, NaN: "'nan'::DOUBLE", Infinity: "'infinity'::DOUBLE", MinusInfinity: "'-infinity'::DOUBLE",
	Keywords: keywords, Schema: defaultSchema,
}

// Dialect writes DuckDB's SQL. The zero value is ready for use, also concurrently.
type Dialect struct{}

// Name gives "duckdb".
func (Dialect) Name() string { return "duckdb" }

// Quote gives an identifier in double quotes.
func (Dialect) Quote(identifier string) string { return ansi.Quote(identifier) }

// Literal gives a value as an SQL literal. Values of other types become the text that fmt writes.
func (Dialect) Literal(value any) string { return style.Literal(value) }

// Relation gives a name with dots, each part in quotes where it needs them.
func (Dialect) Relation(name relation.Name) string { return style.Relation(name) }

// textLiteral knows that a zero byte would end the statement.
func textLiteral(s string) string {
	quoted := ansi.Text(s)
	if strings.IndexByte(s, 0) < 0 {
		return quoted
	}
	return "(" + strings.ReplaceAll(quoted, "\x00", "' || chr(0) || '") + ")"
}

// Pattern gives a path for FileScan in which nothing stands for something else.
func (Dialect) Pattern(path string) string {
	if !strings.ContainsAny(path, "*?[{") {
		return path
	}
	var b strings.Builder
	for _, r := range path {
		if strings.ContainsRune("*?[{", r) {
			fmt.Fprintf(&b, "[%c]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// CreateTableAs gives the statement that replaces a table by a query's rows.
func (d Dialect) CreateTableAs(name relation.Name, query string) string {
	return "create or replace table " + d.Relation(name) + " as\n" + query
}

// CreateView gives the statement that replaces a view.
func (d Dialect) CreateView(name relation.Name, query string) string {
	return "create or replace view " + d.Relation(name) + " as\n" + query
}

// Comment gives the statement that makes a text the comment on a relation or a column.
func (Dialect) Comment(kind relation.Kind, name relation.Name, column, text string) string {
	return style.Comment(kind, name, column, text)
}

// Grant gives none: DuckDB has no roles.
func (Dialect) Grant(string, relation.Name, []string) (string, bool) { return "", false }

// IsAggregate reports whether a function aggregates; those that need OVER do not.
func (Dialect) IsAggregate(function string) bool { return aggregateNames[strings.ToLower(function)] }

// MaxIdentifier gives zero: DuckDB knows no limit.
func (Dialect) MaxIdentifier() int { return 0 }
