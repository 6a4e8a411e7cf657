package run

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// test runs a test that has a step of its own.
func (w *worker) test(ctx context.Context, s *plan.Step, r *StepResult) {
	r.Tests = w.audit(ctx, s)
	if ctx.Err() != nil {
		w.fail(ctx, s, r, ctx.Err())
		return
	}
	if !blocked(s, r) {
		r.Status = Success
	}
	if anyError(r.Tests) {
		r.Status = Failed
	}
}

// maxFused bounds the counts that one statement asks for.
const maxFused = 40

// audit runs the tests of a step and fetches the wrong rows of those that found some. The counts of
// several tests come in one round trip; if that statement fails they are asked for one by one, so
// that only the culprit has the error.
func (w *worker) audit(ctx context.Context, s *plan.Step) []TestResult {
	return w.auditAll(ctx, s.Audits)
}

func (w *worker) auditAll(ctx context.Context, all []*plan.Audit) []TestResult {
	if len(all) == 0 {
		return nil
	}
	results := make([]TestResult, len(all))
	var audits []*plan.Audit
	var due []*TestResult
	for i, a := range all {
		if w.isKnown(a) {
			results[i] = asBefore(a)
			continue
		}
		results[i] = newTestResult(a)
		audits, due = append(audits, a), append(due, &results[i])
	}
	for from := 0; from < len(audits); from += maxFused {
		to := min(from+maxFused, len(audits))
		w.count(ctx, audits[from:to], due[from:to])
	}
	for i, a := range audits {
		if ctx.Err() != nil {
			due[i].Status, due[i].Reason = Cancelled, "the run was interrupted"
			continue
		}
		if due[i].Status == 0 {
			w.judge(ctx, a, due[i])
		}
	}
	return results
}

func newTestResult(a *plan.Audit) TestResult {
	r := TestResult{ID: a.ID, Name: a.Name, Tested: a.Tested, Column: a.Column, Total: -1, Span: a.Span}
	if a.Query != nil {
		r.Query = a.Query.SQL
	}
	return r
}

// count asks for the counts of some tests.
func (w *worker) count(ctx context.Context, audits []*plan.Audit, results []*TestResult) {
	start := w.now()
	if len(audits) > 1 {
		rows, err := w.session.Query(ctx, fused(audits), 0)
		if err == nil {
			spread(audits, results, rows)
			share(results, w.now().Sub(start))
			return
		}
		w.brokeOver(audits, err)
	}
	for i, a := range audits {
		if ctx.Err() != nil {
			return
		}
		start := w.now()
		w.countOne(ctx, a, results[i])
		results[i].Seconds = w.now().Sub(start).Seconds()
	}
}

// The query stands on lines of its own, since it may end in a comment.
const (
	countFrom  = " from (\n"
	countAfter = "\n) as wrong_rows"
)

// counted is the expression for the number of wrong rows.
func counted(a *plan.Audit) string {
	if a.Counts == "" {
		return "count(*)"
	}
	return "cast(coalesce(sum(" + a.Counts + "), 0) as bigint)"
}

// fused gives the statement that counts the wrong rows of several tests, a row per number. Branches
// of a union cost less than scalar subqueries of one row.
func fused(audits []*plan.Audit) string {
	var b strings.Builder
	for i, a := range audits {
		if i > 0 {
			b.WriteString("\nunion all\n")
		}
		b.WriteString("select " + strconv.Itoa(i) + ", " + counted(a) + countFrom + a.Query.SQL + countAfter)
		if a.Total != nil {
			b.WriteString("\nunion all\nselect " + strconv.Itoa(len(audits)+i) + ", total.n from (\n" + a.Total.SQL + "\n) as total(n)")
		}
	}
	return b.String()
}

// spread gives every test its numbers: the wrong rows stand under the test's own, the tested rows
// under one that is higher by the number of tests.
func spread(audits []*plan.Audit, results []*TestResult, rows *engine.Rows) {
	for _, row := range rows.Values {
		at, count := whole(row[0]), whole(row[1])
		if at < int64(len(audits)) {
			results[at].Failures = count
		} else {
			results[at-int64(len(audits))].Total = count
		}
	}
}

// countRows counts the rows of a relation or a query, written as FROM takes it.
func countRows(ctx context.Context, s Session, from string) (int64, error) {
	rows, err := s.Query(ctx, "select count(*) from "+from, 1)
	if err != nil {
		return 0, err
	}
	return number(rows), nil
}

func number(rows *engine.Rows) int64 {
	if len(rows.Values) == 0 {
		return 0
	}
	return whole(rows.Values[0][0])
}

func whole(value any) int64 {
	n, _ := value.(int64)
	return n
}

// share divides the time of one statement among its tests.
func share(results []*TestResult, took time.Duration) {
	for i := range results {
		results[i].Seconds = took.Seconds() / float64(len(results))
	}
}

func (w *worker) countOne(ctx context.Context, a *plan.Audit, r *TestResult) {
	before := "select " + counted(a) + countFrom
	rows, err := w.session.Query(ctx, before+a.Query.SQL+countAfter, 1)
	w.broke(err)
	if err != nil && !w.isBroken() && w.isBrokenView(ctx, a) {
		r.Status, r.Reason = Skipped, fmt.Sprintf("skipped: %s cannot be built", a.Of)
		return
	}
	if err != nil {
		if e, ok := errors.AsType[*engine.Error](err); ok && a.Counts != "" && e.Position >= 0 && e.Position < len(before) {
			r.Status, r.Diagnostic = TestError, miscounted(a, e)
			return
		}
		w.testError(a, r, shifted(err, len(before)), a.Query)
		return
	}
	r.Failures = number(rows)
	if a.Total == nil {
		return
	}
	if rows, err = w.session.Query(ctx, a.Total.SQL, 1); err != nil {
		w.testError(a, r, err, a.Total)
		return
	}
	r.Total = number(rows)
}

// isBrokenView reports whether the view that a test looks at is wrong in itself. Then the view's own
// step says so, and the table below it has no part in that.
func (w *worker) isBrokenView(ctx context.Context, a *plan.Audit) bool {
	if a.Through == nil {
		return false
	}
	_, err := w.session.Query(ctx, "select * from (\n"+a.Through.SQL+"\n) as shown limit 0", 1)
	return err != nil && ctx.Err() == nil
}

func (w *worker) testError(a *plan.Audit, r *TestResult, err error, q *template.Filled) {
	r.Status = TestError
	w.broke(err)
	e, ok := errors.AsType[*engine.Error](err)
	switch {
	case !ok:
		r.Diagnostic = trouble(a.Span, "the test %q cannot run: %s", a.Name, err)
	case e.Class == engine.Cancelled:
		r.Status = Cancelled
	case e.Class == engine.Stopped:
		r.Status, r.Reason = Skipped, engineStopped
	default:
		r.Diagnostic, r.breaks = w.audited(a, q, e), e.Class == engine.Broken
	}
}

// judge decides how a test ended, and keeps and shows its wrong rows.
func (w *worker) judge(ctx context.Context, a *plan.Audit, r *TestResult) {
	r.Status = verdict(a, r)
	if a.StoreFailures {
		r.Stored = w.store(ctx, a, r)
	}
	if r.Status == Pass {
		return
	}
	r.Diagnostic = foundWrong(a, r)
	if w.opts.ShowRows <= 0 || r.Failures == 0 {
		return
	}
	limit := w.opts.ShowRows
	if a.Limit > 0 {
		limit = a.Limit
	}
	rows, err := w.session.Query(ctx, a.Query.SQL, limit)
	if err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the wrong rows of %s cannot be read: %s", a.Name, err)})
		return
	}
	r.Rows = rows
}

// verdict holds the counts against the thresholds.
func verdict(a *plan.Audit, r *TestResult) Status {
	exceeds := func(t project.Threshold) bool { return t.Op != "" && reached(t, r.Failures, r.Total) }
	fails := exceeds(a.ErrorIf)
	if a.ErrorIf.Op == "" && a.WarnIf.Op == "" {
		fails = r.Failures > 0
	}
	switch {
	case fails && a.Blocking:
		return Fail
	case fails || exceeds(a.WarnIf):
		return Warn
	default:
		return Pass
	}
}

// reached compares a count, or its share of the tested rows, with a limit. No rows are no share.
func reached(t project.Threshold, failures, total int64) bool {
	n := float64(failures)
	if t.Percent {
		if n = 0; total > 0 {
			n = 100 * float64(failures) / float64(total)
		}
	}
	return t.Reached(n)
}

// foundWrong says what a test found.
func foundWrong(a *plan.Audit, r *TestResult) *diag.Diagnostic {
	var list diag.List
	rows := "rows"
	if r.Failures == 1 {
		rows = "row"
	}
	text := fmt.Sprintf("the test %q found %d wrong %s", a.Name, r.Failures, rows)
	if a.Of != "" {
		text += fmt.Sprintf(" in %q", a.Of)
	}
	if r.Total >= 0 {
		text += fmt.Sprintf(" of %d", r.Total)
	}
	if r.Status == Warn {
		return list.Warnf(diag.TestWarned, a.Span, "%s", text).Hinted(a.Hint)
	}
	return list.Errorf(diag.TestFailed, a.Span, "%s", text).Hinted(a.Hint)
}

// store keeps the wrong rows in a table of the failures' schema, with the run that found them; a test
// without wrong rows leaves none. It gives the table.
func (w *worker) store(ctx context.Context, a *plan.Audit, r *TestResult) relation.Name {
	into := w.plan.FailuresSchema
	into.Identifier = a.Name
	var err error
	if r.Failures == 0 {
		err = w.session.Drop(ctx, into)
	} else {
		query := "select '" + w.runID + "' as quern_run, * from (\n" + a.Query.SQL + "\n) as wrong_rows"
		_, err = w.session.CreateTable(ctx, into, query)
	}
	if err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the wrong rows of %s cannot be stored: %s", a.Name, err)})
		return relation.Name{}
	}
	if r.Failures == 0 {
		return relation.Name{}
	}
	return into
}
