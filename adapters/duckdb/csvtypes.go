package duckdb

import (
	"math"
	"strconv"
	"time"
)

// csvType is what the values of a column have been so far. DuckDB's own detection is not used: it
// reads 01/02/2020 as a date, integers of 20 digits as doubles, and mixed dates not at all.
type csvType uint8

const (
	csvUnknown csvType = iota // nothing but NULL
	csvBoolean
	csvBigint
	csvHugeint
	csvDouble
	csvDate
	csvTime
	csvTimestamp
	csvInstant
	csvText
)

var csvTypeNames = [...]string{
	"VARCHAR", "BOOLEAN", "BIGINT", "HUGEINT", "DOUBLE", "DATE", "TIME", "TIMESTAMP",
	"TIMESTAMP WITH TIME ZONE", "VARCHAR",
}

func (t csvType) String() string { return csvTypeNames[t] }

// with gives the type that holds the values so far and one more.
func (t csvType) with(value []byte) csvType {
	if t == csvText {
		return t
	}
	return t.union(csvTypeOf(value))
}

func (t csvType) union(u csvType) csvType {
	switch low, high := min(t, u), max(t, u); {
	case low == high || low == csvUnknown:
		return high
	case low >= csvBigint && high <= csvDouble, low == csvDate && high == csvTimestamp:
		return high
	}
	return csvText
}

// csvTypeOf gives the type of one value. Numbers with leading zeros or a plus are text: they are
// codes and telephone numbers.
func csvTypeOf(value []byte) csvType {
	value = trimBlanks(value)
	if len(value) == 0 || len(value) > 40 {
		return csvText
	}
	switch c := value[0]; {
	case c == '-' || c == '.' || c >= '0' && c <= '9':
		if t := numberType(value); t != csvText {
			return t
		}
		return timeType(string(value))
	case c == 't' || c == 'T' || c == 'f' || c == 'F':
		if s := string(value); s == "true" || s == "false" || s == "TRUE" || s == "FALSE" || s == "True" || s == "False" {
			return csvBoolean
		}
	}
	return csvText
}

func trimBlanks(value []byte) []byte {
	for len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	for len(value) > 0 && value[len(value)-1] == ' ' {
		value = value[:len(value)-1]
	}
	return value
}

func numberType(value []byte) csvType {
	digits := value
	if digits[0] == '-' {
		digits = digits[1:]
	}
	whole := countDigits(digits)
	if whole > 1 && digits[0] == '0' {
		return csvText
	}
	rest, fraction := digits[whole:], 0
	if whole == len(digits) && whole > 0 {
		return integerType(value, whole)
	}
	if len(rest) > 0 && rest[0] == '.' {
		fraction = countDigits(rest[1:])
		rest = rest[1+fraction:]
	}
	if whole+fraction == 0 {
		return csvText
	}
	if len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest[0] == '-' || rest[0] == '+' {
			rest = rest[1:]
		}
		n := countDigits(rest)
		if n == 0 || n != len(rest) {
			return csvText
		}
		rest = nil
	}
	if len(rest) > 0 {
		return csvText
	}
	if f, err := strconv.ParseFloat(string(value), 64); err != nil || math.IsInf(f, 0) {
		return csvText
	}
	return csvDouble
}

func integerType(value []byte, digits int) csvType {
	const hugeDigits = 38 // all numbers of so many digits are HUGEINTs
	switch {
	case digits <= 18:
		return csvBigint
	case digits > hugeDigits:
		return csvText
	}
	if _, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return csvBigint
	}
	return csvHugeint
}

func countDigits(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// timeType knows ISO 8601 only; other dates are ambiguous.
func timeType(s string) csvType {
	if len(s) < len("10:00") {
		return csvText
	}
	if s[2] == ':' {
		if isClock(s) {
			return csvTime
		}
		return csvText
	}
	if len(s) < len(time.DateOnly) {
		return csvText
	}
	if _, err := time.Parse(time.DateOnly, s[:10]); err != nil {
		return csvText
	}
	if len(s) == 10 {
		return csvDate
	}
	if s[10] != ' ' && s[10] != 'T' {
		return csvText
	}
	clock, zone := splitZone(s[11:])
	switch {
	case !isClock(clock), zone && len(clock) < len(time.TimeOnly): // DuckDB wants seconds before a zone
		return csvText
	case zone:
		return csvInstant
	}
	return csvTimestamp
}

// splitZone takes Z, +02, +0200 or +02:00 off the end.
func splitZone(s string) (clock string, zone bool) {
	if n := len(s) - 1; n > 0 && s[n] == 'Z' {
		return s[:n], true
	}
	for i := 5; i < len(s); i++ {
		if s[i] != '+' && s[i] != '-' {
			continue
		}
		for _, layout := range [...]string{"15", "1504", "15:04"} {
			if _, err := time.Parse(layout, s[i+1:]); err == nil {
				return s[:i], true
			}
		}
	}
	return s, false
}

// isClock accepts 10:00, 10:00:00 and up to six digits of a fraction.
func isClock(s string) bool {
	if len(s) > len("10:00:00.000000") {
		return false
	}
	layout := "15:04"
	if len(s) > len(layout) {
		layout = time.TimeOnly
	}
	if len(s) > len(layout) && s[len(layout)] != '.' {
		return false
	}
	_, err := time.Parse(layout, s)
	return err == nil
}
