package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// update brings new rows into the table of an incremental model.
//
// The new rows are a table of their own first, whose keys are looked at and on which tests run. Then one
// transaction changes the columns, brings the rows in, tests the table as it then is, and notes what is known of
// it. Whatever goes wrong up to its end leaves the table as it was, and the new rows for a look.
func (w *worker) update(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	switch {
	case s.Growth.Known.Batches != nil:
		w.batches(ctx, s, r)
		return
	case s.Growth.Loading != nil:
		w.load(ctx, s, r)
		return
	}
	w.bring(ctx, s, r, func(*state.Relation) {})
}

// bring does that for the rows of one query. What is to be known of the table goes through note.
func (w *worker) bring(ctx context.Context, s *plan.Step, r *StepResult, note func(*state.Relation)) {
	if !w.candidate(ctx, s, r, s.NewRows) {
		return
	}
	u := updating{
		worker: w, step: s, result: r, dialect: s.Growth.Dialect, tests: make([]TestResult, len(s.Audits)), note: note,
	}
	u.ended(ctx, u.do(ctx))
}

// ended ends the step with what came of the update.
func (u *updating) ended(ctx context.Context, err error) {
	s, r := u.step, u.result
	switch {
	case errors.Is(err, errWaits):
		u.waitToGrow(u.transaction, func() { r.Tests, r.Status = u.tests, Success })
	case errors.Is(err, errBlocked):
		r.Tests, r.Kept = u.tests, s.Candidate
		blocked(s, r)
	case err != nil:
		u.refused(ctx, s, r, err)
	default:
		r.Tests, r.Status = u.tests, Success
	}
}

// candidate makes the candidate of a query's rows; it reports false where the step ended over it.
func (w *worker) candidate(ctx context.Context, s *plan.Step, r *StepResult, query *template.Filled) bool {
	rows, err := int64(0), w.beforeLoad(s)
	if err == nil {
		rows, err = w.session.CreateTable(ctx, s.Candidate, query.SQL)
	}
	if err == nil {
		r.Rows = rows
		return true
	}
	of := *s
	of.Query = query // in which the error is
	w.fail(ctx, &of, r, err)
	if r.Status == Cancelled {
		w.drop(ctx, s.Candidate)
	}
	return false
}

// refused ends a step whose rows cannot come in; they are kept for a look where they are the reason.
func (w *worker) refused(ctx context.Context, s *plan.Step, r *StepResult, err error) {
	w.fail(ctx, s, r, unplaced(err))
	if _, ok := errors.AsType[*refusal](err); ok && r.Status == Failed && !isHookError(err) {
		r.Kept = s.Candidate
		return
	}
	w.drop(ctx, s.Candidate)
}

// errBlocked says that a blocking test failed.
var errBlocked = errors.New("a test failed")

// updating is one update.
type updating struct {
	*worker
	step    *plan.Step
	result  *StepResult
	dialect increment.Dialect
	// tests are the results, in the order of the step's audits; a status says that one is known.
	tests []TestResult
	// statements are those of the increment.
	statements increment.Statements
	// singly says that the statement for all tests of the table failed, so that they run one by one.
	singly bool
	stored []storing
	note   func(*state.Relation)
	// files are the statements that keep which files were loaded.
	files []string
	// incoming is a hash of the columns of the new rows.
	incoming string
}

func (u *updating) do(ctx context.Context) error {
	same, err := u.look(ctx)
	switch {
	case err != nil:
		return err
	case len(u.statements.Alter) == 0 && u.result.Rows == 0 && u.step.Former != nil && u.step.Growth.Known.Batches == nil && len(u.step.Post) == 0:
		return u.nothingNew(ctx)
	}
	if err := u.oneOfEach(ctx, u.step); err != nil {
		return err
	}
	u.audit(ctx, func(a *plan.Audit) *plan.Audit {
		if same && a.OnDelta {
			return a
		}
		return nil
	})
	if err := u.blocks(ctx); err != nil {
		return err
	}
	return u.commit(ctx, u.transaction)
}

// look compares the columns of the new rows with those of the table, and reports whether they are the same.
func (u *updating) look(ctx context.Context) (same bool, err error) {
	g := u.step.Growth
	spec := g.Spec
	if spec.Table, err = u.session.Columns(ctx, spec.Target); err != nil {
		return false, err
	}
	if spec.Columns, err = u.session.Columns(ctx, spec.Delta); err != nil {
		return false, err
	}
	u.incoming = engine.HashColumns(spec.Columns)
	u.statements, err = spec.Statements(g.Dialect)
	if changed, ok := errors.AsType[*increment.SchemaError](err); ok {
		return false, u.columnsChanged(changed)
	}
	return len(increment.Differences(spec.Table, spec.Columns)) == 0, err
}

func (u *updating) columnsChanged(e *increment.SchemaError) error {
	refused := plan.ColumnsRefused(u.step, e)
	return refuse(refused.Code, refused.At, refused.Hint, refused.Message)
}

// mostKeys is how many keys a message names.
const mostKeys = 3

// oneOfEach refuses rows in the candidate of an incremental model of which several have one key.
func (w *worker) oneOfEach(ctx context.Context, s *plan.Step) error {
	g := s.Growth
	if !g.Spec.Strategy.HasKey() {
		return nil
	}
	rows, err := w.session.Query(ctx, g.Spec.Duplicates(g.Dialect), mostKeys)
	if err != nil || len(rows.Values) == 0 {
		return err
	}
	var named []string
	for _, row := range rows.Values {
		var values []string
		for i, value := range row[:len(row)-1] {
			values = append(values, keyText(g, i, value))
		}
		named = append(named, fmt.Sprintf("(%s) %d times", strings.Join(values, ", "), whole(row[len(row)-1])))
	}
	if rows.More {
		named = append(named, "and more")
	}
	message := fmt.Sprintf("the new rows of %q hold keys more than once: (%s) is %s", s.ID.Name(),
		strings.Join(g.Spec.Key, ", "), strings.Join(named, ", "))
	return refuse(diag.DuplicateKeys, g.KeyAt, "let the query give one row for a key, or add columns to the unique_key", message)
}

func keyText(g *plan.Growth, i int, value any) string {
	switch {
	case g.Hidden[strings.ToLower(g.Spec.Key[i])]:
		return "***"
	case value == nil:
		return "NULL"
	}
	return fmt.Sprint(value)
}

// nothingNew leaves the table as it is. What did not pass on it yet is tested.
func (u *updating) nothingNew(ctx context.Context) error {
	u.drop(ctx, u.step.Candidate)
	former := u.step.Former
	u.setVersion(u.step.ID, former.Data)
	u.audit(ctx, onTable)
	if err := u.blocks(ctx); err != nil || u.opts.State == nil {
		return err
	}
	if err := u.relabel(ctx, u.step, false); err != nil {
		return err
	}
	made := u.made(u.step)
	made.Data, made.Digest, made.Incoming = former.Data, former.Digest, cmp.Or(u.incoming, former.Incoming)
	if slices.ContainsFunc(u.step.Because, func(c plan.Cause) bool { return c.What == "altered" }) {
		// It is as somebody left it, and known as such from now on.
		digests, err := u.session.Digests(ctx, []relation.Name{u.step.Relation})
		if err != nil {
			return err
		}
		made.Data, made.Digest = u.newVersion(u.step.ID), digests[0]
		u.setVersion(u.step.ID, made.Data)
	}
	files, err := u.loaded(u.step, made)
	if err != nil {
		return err
	}
	return u.keepWith(ctx, made, files)
}

// errAgain says that the transaction has to be done again, because an error in a test ended it.
var errAgain = errors.New("a test ended the transaction")

// commit brings the new rows in. An engine may give a transaction up after the error of a test; then it is done
// again without the test that has it.
func (u *updating) commit(ctx context.Context, do func(context.Context) (*state.Relation, error)) error {
	var made *state.Relation
	if u.step.Member != nil {
		return errWaits
	}
	if u.apart() {
		if err := u.forget(ctx, u.made(u.step)); err != nil {
			return err
		}
	}
	for {
		err := u.session.InTransaction(ctx, func(ctx context.Context) (err error) {
			made, err = do(ctx)
			return err
		})
		if errors.Is(err, errAgain) {
			continue
		}
		if err == nil {
			break
		}
		u.storeFailures(ctx)
		return err
	}
	if made != nil {
		u.setVersion(u.step.ID, made.Data)
	}
	switch {
	case u.apart() && loading(u.step) != nil:
		u.keepLoaded(ctx, made, u.files)
	case u.apart():
		u.keepLater(ctx, made)
	}
	u.storeFailures(ctx)
	return nil
}

// apart reports whether the table is in a database that is not the state's, for which there is no common transaction.
func (u *updating) apart() bool { return u.opts.State != nil && u.step.Relation.Database != "" }

// transaction is what happens together.
func (u *updating) transaction(ctx context.Context) (*state.Relation, error) {
	for _, statement := range slices.Concat(u.statements.Alter, u.statements.Apply) {
		if err := u.session.Exec(ctx, statement); err != nil {
			return nil, u.notIn(err)
		}
	}
	if err := u.after(ctx, u.step); err != nil {
		return nil, err
	}
	if err := u.relabel(ctx, u.step, len(u.statements.Alter) > 0); err != nil {
		return nil, err
	}
	if err := u.auditTable(ctx); err != nil {
		return nil, err
	}
	made, err := u.know(ctx, u.note)
	if err != nil {
		return nil, err
	}
	return made, u.session.Drop(ctx, u.step.Candidate)
}

// notIn explains why the engine does not take the new rows in.
func (u *updating) notIn(err error) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Class != engine.Permanent {
		return err
	}
	m := explain.Meant(e)
	var list diag.List
	return &refusal{list.Errorf(m.Code, u.step.Span, "the new rows cannot come into %q: %s", u.step.ID.Name(), m.Message).
		Hintf("look at them in %s; --full-refresh builds the table anew", u.step.Candidate)}
}

// know notes what is known of the table with its new rows.
func (u *updating) know(ctx context.Context, settle func(*state.Relation)) (*state.Relation, error) {
	if u.opts.State == nil {
		return nil, nil
	}
	columns, err := u.session.Columns(ctx, u.step.Relation)
	if err != nil {
		return nil, err
	}
	rows, err := countRows(ctx, u.session, u.dialect.Relation(u.step.Relation))
	if err != nil {
		return nil, err
	}
	made := u.made(u.step)
	made.Data, made.Incoming = u.newVersion(u.step.ID), u.incoming
	made.Digest = engine.Digest{Rows: rows, Columns: engine.HashColumns(columns)}
	settle(made)
	return made, u.record(ctx, made)
}
