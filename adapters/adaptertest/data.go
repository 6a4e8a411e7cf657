package adaptertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
)

// commonValues are expressions that every engine reads alike.
var commonValues = []Value{
	{"cast(null as integer)", nil},
	{"cast(1 = 1 as boolean)", true},
	{"cast(-32768 as smallint)", int64(-32768)},
	{"cast(2147483647 as integer)", int64(2147483647)},
	{"cast(-9223372036854775807 as bigint)", int64(-9223372036854775807)},
	{"cast('12345678901234567890123456789.123456789' as decimal(38,9))", json.Number("12345678901234567890123456789.123456789")},
	{"cast('-0.000000001' as decimal(38,9))", json.Number("-0.000000001")},
	{"cast(0 as decimal(10,2))", json.Number("0.00")},
	{"cast(0.1 as double precision)", 0.1},
	{"cast('nan' as double precision)", "nan"},
	{"cast('it''s ünï 😀' as varchar)", "it's ünï 😀"},
	{"cast('' as varchar)", ""},
	{"cast('1900-01-01' as date)", "1900-01-01"},
	{"cast('0001-01-01' as date)", "0001-01-01"},
	{"cast('23:59:59.999999' as time)", "23:59:59.999999"},
	{"cast('1900-01-01 00:00:00.000001' as timestamp)", "1900-01-01 00:00:00.000001"},
	{"cast('9999-12-31 23:59:59' as timestamp)", "9999-12-31 23:59:59"},
	{"cast('2020-07-01 12:00:00+02' as timestamp with time zone)", "2020-07-01 10:00:00+00"},
	{"cast('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' as uuid)", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
}

// values reads every value three ways: straight, from a table, and with a limit.
func values(t *testing.T, x *target) {
	for i, v := range append(commonValues, x.Values...) {
		name := x.name(fmt.Sprint("t", i))
		x.table(t, name, "select "+v.Expression+" as v", 1)
		for _, query := range []string{"select " + v.Expression + " as v", "select v" + x.from(name)} {
			for _, limit := range []int{0, 10} {
				rows, err := x.session.Query(t.Context(), query, limit)
				if err != nil {
					t.Errorf("%s: %v", query, err)
					continue
				}
				if diff := cmp.Diff([][]any{{v.Want}}, rows.Values); diff != "" {
					t.Errorf("%s (-want +got):\n%s", query, diff)
				}
			}
		}
	}
}

func literals(t *testing.T, x *target) {
	cases := []struct{ value, want any }{
		{nil, nil},
		{true, true},
		{false, false},
		{int64(-9223372036854775807), int64(-9223372036854775807)},
		{int64(0), int64(0)},
		{"", ""},
		{"it's", "it's"},
		{`back\slash \n`, `back\slash \n`},
		{"two\nlines\r\n\tand 'more' \"quotes\"", "two\nlines\r\n\tand 'more' \"quotes\""},
		{"ünï 😀 表 -- /* $1 ? {{", "ünï 😀 表 -- /* $1 ? {{"},
	}
	for _, tc := range cases {
		if got := x.one(t, "select "+x.Literal(tc.value)+" as v"); got != tc.want {
			t.Errorf("Literal(%#v) = %s, which reads as %#v", tc.value, x.Literal(tc.value), got)
		}
	}
	for _, f := range []float64{0, -1, 2.5, 1e300, -1e-300, 0.1, 1 << 60} {
		same := "cast(" + x.Literal(f) + " as double precision) = cast('" + fmt.Sprint(f) + "' as double precision)"
		if got := x.one(t, "select "+same+" as v"); got != true {
			t.Errorf("Literal(%g) = %s, which is another number", f, x.Literal(f))
		}
	}
}

const bulkRows = 1_000_000

func bulkLoad(t *testing.T, x *target) {
	path := filepath.Join(t.TempDir(), "bulk.csv")
	if err := writeBulk(path); err != nil {
		t.Fatal(err)
	}
	load := engine.Load{Into: x.name("bulk"), Path: path, Format: "csv", NullValues: []string{"NA"}}
	n, err := x.session.Load(t.Context(), load)
	if err != nil || n != bulkRows {
		t.Fatalf("Load: %d rows, %v", n, err)
	}
	got := x.rows(t, "select count(*), count(distinct id), count(word), min(id), max(id)"+x.from(x.name("bulk")))
	want := [][]any{{int64(bulkRows), int64(bulkRows), int64(bulkRows / 2), int64(0), int64(bulkRows - 1)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
}

func writeBulk(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "id,amount,word,day")
	for i := range bulkRows {
		word := "NA"
		if i%2 == 0 {
			word = "word"
		}
		fmt.Fprintf(w, "%d,%d.%d,%s,2020-01-%02d\n", i, i%100, i%10, word, 1+i%28)
	}
	return w.Flush()
}

func badRows(t *testing.T, x *target) {
	path := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(path, []byte("id,word\n1,a\n2,b,c\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	x.table(t, x.name("t"), "select 42 as answer", 1)
	_, err := x.session.Load(t.Context(), engine.Load{Into: x.name("t"), Path: path, Format: "csv"})
	e := typed(t, "Load of a bad row", err)
	if e.Place == nil || e.Place.Line != 3 || e.Place.Path != path {
		t.Errorf("the place is %+v, want line 3", e.Place)
	}
	if got := x.one(t, "select answer"+x.from(x.name("t"))); got != int64(42) {
		t.Errorf("the table was touched: %v", got)
	}
}
