package diag_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// spanOf gives the place of the first occurrence of a text in a file.
func spanOf(path, text, part string) source.Span {
	start := strings.Index(text, part)
	return source.NewFile(path, text).Span(start, start+len(part))
}

// wide takes CJK characters for two columns and combining accents for none.
func wide(r rune) int {
	switch {
	case r >= 0x1100 && r <= 0xffdc && (r < 0x2000 || r > 0x2e7f):
		return 2
	case r >= 0x300 && r <= 0x36f:
		return 0
	default:
		return 1
	}
}

func TestTextShowsThePlace(t *testing.T) {
	t.Parallel()
	model := "select\n  day,\n  customer,\n\n\n\n  sum(amout) as revenue\nfrom orders\n"
	long := "select " + strings.Repeat("a_column, ", 12) + "amout, " + strings.Repeat("b_column, ", 12) + "c from orders"
	tests := []struct {
		name string
		text diag.Text
		list func(*diag.List)
		want string
	}{
		{
			name: "the hint stands beside the marks",
			list: func(l *diag.List) {
				l.Errorf("E0301", spanOf("models/daily_revenue.sql", model, "amout"), `column "amout" not found in "orders"`).
					Hintf(`did you mean "amount"?`)
			},
			want: `
error[E0301]: column "amout" not found in "orders"
  models/daily_revenue.sql:7:7
    7 │   sum(amout) as revenue
      │       ^^^^^ did you mean "amount"?
`,
		},
		{
			name: "a label stands beside the marks, the hint below, notes with their own places",
			list: func(l *diag.List) {
				d := l.Errorf("E0201", spanOf("models/b/orders.sql", "select 1", "select 1"), `two models are called "orders"`).
					Hintf("rename one of them")
				d.Label = "the second"
				d.Notef(spanOf("models/a/orders.sql", "select 2", "select"), "the first is here")
				d.Notef(source.Span{}, "names differ in more than case")
			},
			want: `
error[E0201]: two models are called "orders"
  models/b/orders.sql:1:1
    1 │ select 1
      │ ^^^^^^^^ the second
  = hint: rename one of them
  = note: the first is here
  models/a/orders.sql:1:1
    1 │ select 2
      │ ^^^^^^
  = note: names differ in more than case
`,
		},
		{
			name: "without a place the hint stands alone",
			list: func(l *diag.List) {
				l.Errorf("E0803", source.Span{}, `unknown flag "--selct"`).Hintf(`did you mean "--select"?`)
			},
			want: `
error[E0803]: unknown flag "--selct"
  = hint: did you mean "--select"?
`,
		},
		{
			name: "tabs, accents and wide characters keep the marks in line",
			text: diag.Text{RuneWidth: wide},
			list: func(l *diag.List) {
				l.Errorf("E0301", spanOf("a.sql", "\tselect '漢字', 'e\u0301',\tamout", "amout"), "not found")
			},
			want: "\nerror[E0301]: not found\n  a.sql:1:21\n" +
				"    1 │     select '漢字', 'e\u0301', amout\n" +
				"      │                         ^^^^^\n",
		},
		{
			name: "a long line is cut around the marks",
			text: diag.Text{Width: 60},
			list: func(l *diag.List) {
				l.Errorf("E0301", spanOf("a.sql", long, "amout"), "not found").
					Hintf("columns of orders: amount, a_column, b_column, c")
			},
			want: `
error[E0301]: not found
  a.sql:1:128
    1 │ …lumn, a_column, amout, b_column, b_column, b_colum…
      │                  ^^^^^
  = hint: columns of orders: amount, a_column, b_column, c
`,
		},
		{
			name: "messages and hints are wrapped at words",
			text: diag.Text{Width: 44},
			list: func(l *diag.List) {
				l.Errorf("E0202", source.Span{}, `models depend on each other in a circle: "orders" → "customers" → "orders"`).
					Hintf("break the circle: read one of them from a source, or move what both need into a third model")
			},
			want: `
error[E0202]: models depend on each other in
  a circle: "orders" → "customers" →
  "orders"
  = hint: break the circle: read one of them
          from a source, or move what both
          need into a third model
`,
		},
		{
			name: "a message of several lines is indented",
			list: func(l *diag.List) {
				l.Errorf("E0303", source.Span{}, "the engine says:\nno such thing\nat all\n").Hintf("one\ntwo")
			},
			want: `
error[E0303]: the engine says:
  no such thing
  at all
  = hint: one
          two
`,
		},
		{
			name: "of a place of several lines the first and the last are shown",
			list: func(l *diag.List) {
				text := "select 1\nfrom (\n  select 2\n  union\n  select 3\n) x\n"
				l.Errorf("E0303", spanOf("a.sql", text, text[14:len(text)-3]), "the parts differ").Hintf("give both one column")
			},
			want: `
error[E0303]: the parts differ
  a.sql:2:6
    2 │ from (
      │      ^
    … │
    6 │ ) x
      │ ^ give both one column
`,
		},
		{
			name: "an empty place at the end of the file has one mark",
			list: func(l *diag.List) {
				l.Errorf("E0303", source.NewFile("a.sql", "select").Span(6, 6), "the query ends here")
			},
			want: `
error[E0303]: the query ends here
  a.sql:1:7
    1 │ select
      │       ^
`,
		},
		{
			name: "control characters are seen and not obeyed",
			list: func(l *diag.List) {
				l.Errorf("E0303", spanOf("a\x1b.sql", "select '\x1b[2J\u202e' as amout", "amout"), "bad \x1b[31m thing")
			},
			want: "\nerror[E0303]: bad ␛[31m thing\n  a␛.sql:1:19\n" +
				"    1 │ select '␛[2J\ufffd' as amout\n" +
				"      │                   ^^^^^\n",
		},
		{
			name: "ascii",
			text: diag.Text{ASCII: true, Width: 60},
			list: func(l *diag.List) {
				l.Warnf("W0301", spanOf("a.sql", long, "amout"), "not found")
			},
			want: `
warning[W0301]: not found
  a.sql:1:128
    1 | ...mn, a_column, amout, b_column, b_column, b_col...
      |                  ^^^^^
`,
		},
		{
			name: "colour",
			text: diag.Text{Color: true},
			list: func(l *diag.List) {
				l.Errorf("E0301", spanOf("a.sql", "select amout", "amout"), "not found").Hintf("look")
			},
			want: "\n\x1b[1;31merror[E0301]\x1b[0m: \x1b[1mnot found\x1b[0m\n" +
				"  \x1b[36ma.sql:1:8\x1b[0m\n" +
				"\x1b[2m    1 │ \x1b[0mselect amout\n" +
				"\x1b[2m      │\x1b[0m        \x1b[1;31m^^^^^\x1b[0m \x1b[1;31mlook\x1b[0m\n",
		},
		{
			name: "the list is sorted, cut, and prefers errors",
			text: diag.Text{Limit: 2},
			list: func(l *diag.List) {
				l.Warnf("W0301", source.NewFile("a.sql", "x").Span(0, 1), "first")
				l.Errorf("E0301", source.NewFile("c.sql", "x").Span(0, 1), "last")
				l.Warnf("W0302", source.NewFile("b.sql", "x").Span(0, 1), "second")
				l.Warnf("W0302", source.NewFile("b.sql", "x").Span(0, 1), "second")
			},
			want: `
warning[W0301]: first
  a.sql:1:1
    1 │ x
      │ ^

error[E0301]: last
  c.sql:1:1
    1 │ x
      │ ^

1 more; all of them are in the output of --output json
`,
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var list diag.List
			tc.list(&list)
			var b bytes.Buffer
			if err := tc.text.Write(&b, list); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tc.want, "\n"), b.String()); diff != "" {
				t.Errorf("Write (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONHasEveryField(t *testing.T) {
	t.Parallel()
	var list diag.List
	list.Errorf("E0301", spanOf("a.sql", "x\n amout", "amout"), "not found").
		Hintf("look").Notef(spanOf("b.sql", "y", "y"), "here")
	list.Errorf("E0803", source.Span{}, "unknown flag")
	got, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "code": "E0803",
  "severity": "error",
  "message": "unknown flag",
  "file": "",
  "line": 0,
  "column": 0,
  "end_line": 0,
  "end_column": 0,
  "label": "",
  "hint": "",
  "notes": []
 },
 {
  "code": "E0301",
  "severity": "error",
  "message": "not found",
  "file": "a.sql",
  "line": 2,
  "column": 2,
  "end_line": 2,
  "end_column": 7,
  "label": "",
  "hint": "look",
  "notes": [
   {
    "message": "here",
    "file": "b.sql",
    "line": 1,
    "column": 1,
    "end_line": 1,
    "end_column": 2
   }
  ]
 }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("Marshal (-want +got):\n%s", diff)
	}
	if none, err := json.Marshal(diag.List(nil)); err != nil || string(none) != "[]" {
		t.Errorf("Marshal(nil) = %s, %v; want []", none, err)
	}
}

// Whatever the text, the place and the screen: no panic, and the marks stay within the screen.
func FuzzText(f *testing.F) {
	f.Add("select\n\tamout\r\nfrom x", 8, 13, 40, "did you mean \"amount\"?")
	f.Add("漢字 e\u0301 \x1b[2J\xff\u202e", 3, 9, 24, "")
	f.Add("", 0, 0, 0, "a\nb")
	f.Fuzz(func(t *testing.T, text string, start, end, width int, hint string) {
		width = min(max(width, 0), 300)
		file := source.NewFile("models/a.sql", text)
		var list diag.List
		list.Errorf("E0301", file.Span(start, end), "not found").Hintf("%s", hint).Notef(file.Span(end, start), "here")
		var b bytes.Buffer
		if err := (diag.Text{Width: width, RuneWidth: wide}).Write(&b, list); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("a control character is written: %q", line)
			}
			columns := 0
			for _, r := range strings.TrimSuffix(line, "\n") {
				columns += wide(r)
			}
			if limit := max(width, 24); width > 0 && strings.Contains(line, "│") && columns > limit {
				t.Errorf("an excerpt is %d columns wide on a screen of %d: %q", columns, limit, line)
			}
		}
	})
}
