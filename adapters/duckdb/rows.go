//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// plainTypes are the types whose values the driver gives whole. Everything else is cast to text by
// DuckDB itself: the driver's times lose infinity and 24:00, its JSON loses digits.
var plainTypes = map[duckdb.Type]string{
	duckdb.TYPE_BOOLEAN: "BOOLEAN", duckdb.TYPE_TINYINT: "TINYINT", duckdb.TYPE_SMALLINT: "SMALLINT",
	duckdb.TYPE_INTEGER: "INTEGER", duckdb.TYPE_BIGINT: "BIGINT", duckdb.TYPE_HUGEINT: "HUGEINT",
	duckdb.TYPE_UTINYINT: "UTINYINT", duckdb.TYPE_USMALLINT: "USMALLINT", duckdb.TYPE_UINTEGER: "UINTEGER",
	duckdb.TYPE_UBIGINT: "UBIGINT", duckdb.TYPE_UHUGEINT: "UHUGEINT",
	duckdb.TYPE_FLOAT: "FLOAT", duckdb.TYPE_DOUBLE: "DOUBLE",
}

// Query gives at most limit rows of a query; zero means all.
func (s *session) Query(ctx context.Context, query string, limit int) (*engine.Rows, error) {
	query, err := oneQuery(query)
	if err != nil {
		return nil, err
	}
	st := around("", query, "")
	if limit > 0 {
		// One more than asked for, to know whether there is more. The query stays in a line of its
		// own: it may end in a comment.
		st = around("select * from (", query, "\n) limit "+strconv.Itoa(limit+1))
	}
	out, plain, err := s.queryPlain(ctx, st)
	if err != nil {
		return nil, s.betterError(ctx, err, query)
	}
	if !plain {
		if out, err = s.queryAsText(ctx, query, limit); err != nil {
			return nil, err
		}
	}
	if limit > 0 && len(out.Values) > limit {
		out.Values, out.More = out.Values[:limit:limit], true
	}
	return out, nil
}

// betterError finds the error of the query alone, where the one of the statement around it is about
// a parenthesis that nobody wrote.
func (s *session) betterError(ctx context.Context, err error, query string) error {
	if e, ok := errors.AsType[*engine.Error](err); !ok || e.Subtype != "SYNTAX_ERROR" {
		return err
	}
	st := around("", query, "")
	prepared, alone := s.conn.PrepareContext(ctx, query)
	if alone != nil {
		return s.failed(ctx, alone, st)
	}
	stmt := prepared.(*duckdb.Stmt)
	defer stmt.Close()
	if other := mustRead(stmt); other != nil {
		return other
	}
	return err
}

// mustRead refuses statements that are no queries: asking for their rows would execute them.
func mustRead(stmt *duckdb.Stmt) error {
	kind, err := stmt.StatementType()
	if err == nil && readable[kind] {
		return nil
	}
	e := engine.Errorf("Parser", "only a query can be read, and this is another statement")
	e.Position, e.Cause = 0, err
	return e
}

var readable = map[duckdb.StmtType]bool{
	duckdb.STATEMENT_TYPE_SELECT: true, duckdb.STATEMENT_TYPE_EXPLAIN: true, duckdb.STATEMENT_TYPE_RELATION: true,
}

// queryPlain runs a statement if all its columns have plain types; else it does nothing.
func (s *session) queryPlain(ctx context.Context, st statement) (out *engine.Rows, plain bool, err error) {
	if s.conn == nil {
		return nil, false, engine.Errorf("Connection", "the session is closed")
	}
	prepared, err := s.conn.PrepareContext(ctx, st.text)
	if err != nil {
		return nil, false, s.failed(ctx, err, st)
	}
	stmt := prepared.(*duckdb.Stmt)
	defer stmt.Close()
	if err := mustRead(stmt); err != nil {
		return nil, false, err
	}
	columns, err := plainColumns(stmt)
	if err != nil || columns == nil {
		return nil, false, err
	}
	rows, err := stmt.QueryContext(ctx, nil)
	if err != nil {
		return nil, false, s.failed(ctx, err, st)
	}
	defer rows.Close()
	out = &engine.Rows{Columns: columns}
	err = s.fetch(ctx, rows, st, out)
	return out, true, err
}

// plainColumns gives the columns of a statement, nil where one has no plain type.
func plainColumns(stmt *duckdb.Stmt) ([]relation.Column, error) {
	n, err := stmt.ColumnCount()
	if err != nil {
		return nil, err
	}
	columns := make([]relation.Column, n)
	for i := range columns {
		t, err := stmt.ColumnType(i)
		if err != nil {
			return nil, err
		}
		word, ok := plainTypes[t]
		if !ok {
			return nil, nil
		}
		name, err := stmt.ColumnName(i)
		if err != nil {
			return nil, err
		}
		columns[i] = relation.Column{Name: name, Type: word}
	}
	return columns, nil
}

// queryAsText runs a query with every column cast to what the driver gives whole. The names and
// types it reports are the query's own.
func (s *session) queryAsText(ctx context.Context, query string, limit int) (*engine.Rows, error) {
	columns, err := s.describe(ctx, around("describe ", query, ""))
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Kind == "Parser" { // DESCRIBE and its like
		columns, err = s.describe(ctx, around("describe from (", query, "\n)"))
	}
	if err != nil {
		return nil, err
	}
	casts, names := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = "c" + strconv.Itoa(i)
		casts[i] = names[i] + "::" + readableType(c.Type)
	}
	after := "\n) as q(" + strings.Join(names, ", ") + ")"
	if limit > 0 {
		after += " limit " + strconv.Itoa(limit+1)
	}
	st := around("select "+strings.Join(casts, ", ")+" from (", query, after)
	rows, err := s.query(ctx, st)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := &engine.Rows{Columns: columns}
	return out, s.fetch(ctx, rows, st, out)
}

func (s *session) fetch(ctx context.Context, rows driver.Rows, st statement, out *engine.Rows) error {
	for {
		row := make([]driver.Value, len(out.Columns))
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return s.failed(ctx, err, st)
		}
		values := make([]any, len(row))
		for i, v := range row {
			values[i] = normal(v)
		}
		out.Values = append(out.Values, values)
	}
}

// normal gives a driver's value as engine.Rows promises it.
func normal(value any) any {
	switch v := value.(type) {
	case nil, bool, string, int64:
		return v
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint64:
		if v > math.MaxInt64 {
			return json.Number(strconv.FormatUint(v, 10))
		}
		return int64(v)
	case *big.Int:
		return json.Number(v.String())
	case float32:
		return float(float64(v), 32)
	case float64:
		return float(v, 64)
	case duckdb.Decimal:
		return json.Number(decimal(v))
	}
	return normalNested(value)
}

func normalNested(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = normal(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = normal(inner)
		}
		return out
	case duckdb.OrderedMap:
		out := make(map[string]any, v.Len())
		for i, key := range v.Keys() {
			out[fmt.Sprint(key)] = normal(v.Values()[i])
		}
		return out
	case []byte:
		return string(v)
	}
	return fmt.Sprint(value)
}

// float keeps JSON possible: NaN and the infinities are words. A FLOAT keeps its short form.
func float(v float64, bits int) any {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case bits == 32:
		short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', -1, 32), 64)
		return short
	}
	return v
}

// decimal writes all digits of a decimal's scale, as DuckDB does.
func decimal(d duckdb.Decimal) string {
	digits, sign := d.Value.String(), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	scale := int(d.Scale)
	if scale == 0 {
		return sign + digits
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
