//go:build cgo

package duckdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// layeredModel is a model of the layered projects that compiler/internal/generate writes, rendered.
const layeredModel = `with left_side as (

    select id, booked_on, customer_id, status, amount_left as amount
    from model_00001
    where booked_on >= date '2024-01-01'

), right_side as (

    select id, customer_id, status, amount_left as amount
    from model_00002
    where amount_left >= 0

), joined as (

    -- One row per booking: both sides hold every id once.
    select
        l.id,
        l.booked_on,
        l.customer_id,
        coalesce(l.status, r.status, 'unknown') as status,
        l.amount % 100000 as amount_left,
        r.amount % 100000 as amount_right,
        round(l.amount / 100.0, 2) as money
    from left_side as l
    left join right_side as r on r.id = l.id

), counted as (

    select
        *,
        case when status = 'open' then amount_left else 0 end as amount_open,
        case when status = 'paid' then amount_left else 0 end as amount_paid,
        case when status = 'cancelled' then amount_left else 0 end as amount_cancelled,
        row_number() over (partition by customer_id order by booked_on, id) as booking_number,
        sum(amount_left) over (partition by customer_id order by booked_on, id) as amount_so_far
    from joined

)

select *, 17 as made_by, amount_left + coalesce(amount_right, 0) as amount_both
from counted
order by id
`

func layeredTable(i int, view bool) lineage.Table {
	t := lineage.Table{Name: named(fmt.Sprintf("model_%05d", i)), View: view}
	for _, column := range strings.Fields(`id:INTEGER booked_on:DATE customer_id:INTEGER status:VARCHAR amount_left:BIGINT
		amount_right:BIGINT money:DOUBLE amount_open:BIGINT amount_paid:BIGINT amount_cancelled:BIGINT
		booking_number:BIGINT amount_so_far:HUGEINT made_by:INTEGER amount_both:BIGINT`) {
		name, word, _ := strings.Cut(column, ":")
		t.Columns = append(t.Columns, relation.Column{Name: name, Type: word})
	}
	return t
}

func BenchmarkDescribe(b *testing.B) {
	s := scratch(b, nil)
	if err := s.Define(b.Context(), []lineage.Table{layeredTable(1, false), layeredTable(2, true)}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Describe(b.Context(), layeredModel); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDefine defines the two parents of a model, of 2,000 tables in turn.
func BenchmarkDefine(b *testing.B) {
	for _, view := range []bool{false, true} {
		b.Run(map[bool]string{false: "tables", true: "views"}[view], func(b *testing.B) {
			s := scratch(b, nil)
			for i := 0; b.Loop(); i++ {
				n := i % 1000 * 2
				if err := s.Define(b.Context(), []lineage.Table{layeredTable(n, view), layeredTable(n+1, view)}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2, "µs/table")
		})
	}
}

func BenchmarkScratch(b *testing.B) {
	d := describer(b, nil)
	for b.Loop() {
		s, err := d.Scratch(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
