package holder

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
)

const (
	// maxRows is how many rows an answer may have. All of them lie in the memory of the process that
	// answers, which has other work.
	maxRows = 20_000
	// maxRequest is how long a request may be, in bytes.
	maxRequest = 16 << 20
	// maxClients is how many are answered at once.
	maxClients = 4
)

// server answers for a process that holds a file.
type server struct {
	target Target
	engine adapters.FileEngine
	slots  chan struct{}
	wait   sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
}

// Serve answers the queries of other processes until stop is called, or ctx ends. Stop ends what is being
// answered and waits for nothing but that; the engine must still be open then.
func Serve(ctx context.Context, t Target, e adapters.FileEngine) (stop func(), err error) {
	l, err := t.listen(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{target: t, engine: e, slots: make(chan struct{}, maxClients), conns: make(map[net.Conn]bool)}
	ctx, cancel := context.WithCancel(ctx)
	s.wait.Go(func() { s.accept(ctx, l) })
	return sync.OnceFunc(func() {
		_ = l.Close() // which also removes the socket
		cancel()
		s.hangUp()
		s.wait.Wait()
	}), nil
}

// accept takes clients until the listener is closed.
func (s *server) accept(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files: it may pass
			select {
			case <-ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		if !s.keep(conn) {
			_ = conn.Close() // nobody is told why: it waits for the file
			continue
		}
		s.wait.Go(func() {
			defer s.forget(conn)
			s.answer(ctx, conn)
		})
	}
}

// keep remembers a connection; false says that there is no room, or no time, for it.
func (s *server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	select {
	case s.slots <- struct{}{}:
		s.conns[conn] = true
		return true
	default:
		return false
	}
}

func (s *server) forget(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
	<-s.slots
}

// hangUp closes all connections, so that nothing waits for who is at their other end.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for conn := range s.conns {
		_ = conn.Close()
	}
}

// answer answers one request. Whoever says nothing, or rubbish, gets nothing.
func (s *server) answer(ctx context.Context, conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(s.target.patience())) != nil {
		return
	}
	var r request
	if json.NewDecoder(io.LimitReader(conn, maxRequest)).Decode(&r) != nil || r.Version != version {
		return
	}
	served := r.Settings == s.target.Settings
	out := json.NewEncoder(conn)
	if out.Encode(greeting{version, os.Getpid(), served}) != nil || !served || r.Op == opHello {
		return
	}
	if conn.SetDeadline(time.Time{}) != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.wait.Go(func() { // ends when the connection is closed, at the latest by forget
		_, _ = io.Copy(io.Discard, conn) // nothing more is to be said: what comes is the end
		cancel()
	})
	a, err := s.work(ctx, r)
	if err != nil || conn.SetWriteDeadline(time.Now().Add(s.target.patience())) != nil {
		return
	}
	_ = out.Encode(a) // a client that is gone needs no answer
}

// work does what is asked in a session of its own. An error says that it cannot be answered.
func (s *server) work(ctx context.Context, r request) (a answer, err error) {
	session, err := s.engine.Reader(ctx)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	switch r.Op {
	case opQuery:
		a, err = rowsOf(ctx, session, r)
	case opDescribe:
		a.Columns, err = session.Describe(ctx, r.Query)
	case opList:
		a.Objects, err = session.List(ctx, r.Name.Database, r.Name.Schema)
	case opShapes:
		a.Shapes, err = session.Shapes(ctx, r.Name.Database, r.Schemas...)
	case opColumns:
		a.Columns, err = session.Columns(ctx, r.Name)
	default:
		return a, ErrNotServed
	}
	switch {
	case ctx.Err() != nil || errors.Is(err, ErrNotServed):
		return a, ErrNotServed
	case err != nil:
		return failed(err), nil
	}
	return a, nil
}

func rowsOf(ctx context.Context, s adapters.Session, r request) (answer, error) {
	limit := r.Limit
	if limit <= 0 || limit > maxRows {
		limit = maxRows
	}
	rows, err := s.Query(ctx, r.Query, limit)
	if err != nil {
		return answer{}, err
	}
	if rows.More && limit != r.Limit {
		return answer{}, ErrNotServed
	}
	return packedRows(rows), nil
}

func packedRows(rows *engine.Rows) answer {
	a := answer{Columns: rows.Columns, More: rows.More}
	for _, values := range rows.Values {
		row, _ := packed(values).([]any) // which a list stays
		a.Values = append(a.Values, row)
	}
	return a
}
