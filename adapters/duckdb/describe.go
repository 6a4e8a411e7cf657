//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// Describe binds a query and tells its columns and where they come from. It takes about a millisecond
// for a kilobyte. While DuckDB binds it cannot be interrupted, and a few queries it binds for ever:
// who describes what may be such a query must watch the clock.
func (s *scratch) Describe(ctx context.Context, query string) (*lineage.Query, error) {
	if s.memory == nil {
		return nil, errClosed
	}
	query, err := oneQuery(query)
	if err != nil {
		return nil, err
	}
	return s.describe(ctx, query)
}

func (s *scratch) describe(ctx context.Context, query string) (*lineage.Query, error) {
	text, err := s.planOf(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, query, text)
}

// answer reads the plan of a query.
func (s *scratch) answer(ctx context.Context, query, text string) (*lineage.Query, error) {
	defer s.plan.release()
	if err := s.plan.parse(text); err != nil {
		return s.withoutPlan(ctx, query, report{kind: "Serialization", message: err.Error(), position: -1})
	}
	if s.plan.member(0, "error") == "true" {
		return s.withoutPlan(ctx, query, s.plan.report())
	}
	if parameterAt(query) >= 0 { // it can be planned, but never run
		st := around("", query, "")
		return nil, s.session.placed(parameterError(st), st)
	}
	return s.fromPlan(ctx, query)
}

// report reads the error that stands in the place of a plan.
func (t *planTree) report() report {
	kind := strings.Clone(t.member(0, "error_type"))
	if kind != "" {
		kind = strings.ToUpper(kind[:1]) + kind[1:]
	}
	r := report{
		kind: kind, message: strings.Clone(t.member(0, "error_message")), position: -1,
		subtype: strings.Clone(t.member(0, "error_subtype")),
	}
	if at := t.get(0, "position"); at > 0 {
		r.position = int(t.integer(at))
	}
	return r
}

// withoutPlan describes a query that has no plan: because it is wrong, or because DuckDB cannot
// write its plan as JSON. DESCRIBE tells which, and says more of what is wrong.
func (s *scratch) withoutPlan(ctx context.Context, query string, why report) (*lineage.Query, error) {
	columns, err := s.session.describe(ctx, around("describe ", query, ""))
	if q := readsFiles(query, err); q != nil {
		return q, nil
	}
	if err != nil {
		return nil, err
	}
	if strings.Contains(why.message, "statement of type MULTI") {
		// A PIVOT that first looks for its columns in the data. The target may take it.
		s.unclean = true
		q := &lineage.Query{Unknown: "the columns of PIVOT come from the data: list the values, on … in (…)"}
		q.Facts.FromData = s.fromData(ctx, query)
		return q, nil
	}
	switch why.kind {
	case "Parser", "Syntax", "Binder", "Catalog":
		if !s.parsesElse {
			return nil, s.session.placed(why.inBytes(planPrefix+query).toError(), around(planPrefix, query, ""))
		}
	}
	f := s.newFold(query)
	q := f.result(columns, nil)
	if q.Reads, err = s.readsOf(ctx, query); err == nil {
		err = s.bareTypes(ctx, query, q.Columns)
	}
	return q, err
}

var refusedFile = pattern(`^cannot access file "(.*?)" - file system operations are disabled`)

// readsFiles gives the answer for a query that reads a file, which a scratch does not: nothing is
// known of it but that. It gives nil for other errors.
func readsFiles(query string, err error) *lineage.Query {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Kind != "Permission" {
		return nil
	}
	m := refusedFile().FindStringSubmatch(e.Message)
	if m == nil {
		return nil
	}
	q := &lineage.Query{Unknown: "the query reads a file"}
	for _, name := range readText(query).readers {
		q.Reads = append(q.Reads, lineage.Read{Function: name})
	}
	if len(q.Reads) == 0 {
		q.Reads = []lineage.Read{{Function: m[1]}}
	}
	sortReads(q.Reads)
	return q
}

func (s *scratch) newFold(query string) *fold {
	return &fold{
		query: query, planTree: &s.plan, byRead: map[relation.Name]int{}, bound: map[int64][]cell{}, ctes: map[int64]*cte{},
		table: func(at place) *table { return s.tables[at] },
	}
}

func (s *scratch) fromPlan(ctx context.Context, query string) (*lineage.Query, error) {
	root := s.plan.first(0, "plans")
	columns, ok := s.plan.createdColumns(root)
	if !ok || s.parsesElse {
		var err error
		if columns, err = s.spelledByDuckDB(ctx, query, columns); err != nil {
			return nil, err
		}
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	f := s.newFold(query)
	top := s.plan.first(root, "children")
	cells, err := f.run(top, names)
	if t := f.tableOnly; t != nil && t.behind == 0 {
		if err := s.asView(ctx, t); err != nil {
			return nil, err
		}
		return s.describe(ctx, query)
	}
	if err != nil {
		cells = nil
	}
	q := f.result(columns, cells)
	f.factsOfTop(top, q)
	if s.plan.untyped(top) {
		return q, s.bareTypes(ctx, query, q.Columns)
	}
	return q, nil
}

// createdColumns gives the columns of the table the plan would create; false where a type's spelling
// is not known.
func (t *planTree) createdColumns(root int32) ([]relation.Column, bool) {
	known := true
	list := t.get(t.get(t.get(root, "info"), "columns"), "columns")
	columns := make([]relation.Column, 0, t.count(list))
	for c := t.nodes[list].first; c > 0; c = t.next(c) {
		spelled, ok := t.spelledType(t.get(c, "type"))
		known = known && ok
		columns = append(columns, relation.Column{Name: strings.Clone(t.member(c, "name")), Type: strings.Clone(spelled)})
	}
	return columns, known
}

// spelledByDuckDB takes the types from DESCRIBE, and the names that CREATE TABLE did not change.
func (s *scratch) spelledByDuckDB(ctx context.Context, query string, columns []relation.Column) ([]relation.Column, error) {
	described, err := s.session.describe(ctx, around("describe ", query, ""))
	if err != nil {
		return nil, err
	}
	if len(described) != len(columns) {
		return described, nil
	}
	for i, d := range described {
		columns[i].Type = d.Type
		if !isRenaming(strings.ToLower(d.Name), strings.ToLower(columns[i].Name)) {
			columns[i].Name = d.Name
		}
	}
	return columns, nil
}

// Parse finds mistakes of syntax.
func (s *scratch) Parse(ctx context.Context, query string) error {
	if s.memory == nil {
		return errClosed
	}
	query, err := oneQuery(query)
	if err != nil {
		return err
	}
	text, err := s.oneText(ctx, &s.parser, parseSQL, query)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(text, `{"error":true`) {
		return nil
	}
	defer s.plan.release()
	if err := s.plan.parse(text); err != nil {
		return nil
	}
	// Statements that are no SELECT, such as PIVOT, cannot be written, but that is no mistake.
	if r := s.plan.report(); r.kind == "Parser" || r.kind == "Syntax" {
		return s.session.placed(r.inBytes(query).toError(), around("", query, ""))
	}
	return nil
}
