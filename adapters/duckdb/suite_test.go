//go:build cgo

package duckdb_test

import (
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/adaptertest"
	"github.com/quernsql/quern/adapters/duckdb"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Harness{
		Adapter: duckdb.Adapter(),
		Config: func(t testing.TB) adapters.Config {
			return adapters.Config{Dir: t.TempDir(), Settings: settings{"path": "test.duckdb"}}
		},
		Refused: func(t testing.TB) (adapters.Config, string) {
			return adapters.Config{Dir: t.TempDir(), Settings: settings{
				"path": ":memory:", "attach": []any{settings{
					"path": "host=db.example.com user=me password=hunter2", "alias": "shop", "type": "postgres",
				}},
			}}, "hunter2"
		},
		Endless: "select count(*) as n from range(100000000000) a, range(1000) b where a.range % 7 = b.range % 5",
		Values:  duckValues,
	})
}

// duckValues are DuckDB's own types, written as DuckDB writes them.
var duckValues = []adaptertest.Value{
	{Expression: "170141183460469231731687303715884105727::hugeint", Want: jsonNumber("170141183460469231731687303715884105727")},
	{Expression: "(-5)::hugeint", Want: jsonNumber("-5")},
	{Expression: "18446744073709551615::ubigint", Want: jsonNumber("18446744073709551615")},
	{Expression: "255::utinyint", Want: int64(255)},
	{Expression: "0.1::float", Want: 0.1},
	{Expression: "'-infinity'::double", Want: "-inf"},
	{Expression: "'nan'::float", Want: "nan"},
	{Expression: "'24:00:00'::time", Want: "24:00:00"},
	{Expression: "'10:00:00.123456789'::time_ns", Want: "10:00:00.123456789"},
	{Expression: "'10:00:00+01'::timetz", Want: "10:00:00+01"},
	{Expression: "'infinity'::timestamp", Want: "infinity"},
	{Expression: "'2020-01-01 00:00:00.123456789'::timestamp_ns", Want: "2020-01-01 00:00:00.123456789"},
	{Expression: "'0044-03-15 (BC)'::date", Want: "0044-03-15 (BC)"},
	{Expression: "interval '1 month 2 days 3.5 seconds'", Want: "1 month 2 days 00:00:03.5"},
	{Expression: `'\xAA\x00b'::blob`, Want: `\xAA\x00b`},
	{Expression: "'0101'::bit", Want: "0101"},
	{Expression: "'b, (c)'::enum('a', 'b, (c)')", Want: "b, (c)"},
	{Expression: `'{"a": 12345678901234567890, "b": 1.50}'::json`, Want: `{"a": 12345678901234567890, "b": 1.50}`},
	{Expression: "[1, null, 3]", Want: []any{int64(1), nil, int64(3)}},
	{Expression: "[]::int[]", Want: []any{}},
	{Expression: "[1.50, 2.25]::decimal(5,2)[2]", Want: []any{jsonNumber("1.50"), jsonNumber("2.25")}},
	{Expression: `{'a b': 1, 'q"q': [date '2020-01-01'], 'j': '{"x": 1}'::json, 'n': null}`, Want: settings{
		"a b": int64(1), `q"q`: []any{"2020-01-01"}, "j": `{"x": 1}`, "n": nil,
	}},
	{Expression: "map {'b': time '24:00:00', 'a': null}", Want: settings{"b": "24:00:00", "a": nil}},
	{Expression: "map {1: [true]}", Want: settings{"1": []any{true}}},
	{Expression: "union_value(k := 1)", Want: "1"},
	{Expression: "'123456789012345678901234567890123456789012345'::bignum", Want: "123456789012345678901234567890123456789012345"},
	{Expression: "'POINT (1 2)'::geometry", Want: "POINT (1 2)"},
}
