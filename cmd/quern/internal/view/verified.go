package view

import (
	"github.com/quernsql/quern/compiler/engine"
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
	return nil
}

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
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, differenceJSON{c.Column, c.Was, c.Is})
	}
	return out
}
