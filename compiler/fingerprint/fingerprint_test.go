package fingerprint_test

import (
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/sqltoken"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, sql, want string }{
		{"layout", "SELECT  a,\n\tb\r\nFROM t -- all\n;\n", "select a , b from t"},
		{"comments", "select /* one */ 1 -- two\n", "select 1"},
		{"hints stay", "select /*+ parallel(4) */ 1", "select /*+ parallel(4) */ 1"},
		{"names keep their case", "select Id, \"Name\" from T", `select Id , "Name" from T`},
		{"functions keep their case", "select Sum(x), LEFT(y, 1)", "select Sum ( x ) , LEFT ( y , 1 )"},
		{"texts stay", "select 'It''s  A', $$ B $$, E'\\''", "select 'It''s  A' , $$ B $$ , E'\\''"},
		{"a reserved word as a name", "select 1 as SELECT, t.FROM", "select 1 as SELECT , t . FROM"},
		{"a reserved word as a field", "select {SELECT: 1, Where: 2}, f(From := 1, To => 2)", "select { SELECT : 1 , Where : 2 } , f ( From := 1 , To => 2 )"},
		{"nothing", " -- nothing\n ;; ", ""},
		{"an unclosed text", "select 'x", "select 'x"},
	}
	for _, tc := range cases {
		if got := fingerprint.Normal(tc.sql); got != tc.want {
			t.Errorf("%s: Normal(%q) = %q, want %q", tc.name, tc.sql, got, tc.want)
		}
	}
}

// TestDifferentTextsDiffer has pairs whose rows, or whose columns' names, differ.
func TestDifferentTextsDiffer(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"select 'a b'", "select 'a  b'"},
		{"select 'a' 'b'", "select 'ab'"},
		{"select 1 as A", "select 1 as a"},
		{`select 1 as "A"`, "select 1 as A"},
		{"select a - -b", "select a --b"},
		{"select 1 as ab", "select 1 as a b"},
		{"select 1. e", "select 1.e"},
		{"select a from t", "select a from t, t"},
		{"select /*+ x */ 1", "select 1"},
		{"select 1 as SELECT", "select 1 as select"},
		{"select x'00'", "select x '00'"},
		{"select 'a'\n'b'", "select 'a' 'b'"},
		{"select 'a' -- x\n'b'", "select 'a' /* x */ 'b'"},
	} {
		if a, b := fingerprint.Normal(pair[0]), fingerprint.Normal(pair[1]); a == b {
			t.Errorf("%q and %q are both %q", pair[0], pair[1], a)
		}
	}
}

func TestOfTellsPartsApart(t *testing.T) {
	t.Parallel()
	seen := map[fingerprint.Digest][]string{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"ab", ""}, {"", "ab"}} {
		d := fingerprint.Of(parts...)
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %q have the digest %s", parts, other, d)
		}
		seen[d] = parts
	}
}

// FuzzNormal looks that the normal form has the tokens of the text and is its own normal form.
func FuzzNormal(f *testing.F) {
	for _, seed := range []string{"select 1", "SELECT a.\"B\" -- x\n from t;", "'", "/*+", "$$a", "1.e 2", "a::int[]", "{a:1}", "x->>'y'", "- -1", "1 .5", "@ -1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		normal := fingerprint.Normal(sql)
		if again := fingerprint.Normal(normal); again != normal {
			t.Errorf("the normal form %q of %q has the normal form %q", normal, sql, again)
		}
		var want, got []string
		for tok := range sqltoken.Tokens(sql) {
			if text := tok.Text(sql); tok.Kind != sqltoken.Comment || strings.HasPrefix(text, "/*+") {
				want = append(want, strings.ToLower(text))
			}
		}
		for len(want) > 0 && want[len(want)-1] == ";" {
			want = want[:len(want)-1]
		}
		for tok := range sqltoken.Tokens(normal) {
			got = append(got, strings.ToLower(tok.Text(normal)))
		}
		if strings.Join(want, "\x00") != strings.Join(got, "\x00") {
			t.Errorf("%q has the tokens %q, its normal form %q has %q", sql, want, normal, got)
		}
	})
}
