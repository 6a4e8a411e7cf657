//go:build cgo

package duckdb_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
)

func digest(t testing.TB, s adapters.Session, table string) engine.Digest {
	t.Helper()
	d, err := s.Digest(t.Context(), named(table))
	if err != nil {
		t.Fatalf("Digest %s: %v", table, err)
	}
	return d
}

func execute(t testing.TB, s adapters.Session, format string, args ...any) {
	t.Helper()
	sql := fmt.Sprintf(format, args...)
	if err := s.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestDigestTellsApartWhatDuckDBFindsEqual(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	for _, tc := range []struct{ as, one, other string }{
		{"double", "0.0", "'-0.0'"},
		{"float", "0.0", "'-0.0'"},
		{"double", "'nan'", "-('nan'::double)"},
		{"double", "0", "null"},
		{"interval", "interval '1 month'", "interval '30 days'"},
		{"interval", "interval '1 day'", "interval '24 hours'"},
		{"double[]", "[0.0]", "['-0.0']"},
		{"double[1]", "[0.0]", "['-0.0']"},
		{"interval[]", "[interval '1 month']", "[interval '30 days']"},
		{"int[]", "[]", "null"},
		{"int[]", "[null]", "[]"},
		{"int[][]", "[[1], [2]]", "[[1, 2]]"},
		{"int[][]", "[[1], []]", "[[1], null]"},
		{"varchar[]", "[null]", "['NULL']"},
		{"varchar[]", "['a, b']", "['a', 'b']"},
		{"varchar[]", "['a']", "['''a''']"},
		{"blob[]", "['a, b']", "['a', 'b']"},
		{"struct(a int, b varchar)", "{'a': null, 'b': null}", "null"},
		{"struct(a int, b varchar)", "{'a': 1, 'b': 'x'}", "{'a': 1, 'b': null}"},
		{"struct(a int, b int)", "{'a': 1, 'b': null}", "{'a': null, 'b': 1}"},
		{"struct(a double)", "{'a': 0.0}", "{'a': '-0.0'}"},
		{"map(int, double)", "map {1: 0.0}", "map {1: '-0.0'}"},
		{"map(int, int)", "map {}", "null"},
		{"union(a int, b int)", "union_value(a := 1)", "union_value(b := 1)"},
		{"union(a int, b int)[]", "[union_value(a := 1)]", "[union_value(b := 1)]"},
		{"union(a double)", "union_value(a := 0.0)", "union_value(a := '-0.0'::double)"},
		{"json", `'{"a": 1}'`, `'{"a":1}'`},
		{"json", "'null'", "null"},
		{"time with time zone", "'10:00:00+00'", "'11:00:00+01'"},
		{"timestamp", "'infinity'", "'-infinity'"},
		{"timestamp", "'2020-01-01 00:00:00'", "'2020-01-01 00:00:00.000001'"},
		{"bit", "'0101'", "'00101'"},
		{"varchar collate nocase", "'a'", "'A'"},
		{"varchar", "'a'", "'a '"},
		{"varchar", "'a'", "'a' || chr(0)"},
		{"varchar", "repeat('a', 1000)", "repeat('a', 999) || 'b'"},
		{"enum('a', 'b')", "'a'", "'b'"},
		{"decimal(38,9)", "1", "1.000000001"},
		{"hugeint", "1", "18446744073709551617"},
		{"uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a1eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"},
		{"geometry", "'POINT (1 2)'", "'POINT (1 3)'"},
	} {
		execute(t, s, "create or replace table one(i int, v %s)", tc.as)
		execute(t, s, "create or replace table other(i int, v %s)", tc.as)
		execute(t, s, "insert into one select 1, (%s)::%s", tc.one, strings.TrimSuffix(tc.as, " collate nocase"))
		execute(t, s, "insert into other select 1, (%s)::%s", tc.other, strings.TrimSuffix(tc.as, " collate nocase"))
		one, other := digest(t, s, "one"), digest(t, s, "other")
		if one == other {
			t.Errorf("%s: %s and %s have one digest", tc.as, tc.one, tc.other)
		}
		if one.Columns != other.Columns {
			t.Errorf("%s: %s and %s have other columns", tc.as, tc.one, tc.other)
		}
	}
}

func TestDigestIsThatOfTypesWithOtherValues(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	for _, types := range [][2]string{
		{"int", "bigint"},
		{"decimal(9,2)", "decimal(9,1)"},
		{"enum('0', '1')", "enum('1', '0')"},
		{"struct(a int)", "struct(b int)"},
		{"timestamp", "timestamp with time zone"},
	} {
		execute(t, s, "create or replace table one(v %s)", types[0])
		execute(t, s, "create or replace table other(v %s)", types[1])
		if one, other := digest(t, s, "one"), digest(t, s, "other"); one.Columns == other.Columns {
			t.Errorf("%s and %s have one digest", types[0], types[1])
		}
	}
}

// everyType makes a table with values of every kind and gives its columns.
func everyType(t *testing.T, s adapters.Session) []string {
	t.Helper()
	values, names := make([]string, len(duckValues)), []string{"d", "w", "l", "st", "long"}
	for i, v := range duckValues {
		name := fmt.Sprint("c", i)
		values[i] = v.Expression + " as " + name
		names = append(names, name)
	}
	execute(t, s, `create table t as select range as id, range / 7.0::double as d, 'word ' || range %% 1000 as w,
		[range / 3.0::double, '-0.0'] as l, {'a': range, 'b': ['x' || range %% 10]} as st, md5(range::varchar) as long, v.*
		from range(5000) left join (select %s) as v on range %% 7 > 0`, strings.Join(values, ", "))
	return append(names, "id")
}

func TestDigestKnowsNoOrderAndNoStorage(t *testing.T) {
	t.Parallel()
	config := adapters.Config{Dir: t.TempDir(), Settings: settings{"path": filepath.Join(t.TempDir(), "x.duckdb")}}
	e, err := duckdb.Adapter().Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, e)
	names := everyType(t, s)
	execute(t, s, "create table shuffled as from t order by hash(id + 7)")
	execute(t, s, "create view v as from (from t where id %% 2 = 0) union all (from t where id %% 2 = 1)")
	want := digest(t, s, "t")
	for _, other := range []string{"shuffled", "v"} {
		if diff := cmp.Diff(want, digest(t, s, other)); diff != "" {
			t.Errorf("%s (-t +%s):\n%s", other, other, diff)
		}
	}
	e.Close()
	s = session(t, open(t, config.Settings))
	for _, other := range []string{"t", "shuffled", "v"} {
		if diff := cmp.Diff(want, digest(t, s, other)); diff != "" {
			t.Errorf("%s after the file was closed (-before +after):\n%s", other, diff)
		}
	}
	for _, name := range names {
		execute(t, s, "update t set %s = null where id = 3456", name)
		got := digest(t, s, "t")
		if got.Content == want.Content {
			t.Errorf("NULL for one value of %s does not change the digest", name)
		}
		want = got
	}
}

func TestDigestOfSeveralRowGroups(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	execute(t, s, "create table t as select range as id, 'word ' || range %% 1000 as w, [range / 3.0::double] as l from range(300000)")
	execute(t, s, "create table shuffled as from t order by hash(id + 7)")
	want := digest(t, s, "t")
	if want.Rows != 300_000 {
		t.Errorf("%d rows", want.Rows)
	}
	if diff := cmp.Diff(want, digest(t, s, "shuffled")); diff != "" {
		t.Errorf("shuffled (-want +got):\n%s", diff)
	}
	execute(t, s, "update shuffled set w = 'word 7' where id = 8")
	if got := digest(t, s, "shuffled"); got == want {
		t.Error("one value of many does not change the digest")
	}
}

func shapesOf(t testing.TB, s adapters.Session) map[string]int64 {
	t.Helper()
	shapes, err := s.Shapes(t.Context(), "", "main")
	if err != nil {
		t.Fatalf("Shapes: %v", err)
	}
	out := map[string]int64{}
	for _, shape := range shapes {
		out[shape.Object.Name.Identifier] = shape.Rows
	}
	return out
}

func TestRowsOfShapes(t *testing.T) {
	t.Parallel()
	settings := settings{"path": filepath.Join(t.TempDir(), "x.duckdb")}
	e := open(t, settings)
	s := session(t, e)
	for name, rows := range map[string]int{"kept": 300_000, "inserted": 1000, "deleted": 1000, "updated": 1000, "replaced": 10, "empty": 0} {
		execute(t, s, "create table %s as select range as id from range(%d)", name, rows)
	}
	execute(t, s, "create view v as from kept; create table gone as from kept limit 1")
	execute(t, s, "create view broken as select id, 'x' as word from gone")
	execute(t, s, "drop table gone")
	execute(t, s, "insert into inserted select 1")
	execute(t, s, "delete from deleted where id < 10")
	execute(t, s, "update updated set id = 1")
	execute(t, s, "create or replace table replaced as select 1 as id")
	// Those that were updated are as many: the doc comment says so.
	want := map[string]int64{
		"kept": 300_000, "inserted": 1001, "deleted": 990, "updated": 1000, "replaced": 1, "empty": 0, "v": -1, "broken": -1,
	}
	if diff := cmp.Diff(want, shapesOf(t, s)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	e.Close()
	s = session(t, open(t, settings))
	if diff := cmp.Diff(want, shapesOf(t, s)); diff != "" {
		t.Errorf("rows after the file was closed (-want +got):\n%s", diff)
	}
}

func TestShapesOfAViewWhoseTableChanged(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	execute(t, s, "create table t as select 1 as id")
	execute(t, s, "create view v as from t")
	columns := func() string {
		shapes, err := s.Shapes(t.Context(), "", "main")
		if err != nil {
			t.Fatal(err)
		}
		return shapes[1].Columns
	}
	before := digest(t, s, "v").Columns
	if got := columns(); got != before {
		t.Errorf("columns %s, want %s", got, before)
	}
	execute(t, s, "create or replace table t as select 'x' as id, 2 as other")
	after := digest(t, s, "v").Columns // reads the view
	if got := columns(); got != after || after == before {
		t.Errorf("columns %s, want %s, which is not %s", got, after, before)
	}
}
