package view

import (
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
)

// Verified is what came of the comparison of a table with a full build.
type Verified struct {
	ID       project.ID
	Relation relation.Name
	Result   *run.Verified
	// Sensitive are the columns, in small letters, whose values stay hidden.
	Sensitive map[string]bool
	// Late is the span of the windows of a microbatch in which rows differ; nil where that is not known.
	Late *increment.Window
	// Incremental are the model's keys.
	Incremental project.IncrementalConfig
}

type verifiedJSON struct {
	Version   int              `json:"version"`
	ID        string           `json:"id"`
	Relation  string           `json:"relation"`
	Same      bool             `json:"same"`
	Rows      int64            `json:"rows"`
	WholeRows int64            `json:"whole_rows"`
	Columns   []differenceJSON `json:"columns"`
	OnlyTable sideJSON         `json:"only_table"`
	OnlyWhole sideJSON         `json:"only_whole"`
	Late      *windowJSON      `json:"late"`
	Outside   outsideJSON      `json:"outside"`
}

// windowJSON is a span of time without its end.
type windowJSON struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// outsideJSON are the rows that are in no window of a microbatch.
type outsideJSON struct {
	Null   int64 `json:"null"`
	Before int64 `json:"before"`
}

type differenceJSON struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	WholeType string `json:"whole_type"`
}

// sideJSON are the rows that one side alone has.
type sideJSON struct {
	Count   int64        `json:"count"`
	Columns []NodeColumn `json:"columns"`
	Rows    [][]any      `json:"rows"`
	More    bool         `json:"more"`
}

// Verified shows it.
func (v *View) Verified(x Verified) error {
	if v.IsJSON() {
		return v.Object(x.object())
	}
	r := x.Result
	name := clean(x.Relation.String())
	if r.Same() {
		v.Result("%s holds what a full build gives: %s", name, count(r.Rows, "row"))
		v.outside(x)
		return nil
	}
	v.Result("%s differs from what a full build gives: %s here, %s there", name, count(r.Rows, "row"), count(r.WholeRows, "row"))
	for _, c := range r.Columns {
		switch {
		case c.Was == "":
			v.Result("  column %q (%s) is in a full build alone", clean(c.Column), clean(c.Is))
		case c.Is == "":
			v.Result("  column %q (%s) is here alone", clean(c.Column), clean(c.Was))
		default:
			v.Result("  column %q is %s here and %s there", clean(c.Column), clean(c.Was), clean(c.Is))
		}
	}
	v.side("here", r.OnlyTable, r.TableSample, x.Sensitive)
	v.side("in a full build", r.OnlyWhole, r.WholeSample, x.Sensitive)
	if x.Late != nil {
		v.Result("rows came late, or changed, in windows beyond the lookback of %d: build these again with quern build -s %s --start %s --end %s",
			x.Incremental.Batches.Lookback, x.ID.Name(), minutes(x.Late.Start), minutes(x.Late.End))
	}
	v.outside(x)
	return nil
}

// outside tells of rows that are in no window of a microbatch.
func (v *View) outside(x Verified) {
	if out := x.Result.Outside; out.Any() {
		b := x.Incremental.Batches
		v.Result("neither has %s", clean(out.Words(x.Incremental.EventTime.Name, minutes(b.Size.Start(b.Begin)))))
	}
}

func minutes(t time.Time) string { return t.UTC().Format("2006-01-02T15:04") }

func (v *View) side(where string, n int64, sample *engine.Rows, sensitive map[string]bool) {
	if n == 0 {
		return
	}
	v.Result("%s %s alone", count(n, "row"), where)
	if sample == nil {
		return
	}
	table := RowsTable(sample)
	table.Hidden, table.Indent = hiddenColumns(sample, sensitive), 2
	v.Table(table)
}

func (x Verified) object() verifiedJSON {
	r := x.Result
	side := func(n int64, sample *engine.Rows) sideJSON {
		if sample == nil {
			sample = &engine.Rows{}
		}
		rows := rowsObject(sample, hiddenColumns(sample, x.Sensitive))
		return sideJSON{n, rows.Columns, rows.Rows, rows.More}
	}
	out := verifiedJSON{
		Version: 1, ID: string(x.ID), Relation: x.Relation.String(), Same: r.Same(), Rows: r.Rows, WholeRows: r.WholeRows,
		Columns:   []differenceJSON{},
		OnlyTable: side(r.OnlyTable, r.TableSample), OnlyWhole: side(r.OnlyWhole, r.WholeSample),
	}
	out.Outside = outsideJSON{r.Outside.Null, r.Outside.Before}
	if x.Late != nil {
		out.Late = &windowJSON{x.Late.Start, x.Late.End}
	}
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, differenceJSON{c.Column, c.Was, c.Is})
	}
	return out
}
