package holder

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// Engine reads a target through the process that holds it. What is not read is done in an empty
// database of its own. Errors of the other process are *engine.Error as from an engine here.
type Engine struct {
	adapters.Engine
	client client
}

var _ adapters.Engine = (*Engine)(nil)

// Connect gives an Engine, if the process with that id answers for a target; else ErrNotServed. Scratch
// opens an empty database with the target's settings, which the Engine closes.
func Connect(ctx context.Context, t Target, pid int, scratch func() (adapters.Engine, error)) (*Engine, error) {
	c := client{target: t, pid: pid}
	if _, err := c.ask(ctx, request{Op: opHello}); err != nil {
		return nil, err
	}
	inner, err := scratch()
	if err != nil {
		return nil, err
	}
	return &Engine{Engine: inner, client: c}, nil
}

// Session opens a session that reads.
func (e *Engine) Session(ctx context.Context) (adapters.Session, error) {
	inner, err := e.Engine.Session(ctx)
	if err != nil {
		return nil, err
	}
	return &session{Session: inner, client: e.client}, nil
}

// session asks for what is read, each time over a connection of its own.
type session struct {
	adapters.Session
	client client
}

// Query gives at most limit rows; zero means all.
func (s *session) Query(ctx context.Context, query string, limit int) (*engine.Rows, error) {
	a, err := s.client.ask(ctx, request{Op: opQuery, Query: query, Limit: limit})
	if err != nil {
		return nil, err
	}
	rows := &engine.Rows{Columns: a.Columns, Values: a.Values, More: a.More}
	for _, row := range rows.Values {
		if err := unpackAll(row); err != nil {
			return nil, fmt.Errorf("read the answer of another process: %w", err)
		}
	}
	return rows, nil
}

// Describe gives the columns of a query without running it.
func (s *session) Describe(ctx context.Context, query string) ([]relation.Column, error) {
	a, err := s.client.ask(ctx, request{Op: opDescribe, Query: query})
	return a.Columns, err
}

// List gives the relations of a schema.
func (s *session) List(ctx context.Context, database, schema string) ([]relation.Object, error) {
	a, err := s.client.ask(ctx, request{Op: opList, Name: relation.Name{Database: database, Schema: schema}})
	return a.Objects, err
}

// Shapes gives the relations of schemas as the catalog tells of them.
func (s *session) Shapes(ctx context.Context, database string, schemas ...string) ([]engine.Shape, error) {
	a, err := s.client.ask(ctx, request{Op: opShapes, Name: relation.Name{Database: database}, Schemas: schemas})
	return a.Shapes, err
}

// Columns gives a relation's columns.
func (s *session) Columns(ctx context.Context, name relation.Name) ([]relation.Column, error) {
	a, err := s.client.ask(ctx, request{Op: opColumns, Name: name})
	return a.Columns, err
}

// client asks one process.
type client struct {
	target Target
	pid    int
}

func (c client) ask(ctx context.Context, r request) (a answer, err error) {
	conn, err := c.target.dial(ctx)
	if err != nil {
		return a, endedBy(ctx, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	r.Version, r.Settings = version, c.target.Settings
	a, err = c.talk(conn, r)
	if err != nil {
		return a, endedBy(ctx, ErrNotServed)
	}
	if a.Error != nil {
		return a, a.Error
	}
	return a, nil
}

// endedBy prefers the end of the caller's own patience.
func endedBy(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// talk asks and listens.
func (c client) talk(conn net.Conn, r request) (a answer, err error) {
	if err := conn.SetDeadline(time.Now().Add(c.target.patience())); err != nil {
		return a, err
	}
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return a, err
	}
	in := json.NewDecoder(conn)
	in.UseNumber()
	var g greeting
	if err := in.Decode(&g); err != nil {
		return a, err
	}
	if g.Version != version || g.PID != c.pid || !g.Served {
		return a, ErrNotServed
	}
	if r.Op == opHello {
		return a, nil
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return a, err
	}
	return a, in.Decode(&a)
}
