//go:build cgo

package scd_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/scd"
)

var (
	table     = relation.Name{Schema: "main", Identifier: "kept"}
	candidate = relation.Name{Schema: "main", Identifier: "kept__candidate"}
)

func open(t testing.TB) adapters.Session {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": "x.duckdb"}, Scratch: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); e.Close() })
	return s
}

// outcome is what a run came to.
type outcome struct {
	// refused says why nothing was brought in; it is empty where it was.
	refused []string
	notes   []string
	// Of rows: how many keys were added, changed, removed and came late.
	added, changed, removed, late int64
	warning                       string
}

// keeper does what a build does, one run after the other.
type keeper struct {
	session adapters.Session
	scd.Settings
	exists bool
}

func (k *keeper) run(ctx context.Context, at time.Time, query string) (*outcome, error) {
	spec := scd.Spec{Settings: k.Settings, Dialect: duckdb.Dialect{}, Table: table, Candidate: candidate, Run: at}
	if !k.exists {
		return k.first(ctx, spec, query)
	}
	if _, err := k.session.CreateTable(ctx, candidate, query); err != nil {
		return nil, err
	}
	var err error
	if spec.Stored, err = k.session.Columns(ctx, table); err != nil {
		return nil, err
	}
	if spec.Incoming, err = k.session.Columns(ctx, candidate); err != nil {
		return nil, err
	}
	update, conflicts := spec.Update()
	if len(conflicts) > 0 {
		return refused(conflicts), nil
	}
	if found, err := k.faults(ctx, spec, spec.Faults()); err != nil || found != nil {
		return &outcome{refused: found, notes: update.Notes}, err
	}
	return k.bringIn(ctx, spec, update)
}

func (k *keeper) first(ctx context.Context, spec scd.Spec, query string) (*outcome, error) {
	columns, err := k.session.Describe(ctx, query)
	if err != nil {
		return nil, err
	}
	if conflicts := spec.Missing(columns); len(conflicts) > 0 {
		return refused(conflicts), nil
	}
	before, after := spec.Around()
	rows, err := k.session.CreateTable(ctx, candidate, before+query+after)
	if err != nil {
		return nil, err
	}
	out := &outcome{added: rows}
	if out.refused, err = k.faults(ctx, spec, spec.Faults()); err != nil || out.refused != nil {
		return out, err
	}
	k.exists = true
	if err := k.session.Publish(ctx, []engine.Publication{{To: table, Kind: relation.Table, From: candidate}}); err != nil {
		return nil, err
	}
	return out, k.invariant(ctx, spec)
}

// invariant makes sure that the first rows are as those of later runs.
func (k *keeper) invariant(ctx context.Context, spec scd.Spec) error {
	var err error
	if spec.Stored, err = k.session.Columns(ctx, table); err != nil {
		return err
	}
	spec.Incoming = spec.Stored[:len(spec.Stored)-len(spec.Added())]
	update, conflicts := spec.Update()
	if len(conflicts) > 0 {
		return fmt.Errorf("the next run would be refused: %v", conflicts)
	}
	broken, err := k.faults(ctx, spec, []scd.Fault{update.Invariant})
	if err == nil && broken != nil {
		err = errors.New(broken[0])
	}
	return err
}

func refused(conflicts []scd.Conflict) *outcome {
	out := &outcome{}
	for _, c := range conflicts {
		out.refused = append(out.refused, c.Message+"; "+c.Hint)
	}
	return out
}

func (k *keeper) faults(ctx context.Context, spec scd.Spec, faults []scd.Fault) (found []string, err error) {
	for _, f := range faults {
		rows, err := k.session.Query(ctx, f.Query, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Query, err)
		}
		if len(rows.Values) > 0 {
			message, hint := spec.Say(f, rows)
			found = append(found, message+"; "+hint)
		}
	}
	return found, nil
}

var errTaken = errors.New("taken back")

func (k *keeper) bringIn(ctx context.Context, spec scd.Spec, update *scd.Update) (out *outcome, err error) {
	out = &outcome{notes: update.Notes}
	exec := func(statements ...string) error {
		for _, s := range statements {
			if err := k.session.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}
	if err := exec("begin transaction"); err != nil {
		return nil, err
	}
	err = func() error {
		if update.Alter != "" {
			if err := exec(update.Alter); err != nil {
				return err
			}
		}
		if out.refused, err = k.faults(ctx, spec, update.Faults); err != nil || out.refused != nil {
			return errors.Join(err, errTaken)
		}
		counts, err := k.session.Query(ctx, update.Count, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", update.Count, err)
		}
		for i, n := range []*int64{&out.added, &out.changed, &out.removed, &out.late} {
			*n = counts.Values[0][i].(int64)
		}
		if out.late > 0 {
			rows, err := k.session.Query(ctx, update.Late.Query, 0)
			if err != nil {
				return err
			}
			out.warning, _ = spec.Say(update.Late, rows)
		}
		if out.removed > 0 {
			if err := exec(update.Remove...); err != nil {
				return err
			}
		}
		if out.added+out.changed > 0 {
			if err := exec(update.Apply...); err != nil {
				return err
			}
		}
		broken, err := k.faults(ctx, spec, []scd.Fault{update.Invariant})
		if err == nil && broken != nil {
			out.refused = broken
			return errTaken
		}
		return err
	}()
	if err != nil {
		_ = exec("rollback")
		if errors.Is(err, errTaken) {
			err = nil
		}
		return out, err
	}
	return out, exec("commit")
}
