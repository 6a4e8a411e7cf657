//go:build cgo

package duckdb

import (
	"context"
	"maps"
	"slices"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/quernsql/quern/adapters"
)

// database is an open target.
type database struct {
	connector *duckdb.Connector
	// onConnect are the statements every connection starts with.
	onConnect []string
	// dir is the project folder with a slash at its end.
	dir string
	// file is the database file, without links; empty in memory.
	file     string
	threads  int
	readOnly bool
	release  func()
	closing  sync.Once

	mu   sync.Mutex
	open map[*session]bool
}

var _ adapters.Engine = (*database)(nil)

func (e *database) Dialect() adapters.Dialect { return Dialect{} }

func (e *database) Capabilities() []adapters.Capability {
	return []adapters.Capability{
		adapters.CapTransactions, adapters.CapAtomicPublish, adapters.CapExport,
		adapters.CapFileSources, adapters.CapCancel, adapters.CapConcurrent,
	}
}

func (e *database) Version(ctx context.Context) (string, error) {
	c, err := e.connect(ctx)
	if err != nil {
		return "", err
	}
	defer c.Close()
	rows, err := c.values(ctx, "select version()")
	if err != nil {
		return "", err
	}
	version, _ := rows[0][0].(string)
	return version, nil
}

func (e *database) MaxSessions() int { return e.threads }

func (e *database) Session(ctx context.Context) (adapters.Session, error) { return e.connect(ctx) }

func (e *database) connect(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, toError(ctx, err, statement{})
	}
	conn, err := e.connector.Connect(ctx)
	if err != nil {
		return nil, toError(ctx, err, statement{})
	}
	c := &session{conn: conn.(*duckdb.Conn), done: e.forget, dir: e.dir}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open == nil {
		e.open = map[*session]bool{}
	}
	e.open[c] = true
	return c, nil
}

func (e *database) forget(c *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.open, c)
}

// Close writes what is still in the log into the file and lets go of it. It closes sessions that
// are still open, none of which may be at work; a connection left open would hold the file.
func (e *database) Close() error {
	e.closing.Do(func() {
		e.mu.Lock()
		left := slices.Collect(maps.Keys(e.open))
		e.mu.Unlock()
		for _, c := range left {
			c.Close()
		}
		e.connector.Close()
		e.release()
	})
	return nil
}
