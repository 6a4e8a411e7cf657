package run

import (
	"context"
	"fmt"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
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

// seedKind is what a seed is kept as.
const seedKind = "seed"

// made gives what is to be known of a relation that a step made.
func (w *worker) made(s *plan.Step) *state.Relation {
	kind := seedKind
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
	w.date(s, r)
	if s.Former == nil { // there is nothing to compare with, and it is looked at later
		return r, nil
	}
	digest, err := w.session.Digest(ctx, s.Candidate)
	if err != nil {
		return nil, err
	}
	r.Digest = digest
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

// publish publishes a relation together with what is to be known of it. Of a relation of which nothing was known
// that can come later, together with that of others, which takes a third of the time: until then it counts as
// never built.
func (w *worker) publish(ctx context.Context, p engine.Publication, s *plan.Step, made *state.Relation) error {
	if made == nil {
		return w.session.Publish(ctx, []engine.Publication{p})
	}
	if s.Former == nil {
		if err := w.session.Publish(ctx, []engine.Publication{p}); err != nil {
			return err
		}
		return w.keepLater(ctx, made)
	}
	keep, err := w.opts.State.Tables.Keep(w.opts.State.Known, made)
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, []engine.Publication{p}, keep)
}

// atOnce is how many relations are kept together.
const atOnce = 32

func (w *worker) keepLater(ctx context.Context, made *state.Relation) error {
	w.versionsMu.Lock()
	w.later = append(w.later, made)
	var batch []*state.Relation
	if len(w.later) >= atOnce {
		batch, w.later = w.later, nil
	}
	w.versionsMu.Unlock()
	if batch == nil {
		return nil
	}
	cleanup(ctx, func(ctx context.Context) {
		if err := w.keep(ctx, w.session, batch); err != nil {
			w.emit(Log{Time: w.now(), Message: fmt.Sprintf("what was built is not kept: %s", err)})
		}
	})
	return nil
}

// keep notes relations that were built for the first time. It looks at the rows of tables, so that a rebuild can be
// compared with them.
func (e *executor) keep(ctx context.Context, s Session, made []*state.Relation) error {
	var tables []*state.Relation
	var names []relation.Name
	for _, r := range made {
		if r.Kind == project.Table.String() || r.Kind == seedKind {
			tables, names = append(tables, r), append(names, r.Name)
		}
	}
	if len(tables) > 0 {
		digests, err := s.Digests(ctx, names)
		if err != nil {
			return err
		}
		for i, r := range tables {
			r.Digest = digests[i]
		}
	}
	keep, err := e.opts.State.Tables.Keep(e.opts.State.Known, made...)
	if err != nil {
		return err
	}
	return s.Publish(ctx, nil, keep)
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
	session, err := e.house.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // nothing depends on it
	if len(e.later) > 0 {
		if err := e.keep(ctx, session, e.later); err != nil {
			return err
		}
	}
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
	return session.Publish(ctx, nil, statements...)
}
