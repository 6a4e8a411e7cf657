package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// step is one call of the session.
type step struct {
	name string
	do   func(ctx context.Context) error
}

// methods are calls of everything that a session does, one building on the other.
func (x *target) methods(t *testing.T) []step {
	s, table, view := x.session, x.name("t"), x.name("v")
	from := func(generation int) string { return fmt.Sprintf("select %d as generation", generation) }
	dir := t.TempDir()
	seed := filepath.Join(dir, "seed.csv")
	if err := os.WriteFile(seed, []byte("id,word\n1,one\n2,two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	export := engine.Export{Query: "select 1 as id", Path: filepath.Join(dir, "out.csv"), Format: "csv"}
	return []step{
		{"EnsureSchema", func(ctx context.Context) error { return s.EnsureSchema(ctx, "", "within") }},
		{"CreateTable", func(ctx context.Context) error {
			_, err := s.CreateTable(ctx, relation.Name{Schema: "within", Identifier: "t"}, "select 1 as id")
			return err
		}},
		{"CreateView in the place of a table", func(ctx context.Context) error {
			return s.CreateView(ctx, relation.Name{Schema: "within", Identifier: "t"}, from(1))
		}},
		{"CreateTable in the place of a view", func(ctx context.Context) error {
			_, err := s.CreateTable(ctx, view, from(2))
			return err
		}},
		{"Exec", func(ctx context.Context) error { return s.Exec(ctx, x.log(1)) }},
		{"Load", func(ctx context.Context) error {
			_, err := s.Load(ctx, engine.Load{Into: x.name("seed"), Path: seed, Format: "csv"})
			return err
		}},
		{"List", func(ctx context.Context) error { _, err := s.List(ctx, "", "within"); return err }},
		{"Columns", func(ctx context.Context) error { _, err := s.Columns(ctx, x.name("seed")); return err }},
		{"Describe", func(ctx context.Context) error { _, err := s.Describe(ctx, "select 1 as a"); return err }},
		{"Shapes", func(ctx context.Context) error { _, err := s.Shapes(ctx, "", "within"); return err }},
		{"Digest", func(ctx context.Context) error { _, err := s.Digest(ctx, x.name("seed")); return err }},
		{"Query", func(ctx context.Context) error { _, err := s.Query(ctx, "select 1 as a", 0); return err }},
		{"Publish", func(ctx context.Context) error {
			return s.Publish(ctx, []engine.Publication{{To: table, Kind: relation.Table, From: candidate(table)}}, x.log(2))
		}},
		{"Publish of several", func(ctx context.Context) error {
			return s.Publish(ctx, []engine.Publication{
				{To: x.name("new"), Kind: relation.Table, From: candidate(x.name("new")), Fresh: true},
				{To: x.name("newer"), Kind: relation.View, Query: from(3)},
			})
		}},
		{"Publish of statements", func(ctx context.Context) error { return s.Publish(ctx, nil, x.log(3), x.log(4)) }},
		{"InTransaction", func(ctx context.Context) error {
			return s.InTransaction(ctx, func(ctx context.Context) error { return s.Exec(ctx, x.log(5)) })
		}},
		{"Drop", func(ctx context.Context) error { return s.Drop(ctx, x.name("seed")) }},
		{"Drop of a view", func(ctx context.Context) error { return s.Drop(ctx, relation.Name{Schema: "within", Identifier: "t"}) }},
		{"Export", func(ctx context.Context) error {
			if !slices.Contains(x.engine.Capabilities(), adapters.CapExport) {
				return nil
			}
			_, err := s.Export(ctx, export)
			return err
		}},
	}
}

// ready makes what the calls need, as often as wanted.
func (x *target) ready(t *testing.T) {
	t.Helper()
	x.table(t, x.name("log"), "select 0 as generation", 1)
	x.publish(t, x.build(t, x.name("t"), 1, 5))
	x.view(t, x.name("v"), "select 1 as generation")
	x.build(t, x.name("t"), 2, 5)
	x.build(t, x.name("new"), 2, 5)
}

// snapshot is all that the calls could have changed.
func (x *target) snapshot(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, schema := range []string{x.Adapter.DefaultSchema, "within"} {
		for _, shape := range x.shapes(t, schema) {
			rows := x.rows(t, "select *"+x.from(shape.Object.Name)+" order by 1")
			out = append(out, fmt.Sprint(shape.Object.Kind, shape.Object.Name, rows))
		}
	}
	return out
}

// inTransaction proves that what commits, commits together, and that nothing else stays.
func inTransaction(t *testing.T, x *target) {
	x.ready(t)
	before := x.snapshot(t)
	stop := errors.New("stop")
	err := x.session.InTransaction(t.Context(), func(ctx context.Context) error {
		if err := x.session.Exec(ctx, x.log(1)); err != nil {
			return err
		}
		x.logged(t, 0, 1)
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("InTransaction gives %v, want the error of what it does", err)
	}
	if diff := cmp.Diff(before, x.snapshot(t)); diff != "" {
		t.Errorf("after an error (-before +after):\n%s", diff)
	}
	other := *x
	other.session = x.newSession(t)
	err = x.session.InTransaction(t.Context(), func(ctx context.Context) error {
		for generation := 1; generation < 3; generation++ {
			if err := x.session.Exec(ctx, x.log(generation)); err != nil {
				return err
			}
			if x.engine.MaxSessions() != 1 {
				other.logged(t, 0)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("InTransaction: %v", err)
	}
	other.logged(t, 0, 1, 2)
	func() {
		defer func() { _ = recover() }()
		_ = x.session.InTransaction(t.Context(), func(ctx context.Context) error {
			_ = x.session.Exec(ctx, x.log(3))
			panic("stop")
		})
	}()
	x.logged(t, 0, 1, 2)
}

// methodsInTransaction rolls back after each number of calls, then commits them all.
func methodsInTransaction(t *testing.T, x *target) {
	x.ready(t)
	before := x.snapshot(t)
	stop := errors.New("stop")
	steps := x.methods(t)
	for last := range steps {
		err := x.session.InTransaction(t.Context(), func(ctx context.Context) error {
			for _, step := range steps[:last+1] {
				if err := step.do(ctx); err != nil {
					return fmt.Errorf("%s: %w", step.name, err)
				}
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("in a transaction: %v", err)
		}
		if diff := cmp.Diff(before, x.snapshot(t)); diff != "" {
			t.Fatalf("after %s was rolled back (-before +after):\n%s", steps[last].name, diff)
		}
	}
	err := x.session.InTransaction(t.Context(), func(ctx context.Context) error {
		for _, step := range steps {
			if err := step.do(ctx); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("in a transaction: %v", err)
	}
	x.published(t, x.name("t"), 2)
	x.published(t, x.name("v"), 2)
	x.published(t, x.name("new"), 2)
	x.published(t, x.name("newer"), 3)
	x.logged(t, 0, 1, 2, 3, 4, 5)
}

// errorsInTransaction checks that an error that is passed over leaves nothing half done, and no transaction.
func errorsInTransaction(t *testing.T, x *target) {
	x.ready(t)
	before := x.snapshot(t)
	table := x.name("t")
	for name, wrong := range map[string]func(ctx context.Context) error{
		"a statement that fails": func(ctx context.Context) error { return x.session.Exec(ctx, x.failing()) },
		"half a publication": func(ctx context.Context) error {
			return x.session.Publish(ctx, []engine.Publication{
				{To: table, Kind: relation.Table, From: candidate(table)},
				{To: x.name("u"), Kind: relation.Table, From: candidate(x.name("u"))},
			})
		},
		"statements of which one is wrong": func(ctx context.Context) error {
			return x.session.Publish(ctx, nil, x.log(2), x.failing())
		},
		"one transaction of two": func(ctx context.Context) error {
			return x.session.InTransaction(ctx, func(ctx context.Context) error {
				if err := x.session.Exec(ctx, x.log(2)); err != nil {
					return err
				}
				return engine.Errorf("Test", "stop")
			})
		},
	} {
		err := x.session.InTransaction(t.Context(), func(ctx context.Context) error {
			if err := x.session.Exec(ctx, x.log(1)); err != nil {
				return err
			}
			typed(t, name, wrong(ctx))
			return nil
		})
		typed(t, "passing over "+name, err)
		if diff := cmp.Diff(before, x.snapshot(t)); diff != "" {
			t.Errorf("after passing over %s (-before +after):\n%s", name, diff)
		}
	}
	if err := x.session.InTransaction(t.Context(), func(ctx context.Context) error { return x.session.Exec(ctx, x.log(1)) }); err != nil {
		t.Errorf("InTransaction after errors: %v", err)
	}
	x.logged(t, 0, 1)
}

// crashInTransaction cancels everywhere: nothing stays, and the same then can be done.
func crashInTransaction(t *testing.T, x *target) {
	x.ready(t)
	before := x.snapshot(t)
	do := func(s *target, ctx context.Context) error {
		return s.session.InTransaction(ctx, func(ctx context.Context) error {
			if err := s.session.Exec(ctx, x.log(1)); err != nil {
				return err
			}
			p := engine.Publication{To: x.name("t"), Kind: relation.Table, From: candidate(x.name("t"))}
			return s.session.Publish(ctx, []engine.Publication{p}, x.log(2))
		})
	}
	for step := int64(0); step < 1000; step++ {
		s := *x
		s.session = x.newSession(t)
		ctx := &crashing{Context: t.Context()}
		ctx.left.Store(step)
		err := do(&s, ctx)
		s.session.Close()
		if err == nil {
			x.published(t, x.name("t"), 2)
			x.logged(t, 0, 1, 2)
			if step < 3 {
				t.Errorf("InTransaction looked at its context %d times", step)
			}
			return
		}
		typed(t, "a transaction that crashed", err)
		if diff := cmp.Diff(before, x.snapshot(t)); diff != "" {
			t.Fatalf("after a crash at step %d (-before +after):\n%s", step, diff)
		}
	}
	t.Fatal("InTransaction never ends")
}

func refuseInTransaction(t *testing.T, x *target) {
	x.table(t, x.name("log"), "select 0 as generation", 1)
	err := x.session.InTransaction(t.Context(), func(ctx context.Context) error { return x.session.Exec(ctx, x.log(1)) })
	typed(t, "InTransaction without transactions", err)
	x.logged(t, 0)
}
