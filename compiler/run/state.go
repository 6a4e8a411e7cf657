package run

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// prepareState makes the tables of the state where they are missing, and notes that a build begins.
func (e *executor) prepareState(ctx context.Context, s Session) error {
	k := e.opts.State
	if k == nil {
		return nil
	}
	var statements []string
	if k.Missing {
		if err := s.EnsureSchema(ctx, k.Tables.Schema.Database, k.Tables.Schema.Schema); err != nil {
			return fmt.Errorf("create the schema %q: %w", k.Tables.Schema.Schema, err)
		}
		statements = k.Tables.Create()
	}
	if k.Tables.Older {
		statements = k.Tables.Create()
	}
	e.marked = slices.ContainsFunc(e.plan.Steps, func(s *plan.Step) bool { return s.Builds() })
	if e.marked {
		mark, err := e.begins()
		if err != nil {
			return err
		}
		statements = append(statements, mark)
	}
	if len(statements) == 0 {
		return nil
	}
	if err := s.Publish(ctx, nil, statements...); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

// version gives the data version of a node as it is now; it is empty where it is not known.
func (e *executor) version(id project.ID) state.DataVersion {
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	done := func(id project.ID) (state.DataVersion, bool) {
		version, ok := e.versions[id]
		return version, ok
	}
	return e.plan.Version(id, done, e.viewVersions)
}

// setVersion notes the data version of what a step built or left. That of a view follows from what it reads.
func (e *executor) setVersion(id project.ID, version state.DataVersion) {
	if _, isView := e.plan.Views[id]; isView {
		return
	}
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	e.versions[id] = version
}

// inputs gives what a reader sees of the data versions of what it reads.
func (e *executor) inputs(reads []project.ID, ordered bool) map[project.ID]string {
	inputs := make(map[project.ID]string, len(reads))
	for _, id := range reads {
		inputs[id] = e.version(id).Seen(ordered)
	}
	return inputs
}

// areSame reports whether what is read has the data versions that are on record.
func (e *executor) areSame(reads []project.ID, ordered bool, known map[project.ID]string) bool {
	for _, id := range reads {
		if now := e.version(id).Seen(ordered); now == "" || now != known[id] {
			return false
		}
	}
	return true
}

// nothingChanged is the reason of what did not run.
const nothingChanged = "nothing changed"

// isUnchanged reports whether the relation that is there is what the step would build.
func (e *executor) isUnchanged(s *plan.Step) bool {
	return s.Known != nil && e.areSame(s.Reads, s.Code.Ordered, s.Known.Inputs)
}

// isKnown reports whether a test passed, or warned, on what it would read now.
func (e *executor) isKnown(a *plan.Audit) bool {
	return a.Known != nil && e.areSame(a.Reads, a.Ordered, a.Known.Inputs)
}

func (e *executor) allKnown(s *plan.Step) bool {
	for _, a := range s.Audits {
		if !e.isKnown(a) {
			return false
		}
	}
	return true
}

// known gives the results of tests whose results are known.
func (e *executor) known(s *plan.Step) []TestResult {
	out := make([]TestResult, len(s.Audits))
	for i, a := range s.Audits {
		out[i] = asBefore(a)
	}
	return out
}

// asBefore gives the result of a test that is known. A warning is said again: it holds, and whoever reads only the last
// build would not know of it.
func asBefore(a *plan.Audit) TestResult {
	r := newTestResult(a)
	r.Status = Unchanged
	if found := a.Known.Warned; found != nil {
		r.Status, r.Before, r.Failures, r.Total = Warn, true, found.Rows, found.Total
		r.Reason = nothingChanged
		r.Diagnostic = foundWrong(a, &r)
	}
	return r
}

// again runs the tests of a relation that stays as it is, on what is published.
func (w *worker) again(ctx context.Context, s *plan.Step, r *StepResult) {
	audits := make([]*plan.Audit, len(s.Audits))
	for i, a := range s.Audits {
		audits[i] = onTable(a)
	}
	r.Tests = w.auditAll(ctx, audits)
	r.stays = true
	switch {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
	case !blocked(s, r):
		r.Status, r.Reason = Unchanged, nothingChanged
	}
}

// made gives what is to be known of a relation that a step made.
func (w *worker) made(s *plan.Step) *state.Relation {
	var growth *state.Growth
	if s.Growth != nil {
		growth = &s.Growth.Known
	}
	w.lookAgain(s.Reads)
	made := &state.Relation{
		ID: s.ID, Name: s.Relation, Kind: s.KindOf(), Growth: growth, Code: s.Code.Digest, Algorithm: fingerprint.Version,
		Text: s.Code.Text, Config: s.Code.Config, Inputs: w.inputs(s.Reads, s.Code.Ordered), Ordered: s.Code.Ordered,
		Run: w.runID, At: w.now(), Labels: s.Labels.Digests,
	}
	w.unlikeFile(s, made)
	return made
}

// madeTable looks whether the rows of a candidate are those that are there, which then keep their data version.
func (w *worker) madeTable(ctx context.Context, s *plan.Step) (*state.Relation, error) {
	if w.opts.State == nil {
		return nil, nil
	}
	r := w.made(s)
	if s.Member != nil || !w.isFresh(s) || loading(s) != nil { // else there is nothing to compare with, and it is looked at later
		digest, err := w.session.Digest(ctx, s.Candidate)
		if err != nil {
			return nil, err
		}
		r.Digest = digest
	}
	w.date(s, r)
	return r, nil
}

// isFresh reports whether there is no record of a step's relation, so that none can be wrong after it was built.
func (w *worker) isFresh(s *plan.Step) bool {
	return !w.opts.State.Tables.IsClaimed(w.opts.State.Known, s.Relation)
}

// newVersion is the data version of rows that this run made and that are like no others.
func (e *executor) newVersion(id project.ID) state.DataVersion {
	build := e.runID + ":" + string(id)
	return state.DataVersion{Rows: build, Build: build}
}

// date gives a relation its data version.
func (w *worker) date(s *plan.Step, r *state.Relation) {
	r.Data = w.newVersion(s.ID)
	// Where it was asked for, or where somebody altered what was there, others may have read something else.
	distrusted := slices.ContainsFunc(s.Because, func(c plan.Cause) bool { return c.What == "forced" || c.What == "altered" })
	if former := s.Former; !distrusted && !w.plan.Collates && former != nil && former.Data.Rows != "" && former.Digest == r.Digest && r.Digest.Content != "" {
		r.Data.Rows = former.Data.Rows
	}
	w.setVersion(s.ID, r.Data)
}

func (w *worker) madeView(s *plan.Step) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	r.Data = w.version(s.ID)
	return r
}

// madeFiles reads the digest of the files that were published.
func (w *worker) madeFiles(s *plan.Step, columns []relation.Column) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	digest, err := w.opts.State.FileDigest(s.Location)
	if err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the files of %s cannot be read: %s", s.ID.Name(), err)})
	}
	// The same files are other rows where they are read in another way.
	parts := []string{engine.HashColumns(columns)}
	for _, key := range slices.Sorted(maps.Keys(s.Code.Config)) {
		parts = append(parts, key, s.Code.Config[key])
	}
	r.Digest.Content, r.Digest.Columns = digest, string(fingerprint.Of(parts...))
	w.date(s, r)
	return r
}
