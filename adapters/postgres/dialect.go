package postgres

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/relation"
)

var _ adapters.Dialect = Dialect{}

// Dialect writes PostgreSQL's SQL. The zero value is ready for use, also concurrently.
type Dialect struct{}

// Name gives "postgres".
func (Dialect) Name() string { return "postgres" }

// Quote gives an identifier in double quotes.
func (Dialect) Quote(identifier string) string {
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

// Literal gives a value as an SQL literal. Values of other types become the text that fmt writes.
func (Dialect) Literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatLiteral(v)
	case string:
		return textLiteral(v)
	}
	return textLiteral(fmt.Sprint(value))
}

// floatLiteral keeps what was written: 2.5 stays an exact number, 1.0 does not become an integer.
func floatLiteral(v float64) string {
	switch {
	case math.IsNaN(v):
		return "'NaN'::double precision"
	case math.IsInf(v, 1):
		return "'Infinity'::double precision"
	case math.IsInf(v, -1):
		return "'-Infinity'::double precision"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// textLiteral means the same whether the server takes standard_conforming_strings or not.
func textLiteral(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// Relation gives a name with dots, each part in quotes where it needs them.
func (d Dialect) Relation(name relation.Name) string {
	s := quoteIfNeeded(name.Identifier)
	if name.Schema != "" {
		s = quoteIfNeeded(name.Schema) + "." + s
	}
	if name.Database != "" {
		if name.Schema == "" {
			s = defaultSchema + "." + s
		}
		s = quoteIfNeeded(name.Database) + "." + s
	}
	return s
}

// quoteIfNeeded leaves what PostgreSQL would read back as it is: names without quotes are folded to
// small letters.
func quoteIfNeeded(identifier string) string {
	if isPlain(identifier) && !keywords[identifier] {
		return identifier
	}
	return Dialect{}.Quote(identifier)
}

func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// FileScan gives "": a PostgreSQL server reads no files of the project.
func (Dialect) FileScan(string, string) string { return "" }

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

// IsAggregate reports whether a function aggregates; those that need OVER do not.
func (Dialect) IsAggregate(function string) bool { return aggregateNames[strings.ToLower(function)] }

// MaxIdentifier gives 63: PostgreSQL cuts longer names off.
func (Dialect) MaxIdentifier() int { return 63 }
