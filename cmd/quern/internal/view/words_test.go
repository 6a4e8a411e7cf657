package view

import (
	"testing"

	"github.com/quernsql/quern/compiler/run"
)

func TestPercent(t *testing.T) {
	t.Parallel()
	cases := []struct {
		part, whole int64
		want        string
	}{
		{0, 9, "0 %"},
		{1, 100_000, "< 0.1 %"},
		{1, 1000, "0.1 %"},
		{23, 1000, "2.3 %"},
		{1, 2, "50 %"},
		{99_999, 100_000, "> 99.9 %"},
		{7, 7, "100 %"},
	}
	for _, tc := range cases {
		if got := percent(tc.part, tc.whole); got != tc.want {
			t.Errorf("%d of %d: %q, want %q", tc.part, tc.whole, got, tc.want)
		}
	}
}

func TestWhySaysTheStatusOnce(t *testing.T) {
	t.Parallel()
	if got := why(run.Skipped, "skipped: base failed"); got != "skipped: base failed" {
		t.Error(got)
	}
	if got := why(run.Cancelled, "the run was interrupted"); got != "cancelled: the run was interrupted" {
		t.Error(got)
	}
}
