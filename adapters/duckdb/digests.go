//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// digestsAtOnce is how many relations one statement reads.
const digestsAtOnce = 40

// Digests reads several relations with a statement for many of them: of small ones the statement takes longer
// than the rows.
func (s *session) Digests(ctx context.Context, names []relation.Name) ([]engine.Digest, error) {
	out := make([]engine.Digest, len(names))
	err := s.transaction(ctx, func() error {
		columns, err := s.columnsOf(ctx, names)
		if err != nil {
			return err
		}
		for from := 0; from < len(names); from += digestsAtOnce {
			to := min(from+digestsAtOnce, len(names))
			if err := s.digests(ctx, names[from:to], columns[from:to], out[from:to]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// columnsOf gives the columns of tables, as Columns does, with one look at the catalog.
func (s *session) columnsOf(ctx context.Context, names []relation.Name) ([][]relation.Column, error) {
	out := make([][]relation.Column, len(names))
	places := make(map[place]int, len(names))
	for i, name := range names {
		places[whereIs(name)] = i
	}
	sql := "select database_name, schema_name, table_name, column_name, data_type from duckdb_columns() where not internal" +
		" order by table_oid, column_index"
	err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
		var text [5]string
		for i := range text {
			text[i], _ = row[i].(string)
		}
		if i, ok := places[whereIs(relation.Name{Database: text[0], Schema: text[1], Identifier: text[2]})]; ok {
			out[i] = append(out[i], relation.Column{Name: text[3], Type: text[4]})
		}
		return nil
	})
	for i := range out {
		if err == nil && out[i] == nil {
			out[i], err = s.Columns(ctx, names[i]) // which says what is wrong
		}
	}
	return out, err
}

func (s *session) digests(ctx context.Context, names []relation.Name, columns [][]relation.Column, out []engine.Digest) error {
	var b strings.Builder
	for i, name := range names {
		out[i].Columns = engine.HashColumns(columns[i])
		if i > 0 {
			b.WriteString("\nunion all\n")
		}
		b.WriteString("select " + strconv.Itoa(i) + "::integer, * from (" + contentSQL(name, columns[i]) + ")")
	}
	return s.each(ctx, statement{text: b.String()}, func(row []driver.Value) error {
		at, _ := row[0].(int32)
		out[at].Rows, _ = row[1].(int64)
		sum, _ := row[2].(string)
		out[at].Content = contentOf(sum)
		return nil
	})
}
