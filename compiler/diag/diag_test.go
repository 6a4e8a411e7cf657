package diag_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

func TestSortedOrdersByPlaceAndDropsRepetitions(t *testing.T) {
	t.Parallel()
	a := source.NewFile("a.sql", "select 1 from b")
	b := source.NewFile("b.sql", "select 2")
	var list diag.List
	list.Errorf("E0203", b.Span(0, 6), "second file")
	list.Errorf("E0203", a.Span(9, 13), "later offset")
	list.Errorf("E0301", a.Span(0, 6), "higher code")
	list.Warnf("E0203", a.Span(0, 6), "lower code")
	list.Errorf("E0203", b.Span(0, 6), "second file")

	var got []string
	for _, d := range list.Sorted() {
		got = append(got, d.Message)
	}
	want := []string{"lower code", "higher code", "later offset", "second file"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sorted() (-want +got):\n%s", diff)
	}
}

func TestHasErrorsIgnoresWarnings(t *testing.T) {
	t.Parallel()
	var list diag.List
	list.Warnf("W0601", source.Span{}, "a warning")
	if list.HasErrors() {
		t.Error("a list of warnings has errors")
	}
	list.Errorf("E0601", source.Span{}, "an error")
	if !list.HasErrors() {
		t.Error("a list with an error has none")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"orders", "customers", "order_items", "id", "stg_orders", "Größe"}
	cases := []struct{ written, want string }{
		{"order", "orders"},
		{"ordres", "orders"}, // two letters swapped count once
		{"ORDERS", "orders"},
		{"custmers", "customers"},
		{"ix", "id"},
		{"größe", "Größe"},
		{"revenue", ""},
		{"", ""},
		{"xy", ""},
	}
	for _, tc := range cases {
		if got := diag.Nearest(tc.written, names); got != tc.want {
			t.Errorf("Nearest(%q) = %q, want %q", tc.written, got, tc.want)
		}
	}
}

func TestEveryCodeHasATitleAndAWellFormedName(t *testing.T) {
	t.Parallel()
	seen := map[diag.Code]bool{}
	for _, code := range diag.Codes() {
		if seen[code] {
			t.Errorf("code %s stands in two tables", code)
		}
		seen[code] = true
		if len(code) != 5 || (code[0] != 'E' && code[0] != 'W') {
			t.Errorf("code %q is not E or W and four digits", code)
		}
		if diag.Title(code) == "" {
			t.Errorf("code %s has no title", code)
		}
	}
}
