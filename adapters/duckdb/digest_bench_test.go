//go:build cgo

package duckdb_test

import (
	"fmt"
	"testing"
	"time"
)

// digestColumns are ten columns as tables have them; of all but the name there are many values.
const digestColumns = `range::int as id, range * 7919 % 100003 as key, (range % 1000) / 7.0::double as share,
	'name ' || range % 50000 as name, date '2020-01-01' + (range % 2000)::int as day, (range / 3.0)::decimal(12,2) as amount,
	range % 2 = 0 as flag, case when range % 10 > 0 then range % 17 end as part,
	timestamp '2020-01-01' + to_seconds(range) as at, md5((range % 3000)::varchar) as code`

// BenchmarkDigest reads ten million rows of ten columns; "share" is its time as a part of that of the
// statement that makes the table: to stay under 0.15.
func BenchmarkDigest(b *testing.B) {
	s := session(b, open(b, nil))
	const rows = 10_000_000
	var making, reading time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := s.CreateTable(b.Context(), named("t"), fmt.Sprintf("select %s from range(%d)", digestColumns, rows)); err != nil {
			b.Fatal(err)
		}
		made := time.Now()
		if got := digest(b, s, "t"); got.Rows != rows {
			b.Fatalf("%d rows", got.Rows)
		}
		making, reading = making+made.Sub(start), reading+time.Since(made)
	}
	b.ReportMetric(float64(reading)/float64(making), "share")
	b.ReportMetric(reading.Seconds()/float64(b.N), "digest-s")
}

// BenchmarkShapes looks at 1,000 tables and 1,000 views of ten columns.
func BenchmarkShapes(b *testing.B) {
	s := session(b, open(b, nil))
	const relations = 1000
	for i := range relations {
		execute(b, s, "create table t%d as select %s from range(1)", i, digestColumns)
		execute(b, s, "create view v%d as from t%d", i, i)
	}
	for b.Loop() {
		shapes, err := s.Shapes(b.Context(), "", "main")
		if err != nil || len(shapes) != 2*relations {
			b.Fatalf("Shapes: %d, %v", len(shapes), err)
		}
	}
}

// BenchmarkDigestOfOneRow is what a digest costs besides the rows.
func BenchmarkDigestOfOneRow(b *testing.B) {
	s := session(b, open(b, nil))
	execute(b, s, "create table t as select %s from range(1)", digestColumns)
	for b.Loop() {
		digest(b, s, "t")
	}
}
