package view

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func flights() Table {
	return Table{
		Columns: []string{"day", "origin", "flights", "mean_delay", "note", "tailnum"},
		Rows: [][]any{
			{"2013-01-01", "EWR", int64(305), json.Number("17.48"), "first day of the year", "N14228"},
			{"2013-01-02", "LGA", int64(1240), nil, strings.Repeat("much snow, ", 8), nil},
			{"2013-01-03", "日本語空港", int64(-7), 3.5e-9, "tab\there, line\nbreak, \x1b[31mred", "N5"},
		},
		Hidden: map[int]bool{5: true},
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	wide := Table{More: true}
	row := []any{}
	for i := range 30 {
		wide.Columns = append(wide.Columns, fmt.Sprintf("column_number_%d", i))
		row = append(row, int64(i*1000))
	}
	wide.Rows = [][]any{row}
	tests := []struct {
		name  string
		width int
		table Table
		opts  Options
	}{
		{"table_pipe", 0, flights(), Options{}},
		{"table_120", 120, flights(), Options{}},
		{"table_80", 80, flights(), Options{}},
		{"table_40", 40, flights(), Options{}},
		{"table_10", 10, flights(), Options{}},
		{"table_wide", 80, wide, Options{}},
		{"table_empty", 80, Table{Columns: []string{"a", "b"}}, Options{}},
		{"table_ascii", 40, flights(), Options{LookupEnv: func(name string) (string, bool) { return "C", name == "LANG" }}},
		{"table_color", 40, flights(), Options{Color: "always"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, s := testView(tc.width, tc.opts)
			v.Table(tc.table)
			got := s.out.String()
			golden(t, tc.name, got)
			if tc.width == 0 || tc.opts.Color != "" {
				return
			}
			for line := range strings.Lines(got) {
				if w := columns(strings.TrimSuffix(line, "\n")); w > tc.width {
					t.Errorf("a line is %d columns wide on a terminal of %d: %q", w, tc.width, line)
				}
			}
		})
	}
}

// A table is masked before it is cut, so that no part of a secret is left.
func TestTableMasksBeforeItCuts(t *testing.T) {
	t.Parallel()
	v, s := testView(20, Options{})
	v.Mask([]string{"abcdefghijklmnopqrstuvwxyz"})
	v.Table(Table{Columns: []string{"x"}, Rows: [][]any{{"abcdefghijklmnopqrstuvwxyz and more of it"}}})
	if got := s.out.String(); strings.Contains(got, "abc") {
		t.Errorf("the table shows a part of the secret:\n%s", got)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ got, want string }{
		{comma(0), "0"},
		{comma(999), "999"},
		{comma(1000), "1,000"},
		{comma(-1234567), "-1,234,567"},
		{count(1, "row"), "1 row"},
		{count(336776, "row"), "336,776 rows"},
		{duration(0.004), "0.00 s"},
		{duration(9.994), "9.99 s"},
		{duration(9.996), "10.0 s"},
		{duration(59.96), "1 m 00 s"},
		{duration(125), "2 m 05 s"},
		{duration(3720), "1 h 02 m"},
		{shortDuration(1.83), "1.8 s"},
		{shortDuration(61), "1 m 01 s"},
		{floatText(0.1), "0.1"},
		{floatText(1e20), "1e+20"},
		{floatText(123456789), "123456789"},
		{unicodeGlyphs.cut("日本語", 5), "日本…"},
		{unicodeGlyphs.cut("日本語", 6), "日本語"},
		{asciiGlyphs.cut("abcdef", 5), "ab..."},
		{asciiGlyphs.cut("abcdef", 2), "ab"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
