package state_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/state"
)

// TestBatchesAreWhatWasDone compares windows that were built in any order, with failures in between, with a list.
func TestBatchesAreWhatWasDone(t *testing.T) {
	t.Parallel()
	origin := time.Date(2024, 3, 25, 0, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		var b state.Batches
		complete := map[time.Time]bool{} // false for a window that was built before its end, or begun
		for now := origin; now.Before(origin.AddDate(0, 0, 12)); now = now.Add(time.Duration(1+r.IntN(40)) * time.Hour) {
			windows := increment.Batches{Size: increment.Day, Begin: origin, Lookback: r.IntN(4)}.Due(now, b.At(increment.Day))
			if len(windows) == 0 || !windows[len(windows)-1].Start.Equal(increment.Day.Start(now)) {
				t.Fatalf("at %s: due are %v", now, windows)
			}
			b = b.Begin(windows)
			for _, w := range windows {
				if _, built := complete[w.Start]; built {
					complete[w.Start] = false
				}
			}
			for _, w := range windows {
				if r.IntN(3) > 0 {
					b = b.Did(w, now)
					complete[w.Start] = !now.Before(w.End)
				}
			}
			for _, w := range increment.Day.Cover(origin, now) {
				got := b.At(increment.Day)(w.Start)
				if done := !got.IsZero() && !got.Before(w.End); done != complete[w.Start] {
					t.Fatalf("at %s: %s is complete: %t, want %t, in %+v", now, w, done, complete[w.Start], b)
				}
			}
		}
	}
}
