//go:build cgo

package duckdb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// engineError gives err as an *engine.Error; anything else ends the test.
func engineError(t testing.TB, err error) *engine.Error {
	t.Helper()
	var e *engine.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *engine.Error", err, err)
	}
	return e
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadCSV(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	cases := []struct {
		name, text string
		load       engine.Load
		columns    string
		rows       [][]any
	}{
		{
			name: "quotes, delimiters and breaks in values",
			text: "id,name\n1,a\n2,\"b, \"\"q\"\"\nnl\"\n3,\n", columns: "id BIGINT, name VARCHAR",
			rows: [][]any{{int64(1), "a"}, {int64(2), "b, \"q\"\nnl"}, {int64(3), nil}},
		},
		{
			name: "a byte order mark and CRLF", text: "\ufeffid,name\r\n1,a\r\n", columns: "id BIGINT, name VARCHAR",
			rows: [][]any{{int64(1), "a"}},
		},
		{
			name: "mixed line breaks, none at the end", text: "id,name\r\n1,a\n2,\"b\r\nx\"\r\n3,c",
			columns: "id BIGINT, name VARCHAR",
			rows:    [][]any{{int64(1), "a"}, {int64(2), "b\r\nx"}, {int64(3), "c"}},
		},
		{
			name: "words that mean NULL, also in quotes", text: "a,b\nNA,x\n2,\"NA\"\n\"\",-\n",
			load: engine.Load{NullValues: []string{"NA", "-"}}, columns: "a BIGINT, b VARCHAR",
			rows: [][]any{{nil, "x"}, {int64(2), nil}, {nil, nil}},
		},
		{
			name: "types from the whole file",
			text: "a,b,c,d,e,f,g\n1,1,true,2020-01-01,2020-01-01T10:00:00Z,01234,99999999999999999999\n" +
				"2,2.5,false,2020-02-30,2020-01-01 10:00:00+02,1,1\n",
			columns: "a BIGINT, b DOUBLE, c BOOLEAN, d VARCHAR, e TIMESTAMP WITH TIME ZONE, f VARCHAR, g HUGEINT",
			rows: [][]any{
				{int64(1), 1.0, true, "2020-01-01", "2020-01-01 10:00:00+00", "01234", jsonNumber("99999999999999999999")},
				{int64(2), 2.5, false, "2020-02-30", "2020-01-01 08:00:00+00", "1", jsonNumber("1")},
			},
		},
		{
			name: "dates of other orders stay text", text: "a,b\n01/02/2020,2020-01-31\n", columns: "a VARCHAR, b DATE",
			rows: [][]any{{"01/02/2020", "2020-01-31"}},
		},
		{
			name: "given types, ignoring case", text: "Id,amount\n1,2.50\n",
			load:    engine.Load{ColumnTypes: map[string]string{"ID": "varchar", "amount": "decimal(18,2)"}},
			columns: "Id VARCHAR, amount DECIMAL(18,2)", rows: [][]any{{"1", jsonNumber("2.50")}},
		},
		{
			name: "another delimiter and quote", text: "a|b\n'x|y'|1,5\n", load: engine.Load{Delimiter: "|", Quote: "'"},
			columns: "a VARCHAR, b VARCHAR", rows: [][]any{{"x|y", "1,5"}},
		},
		{
			name: "tabs", text: "a\tb\nx\t1\n", load: engine.Load{Delimiter: `\t`}, columns: "a VARCHAR, b BIGINT",
			rows: [][]any{{"x", int64(1)}},
		},
		{
			name: "no header", text: "1,a\n2,b\n", load: engine.Load{NoHeader: true},
			columns: "column0 BIGINT, column1 VARCHAR", rows: [][]any{{int64(1), "a"}, {int64(2), "b"}},
		},
		{name: "a header only", text: "id,name", columns: "id VARCHAR, name VARCHAR"},
		{
			name: "names that need quotes", text: "select,\"a \"\"b\"\"\",ünï,a.b\n1,2,3,4\n",
			columns: `select BIGINT, a "b" BIGINT, ünï BIGINT, a.b BIGINT`,
			rows:    [][]any{{int64(1), int64(2), int64(3), int64(4)}},
		},
		{
			name: "blank lines between rows", text: "id,name\n\n1,a\n\r\n2,b\n\n", columns: "id BIGINT, name VARCHAR",
			rows: [][]any{{int64(1), "a"}, {int64(2), "b"}},
		},
	}
	for i, tc := range cases {
		tc.load.Path, tc.load.Format = write(t, "x.csv", tc.text), "csv"
		tc.load.Into = named(fmt.Sprint("t", i))
		n, err := s.Load(t.Context(), tc.load)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		rows, err := s.Query(t.Context(), "from "+tc.load.Into.Identifier, 0)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if diff := cmp.Diff(tc.rows, rows.Values); diff != "" || n != int64(len(tc.rows)) {
			t.Errorf("%s: %d rows (-want +got):\n%s", tc.name, n, diff)
		}
		if got := columnList(rows.Columns); got != tc.columns {
			t.Errorf("%s: columns %s, want %s", tc.name, got, tc.columns)
		}
	}
}

func columnList(columns []relation.Column) string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Name+" "+c.Type)
	}
	return strings.Join(out, ", ")
}

func TestLoadRefusesBadFiles(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	cases := []struct {
		name, file, text string
		load             engine.Load
		message, at      string
	}{
		{"an empty file", "x.csv", "", engine.Load{}, "the file is empty", "1:1"},
		{"an empty file with a mark", "x.csv", "\ufeff", engine.Load{}, "the file is empty", "1:1"},
		{"an empty first line", "x.csv", "\n\na\n", engine.Load{}, "the first line is empty", "1:1"},
		{"too few values", "x.csv", "id,name\n1,a\n2\n", engine.Load{}, "the row has 1 value, the header has 2 columns", "3:1"},
		{"too many values", "x.csv", "id,name\n1,ä,b,c\n", engine.Load{}, "the row has 4 values, the header has 2 columns", "2:5"},
		{"Latin-1", "x.csv", "id,name\n1,caf\xe9\n", engine.Load{}, "the text is not UTF-8", "2:6"},
		{"UTF-16", "x.csv", "\xff\xfei\x00d\x00", engine.Load{}, "the file is written in UTF-16", "1:1"},
		{"a zero byte", "x.csv", "id\n1\x00\n", engine.Load{}, "there is a zero byte", "2:2"},
		{"one name twice", "x.csv", "id,name,Id\n1,2,3\n", engine.Load{}, `the columns 1 and 3 are both named "Id"`, "1:9"},
		{"a column without a name", "x.csv", "id,,x\n1,2,3\n", engine.Load{}, "column 2 of the header has no name", "1:4"},
		{"an open quote", "x.csv", "id,name\n1,\"abc\n2,b\n", engine.Load{}, "a quote is opened and never closed", "2:3"},
		{"a quote in a value", "x.csv", "id,name\n1,5\" disk\n", engine.Load{}, "there is a quote inside a value that is not in quotes", "2:4"},
		{"a lone carriage return", "x.csv", "id,name\n1,a\rb\n", engine.Load{}, "the line ends in another way than the lines before", "2:4"},
		{
			"an instant that is none", "x.csv", "id,at\n1,2020-01-01T10:00:00Z\n2,today\n",
			engine.Load{ColumnTypes: map[string]string{"at": "timestamptz"}},
			`the value "today" of the column "at" is no timestamptz`, "3:3",
		},
		{"mixed breaks in one column", "x.csv", "id\n1\n2\r\n", engine.Load{}, "lines end in different ways from here on", "3:2"},
		{"text after a quote", "x.csv", "id,name\n1,\"a\" b\n", engine.Load{}, "there is text after a closing quote", "2:6"},
		{
			"a value of the wrong type", "x.csv", "id,name\n1,\"a\nb\"\nx3,c\n",
			engine.Load{ColumnTypes: map[string]string{"id": "integer"}},
			`the value "x3" of the column "id" is no integer`, "4:1",
		},
		{
			"a type for no column", "x.csv", "id,name\n1,a\n",
			engine.Load{ColumnTypes: map[string]string{"nmae": "text"}},
			`a type is given for the column "nmae", which the file does not have`, "1:1",
		},
		{
			"a type that is none", "x.csv", "id\n1\n",
			engine.Load{ColumnTypes: map[string]string{"id": "intger"}},
			`type "intger" does not exist`, "0:0",
		},
		{"no file", "", "", engine.Load{Format: "csv"}, "the file does not exist", "0:0"},
		{"a wide delimiter", "x.csv", "a\n", engine.Load{Delimiter: "12345"}, `the delimiter "12345" is not of one to four bytes`, ""},
		{"no Parquet", "x.parquet", "this is certainly not a Parquet file", engine.Load{}, "the file is not a Parquet file", "0:0"},
		{"bad JSON", "x.json", "[{\"a\":1},\n{\"a\":2},\n{\"a\":}]", engine.Load{}, "the file is not valid JSON", "3:6"},
		{"bad JSON lines", "x.json", "{\"a\":1}\n{\"a\":tru}\n", engine.Load{}, "the file is not valid JSON", "2:6"},
		{"JSON without rows", "x.json", "[]", engine.Load{}, "the file holds no rows, so its columns are not known", "1:1"},
		{"another format", "x.xml", "<a/>", engine.Load{}, `files of the format "xml" cannot be loaded`, ""},
	}
	for _, tc := range cases {
		tc.load.Into = named("t")
		if err := s.Exec(t.Context(), "create or replace table t as select 42 as answer"); err != nil {
			t.Fatal(err)
		}
		if tc.file != "" {
			tc.load.Path = write(t, tc.file, tc.text)
			tc.load.Format = filepath.Ext(tc.file)[1:]
		} else {
			tc.load.Path = filepath.Join(t.TempDir(), "none.csv")
		}
		_, err := s.Load(t.Context(), tc.load)
		e := engineError(t, err)
		at := ""
		if e.Place != nil {
			at = fmt.Sprintf("%d:%d", e.Place.Line, e.Place.Column)
		}
		if e.Message != tc.message || at != tc.at {
			t.Errorf("%s: %q at %s, want %q at %s", tc.name, e.Message, at, tc.message, tc.at)
		}
		rows, err := s.Query(t.Context(), "from t", 0)
		if err != nil || len(rows.Values) != 1 || rows.Values[0][0] != int64(42) {
			t.Errorf("%s: the table was changed: %v, %v", tc.name, rows, err)
		}
	}
}

func TestLoadParquetAndJSON(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	dir := filepath.Join(t.TempDir(), "year=2020 [x]*")
	for _, format := range []string{"parquet", "json", "csv"} {
		path := filepath.Join(dir, "some file?."+format)
		n, err := s.Export(t.Context(), engine.Export{
			Query: "select range::integer as i, 'v' || range as v from range(3) order by i", Path: path, Format: format,
		})
		if err != nil || n != 3 {
			t.Fatalf("Export %s = %d, %v", format, n, err)
		}
		load := engine.Load{Into: named(format), Path: path, Format: format, ColumnTypes: map[string]string{"I": "smallint"}}
		if n, err = s.Load(t.Context(), load); err != nil || n != 3 {
			t.Fatalf("Load %s = %d, %v", format, n, err)
		}
		rows, err := s.Query(t.Context(), "from "+format, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]any{{int64(0), "v0"}, {int64(1), "v1"}, {int64(2), "v2"}}
		if diff := cmp.Diff(want, rows.Values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
		if rows.Columns[0].Type != "SMALLINT" {
			t.Errorf("%s: type %s", format, rows.Columns[0].Type)
		}
	}
}
