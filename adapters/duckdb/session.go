//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// session is one connection. It works on the driver's connection itself: database/sql would only
// add its locks and conversions.
type session struct {
	conn *duckdb.Conn
	done func(*session)
	// inTransaction says that a transaction of this package is open.
	inTransaction bool
	// spoiled is the error that left a part of the transaction half done, and stumbled says that there was one
	// at all.
	spoiled  error
	stumbled bool
	// dir is the project folder with a slash at its end; messages name files below it without it.
	dir string
}

var _ adapters.Session = (*session)(nil)

// statement is a text for the engine that may hold a query somebody gave.
type statement struct {
	text string
	// query starts at the byte offset before and is length bytes long; zero length means none.
	before, length int
}

// around makes a statement of a query with text before and after it.
func around(before, query, after string) statement {
	return statement{text: before + query + after, before: len(before), length: len(query)}
}

// Close gives the connection back; a second Close does nothing.
func (s *session) Close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	if s.done != nil {
		s.done(s)
	}
	return err
}

// query runs a statement and gives the driver's rows.
func (s *session) query(ctx context.Context, st statement) (driver.Rows, error) {
	if s.conn == nil {
		return nil, engine.Errorf("Connection", "the session is closed")
	}
	rows, err := s.conn.QueryContext(ctx, st.text, nil)
	if err != nil {
		return nil, s.failed(ctx, err, st)
	}
	return rows, nil
}

// failed turns a driver's error into ours. DuckDB leaves a transaction open and aborted after some
// errors (a failing PIVOT), which would spoil every later statement.
func (s *session) failed(ctx context.Context, err error, st statement) error {
	if !s.inTransaction {
		s.rollback()
	}
	s.stumbled = true
	e := toError(ctx, err, st)
	for _, dir := range []string{s.dir, Dialect{}.Pattern(s.dir)} {
		e.Message = strings.ReplaceAll(e.Message, dir, "")
	}
	return s.placed(e, st)
}

func (s *session) rollback() {
	s.inTransaction = false
	if s.conn == nil {
		return
	}
	if rows, err := s.conn.QueryContext(context.Background(), "rollback", nil); err == nil {
		rows.Close()
	}
}

// exec runs a statement whose result is of no interest.
func (s *session) exec(ctx context.Context, st statement) error {
	rows, err := s.query(ctx, st)
	if err != nil {
		return err
	}
	return rows.Close()
}

// each calls f for every row of a result and closes it. The row is reused.
func (s *session) each(ctx context.Context, st statement, f func(row []driver.Value) error) error {
	rows, err := s.query(ctx, st)
	if err != nil {
		return err
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return s.failed(ctx, err, st)
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// values gives all rows of a statement of our own.
func (s *session) values(ctx context.Context, sql string) ([][]driver.Value, error) {
	var out [][]driver.Value
	err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
		out = append(out, append([]driver.Value(nil), row...))
		return nil
	})
	return out, err
}

// count runs a statement that answers with a number of rows, as CREATE TABLE AS and COPY do.
func (s *session) count(ctx context.Context, st statement) (n int64, err error) {
	err = s.each(ctx, st, func(row []driver.Value) error {
		n, _ = row[0].(int64)
		return nil
	})
	return n, err
}

// transaction runs f between begin and commit; an error of f rolls back. In a transaction it runs f as a
// part of that.
func (s *session) transaction(ctx context.Context, f func() error) error {
	if s.inTransaction {
		return s.part(f)
	}
	if err := s.exec(ctx, statement{text: "begin transaction"}); err != nil {
		return err
	}
	return s.begun(ctx, f)
}

// atOnce does statements that take no time in one transaction, in one go with the commit; so nothing cancels
// them once they have begun.
func (s *session) atOnce(ctx context.Context, statements []string) error {
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	text := statements[0]
	if len(statements) > 1 {
		text = "begin transaction; " + script(statements) + "; commit"
	}
	return s.exec(context.WithoutCancel(ctx), statement{text: text})
}

// script gives one text for several statements; each may end in a comment.
func script(statements []string) string { return strings.Join(statements, "\n;") + "\n" }

// begun runs f in a transaction and ends it.
func (s *session) begun(ctx context.Context, f func() error) error {
	s.inTransaction, s.spoiled, s.stumbled = true, nil, false
	defer func() {
		if s.inTransaction {
			s.rollback()
		}
	}()
	if err := f(); err != nil {
		return err
	}
	// From here on there is no way back: a commit that was cancelled might have happened, even where it
	// had not yet been asked for its result.
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	if err := s.exec(context.WithoutCancel(ctx), statement{text: "commit"}); err != nil {
		return err
	}
	s.inTransaction = false
	return nil
}

// Exec runs statements without a result. None may install an extension.
func (s *session) Exec(ctx context.Context, sql string) error {
	if err := refuseInstall(sql); err != nil {
		return err
	}
	return s.exec(ctx, around("", sql, ""))
}

// CreateTable makes a table of a query's rows.
func (s *session) CreateTable(ctx context.Context, name relation.Name, query string) (rows int64, err error) {
	query, err = oneQuery(query)
	if err != nil {
		return 0, err
	}
	before := Dialect{}.CreateTableAs(name, "")
	err = s.replacing(ctx, name, relation.Table, func() error {
		rows, err = s.count(ctx, around(before, query, ""))
		return err
	})
	return rows, err
}

// CreateView makes a view.
func (s *session) CreateView(ctx context.Context, name relation.Name, query string) error {
	query, err := oneQuery(query)
	if err != nil {
		return err
	}
	before := viewPadding + Dialect{}.CreateView(name, "")
	return s.replacing(ctx, name, relation.View, func() error {
		return s.exec(ctx, around(before, query, ""))
	})
}

// replacing runs a create-or-replace; where a relation of the other kind is in the way, it drops
// that first and does both in one transaction.
func (s *session) replacing(ctx context.Context, name relation.Name, kind relation.Kind, create func() error) error {
	err := create()
	if !isOtherKind(err) {
		return err
	}
	if s.inTransaction {
		return s.dropThen(ctx, name, kind, create)
	}
	return s.transaction(ctx, func() error { return s.dropThen(ctx, name, kind, create) })
}

func (s *session) dropThen(ctx context.Context, name relation.Name, kind relation.Kind, create func() error) error {
	if err := s.exec(ctx, statement{text: dropSQL(other(kind), name)}); err != nil {
		return err
	}
	return create()
}

func other(kind relation.Kind) relation.Kind {
	if kind == relation.View {
		return relation.Table
	}
	return relation.View
}

func dropSQL(kind relation.Kind, name relation.Name) string {
	return "drop " + kind.String() + " if exists " + Dialect{}.Relation(name)
}

// Drop drops a relation, whatever its kind.
func (s *session) Drop(ctx context.Context, name relation.Name) error {
	err := s.exec(ctx, statement{text: dropSQL(relation.Table, name)})
	if isOtherKind(err) {
		return s.exec(ctx, statement{text: dropSQL(relation.View, name)})
	}
	if isMissingSchema(err) {
		return nil
	}
	return err
}
