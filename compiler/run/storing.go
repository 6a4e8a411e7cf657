package run

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
)

// storing are wrong rows that were read in a transaction, to be stored when it is over: they are gone then, where it
// was rolled back.
type storing struct {
	test    int
	columns []relation.Column
	rows    [][]any
	err     error
}

// mostStored is how many wrong rows are stored of a test in a transaction.
const mostStored = 10_000

// toStore reads the wrong rows of a test as texts.
func (u *updating) toStore(ctx context.Context, i int, a *plan.Audit) storing {
	s := storing{test: i}
	if u.tests[i].Failures == 0 {
		return s
	}
	if s.columns, s.err = u.session.Describe(ctx, a.Query.SQL); s.err != nil {
		return s
	}
	casts := make([]string, len(s.columns))
	for k, c := range s.columns {
		casts[k] = "cast(" + u.dialect.Quote(c.Name) + " as varchar) as c" + strconv.Itoa(k)
	}
	rows, err := u.session.Query(ctx, "select "+strings.Join(casts, ", ")+" from (\n"+a.Query.SQL+"\n) as wrong_rows", mostStored)
	if s.err = err; err == nil {
		s.rows = rows.Values
	}
	return s
}

// storeFailures stores what was read in the transaction that is over.
func (u *updating) storeFailures(ctx context.Context) {
	for _, s := range u.stored {
		a := u.step.Audits[s.test]
		into := u.plan.FailuresSchema
		into.Identifier = a.Name
		err := s.err
		switch {
		case err != nil:
		case len(s.rows) == 0:
			err = u.session.Drop(ctx, into)
		default:
			if _, err = u.session.CreateTable(ctx, into, u.storedRows(s)); err == nil {
				u.tests[s.test].Stored = into
			}
		}
		if err != nil {
			u.emit(Log{Time: u.now(), Message: fmt.Sprintf("the wrong rows of %s cannot be stored: %s", a.Name, err)})
		}
	}
}

// storedRows gives the query of wrong rows that were read.
func (u *updating) storedRows(s storing) string {
	d := u.dialect
	columns, names := []string{"'" + u.runID + "' as quern_run"}, make([]string, len(s.columns))
	for k, c := range s.columns {
		names[k] = "c" + strconv.Itoa(k)
		columns = append(columns, "cast("+names[k]+" as "+c.Type+") as "+d.Quote(c.Name))
	}
	rows := make([]string, len(s.rows))
	for i, row := range s.rows {
		values := make([]string, len(row))
		for k, value := range row {
			values[k] = d.Literal(value)
		}
		rows[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return "select " + strings.Join(columns, ", ") + " from (values " + strings.Join(rows, ", ") + ") as wrong_rows(" +
		strings.Join(names, ", ") + ")"
}
