package postgres

import (
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/relation"
)

var _ adapters.Dialect = Dialect{}

var style = ansi.Style{
	Text: textLiteral, NaN: "'NaN'::double precision", Infinity: "'Infinity'::double precision",
	MinusInfinity: "'-Infinity'::double precision",
	Keywords:      keywords, Folds: true, Schema: defaultSchema,
}

// Dialect writes PostgreSQL's SQL. The zero value is ready for use, also concurrently.
type Dialect struct{}

// Name gives "postgres".
func (Dialect) Name() string { return "postgres" }

// Quote gives an identifier in double quotes.
func (Dialect) Quote(identifier string) string { return ansi.Quote(identifier) }

// Literal gives a value as an SQL literal. Values of other types become the text that fmt writes.
func (Dialect) Literal(value any) string { return style.Literal(value) }

// Relation gives a name with dots, each part in quotes where it needs them.
func (Dialect) Relation(name relation.Name) string { return style.Relation(name) }

// textLiteral means the same whether the server takes standard_conforming_strings or not.
func textLiteral(s string) string {
	quoted := ansi.Text(s)
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// FileScan gives "": a PostgreSQL server reads no files of the project.
func (Dialect) FileScan(string, string) string { return "" }

// SomeFiles gives "", as FileScan does.
func (Dialect) SomeFiles([]string, []string, string, []relation.Column) string { return "" }

// ListFiles gives "": there are none.
func (Dialect) ListFiles(string) string { return "" }

// Pattern gives the path as it is.
func (Dialect) Pattern(path string) string { return path }

// CreateTableAs gives the statement that makes a table of a query's rows.
func (d Dialect) CreateTableAs(name relation.Name, query string) string {
	return "create table " + d.Relation(name) + " as\n" + query
}

// CreateView gives the statement that makes a view. It replaces none: PostgreSQL replaces a view only
// by one that appends columns.
func (d Dialect) CreateView(name relation.Name, query string) string {
	return "create view " + d.Relation(name) + " as\n" + query
}

// Comment gives the statement that makes a text the comment on a relation or a column.
func (Dialect) Comment(kind relation.Kind, name relation.Name, column, text string) string {
	return style.Comment(kind, name, column, text)
}

// Grant gives the statement that grants a privilege on a relation to roles. The word public is all of them, and can be
// the name of none.
func (d Dialect) Grant(privilege string, name relation.Name, roles []string) (string, bool) {
	to := make([]string, len(roles))
	for i, role := range roles {
		if to[i] = role; role != "public" {
			to[i] = d.Quote(role)
		}
	}
	return "grant " + privilege + " on table " + d.Relation(name) + " to " + strings.Join(to, ", "), true
}

// IsAggregate reports whether a function aggregates; those that need OVER do not.
func (Dialect) IsAggregate(function string) bool { return aggregateNames[strings.ToLower(function)] }

// MaxIdentifier gives 63: PostgreSQL cuts longer names off.
func (Dialect) MaxIdentifier() int { return 63 }
