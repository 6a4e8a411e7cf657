package run

import (
	"context"
	"fmt"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/state"
)

// prepareState makes the tables of the state where they are missing.
func (e *executor) prepareState(ctx context.Context, s Session) error {
	k := e.opts.State
	if k == nil || !k.Missing {
		return nil
	}
	if err := s.EnsureSchema(ctx, k.Tables.Schema.Database, k.Tables.Schema.Schema); err != nil {
		return fmt.Errorf("create the schema %q: %w", k.Tables.Schema.Schema, err)
	}
	if err := s.Publish(ctx, nil, k.Tables.Create()...); err != nil {
		return fmt.Errorf("create the tables of the state: %w", err)
	}
	return nil
}

// version gives the data version of a node as it is now; "" where it is not known.
func (e *executor) version(id project.ID) string {
	e.versionsMu.RLock()
	defer e.versionsMu.RUnlock()
	return e.plan.Version(id, func(id project.ID) (string, bool) {
		version, ok := e.versions[id]
		return version, ok
	})
}

func (e *executor) setVersion(id project.ID, version string) {
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	e.versions[id] = version
}

func (e *executor) inputs(reads []project.ID) map[project.ID]string {
	inputs := make(map[project.ID]string, len(reads))
	for _, id := range reads {
		inputs[id] = e.version(id)
	}
	return inputs
}

// areSame reports whether nodes have the data versions that are on record.
func (e *executor) areSame(reads []project.ID, known map[project.ID]string) bool {
	for _, id := range reads {
		if now := e.version(id); now == "" || now != known[id] {
			return false
		}
	}
	return true
}

// isUnchanged reports whether the relation that is there is what the step would build.
func (e *executor) isUnchanged(s *plan.Step) bool {
	return s.Known != nil && e.areSame(s.Reads, s.Known.Inputs)
}

// passed reports whether a test passed on what it would read now.
func (e *executor) passed(a *plan.Audit) bool {
	return a.Known != nil && e.areSame(a.Reads, a.Known.Inputs)
}

func (e *executor) allPassed(s *plan.Step) bool {
	for _, a := range s.Audits {
		if !e.passed(a) {
			return false
		}
	}
	return true
}

// known gives the results of tests that passed before.
func (e *executor) known(s *plan.Step) []TestResult {
	out := make([]TestResult, len(s.Audits))
	for i, a := range s.Audits {
		out[i] = newTestResult(a)
		out[i].Status = Unchanged
	}
	return out
}

// again runs the tests of a relation that stays as it is, on what is published.
func (w *worker) again(ctx context.Context, s *plan.Step, r *StepResult) {
	audits := make([]*plan.Audit, len(s.Audits))
	for i, a := range s.Audits {
		published := *a
		if p := a.Published; p.Query != nil {
			published.Query, published.Total, published.Through = p.Query, p.Total, p.Through
		}
		audits[i] = &published
	}
	r.Tests = w.auditAll(ctx, audits)
	switch {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
	case !blocked(s, r):
		r.Status, r.Reason = Unchanged, "nothing changed"
	}
}

// made gives what is to be known of a relation that a step made.
func (w *worker) made(s *plan.Step) *state.Relation {
	kind := "seed"
	if s.Kind == link.Model {
		kind = s.Materialized.String()
	}
	return &state.Relation{
		ID: s.ID, Name: s.Relation, Kind: kind, Code: s.Code.Digest, Algorithm: fingerprint.Version,
		Text: s.Code.Text, Config: s.Code.Config, Inputs: w.inputs(s.Reads), Run: w.runID, At: w.now(),
	}
}

// madeTable looks whether the rows of a candidate are those that are there, which then keep their data version.
func (w *worker) madeTable(ctx context.Context, s *plan.Step) (*state.Relation, error) {
	if w.opts.State == nil {
		return nil, nil
	}
	r := w.made(s)
	if s.Former != nil {
		digest, err := w.session.Digest(ctx, s.Candidate)
		if err != nil {
			return nil, err
		}
		r.Digest = digest
	}
	w.date(s, r)
	return r, nil
}

// date gives a relation its data version.
func (w *worker) date(s *plan.Step, r *state.Relation) {
	r.Data = w.runID + ":" + string(s.ID)
	if former := s.Former; former != nil && former.Data != "" && former.Digest == r.Digest && r.Digest.Content != "" {
		r.Data = former.Data
	}
	w.setVersion(s.ID, r.Data)
}

func (w *worker) madeView(s *plan.Step) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	if len(s.Code.Volatile) == 0 {
		r.Data = plan.ViewVersion(s.Code.Digest, r.Inputs)
	}
	w.setVersion(s.ID, r.Data)
	return r
}

func (w *worker) madeFiles(s *plan.Step) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	digest, err := w.opts.State.FileDigest(s.Location)
	if err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the files of %s cannot be read: %s", s.ID.Name(), err)})
	}
	r.Digest.Content = digest
	w.date(s, r)
	return r
}

// publish publishes a relation together with what is to be known of it.
func (w *worker) publish(ctx context.Context, p engine.Publication, made *state.Relation) error {
	if made == nil {
		return w.session.Publish(ctx, []engine.Publication{p})
	}
	keep, err := w.opts.State.Tables.Keep(w.opts.State.Known, made)
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, []engine.Publication{p}, keep)
}

// keepTests notes which tests passed, and which steps failed although nothing else says so. Without it they
// are done again.
func (e *executor) keepTests(ctx context.Context) {
	if e.opts.State == nil || len(e.plan.Steps) == 0 {
		return
	}
	cleanup(ctx, func(ctx context.Context) {
		if err := e.writeTests(ctx); err != nil {
			e.emit(Log{Time: e.now(), Message: fmt.Sprintf("which tests passed is not kept: %s", err)})
		}
	})
}

func (e *executor) writeTests(ctx context.Context) error {
	k := e.opts.State
	var statements []string
	var passed []*state.Test
	for i, s := range e.plan.Steps {
		r := &e.results[i]
		for t, a := range s.Audits {
			if t < len(r.Tests) && r.Tests[t].Status == Pass && a.Definition != "" {
				passed = append(passed, &state.Test{
					ID: a.ID, Definition: a.Definition, Inputs: e.inputs(a.Reads), Run: e.runID, At: e.now(),
				})
			}
		}
		if r.Status == Failed && s.Former != nil && !s.Former.Failed {
			failed := *s.Former
			failed.Failed, failed.Run, failed.At = true, e.runID, e.now()
			keep, err := k.Tables.Keep(k.Known, &failed)
			if err != nil {
				return err
			}
			statements = append(statements, keep)
		}
	}
	tests, err := k.Tables.KeepTests(k.Known, passed)
	if err != nil {
		return err
	}
	if tests != "" {
		statements = append(statements, tests)
	}
	if statements = append(statements, k.Tables.Shorten(k.Known)...); len(statements) == 0 {
		return nil
	}
	session, err := e.house.Session(ctx)
	if err != nil {
		return err
	}
	err = session.Publish(ctx, nil, statements...)
	if e := session.Close(); err == nil {
		err = e
	}
	return err
}
