package duckdb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/relation"
)

// logicalNames are DuckDB's names of the logical types.
var logicalNames = map[string]string{
	"bool": "BOOLEAN", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT",
	"uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT",
	"float32": "FLOAT", "float64": "DOUBLE", "string": "VARCHAR", "bytes": "BLOB", "date": "DATE", "time": "TIME",
	"timestamp": "TIMESTAMP", "instant": "TIMESTAMP WITH TIME ZONE", "interval": "INTERVAL", "uuid": "UUID", "json": "JSON",
}

// nativeNames are the names by which DuckDB 1.5.5 knows its types (duckdb_types(), and what its
// parser makes of the words of standard SQL), each line as ansi.TypeNames reads it.
var nativeNames = ansi.TypeNames(`
	BIGINT: bigint, int64, int8, long, oid
	BIGNUM: bignum, varint
	BIT: bit, bitstring
	BLOB: binary, blob, bytea, varbinary
	BOOLEAN: bool, boolean, logical
	DATE: date
	DECIMAL: dec, decimal, numeric
	DOUBLE: double, float8, double precision
	FLOAT: float, float4, real
	GEOMETRY: geometry
	HUGEINT: hugeint, int128
	INTEGER: int, int32, int4, integer, integral, signed
	INTERVAL: interval
	JSON: json
	SMALLINT: int16, int2, short, smallint
	TIME: time, time without time zone
	TIME WITH TIME ZONE: timetz, time with time zone
	TIMESTAMP: datetime, timestamp, timestamp_us, timestamp without time zone
	TIMESTAMP WITH TIME ZONE: timestamptz, timestamp with time zone
	TIMESTAMP_MS: timestamp_ms
	TIMESTAMP_NS: timestamp_ns
	TIMESTAMP_S: timestamp_s
	TIME_NS: time_ns
	TINYINT: int1, tinyint
	UBIGINT: ubigint, uint64
	UHUGEINT: uhugeint, uint128
	UINTEGER: uint32, uinteger
	USMALLINT: uint16, usmallint
	UTINYINT: uint8, utinyint
	UUID: guid, uuid
	VARCHAR: bpchar, char, character, nvarchar, string, text, varchar, character varying, char varying
	VARIANT: variant
`)

// TypeName gives the type that a project's `type` means: a logical one or, failing that, one in
// DuckDB's own words.
func (Dialect) TypeName(written string) (string, bool) { return spellType(written, true) }

// NativeType gives a type in DuckDB's own words as its catalog spells it.
func (Dialect) NativeType(written string) (string, bool) { return spellType(written, false) }

// LogicalType gives the logical name of a type of DuckDB's; some have none.
func (Dialect) LogicalType(native string) (string, bool) {
	t, ok := relation.ParseType(native)
	if !ok {
		return "", false
	}
	return logicalType(t)
}

func spellType(written string, logical bool) (string, bool) {
	t, ok := relation.ParseType(written)
	if !ok {
		return "", false
	}
	return spelled(t, logical)
}

func spelled(t relation.Type, logical bool) (string, bool) {
	if t.Quoted {
		return "", false // a type of the user's
	}
	of := make([]string, len(t.Of))
	for i, inner := range t.Of {
		name, ok := spelled(inner, logical)
		if !ok {
			return "", false
		}
		of[i] = name
	}
	if len(of) > 0 || t.Word == "enum" {
		return nestedName(t, of)
	}
	if name, ok := logicalNames[t.Word]; ok && logical && len(t.Args) == 0 {
		return name, true
	}
	name, ok := nativeNames[t.Word]
	if !ok {
		return "", false
	}
	numbers, ok := t.Numbers()
	if !ok {
		return "", false
	}
	return withNumbers(name, numbers)
}

// nestedName spells a type that is made of others, whose names are given, or of texts.
func nestedName(t relation.Type, of []string) (string, bool) {
	plain := len(t.Args) == 0
	switch {
	case t.Word == "array" && len(of) == 1 && len(t.Args) == 1:
		return of[0] + "[" + t.Args[0] + "]", t.Args[0][0] != '\''
	case t.Word == "enum" && len(of) == 0:
		return "ENUM(" + strings.Join(t.Args, ", ") + ")",
			!plain && !slices.ContainsFunc(t.Args, func(arg string) bool { return arg[0] != '\'' })
	case (t.Word == "list" || t.Word == "array") && len(of) == 1 && plain:
		return of[0] + "[]", true
	case t.Word == "map" && len(of) == 2 && plain:
		return "MAP(" + of[0] + ", " + of[1] + ")", true
	case (t.Word == "struct" || t.Word == "row") && plain:
		return "STRUCT(" + fields(t, of) + ")", true
	case t.Word == "union" && t.Fields != nil && plain:
		return "UNION(" + fields(t, of) + ")", true
	}
	return "", false
}

func fields(t relation.Type, of []string) string {
	for i, name := range t.Fields {
		of[i] = quoteField(name) + " " + of[i]
	}
	return strings.Join(of, ", ")
}

// withNumbers gives what DuckDB makes of numbers in parentheses: those of text and bits it ignores.
func withNumbers(name string, numbers []int) (string, bool) {
	switch {
	case name == "DECIMAL":
		return decimalName(numbers)
	case len(numbers) == 0:
		return name, true
	case len(numbers) > 1:
		return "", false
	case name == "VARCHAR" || name == "BIT":
		return name, true
	case name == "FLOAT" && numbers[0] > 24:
		return "DOUBLE", numbers[0] <= 53
	case name == "FLOAT":
		return name, numbers[0] > 0
	case name == "TIMESTAMP" && numbers[0] <= 9:
		return [...]string{
			"TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_MS", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP",
			"TIMESTAMP_NS", "TIMESTAMP_NS", "TIMESTAMP_NS",
		}[numbers[0]], true
	}
	return "", false
}

func decimalName(numbers []int) (string, bool) {
	width, scale := 18, 3
	if len(numbers) > 0 {
		width, scale = numbers[0], 0
	}
	if len(numbers) > 1 {
		scale = numbers[1]
	}
	ok := len(numbers) <= 2 && width >= 1 && width <= 38 && scale <= width
	return "DECIMAL(" + strconv.Itoa(width) + "," + strconv.Itoa(scale) + ")", ok
}

func logicalType(t relation.Type) (string, bool) {
	of := make([]string, len(t.Of))
	for i, inner := range t.Of {
		name, ok := logicalType(inner)
		if !ok {
			return "", false
		}
		of[i] = name
	}
	switch {
	case t.Word == "list":
		return of[0] + "[]", true
	case t.Word == "map" && len(of) == 2:
		return "map(" + of[0] + ", " + of[1] + ")", true
	case t.Word == "struct" && t.Fields != nil:
		return "struct(" + fields(t, of) + ")", true
	case t.Word == "decimal" && len(t.Args) == 2:
		return "decimal(" + t.Args[0] + "," + t.Args[1] + ")", true
	}
	name := nativeNames[t.Word]
	for logical, native := range logicalNames {
		if native == name && len(t.Args) == 0 && !t.Quoted {
			return logical, true
		}
	}
	return "", false
}
