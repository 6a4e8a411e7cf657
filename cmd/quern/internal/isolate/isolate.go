// Package isolate keeps queries that could take the process down in a process of their own.
//
// An engine inside the binary can run out of memory or crash while it binds a query, and then the whole
// process is gone. Describer wraps an engine's: queries that nest deeply or are very long are bound by a
// child, which may end as it likes; all others are bound in the process, with a limit of time. It takes
// and gives what the engine does, and refuses with an *engine.Error what neither could bind.
package isolate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// usual is how long a query may take, in the process or in a child: thousands of times what a usual one
// does.
const usual = 10 * time.Second

// Describer is an engine's describer that no query takes down. It is safe for concurrent use.
type Describer struct {
	adapters.Describer
	// Child starts the process that answers one Request, such as this binary with a hidden command.
	Child func(ctx context.Context, request Request) (Answer, error)
	// Most is how long a query may take; zero means ten seconds.
	Most time.Duration

	mu sync.Mutex
	// hung are queries that took too long.
	hung map[string]bool
	// asked is what children said, by request: a query that is refused is asked about once more.
	asked map[string]*question
}

// question is a request that a child answers once.
type question struct {
	once   sync.Once
	answer Answer
	err    error
}

// ask lets a child answer a request, unless one did.
func (d *Describer) ask(ctx context.Context, r Request) (Answer, error) {
	key := fmt.Sprintf("%t %v %s", r.ParseOnly, r.Tables, r.Query)
	d.mu.Lock()
	q, ok := d.asked[key]
	if !ok {
		if d.asked == nil {
			d.asked = map[string]*question{}
		}
		q = &question{}
		d.asked[key] = q
	}
	d.mu.Unlock()
	q.once.Do(func() { q.answer, q.err = d.answer(ctx, r) })
	return q.answer, q.err
}

// answer gives what a child says as an answer, how it ended too. The error is the end of the context.
func (d *Describer) answer(ctx context.Context, r Request) (Answer, error) {
	limited, cancel := context.WithTimeout(ctx, d.most())
	defer cancel()
	a, err := d.Child(limited, r)
	switch {
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case limited.Err() != nil:
		return Answer{Error: d.tooLong()}, nil
	case err != nil:
		return Answer{Error: engine.Errorf("Limit", "the engine cannot check the query: %s", err).
			WithHint("divide it into several models, or nest it less")}, nil
	default:
		return a, nil
	}
}

var _ adapters.Describer = (*Describer)(nil)

// Scratch opens an empty catalog.
func (d *Describer) Scratch(ctx context.Context) (adapters.Scratch, error) {
	inner, err := d.Describer.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	return &scratch{inner: inner, from: d, tables: map[relation.Name]lineage.Table{}}, nil
}

func (d *Describer) tookTooLong(query string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hung[query]
}

func (d *Describer) remember(query string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hung == nil {
		d.hung = map[string]bool{}
	}
	d.hung[query] = true
}

// scratch is a catalog of the engine. After a query that hung, the engine's own is lost, its thread left to
// itself, and another one takes its place.
type scratch struct {
	inner  adapters.Scratch
	from   *Describer
	tables map[relation.Name]lineage.Table
}

// Define makes tables, and remembers them for a child.
func (s *scratch) Define(ctx context.Context, tables []lineage.Table) error {
	if err := s.reopen(ctx); err != nil {
		return err
	}
	for _, t := range tables {
		s.tables[t.Name] = t
	}
	return s.inner.Define(ctx, tables)
}

// reopen opens another catalog in the place of one that was lost to a query that hangs.
func (s *scratch) reopen(ctx context.Context) error {
	if s.inner != nil {
		return nil
	}
	inner, err := s.from.Describer.Scratch(ctx)
	if err != nil {
		return err
	}
	s.inner = inner
	return inner.Define(ctx, slices.SortedFunc(maps.Values(s.tables), byName))
}

func byName(a, b lineage.Table) int { return a.Name.Compare(b.Name) }

// Describe binds a query, in a child where it is suspicious. It may take no longer than Most.
func (s *scratch) Describe(ctx context.Context, query string) (*lineage.Query, error) {
	if s.from.tookTooLong(query) {
		return nil, s.from.tooLong()
	}
	if suspicious(query) {
		return s.apart(ctx, query, false)
	}
	if err := s.reopen(ctx); err != nil {
		return nil, err
	}
	inner := s.inner
	q, err := within(ctx, s, func(ctx context.Context) (*lineage.Query, error) { return inner.Describe(ctx, query) })
	if errors.Is(err, errTooLong) {
		s.from.remember(query)
		return nil, s.from.tooLong()
	}
	return q, err
}

// DescribeAll binds several queries, those that are suspicious in a child each. Where they take too long
// together each is bound by itself, to find the one that does.
func (s *scratch) DescribeAll(ctx context.Context, queries []string) []lineage.Answer {
	answers := make([]lineage.Answer, len(queries))
	var rest []string
	var places []int
	for i, query := range queries {
		if suspicious(query) || s.from.tookTooLong(query) {
			answers[i].Query, answers[i].Err = s.Describe(ctx, query)
			continue
		}
		rest, places = append(rest, query), append(places, i)
	}
	together, err := s.together(ctx, rest)
	for k, i := range places {
		if err == nil {
			answers[i] = together[k]
		} else {
			answers[i].Query, answers[i].Err = s.Describe(ctx, queries[i])
		}
	}
	return answers
}

// together binds queries that are not suspicious, unless they take too long.
func (s *scratch) together(ctx context.Context, queries []string) ([]lineage.Answer, error) {
	if err := s.reopen(ctx); err != nil {
		return nil, err
	}
	inner := s.inner
	return within(ctx, s, func(ctx context.Context) ([]lineage.Answer, error) {
		answers := inner.DescribeAll(ctx, queries)
		return answers, ctx.Err()
	})
}

// Parse finds mistakes of syntax, in a child where the query is suspicious.
func (s *scratch) Parse(ctx context.Context, query string) error {
	if suspicious(query) {
		_, err := s.apart(ctx, query, true)
		return err
	}
	if err := s.reopen(ctx); err != nil {
		return err
	}
	return s.inner.Parse(ctx, query)
}

// Clear empties the engine's catalog; another one takes the place of one that was lost.
func (s *scratch) Clear(ctx context.Context) error {
	clear(s.tables)
	if s.inner == nil {
		return nil
	}
	return s.inner.Clear(ctx)
}

// Close closes the engine's catalog, unless a query still has it.
func (s *scratch) Close() error {
	if s.inner == nil {
		return nil
	}
	return s.inner.Close()
}

var errTooLong = errors.New("it takes too long")

// within waits no longer than Most for what is done in the engine's catalog. What takes longer keeps
// the catalog.
func within[T any](ctx context.Context, s *scratch, do func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	limited, cancel := context.WithTimeout(ctx, s.from.most())
	done := make(chan answer, 1)
	go func() {
		defer cancel()
		v, err := do(limited)
		done <- answer{v, err}
	}()
	timer := time.NewTimer(s.from.most() + time.Second)
	defer timer.Stop()
	select {
	case a := <-done:
		if a.err != nil && ctx.Err() == nil && limited.Err() == context.DeadlineExceeded {
			return none, errTooLong
		}
		return a.value, a.err
	case <-timer.C:
		// The engine does not look at the context while it binds.
		s.inner = nil
		return none, errTooLong
	}
}

func (d *Describer) most() time.Duration { return cmp.Or(d.Most, usual) }

func (d *Describer) tooLong() *engine.Error {
	return engine.Errorf("Limit", "the query takes more than %.0f seconds to check", d.most().Seconds()).
		WithHint("divide it into several models, or nest it less")
}
