package duckdb

import (
	"errors"
	"testing"

	"github.com/quernsql/quern/compiler/engine"
)

func errorPosition(err error) int {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return -100
	}
	return e.Position
}

// csvValues are values and the type they are taken for.
var csvValues = map[string]csvType{
	"0": csvBigint, "-1": csvBigint, " 12 ": csvBigint, "9223372036854775807": csvBigint, "-9223372036854775808": csvBigint,
	"9223372036854775808": csvHugeint, "99999999999999999999999999999999999999": csvHugeint,
	"999999999999999999999999999999999999999": csvText,
	"007": csvText, "+49123": csvText, "1_000": csvText, "0x10": csvText, "1,5": csvText, "-": csvText, ".": csvText, "1e": csvText,
	"0.5": csvDouble, ".5": csvDouble, "5.": csvDouble, "-1.5e-10": csvDouble, "1E5": csvDouble, "1e999": csvText, "00.5": csvText, "1.2.3": csvText,
	"nan": csvText, "inf": csvText, "true": csvBoolean, "FALSE": csvBoolean, "yes": csvText, "t": csvText,
	"2020-02-29": csvDate, "2021-02-29": csvText, "2020-1-2": csvText, "01/02/2020": csvText, "0000-01-01": csvDate,
	"10:00": csvTime, "23:59:59.999999": csvTime, "24:00:00": csvText, "10:00:00.1234567": csvText, "10": csvBigint,
	"2020-01-01 10:00": csvTimestamp, "2020-01-01T10:00:00.5": csvTimestamp, "2020-01-01 25:00": csvText, "2020-01-01x10:00": csvText,
	"2020-01-01T10:00:00Z": csvInstant, "2020-01-01 10:00:00+02": csvInstant, "2020-01-01 10:00:00.123-03:30": csvInstant,
	"2020-01-01 10:00:00+0530": csvInstant, "2020-01-01 10:00Z": csvText, "2020-01-01 10:00:00 UTC": csvText, "2020-01-01 10:00:00+99": csvText,
	"": csvText, "word": csvText, "1 2": csvText,
}

func TestCSVTypeOf(t *testing.T) {
	t.Parallel()
	for value, want := range csvValues {
		if got := csvTypeOf([]byte(value)); got != want {
			t.Errorf("%q is taken for %s, want %s", value, got, want)
		}
	}
}

func TestCSVTypesUnite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		values []string
		want   csvType
	}{
		{nil, csvUnknown},
		{[]string{"1", "2.5", "3"}, csvDouble},
		{[]string{"1", "99999999999999999999"}, csvHugeint},
		{[]string{"99999999999999999999", "0.5"}, csvDouble},
		{[]string{"2020-01-01", "2020-01-01 10:00"}, csvTimestamp},
		{[]string{"2020-01-01 10:00", "2020-01-01"}, csvTimestamp},
		{[]string{"2020-01-01 10:00", "2020-01-01T10:00:00Z"}, csvText},
		{[]string{"2020-01-01", "10:00"}, csvText},
		{[]string{"true", "1"}, csvText},
		{[]string{"1", "x", "2"}, csvText},
	} {
		got := csvUnknown
		for _, v := range tc.values {
			got = got.with([]byte(v))
		}
		if got != tc.want {
			t.Errorf("%q: %s, want %s", tc.values, got, tc.want)
		}
	}
}
