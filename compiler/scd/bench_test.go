//go:build cgo

package scd_test

import (
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/scd"
)

// BenchmarkUpdate brings a million rows, of which one in a hundred changed, into as many versions.
func BenchmarkUpdate(b *testing.B) {
	for _, strategy := range []scd.Strategy{scd.Timestamp, scd.Check} {
		b.Run(strategy.String(), func(b *testing.B) {
			s := scd.Settings{Key: []string{"id"}, Strategy: strategy, Deletes: scd.Invalidate, ValidFrom: "valid_from", ValidTo: "valid_to"}
			if strategy == scd.Timestamp {
				s.UpdatedAt = "at"
			}
			k := &keeper{session: open(b), Settings: s}
			query := func(at string) string {
				return "select i as id, 'name ' || (i + case when i % 100 = 0 then extract(hour from timestamp '" + at + "') else 0 end) as name, " +
					"case when i % 100 = 0 then timestamp '" + at + "' else timestamp '2024-01-01' end as at from range(1000000) r(i)"
			}
			if _, err := k.run(b.Context(), start, query("2024-01-01 00:00:00")); err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				n++
				at := start.Add(time.Duration(n) * time.Hour)
				out, err := k.run(b.Context(), at, query(at.Format(time.DateTime)))
				if err != nil || out.changed != 10_000 {
					b.Fatalf("%+v, error %v", out, err)
				}
			}
		})
	}
}
