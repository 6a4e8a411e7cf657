package duckdb

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/relation"
)

var _ adapters.Dialect = Dialect{}

// Dialect writes DuckDB's SQL. The zero value is ready for use, also concurrently.
type Dialect struct{}

// Name gives "duckdb".
func (Dialect) Name() string { return "duckdb" }

// Quote gives an identifier in double quotes.
func (Dialect) Quote(identifier string) string {
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

// Literal gives a value as an SQL literal. Values of other types become the text that fmt writes.
func (d Dialect) Literal(value any) string {
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

// floatLiteral keeps what was written: 2.5 stays an exact decimal, 1.0 does not become an integer.
func floatLiteral(v float64) string {
	switch {
	case math.IsNaN(v):
		return "'nan'::DOUBLE"
	case math.IsInf(v, 1):
		return "'infinity'::DOUBLE"
	case math.IsInf(v, -1):
		return "'-infinity'::DOUBLE"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// textLiteral knows that a zero byte would end the statement.
func textLiteral(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.IndexByte(s, 0) < 0 {
		return quoted
	}
	return "(" + strings.ReplaceAll(quoted, "\x00", "' || chr(0) || '") + ")"
}

// Relation gives a name with dots, each part in quotes where it needs them.
func (d Dialect) Relation(name relation.Name) string {
	s := quoteIfNeeded(name.Identifier)
	if name.Schema != "" {
		s = quoteIfNeeded(name.Schema) + "." + s
	}
	if name.Database != "" {
		if name.Schema == "" {
			s = "main." + s
		}
		s = quoteIfNeeded(name.Database) + "." + s
	}
	return s
}

func quoteIfNeeded(identifier string) string {
	if isPlain(identifier) && !keywords[strings.ToLower(identifier)] {
		return identifier
	}
	return Dialect{}.Quote(identifier)
}

func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// FileScan gives the table function that reads the files; the path may be a pattern. Folders named
// key=value become columns, as DuckDB does by default.
func (Dialect) FileScan(path, format string) string {
	return "read_" + format + "(" + textLiteral(path) + ")"
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

// IsAggregate reports whether a function aggregates; those that need OVER do not.
func (Dialect) IsAggregate(function string) bool { return aggregateNames[strings.ToLower(function)] }

// MaxIdentifier gives zero: DuckDB knows no limit.
func (Dialect) MaxIdentifier() int { return 0 }
