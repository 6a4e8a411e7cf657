package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/relation"
)

// Verification asks whether a table holds what queries give.
type Verification struct {
	Table relation.Name
	// Whole is the reserved name under which the rows of the queries, at least one, are put and then dropped.
	Whole   relation.Name
	Queries []string
	Dialect increment.Dialect
	// EventTime is the column of the windows of a microbatch, and Outside the query for rows that are in none of them;
	// both are empty for others.
	EventTime, Outside string
	// Sample is how many rows are fetched of those that one side alone has.
	Sample int
}

// Verified is what came of it.
type Verified struct {
	// Rows and WholeRows are the numbers of rows of the table and of the query.
	Rows, WholeRows int64
	// Columns are those in which the table and the query differ. Then no rows are compared.
	Columns []increment.Difference
	// OnlyTable and OnlyWhole are how many rows one side alone has; a row that it has more often counts with what is
	// over. TableSample and WholeSample are some of them.
	OnlyTable, OnlyWhole     int64
	TableSample, WholeSample *engine.Rows
	// First and Last are the earliest and the latest time of a row that one side of a microbatch alone has, as the
	// engine writes them.
	First, Last string
	// Outside are the rows that are in no window of a microbatch, which neither side has.
	Outside Outside
}

// Same reports whether the table holds what the query gives.
func (v *Verified) Same() bool { return len(v.Columns) == 0 && v.OnlyTable+v.OnlyWhole == 0 }

// Verify compares a table with the rows of a query, whatever their order and that of the columns.
func Verify(ctx context.Context, s Session, v Verification) (out *Verified, err error) {
	out = &Verified{}
	if _, err = s.CreateTable(ctx, v.Whole, v.Queries[0]); err != nil {
		return nil, err
	}
	defer cleanup(ctx, func(ctx context.Context) {
		if e := s.Drop(ctx, v.Whole); err == nil && e != nil {
			err = fmt.Errorf("drop %s: %w", v.Whole, e)
		}
	})
	for _, query := range v.Queries[1:] {
		if err := s.Exec(ctx, "insert into "+v.Dialect.Relation(v.Whole)+" "+query); err != nil {
			return nil, unplaced(err)
		}
	}
	if out.WholeRows, err = countRows(ctx, s, v.Dialect.Relation(v.Whole)); err != nil {
		return nil, err
	}
	if v.Outside != "" {
		if out.Outside, err = CountOutside(ctx, s, v.Outside); err != nil {
			return nil, unplaced(err)
		}
	}
	table, err := s.Columns(ctx, v.Table)
	if err != nil {
		return nil, err
	}
	whole, err := s.Columns(ctx, v.Whole)
	if err != nil {
		return nil, err
	}
	if out.Rows, err = countRows(ctx, s, v.Dialect.Relation(v.Table)); err != nil {
		return nil, err
	}
	out.Columns = increment.Differences(table, whole)
	if len(out.Columns) > 0 {
		return out, nil
	}
	if slices.Equal(names(table), names(whole)) {
		digests, err := s.Digests(ctx, []relation.Name{v.Table, v.Whole})
		if err != nil || digests[0] == digests[1] {
			return out, err
		}
	}
	return out, v.compare(ctx, s, table, out)
}

func names(columns []relation.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = strings.ToLower(c.Name)
	}
	return out
}

// compare finds the rows that one side alone has.
func (v *Verification) compare(ctx context.Context, s Session, columns []relation.Column, out *Verified) (err error) {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = v.Dialect.Quote(c.Name)
	}
	rows := func(name relation.Name) string {
		return "select " + strings.Join(quoted, ", ") + " from " + v.Dialect.Relation(name)
	}
	only := func(a, b relation.Name) (int64, *engine.Rows, error) {
		query := rows(a) + " except all " + rows(b)
		n, err := countRows(ctx, s, "("+query+") as only_here")
		if err != nil || n == 0 || v.Sample == 0 {
			return n, nil, err
		}
		sample, err := s.Query(ctx, "select * from ("+query+") as only_here order by "+strings.Join(quoted, ", "), v.Sample)
		return n, sample, err
	}
	if out.OnlyTable, out.TableSample, err = only(v.Table, v.Whole); err != nil {
		return err
	}
	if out.OnlyWhole, out.WholeSample, err = only(v.Whole, v.Table); err != nil || v.EventTime == "" || out.Same() {
		return err
	}
	at := v.Dialect.Quote(v.EventTime)
	apart := "(" + rows(v.Table) + " except all " + rows(v.Whole) + ") union all (" + rows(v.Whole) + " except all " + rows(v.Table) + ")"
	span, err := s.Query(ctx, "select min("+at+"), max("+at+") from ("+apart+") as apart", 1)
	if err == nil && len(span.Values) > 0 {
		out.First, _ = span.Values[0][0].(string)
		out.Last, _ = span.Values[0][1].(string)
	}
	return err
}
