package project

import "testing"

func TestWithin(t *testing.T) {
	t.Parallel()
	of := func(op string, v float64, percent bool) Threshold {
		return Threshold{Op: op, Value: v, Percent: percent}
	}
	cases := []struct {
		name        string
		warn, error Threshold
		want        bool
	}{
		{"warns later", of(">", 3, false), of(">", 1, false), true},
		{"warns earlier", of(">", 1, false), of(">", 3, false), false},
		{"warns at the same", of(">", 1, false), of(">", 1, false), true},
		{"counts are whole", of(">", 1, false), of(">=", 2, false), true},
		{"shares are not", of(">", 1, true), of(">=", 2, true), false},
		{"close shares", of(">=", 1, true), of(">", 1, true), false},
		{"one number", of("=", 2, false), of("!=", 3, false), true},
		{"below and above", of("<", 5, false), of(">", 5, false), false},
		{"a share and a count", of(">", 3, false), of(">", 1, true), false},
		{"never at all", of("<", 0, false), of(">", 1, false), false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.warn.within(tc.error); got != tc.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
