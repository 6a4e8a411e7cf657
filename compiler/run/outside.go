package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
)

// Outside is how many rows of a microbatch are in none of its windows: those whose time is NULL, and those from before
// the first one.
type Outside struct{ Null, Before int64 }

// Any reports whether there are some.
func (o Outside) Any() bool { return o.Null+o.Before > 0 }

// CountOutside asks a query of package check how many rows are in no window.
func CountOutside(ctx context.Context, s Session, query string) (Outside, error) {
	rows, err := s.Query(ctx, query, 1)
	if err != nil || len(rows.Values) == 0 {
		return Outside{}, err
	}
	return Outside{Null: whole(rows.Values[0][0]), Before: whole(rows.Values[0][1])}, nil
}

// outside warns of rows that are left out of a table that is built whole, since they are in none of its windows.
func (w *worker) outside(ctx context.Context, s *plan.Step, r *StepResult) {
	r.Warnings = nil
	if s.Growth == nil || s.Growth.Outside == nil || ctx.Err() != nil {
		return
	}
	out, err := CountOutside(ctx, w.session, s.Growth.Outside.SQL)
	switch {
	case err != nil && ctx.Err() == nil:
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the rows of %s that are in no window cannot be counted: %s", s.ID.Name(), err)})
	case out.Any():
		column := s.Growth.Spec.EventTime
		r.Warnings.Warnf(diag.OutsideWindows, s.Growth.EventAt, "%q leaves out %s", s.ID.Name(), out.Words(column, s.Growth.First)).
			Hintf("a row comes in with the window that its %s is in: give it one, or set begin to an earlier time", column)
	}
}

// Words names the rows that are in no window.
func (o Outside) Words(column, begin string) string {
	var parts []string
	if o.Null > 0 {
		parts = append(parts, fmt.Sprintf("%s in which %q is NULL", rowsOf(o.Null), column))
	}
	if o.Before > 0 {
		parts = append(parts, fmt.Sprintf("%s from before %s, where its windows begin", rowsOf(o.Before), begin))
	}
	return strings.Join(parts, " and ")
}

func rowsOf(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
