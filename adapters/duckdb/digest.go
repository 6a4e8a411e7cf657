//go:build cgo

package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// Digest reads a relation once. Its columns are looked up in the transaction that reads the rows, so
// that a publication in between cannot make them those of another table.
func (s *session) Digest(ctx context.Context, name relation.Name) (d engine.Digest, err error) {
	err = s.transaction(ctx, func() error {
		columns, err := s.Columns(ctx, name)
		if err != nil {
			return err
		}
		rows, err := s.values(ctx, contentSQL(name, columns))
		if err != nil {
			return err
		}
		d.Rows, _ = rows[0][0].(int64)
		sum, _ := rows[0][1].(string)
		d.Columns, d.Content = engine.HashColumns(columns), contentOf(sum)
		return nil
	})
	return d, err
}

// contentSQL gives the query for the number of rows and the sum of their hashes.
//
// A sum does not depend on the order, as XOR does not; but in XOR two equal rows cancel. The hash of
// a row is a sum of hashes of its values, nearly: only hashed once more can it not be traded for that
// of another row. Sums of UBIGINT are HUGEINT, and overflow after 2^63 rows.
func contentSQL(name relation.Name, columns []relation.Column) string {
	names, values := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = "c" + strconv.Itoa(i)
		values[i] = hashed(names[i], c.Type)
	}
	return "select count(*), coalesce(sum(hash(hash(" + strings.Join(values, ", ") + "))), 0)::varchar from " +
		Dialect{}.Relation(name) + " as q(" + strings.Join(names, ", ") + ")"
}

// contentOf gives the content of a digest from the sum: within the engine's version and that of contentSQL.
func contentOf(sum string) string {
	const version = "2"
	return libraryVersion() + ":" + version + ":" + sum
}

// hashedWhole are the types whose hash tells apart all that reads differently.
var hashedWhole = ansi.Words(`
	BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT
	VARCHAR BLOB BIT ENUM DATE TIME TIME_NS TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS
`)

// hashed gives what of a column goes into the hash of its row.
//
// DuckDB hashes values alike that it finds equal, such as 0.0 and -0.0, or a month and 30 days; and
// within lists and structs also [], NULL and a struct of NULLs. Their text tells these apart. It does
// not tell which member of a union a value is; that does the hash. Of values of 128 bits it hashes one half
// XOR the other, which is the same for 0 and -1; so their text alone counts.
func hashed(column, spelled string) string {
	word, _, _ := strings.Cut(spelled, "(")
	switch {
	case strings.HasSuffix(spelled, "]"):
	case spelled == "FLOAT", spelled == "DOUBLE":
		return column + ", signbit(" + column + ")"
	case word == "DECIMAL" && !isWide(spelled):
		return column
	case word == "DECIMAL", word == "HUGEINT", word == "UHUGEINT", word == "UUID":
		return column + "::varchar"
	case hashedWhole[word], hashedWhole[strings.TrimSuffix(word, " WITH TIME ZONE")]:
		return column
	}
	return column + "::varchar, " + column
}

// isWide reports whether the values of a decimal type have more than 64 bits.
func isWide(decimal string) bool {
	var width, scale int
	_, err := fmt.Sscanf(decimal, "DECIMAL(%d,%d)", &width, &scale)
	return err != nil || width > 18
}
