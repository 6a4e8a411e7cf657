//go:build cgo

package duckdb

import (
	"context"
	"errors"

	"github.com/quernsql/quern/adapters"
)

var _ adapters.FileEngine = (*database)(nil)

// File gives the file that the engine holds.
func (e *database) File() string { return e.file }

// Reader opens a session in a transaction that can only read: it sees what was committed when it began
// to read, and closing it rolls back.
func (e *database) Reader(ctx context.Context) (adapters.Session, error) {
	c, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.exec(ctx, statement{text: "begin transaction read only"}); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.inTransaction = true
	return c, nil
}

// Settle writes what is in the log into the file, which takes the log away.
func (e *database) Settle(ctx context.Context) error {
	c, err := e.connect(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.exec(ctx, statement{text: "checkpoint"}), c.Close())
}
