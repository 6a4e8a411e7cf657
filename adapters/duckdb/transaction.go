//go:build cgo

package duckdb

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
)

// InTransaction runs do in one transaction.
func (s *session) InTransaction(ctx context.Context, do func(ctx context.Context) error) error {
	return s.transaction(ctx, func() error {
		if err := do(ctx); err != nil {
			return err
		}
		return s.sound(ctx)
	})
}

// sound gives the error that keeps the transaction from being committed. DuckDB gives a transaction up after
// errors other than of parsing, of binding and of the catalog; a commit then rolls back and says nothing.
func (s *session) sound(ctx context.Context) error {
	switch {
	case s.spoiled != nil:
		return s.spoiled
	case s.stumbled:
		return s.exec(ctx, statement{text: "select 1"})
	}
	return nil
}

// part runs f as a part of the transaction that is open. What f did cannot be taken back by itself, so an
// error of it spoils the whole.
func (s *session) part(f func() error) error {
	err := f()
	if err != nil && s.spoiled == nil {
		s.spoiled = err
	}
	return err
}

// publishPart publishes as a part of a transaction, where nothing can be tried that might abort it: an error of
// a rename does.
func (s *session) publishPart(ctx context.Context, publications []engine.Publication, with []string) error {
	return s.publish(ctx, publishing{publications: publications, with: with, table: s.copyIndexed})
}
