package run

import (
	"cmp"
	"context"

	"github.com/quernsql/quern/compiler/plan"
)

// audit runs the tests that choose gives, in the way it gives them. Those that are known are left out.
func (u *updating) audit(ctx context.Context, choose func(*plan.Audit) *plan.Audit) {
	var audits []*plan.Audit
	var at []int
	for i, a := range u.step.Audits {
		if a = choose(a); a != nil && u.tests[i].Status == 0 {
			audits, at = append(audits, a), append(at, i)
		}
	}
	for k, result := range u.auditAll(ctx, audits) {
		u.tests[at[k]] = result
	}
}

// blocks gives an error where a blocking test failed; those that did not run are skipped then.
func (u *updating) blocks(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, a := range u.step.Audits {
		if s := u.tests[i].Status; a.Blocking && (s == Fail || s == TestError) {
			u.skipRest()
			return errBlocked
		}
	}
	return nil
}

func (u *updating) skipRest() {
	for i, a := range u.step.Audits {
		if u.tests[i].Status == 0 {
			u.tests[i] = newTestResult(a)
			u.tests[i].Status, u.tests[i].Reason = Skipped, "skipped: another test failed"
		}
	}
}

// auditTable tests the table with its new rows, within the transaction.
func (u *updating) auditTable(ctx context.Context) error {
	var due []int
	for i := range u.step.Audits {
		if u.tests[i].Status == 0 {
			due = append(due, i)
		}
	}
	if !u.singly && len(due) > 1 {
		if u.singly = !u.countTogether(ctx, due); u.singly {
			return cmp.Or(ctx.Err(), errAgain)
		}
		due = nil
	}
	for _, i := range due {
		a := onTable(u.step.Audits[i])
		result := newTestResult(a)
		u.countOne(ctx, a, &result)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if u.tests[i] = result; result.Status == TestError {
			return errAgain
		}
		u.judgeHere(ctx, i)
	}
	return u.blocks(ctx)
}

// countTogether counts the wrong rows of several tests in one statement.
func (u *updating) countTogether(ctx context.Context, due []int) bool {
	start := u.now()
	audits, results := make([]*plan.Audit, len(due)), make([]*TestResult, len(due))
	fresh := make([]TestResult, len(due))
	for k, i := range due {
		audits[k] = onTable(u.step.Audits[i])
		fresh[k] = newTestResult(audits[k])
		results[k] = &fresh[k]
	}
	rows, err := u.session.Query(ctx, fused(audits), 0)
	if err != nil {
		u.brokeOver(audits, err)
		return false
	}
	spread(audits, results, rows)
	share(results, u.now().Sub(start))
	for k, i := range due {
		u.tests[i] = fresh[k]
		u.judgeHere(ctx, i)
	}
	return true
}

// judgeHere decides how a test of the table ended and reads wrong rows, while they are there.
func (u *updating) judgeHere(ctx context.Context, i int) {
	a := onTable(u.step.Audits[i])
	stores := a.StoreFailures
	a.StoreFailures = false
	u.judge(ctx, a, &u.tests[i])
	if stores {
		u.stored = append(u.stored, u.toStore(ctx, i, a))
	}
}

// onTable gives a test as it runs on what is published.
func onTable(a *plan.Audit) *plan.Audit {
	published := *a
	if p := a.Published; p.Query != nil {
		published.Query, published.Total, published.Through = p.Query, p.Total, p.Through
	}
	return &published
}
