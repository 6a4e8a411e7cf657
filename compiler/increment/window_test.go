package increment_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/increment"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	out, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func texts(windows []increment.Window) []string {
	out := []string{}
	for _, w := range windows {
		out = append(out, w.String())
	}
	return out
}

// TestWindowsHaveNoGaps checks that every instant is in exactly one window, wherever it is told from.
func TestWindowsHaveNoGaps(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	zones := []*time.Location{time.UTC, time.FixedZone("east", 5*3600+1800), time.FixedZone("west", -9*3600)}
	for _, size := range []increment.Size{increment.Hour, increment.Day, increment.Month, increment.Year} {
		for range 300 {
			from := time.Unix(r.Int64N(4e9)-1e9, r.Int64N(1e9)).In(zones[r.IntN(len(zones))])
			windows := size.Cover(from, size.Add(size.Start(from), 1+r.IntN(40)))
			if w := windows[0]; from.Before(w.Start) || !from.Before(w.End) {
				t.Fatalf("%s: %s is not in %s", size, from, w)
			}
			for i, w := range windows {
				if i > 0 && !windows[i-1].End.Equal(w.Start) {
					t.Fatalf("%s: %s after %s", size, w, windows[i-1])
				}
				for _, inside := range []time.Time{w.Start, w.End.Add(-1)} {
					if got := size.Window(inside); got != w {
						t.Fatalf("%s: %s is in %s, not in %s", size, inside, got, w)
					}
				}
			}
		}
	}
}

// TestDaysAreThoseOfUTC takes days on which clocks in Europe and America are changed.
func TestDaysAreThoseOfUTC(t *testing.T) {
	t.Parallel()
	local := time.FixedZone("summer", 2*3600)
	for _, day := range []string{"2024-03-10 00:00", "2024-03-31 00:00", "2024-10-27 00:00", "2024-11-03 00:00"} {
		start := at(t, day)
		w := increment.Day.Window(start.Add(90 * time.Minute).In(local))
		if !w.Start.Equal(start) || w.End.Sub(w.Start) != 24*time.Hour {
			t.Errorf("%s is in %s", day, w)
		}
		if hours := increment.Hour.Cover(w.Start, w.End); len(hours) != 24 {
			t.Errorf("%s has %d hours", day, len(hours))
		}
	}
}

func TestDueWindows(t *testing.T) {
	t.Parallel()
	done := func(built map[string]string) func(time.Time) time.Time {
		return func(start time.Time) time.Time {
			if text, ok := built[start.Format("2006-01-02")]; ok {
				return at(t, text)
			}
			return time.Time{}
		}
	}
	b := increment.Batches{Size: increment.Day, Begin: at(t, "2024-03-29 07:00")}
	all := map[string]string{
		"2024-03-29": "2024-04-01 09:00", "2024-03-30": "2024-04-01 09:00", "2024-03-31": "2024-04-01 09:00", "2024-04-01": "2024-04-01 09:00",
	}
	late := map[string]string{"2024-03-29": "2024-04-01 09:00", "2024-03-31": "2024-03-31 23:59", "2024-04-01": "2024-04-01 09:00"}
	cases := []struct {
		what, now string
		lookback  int
		built     map[string]string
		want      []string // the days of March, 32 being the first of April
	}{
		{"first build", "2024-04-01 10:00", 0, nil, []string{"29", "30", "31", "32"}},
		{"lookback 0, same day", "2024-04-01 10:00", 0, all, []string{"32"}},
		{"lookback 1, same day", "2024-04-01 10:00", 1, all, []string{"31", "32"}},
		{"lookback 3, same day", "2024-04-01 10:00", 3, all, []string{"29", "30", "31", "32"}},
		{"lookback 9, same day", "2024-04-01 10:00", 9, all, []string{"29", "30", "31", "32"}},
		{"lookback 0, next day: the day before was not over", "2024-04-02 00:00", 0, all, []string{"32", "33"}},
		{"lookback 1, next day", "2024-04-02 00:00", 1, all, []string{"32", "33"}},
		{"lookback 1, three days later", "2024-04-04 05:00", 1, all, []string{"32", "33", "34", "35"}},
		{"one failed, one not over", "2024-04-01 10:00", 0, late, []string{"30", "31", "32"}},
		{"before the first", "2024-03-28 10:00", 3, nil, nil},
	}
	for _, tc := range cases {
		b.Lookback = tc.lookback
		got := []string{}
		for _, w := range b.Due(at(t, tc.now), done(tc.built)) {
			day := int(w.Start.Sub(at(t, "2024-03-01 00:00"))/(24*time.Hour)) + 1
			got = append(got, strconv.Itoa(day))
		}
		want := append([]string{}, tc.want...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.what, diff)
		}
	}
	missing := texts(b.Missing(at(t, "2024-04-01 10:00"), done(late)))
	if diff := cmp.Diff([]string{"2024-03-30T00:00 to 2024-03-31T00:00"}, missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}
