package sqltoken_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/sqltoken"
)

func texts(text string) []string {
	out := []string{}
	for tok := range sqltoken.Tokens(text) {
		out = append(out, tok.Text(text))
	}
	return out
}

func TestTokens(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{" \n\t", []string{}},
		{"select a.b, 1.5e-3 from t", []string{"select", "a", ".", "b", ",", "1.5e-3", "from", "t"}},
		{"x-- rest\ny", []string{"x", "-- rest", "y"}},
		{"x -- rest\r+y -- rest\r\nz", []string{"x", "-- rest", "+", "y", "-- rest", "z"}},
		{"a/* b /* c */ d */e", []string{"a", "/* b /* c */ d */", "e"}},
		{"a/* open", []string{"a", "/* open"}},
		{"'it''s' 'open", []string{"'it''s'", "'open"}},
		{`e'a\'b' E'c'`, []string{`e'a\'b'`, `E'c'`}},
		{`"a ""b""" "open`, []string{`"a ""b"""`, `"open`}},
		{"$$a;b$$ $x$ $$ $x$ $1 $open$ a", []string{"$$a;b$$", "$x$ $$ $x$", "$1", "$open$ a"}},
		{"a::int>=.5 and b<>-1", []string{"a", "::", "int", ">=", ".5", "and", "b", "<>-", "1"}},
		{"größe+1", []string{"größe", "+", "1"}},
		{"a*/*x*/b", []string{"a", "*", "/*x*/", "b"}},
		{"((a)[1])", []string{"(", "(", "a", ")", "[", "1", "]", ")"}},
		{"1_000 0xFF 10e5", []string{"1_000", "0xFF", "10e5"}},
		{"1--2", []string{"1", "--2"}},
		{"e", []string{"e"}},
		{"\x00;", []string{"\x00", ";"}},
	}
	for _, tc := range cases {
		if diff := cmp.Diff(tc.want, texts(tc.text)); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", tc.text, diff)
		}
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{" -- only\n/* a /* comment */ */ ", []string{}},
		{"select a.b, 1.5e-3", []string{"select", "a", ".", "b", ",", "1", ".", "5e", "-", "3"}},
		{"a::int>=.5/* x */<>-1", []string{"a", ":", ":", "int", ">", "=", ".", "5", "<", ">", "-", "1"}},
		{"x$1 $1 $a $a$ '$a$", []string{"x$1", "$", "1", "$", "a", "$a$ '$a$"}},
		{`e'a\'b' 'it''s' "a ""b""" "open`, []string{`e'a\'b'`, "'it''s'", `"a ""b"""`, `"open`}},
	}
	for _, tc := range cases {
		got := []string{}
		for at, piece := range sqltoken.Pieces(tc.text, 0) {
			got = append(got, piece)
			if end := sqltoken.Piece(tc.text, at); tc.text[at:end] != piece {
				t.Errorf("Piece(%q, %d) = %d, want the end of %q", tc.text, at, end, piece)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("Pieces(%q) (-want +got):\n%s", tc.text, diff)
		}
	}
}

func TestAtGivesTheWholeToken(t *testing.T) {
	t.Parallel()
	const text = `select "a b", größe from t -- end`
	cases := []struct {
		offset int
		want   string
	}{
		{0, "select"},
		{9, `"a b"`},
		{14, "größe"},
		{len("select") - 1, "select"},
		{len("select"), `"a b"`},
		{len(text), "t"},
		{-5, "select"},
	}
	for _, tc := range cases {
		tok, ok := sqltoken.At(text, tc.offset)
		if !ok || tok.Text(text) != tc.want {
			t.Errorf("At(%d) = %q, %t, want %q", tc.offset, tok.Text(text), ok, tc.want)
		}
	}
	if _, ok := sqltoken.At(" -- nothing", 30); ok {
		t.Error("At found a token in a text without code")
	}
}

func TestFindIgnoresCaseStringsAndComments(t *testing.T) {
	t.Parallel()
	const text = `select Amount, "AMOUNT", 'amount' /* amount */ from amounts`
	var got []string
	for _, tok := range sqltoken.Find(text, "amount") {
		got = append(got, tok.Text(text))
	}
	if diff := cmp.Diff([]string{"Amount", `"AMOUNT"`}, got); diff != "" {
		t.Errorf("Find (-want +got):\n%s", diff)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	cases := []struct{ text, query, first, more string }{
		{"select 1", "select 1", "select", ""},
		{"select 1;", "select 1", "select", ""},
		{"select 1; -- done\n;", "select 1", "select", ""},
		{"select ';' ; select 2", "select ';' ", "select", "select"},
		{"-- only a comment", "-- only a comment", "", ""},
		{";", "", "", ""},
		{"; select 1", "", "", "select"},
		{"select 1 /* ; */", "select 1 /* ; */", "select", ""},
		{`select ";"`, `select ";"`, "select", ""},
		{"", "", "", ""},
	}
	for _, tc := range cases {
		q := sqltoken.Split(tc.text)
		got := []string{tc.text[:q.End], q.First.Text(tc.text), q.More.Text(tc.text)}
		if diff := cmp.Diff([]string{tc.query, tc.first, tc.more}, got); diff != "" {
			t.Errorf("Split(%q) (-want +got):\n%s", tc.text, diff)
		}
	}
}

func TestCallsOf(t *testing.T) {
	t.Parallel()
	isAggregate := func(name string) bool { return name == "count" || name == "sum" || name == "max" }
	cases := []struct {
		text              string
		aggregate, window bool
	}{
		{"amount >= 0", false, false},
		{"count(*) > 0", true, false},
		{"COUNT (*) > 0", true, false},
		{"coalesce(sum(x), 0) > 0", true, false},
		{"note <> 'count(*)'", false, false},
		{"a > 0 -- count(*)", false, false},
		{"a > 0 /* sum(x) */", false, false},
		{`"count" (1)`, false, false},
		{"amount <= (select max(amount) from t)", false, false},
		{"amount <= ((select max(amount) from t))", false, false},
		{"a in (select sum(b) from t) and count(*) > 1", true, false},
		{"a in (with x as (select 1) select max(b) from x)", false, false},
		{"sum(x) over (order by y) > 0", false, true},
		{"sum(x) filter (where y > 0) over w > 0", false, true},
		{"sum(x) filter (where y > 0) > 0", true, false},
		{"max(x) ignore nulls over () = 1", false, true},
		{"count", false, false},
		{"summary(x) > 0", false, false},
		{"sum(x", true, false},
		{"sum(sum(x)) over () > 0", true, true},
	}
	for _, tc := range cases {
		got := sqltoken.CallsOf(tc.text, isAggregate)
		if want := (sqltoken.Calls{Aggregate: tc.aggregate, Window: tc.window}); got != want {
			t.Errorf("CallsOf(%q) = %+v, want %+v", tc.text, got, want)
		}
	}
}

func TestUnbalanced(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text string
		want int
	}{
		{"(a) and (b)", -1},
		{"a) or (b", 1},
		{"a and (b", 6},
		{"a = ')'", -1},
		{"a -- (", -1},
	}
	for _, tc := range cases {
		tok, found := sqltoken.Unbalanced(tc.text)
		if got := tok.Start; found != (tc.want >= 0) || found && got != tc.want {
			t.Errorf("Unbalanced(%q) = %d, %t, want %d", tc.text, got, found, tc.want)
		}
	}
}

// Tokens cover the text in order, never overlap, and leave out only white space.
func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"select 'a;' -- x\n", "$a$ $b$", "e'\\", `"x`, "/* /* */", "1e+", "a\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for tok := range sqltoken.Tokens(text) {
			if tok.Start < last || tok.End <= tok.Start || tok.End > len(text) {
				t.Fatalf("token %+v after %d in %q", tok, last, text)
			}
			if strings.Trim(text[last:tok.Start], " \t\r\n\f\v") != "" {
				t.Fatalf("text %q between tokens was left out", text[last:tok.Start])
			}
			last = tok.End
		}
		at := 0
		for start, piece := range sqltoken.Pieces(text, 0) {
			if start != sqltoken.Blank(text, at) || piece == "" {
				t.Fatalf("piece %q at %d after %d in %q", piece, start, at, text)
			}
			at = start + len(piece)
		}
		if sqltoken.Blank(text, at) != len(text) {
			t.Fatalf("no piece stands after %d in %q", at, text)
		}
		sqltoken.Split(text)
		sqltoken.CallsOf(text, func(string) bool { return true })
		sqltoken.Unbalanced(text)
	})
}
