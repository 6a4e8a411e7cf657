package cli

import (
	"context"
	"math"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// keptRows are the rows that a failed build kept of a step.
type keptRows struct {
	*App
	compiler.Result
	session adapters.Session
	step    *plan.Step
}

// query gives the query of a test on what a failed build kept. Of a table that grows these are the new rows, and
// the test may have looked at the table with them in it.
func (k *keptRows) query(ctx context.Context, audit *plan.Audit) (*template.Filled, error) {
	a, r, s, step := k.App, k.Result, k.session, k.step
	dialect := a.Registry[r.Project.Target.Type].Dialect
	grown, err := k.grew(ctx, dialect)
	if err != nil {
		return nil, err
	}
	if grown && r.Graph.ByID[audit.ID].Test.Config.Scope == project.DeltaScope {
		rows, err := s.Query(ctx, audit.Query.SQL, 1)
		if err != nil {
			return nil, err
		}
		grown = len(rows.Values) == 0
	}
	if !grown {
		a.View.Note("these are rows of %s, which a failed build kept", step.Candidate)
		return audit.Query, nil
	}
	after, err := k.tableAfter(ctx, dialect)
	if err != nil {
		return nil, err
	}
	if after == "" {
		a.View.Note("these are rows of %s, which a failed build kept; the test looked at %s with them in it", step.Candidate, step.Relation)
		return audit.Query, nil
	}
	at, err := a.Flags.runTime(a.Now())
	if err != nil {
		return nil, err
	}
	a.View.Note("these are rows of %s with those of %s in it, which a failed build kept", step.Relation, step.Candidate)
	return r.Program.Query(audit.ID, check.FillOptions{RunTime: at, Relations: map[project.ID]template.Filling{step.ID: {SQL: "(\n" + after + "\n)"}}}), nil
}

// grew reports whether a candidate that was kept holds the new rows alone of a table that is there.
func (k *keptRows) grew(ctx context.Context, d adapters.Dialect) (bool, error) {
	s, step := k.session, k.step
	if step.Growth == nil && step.History == nil {
		return false, nil
	}
	objects, err := s.List(ctx, step.Relation.Database, step.Relation.Schema)
	if err != nil {
		return false, err
	}
	there := false
	for _, o := range objects {
		there = there || o.Kind == relation.Table && o.Name.Fold().Identifier == step.Relation.Fold().Identifier
	}
	if !there {
		return false, nil
	}
	keeper, err := remembered(ctx, s, d, k.Project)
	if err != nil {
		return false, err
	}
	known := keeper.Known.Find(step.ID, step.Relation)
	return known == nil || !known.Failed || !known.Whole, nil
}

// tableAfter gives the query for what a table would hold with the rows that were kept; "" where that cannot be told.
func (k *keptRows) tableAfter(ctx context.Context, d increment.Dialect) (after string, err error) {
	s, step := k.session, k.step
	if step.Growth == nil {
		return "", nil
	}
	spec := step.Growth.Spec
	if spec.Strategy == increment.Microbatch {
		var found bool
		if spec.Window, found, err = k.window(ctx, d, spec); err != nil || !found {
			return "", err
		}
	}
	if spec.Table, err = s.Columns(ctx, spec.Target); err != nil {
		return "", err
	}
	if spec.Columns, err = s.Columns(ctx, spec.Delta); err != nil {
		return "", err
	}
	return spec.After(d), nil
}

// window finds the window of a microbatch whose rows were kept, by their times; false where they have none.
func (k *keptRows) window(ctx context.Context, d increment.Dialect, spec increment.Spec) (w increment.Window, found bool, err error) {
	query := "select cast(extract(epoch from min(" + d.Quote(spec.EventTime) + ")) as double precision) from " + d.Relation(spec.Delta)
	rows, err := k.session.Query(ctx, query, 1)
	if err != nil || len(rows.Values) == 0 {
		return w, false, err
	}
	seconds, found := rows.Values[0][0].(float64)
	first := time.UnixMicro(int64(math.Floor(seconds * 1e6))).UTC()
	return k.Graph.ByID[k.step.ID].Model.Incremental.Batches.Size.Window(first), found, nil
}
