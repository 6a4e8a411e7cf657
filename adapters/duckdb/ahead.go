//go:build cgo

package duckdb

import (
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// ahead starts an instance before anybody knows what it will hold. It is safe for concurrent use.
type ahead struct {
	mu sync.Mutex
	// ready gives the instance, nil where it could not be started; it is nil where none was.
	ready chan *database
}

// start starts an instance beside what the caller does. What it gives closes the instance where nobody took it.
func (a *ahead) start() func() {
	ready := make(chan *database, 1)
	a.mu.Lock()
	a.ready = ready
	a.mu.Unlock()
	go func() {
		e := &database{}
		var err error
		if e.connector, err = duckdb.NewConnector(dsn, e.initConnection); err != nil {
			e = nil // whoever opens is told
		}
		ready <- e
	}()
	return func() {
		a.mu.Lock()
		left := a.ready == ready
		if left {
			a.ready = nil
		}
		a.mu.Unlock()
		if !left {
			return
		}
		if e := <-ready; e != nil {
			e.connector.Close()
		}
	}
}

// take gives an instance, the one that was started if there is one.
func (a *ahead) take() (*database, error) {
	a.mu.Lock()
	ready := a.ready
	a.ready = nil
	a.mu.Unlock()
	if ready != nil {
		if e := <-ready; e != nil {
			return e, nil
		}
	}
	e := &database{}
	var err error
	e.connector, err = duckdb.NewConnector(dsn, e.initConnection)
	return e, err
}
