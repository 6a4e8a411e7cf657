//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"

	"github.com/quernsql/quern/compiler/lineage"
)

// plansSQL asks for plansAtOnce plans; there is none of a query that is NULL.
const (
	plansAtOnce = 16
	plansSQL    = "select json_serialize_plan(q" + planOptions + " from (values ($1::varchar), ($2::varchar), " +
		"($3::varchar), ($4::varchar), ($5::varchar), ($6::varchar), ($7::varchar), ($8::varchar), ($9::varchar), " +
		"($10::varchar), ($11::varchar), ($12::varchar), ($13::varchar), ($14::varchar), ($15::varchar), ($16::varchar)) as queries(q)"
)

// DescribeAll binds several queries with one statement, which takes two thirds of the time.
func (s *scratch) DescribeAll(ctx context.Context, queries []string) []lineage.Answer {
	answers := make([]lineage.Answer, len(queries))
	for from := 0; from < len(queries); from += plansAtOnce {
		to := min(from+plansAtOnce, len(queries))
		s.describeSome(ctx, queries[from:to], answers[from:to])
	}
	return answers
}

// describeSome binds at most plansAtOnce queries.
func (s *scratch) describeSome(ctx context.Context, queries []string, answers []lineage.Answer) {
	plans := s.plansOf(ctx, queries)
	for i, query := range queries {
		if plans[i] == "" {
			answers[i].Query, answers[i].Err = s.Describe(ctx, query)
			continue
		}
		// What is behind a semicolon is a comment, or there would be no plan.
		query, _ = oneQuery(query)
		answers[i].Query, answers[i].Err = s.answer(ctx, query, plans[i])
	}
}

// plansOf gives the plans of queries as JSON; "" where there is to be none, because the query is to be looked at
// by itself.
func (s *scratch) plansOf(ctx context.Context, queries []string) []string {
	if s.memory == nil || len(queries) < 2 {
		return make([]string, len(queries))
	}
	arguments := make([]driver.NamedValue, plansAtOnce)
	for i := range arguments {
		arguments[i].Ordinal = i + 1
		if i >= len(queries) {
			continue
		}
		if query, err := oneQuery(queries[i]); err == nil {
			arguments[i].Value = planPrefix + query
		}
	}
	plans, err := s.texts(ctx, &s.planners, plansSQL, arguments)
	if err != nil {
		return make([]string, len(queries)) // Describe says what is wrong
	}
	return plans[:len(queries)]
}
