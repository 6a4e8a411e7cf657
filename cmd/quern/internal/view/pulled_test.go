package view

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareSaysWhatChanged(t *testing.T) {
	t.Parallel()
	id, name, note := NodeColumn{"id", "BIGINT"}, NodeColumn{"name", "VARCHAR"}, NodeColumn{"note", "VARCHAR"}
	cases := []struct {
		name     string
		old, now []NodeColumn
		status   string
		words    string
	}{
		{"first time", nil, []NodeColumn{id}, PullNew, "new"},
		{"nothing changed", []NodeColumn{id, name}, []NodeColumn{id, name}, PullSame, "same as before"},
		{"added", []NodeColumn{id}, []NodeColumn{id, name}, PullChanged, "changed: + name VARCHAR"},
		{"removed", []NodeColumn{id, note}, []NodeColumn{id}, PullChanged, "changed: - note"},
		{
			"retyped",
			[]NodeColumn{id},
			[]NodeColumn{{"id", "VARCHAR"}},
			PullChanged, "changed: id was BIGINT, is VARCHAR",
		},
		{
			"renamed",
			[]NodeColumn{id, note},
			[]NodeColumn{id, name},
			PullChanged, "changed: + name VARCHAR; - note",
		},
		{
			"reordered",
			[]NodeColumn{id, name},
			[]NodeColumn{name, id},
			PullChanged, "changed: the columns are in another order",
		},
		{"had no columns", []NodeColumn{}, []NodeColumn{id}, PullChanged, "changed: + id BIGINT"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := Compare("raw.orders", tc.old, tc.now)
			if got.Status != tc.status || got.String() != tc.words {
				t.Errorf("Compare = %s (%s), want %s (%s)", got.Status, got, tc.status, tc.words)
			}
			if diff := cmp.Diff(tc.now, got.Columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSizeIsShort(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1 KB", 1240: "1.2 KB", 9960: "10 KB", 12_500: "13 KB",
		999_400: "999 KB", 999_600: "1 MB", 3_400_000_000: "3.4 GB", 5_000_000_000_000_000: "5000 TB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestVersionsLeavesOutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	x := Versions{Quern: "0.1.0", Go: "go1.26"}
	if got, want := x.String(), "quern 0.1.0 (go1.26)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	x.Engines, x.Commit = map[string]string{"duckdb": "v1.5.5"}, "4d2a8f1c9e07+"
	if got, want := x.String(), "quern 0.1.0 (duckdb v1.5.5, go1.26, commit 4d2a8f1c9e07+)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}
