package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/scd"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
)

// snapshot begins the history of a snapshot, or lets it go on.
func (w *worker) snapshot(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	if s.Action == plan.Update {
		w.record(ctx, s, r)
		return
	}
	w.firstVersions(ctx, s, r)
}

// firstVersions builds the table of a snapshot whose history begins.
func (w *worker) firstVersions(ctx context.Context, s *plan.Step, r *StepResult) {
	if !w.candidate(ctx, s, r, s.History.First) {
		return
	}
	spec := s.History.Spec
	err := func() error {
		columns, err := w.session.Columns(ctx, s.Candidate)
		if err != nil {
			return err
		}
		if conflicts := spec.Missing(columns[:max(len(columns)-len(spec.Added()), 0)]); len(conflicts) > 0 {
			return conflict(s, conflicts)
		}
		return w.faults(ctx, s, spec, spec.Faults())
	}()
	if err != nil {
		r.Rows = -1
		w.refused(ctx, s, r, err)
		return
	}
	w.publishTable(ctx, s, r)
}

// record brings what the query of a snapshot gives now into its table.
//
// The rows are a table of their own first, whose keys are looked at. Then one transaction makes the columns fit,
// ends and adds versions, makes sure that versions follow each other, tests the table as it then is, and notes what
// is known of it. Whatever goes wrong up to its end leaves the history as it was, and the rows for a look.
func (w *worker) record(ctx context.Context, s *plan.Step, r *StepResult) {
	if !w.candidate(ctx, s, r, s.Query) {
		return
	}
	rows := r.Rows
	r.Rows = -1
	u := recording{
		updating: &updating{worker: w, step: s, result: r, dialect: s.History.Spec.Dialect, tests: make([]TestResult, len(s.Audits))},
		spec:     s.History.Spec, rows: rows,
	}
	done := func() {
		r.Tests, r.Status, r.Warnings = u.tests, Success, u.warnings
		r.Rows, r.Note = u.added+u.changed+u.removed, u.note()
	}
	switch err := u.do(ctx); {
	case errors.Is(err, errWaits):
		u.waitToGrow(u.transaction, done)
	case errors.Is(err, errBlocked):
		r.Tests, r.Kept = u.tests, s.Candidate
		blocked(s, r)
	case err != nil:
		w.refused(ctx, s, r, err)
	default:
		done()
	}
}

// recording is one update of a snapshot.
type recording struct {
	*updating
	spec   scd.Spec
	update *scd.Update
	// rows is how many the query gave, the others are how many keys an update is about.
	rows, added, changed, removed, late int64

	warnings diag.List
}

func (u *recording) do(ctx context.Context) (err error) {
	if u.spec.Stored, err = u.session.Columns(ctx, u.spec.Table); err != nil {
		return err
	}
	if u.spec.Incoming, err = u.session.Columns(ctx, u.spec.Candidate); err != nil {
		return err
	}
	update, conflicts := u.spec.Update()
	if len(conflicts) > 0 {
		return conflict(u.step, conflicts)
	}
	u.update = update
	if err := u.faults(ctx, u.step, u.spec, u.spec.Faults()); err != nil {
		return err
	}
	return u.commit(ctx, u.transaction)
}

// transaction is what happens together.
func (u *recording) transaction(ctx context.Context) (*state.Relation, error) {
	u.warnings = nil // an earlier attempt may have come to some
	if u.update.Alter != "" {
		if err := u.session.Exec(ctx, u.update.Alter); err != nil {
			return nil, err
		}
	}
	if err := u.faults(ctx, u.step, u.spec, u.update.Faults); err != nil {
		return nil, err
	}
	if err := u.count(ctx); err != nil {
		return nil, err
	}
	var statements []string
	if u.removed > 0 {
		statements = append(statements, u.update.Remove...)
	}
	if u.added+u.changed > 0 {
		statements = append(statements, u.update.Apply...)
	}
	for _, statement := range statements {
		if err := u.session.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	if err := u.after(ctx, u.step); err != nil {
		return nil, err
	}
	if err := u.relabel(ctx, u.step, u.update.Alter != ""); err != nil {
		return nil, err
	}
	if err := u.faults(ctx, u.step, u.spec, []scd.Fault{u.update.Invariant}); err != nil {
		return nil, err
	}
	if err := u.auditTable(ctx); err != nil {
		return nil, err
	}
	made, err := u.know(ctx, u.settle)
	if err != nil {
		return nil, err
	}
	return made, u.session.Drop(ctx, u.step.Candidate)
}

// settle keeps the data version of a table in which nothing changed.
func (u *recording) settle(made *state.Relation) {
	former := u.step.Former
	altered := slices.ContainsFunc(u.step.Because, func(c plan.Cause) bool { return c.What == "altered" })
	same := former != nil && !altered && len(u.step.Post) == 0 && u.update.Alter == "" && u.added+u.changed+u.removed == 0 &&
		former.Digest.Rows == made.Digest.Rows && former.Digest.Columns == made.Digest.Columns
	if same && former.Data.Rows != "" {
		made.Data, made.Digest = former.Data, former.Digest
	}
}

// count finds out what the update is about, and warns of what it leaves out.
func (u *recording) count(ctx context.Context) error {
	rows, err := u.session.Query(ctx, u.update.Count, 1)
	if err != nil {
		return err
	}
	for i, n := range []*int64{&u.added, &u.changed, &u.removed, &u.late} {
		*n = whole(rows.Values[0][i])
	}
	name := u.step.ID.Name()
	if u.rows == 0 && u.removed > 0 {
		u.warnings.Warnf(diag.SnapshotEmpty, u.step.Span, "the query of the snapshot %q gave no rows: all its keys count as removed", name).
			Hintf("if rows come back, their history goes on")
	}
	if u.late == 0 {
		return nil
	}
	if rows, err = u.session.Query(ctx, u.update.Late.Query, 0); err != nil {
		return err
	}
	message, hint := u.spec.Say(u.update.Late, rows)
	u.warnings.Warnf(diag.SnapshotLate, place(u.step, u.update.Late.Key), "in the snapshot %q %s", name, message).Hintf("%s", hint)
	return nil
}

// note says what the update did.
func (u *recording) note() string {
	var parts []string
	for _, part := range []struct {
		n    int64
		word string
	}{{u.added, "added"}, {u.changed, "changed"}, {u.removed, "removed"}, {u.late, "late"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if parts == nil {
		parts = []string{"nothing new"}
	}
	return strings.Join(append(slices.Clone(u.update.Notes), strings.Join(parts, ", ")), "; ")
}

// faults refuses what must not be recorded.
func (w *worker) faults(ctx context.Context, s *plan.Step, spec scd.Spec, faults []scd.Fault) error {
	for _, fault := range faults {
		rows, err := w.session.Query(ctx, fault.Query, 0)
		if err != nil {
			return err
		}
		if len(rows.Values) > 0 {
			message, hint := spec.Say(fault, rows)
			return refuse(diag.SnapshotRefused, place(s, fault.Key), hint, fmt.Sprintf("in the snapshot %q %s", s.ID.Name(), message))
		}
	}
	return nil
}

// place gives the place of a key of a snapshot, or else that of the snapshot.
func place(s *plan.Step, key string) source.Span {
	if at := s.History.At[key]; !at.IsZero() {
		return at
	}
	return s.Span
}

// conflict refuses columns that cannot be kept together.
func conflict(s *plan.Step, conflicts []scd.Conflict) error {
	refused := plan.HistoryRefused(s, conflicts)
	return refuse(refused.Code, refused.At, refused.Hint, refused.Message)
}
