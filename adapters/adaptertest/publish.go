package adaptertest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// candidate gives the reserved name beside a relation's.
func candidate(name relation.Name) relation.Name {
	name.Identifier += "__candidate"
	return name
}

// build makes a candidate table of one generation: rows equal rows that all hold it.
func (x *target) build(t *testing.T, name relation.Name, generation, rows int) engine.Publication {
	t.Helper()
	query := fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) "+
		"select i, %d as generation from n", rows, generation)
	x.table(t, candidate(name), query, int64(rows))
	return engine.Publication{To: name, Kind: relation.Table, From: candidate(name)}
}

func (x *target) publish(t *testing.T, publications ...engine.Publication) {
	t.Helper()
	if err := x.session.Publish(t.Context(), publications); err != nil {
		t.Fatalf("Publish: %v", err)
	}
}

// published checks what readers see, and that no candidate is left.
func (x *target) published(t *testing.T, name relation.Name, generation int) {
	t.Helper()
	if got := x.one(t, "select max(generation)"+x.from(name)); got != int64(generation) {
		t.Errorf("%s holds generation %v, want %d", name, got, generation)
	}
	for _, o := range x.list(t, name.Schema) {
		if o.Name == candidate(name) {
			t.Errorf("%s is left", o.Name)
		}
	}
}

func publish(t *testing.T, x *target) {
	x.publish(t)
	for _, n := range []string{"t", "ünï \"quoted\" 😀", "select"} {
		name := x.name(n)
		for generation := range 3 {
			x.publish(t, x.build(t, name, generation, 10))
			x.published(t, name, generation)
		}
		// A view in the place of a table, then a table in the place of a view.
		x.publish(t, engine.Publication{To: name, Kind: relation.View, Query: "select 7 as generation"})
		x.published(t, name, 7)
		x.view(t, candidate(name), "select 8 as generation")
		x.publish(t, engine.Publication{To: name, Kind: relation.View, From: candidate(name), Query: "select 8 as generation"})
		x.published(t, name, 8)
		x.view(t, candidate(name), "select 9 as generation")
		x.publish(t, engine.Publication{To: name, Kind: relation.View, From: candidate(name)})
		x.published(t, name, 9)
		x.publish(t, x.build(t, name, 10, 10))
		x.published(t, name, 10)
	}
	missing := engine.Publication{To: x.name("t"), Kind: relation.Table, From: candidate(x.name("t"))}
	typed(t, "Publish without a candidate", x.session.Publish(t.Context(), []engine.Publication{missing}))
	x.published(t, x.name("t"), 10)
	x.ensure(t, "other")
	elsewhere := engine.Publication{To: x.name("t"), Kind: relation.Table, From: relation.Name{Schema: "other", Identifier: "t"}}
	typed(t, "Publish from another schema", x.session.Publish(t.Context(), []engine.Publication{elsewhere}))
}

// crashing is a context that is cancelled when it has been looked at so many times: with every
// number, a statement fails at another step.
type crashing struct {
	context.Context
	left atomic.Int64
}

func (c *crashing) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func publishAfterCrash(t *testing.T, x *target) {
	x.crashWhenFresh(t)
	x.crashEverywhere(t, func(int) []engine.Publication { return nil }, false)
	if !x.together() {
		return
	}
	x.crashEverywhere(t, func(int) []engine.Publication { return nil }, true)
	view := x.name("v")
	x.publish(t, engine.Publication{To: view, Kind: relation.View, Query: "select 0 as generation"})
	x.crashEverywhere(t, func(generation int) []engine.Publication {
		return []engine.Publication{{To: view, Kind: relation.View, Query: fmt.Sprintf("select %d as generation", generation)}}
	}, true)
}

// crashEverywhere publishes a table and others with it, and logs that in the same step where it is
// asked to; it crashes at every step until there is none left.
func (x *target) crashEverywhere(t *testing.T, others func(generation int) []engine.Publication, logs bool) {
	t.Helper()
	table := x.name("t")
	x.publish(t, x.build(t, table, 0, 5))
	x.table(t, x.name("log"), "select 0 as generation", 1)
	want := []int64{0}
	for step := int64(0); ; step++ {
		generation := int(step) + 1
		publications := append([]engine.Publication{x.build(t, table, generation, 5)}, others(generation)...)
		var with []string
		if logs {
			with = []string{x.log(generation)}
		}
		s := x.newSession(t)
		ctx := &crashing{Context: t.Context()}
		ctx.left.Store(step)
		err := s.Publish(ctx, publications, with...)
		s.Close()
		if err == nil {
			x.published(t, table, generation)
			// A table alone may be done in one statement.
			if least := int64(1 + 2*len(publications[1:])); step < least {
				t.Errorf("Publish looked at its context %d times, want %d", step, least)
			}
			return
		}
		typed(t, "a publication that crashed", err)
		x.wholeAfterCrash(t, table, generation)
		x.logged(t, want...)
		if err := x.session.Publish(t.Context(), publications, with...); err != nil {
			t.Fatalf("Publish again after a crash at step %d: %v", step, err)
		}
		x.published(t, table, generation)
		if logs {
			want = append(want, int64(generation))
		}
		x.logged(t, want...)
		if step > 1000 {
			t.Fatal("Publish never ends")
		}
	}
}

// crashWhenFresh does the same with a table that is new; nothing takes notice of it before it is there.
func (x *target) crashWhenFresh(t *testing.T) {
	t.Helper()
	table := x.name("fresh")
	p := x.build(t, table, 1, 5)
	p.Fresh = true
	for step := int64(0); step < 1000; step++ {
		s := x.newSession(t)
		ctx := &crashing{Context: t.Context()}
		ctx.left.Store(step)
		err := s.Publish(ctx, []engine.Publication{p})
		s.Close()
		if err == nil {
			x.published(t, table, 1)
			return
		}
		typed(t, "a publication that crashed", err)
		if _, err := x.session.Columns(t.Context(), table); err == nil {
			t.Fatalf("%s is there after a crash at step %d", table, step)
		}
		if got := x.one(t, "select max(generation)"+x.from(candidate(table))); got != int64(1) {
			t.Errorf("the candidate holds %v after a crash", got)
		}
	}
	t.Fatal("Publish never ends")
}

// wholeAfterCrash checks that readers see all of the old generation, with the candidate beside it.
func (x *target) wholeAfterCrash(t *testing.T, table relation.Name, generation int) {
	t.Helper()
	want := [][]any{{int64(5), int64(generation - 1), int64(generation - 1)}}
	got := x.rows(t, "select count(*), min(generation), max(generation)"+x.from(table))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a crash (-want +got):\n%s", diff)
	}
	if got := x.one(t, "select max(generation)"+x.from(candidate(table))); got != int64(generation) {
		t.Errorf("the candidate holds %v after a crash", got)
	}
}

func publishTogether(t *testing.T, x *target) {
	a, b := x.name("a"), x.name("b")
	x.publish(t, x.build(t, a, 1, 3), x.build(t, b, 1, 3))
	good := x.build(t, a, 2, 3)
	missing := engine.Publication{To: b, Kind: relation.Table, From: candidate(b)}
	typed(t, "half a publication", x.session.Publish(t.Context(), []engine.Publication{good, missing}))
	for _, name := range []relation.Name{a, b} {
		if got := x.one(t, "select max(generation)"+x.from(name)); got != int64(1) {
			t.Errorf("%s holds generation %v after a publication that failed", name, got)
		}
	}
	x.publish(t, good, x.build(t, b, 2, 3))
	x.published(t, a, 2)
	x.published(t, b, 2)
}

func refusePublishTogether(t *testing.T, x *target) {
	both := []engine.Publication{x.build(t, x.name("a"), 1, 3), x.build(t, x.name("b"), 1, 3)}
	typed(t, "Publish of two without transactions", x.session.Publish(t.Context(), both))
}

func publishUnderReaders(t *testing.T, x *target) {
	const readers, generations, rows = 3, 12, 1000
	table, over := x.name("t"), x.name("v")
	x.publish(t, x.build(t, table, 0, rows))
	x.view(t, over, "select *"+x.from(table))
	done := make(chan struct{})
	var reads, failed, torn atomic.Int64
	var wait sync.WaitGroup
	for i := range readers {
		s := x.newSession(t)
		query := "select count(*), min(generation), max(generation)" + x.from([]relation.Name{table, over}[i%2])
		wait.Go(func() {
			for ended := false; !ended || reads.Load() < readers; {
				select {
				case <-done:
					ended = true
				default:
				}
				got, err := s.Query(t.Context(), query, 0)
				reads.Add(1)
				if err != nil {
					failed.Add(1)
					t.Errorf("a reader failed: %v", err)
					return
				}
				if row := got.Values[0]; row[0] != int64(rows) || row[1] != row[2] {
					torn.Add(1)
					t.Errorf("a torn read: %v", row)
				}
			}
		})
	}
	for generation := 1; generation <= generations; generation++ {
		x.publish(t, x.build(t, table, generation, rows))
	}
	close(done)
	wait.Wait()
	t.Logf("%d reads, %d failed, %d torn, under %d publications", reads.Load(), failed.Load(), torn.Load(), generations)
}

func concurrentWriters(t *testing.T, x *target) {
	const writers, relations = 4, 8
	if limit := x.engine.MaxSessions(); limit != 0 && limit < 2 {
		t.Errorf("MaxSessions is %d", limit)
	}
	sessions := make([]*target, writers)
	for i := range sessions {
		own := *x
		own.session = x.newSession(t)
		sessions[i] = &own
	}
	var wait sync.WaitGroup
	for i, own := range sessions {
		wait.Go(func() {
			if err := own.session.EnsureSchema(t.Context(), "", "shared"); err != nil {
				t.Errorf("EnsureSchema by several at once: %v", err)
				return
			}
			for j := range relations {
				name := relation.Name{Schema: "shared", Identifier: fmt.Sprintf("t%d_%d", i, j)}
				if err := own.write(t.Context(), name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	wait.Wait()
	if got := len(x.list(t, "shared")); got != 2*writers*relations {
		t.Errorf("%d relations, want %d", got, 2*writers*relations)
	}
}

// write builds and publishes a table and a view over it, twice.
func (x *target) write(ctx context.Context, name relation.Name) error {
	view := name
	view.Identifier += "_view"
	for range 2 {
		if _, err := x.session.CreateTable(ctx, candidate(name), "select 1 as id union all select 2"); err != nil {
			return err
		}
		err := x.session.Publish(ctx, []engine.Publication{{To: name, Kind: relation.Table, From: candidate(name)}})
		if err != nil {
			return err
		}
		if err := x.session.CreateView(ctx, view, "select *"+x.from(name)); err != nil {
			return err
		}
	}
	return nil
}

func refuseConcurrent(t *testing.T, x *target) {
	if got := x.engine.MaxSessions(); got != 1 {
		t.Errorf("MaxSessions is %d without %q", got, "concurrent")
	}
}
