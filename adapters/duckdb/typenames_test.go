//go:build cgo

package duckdb_test

import (
	"testing"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/relation"
)

func TestNativeTypeSpellsAsTheCatalog(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, nil))
	for _, written := range []string{
		"bigint", "int64", "int8", "long", "oid", "bignum", "varint", "bit", "bitstring", "bit(3)", "binary", "blob", "bytea", "varbinary",
		"bool", "boolean", "logical", "date", "dec", "decimal", "numeric", "decimal(10,2)", "numeric(5)", "double", "float8",
		"double precision", "float", "float4", "real", "float(10)", "float(30)", "geometry", "hugeint", "int128", "int", "int32", "int4",
		"integer", "integral", "signed", "interval", "json", "int16", "int2", "short", "smallint", "time", "time without time zone",
		"timetz", "time with time zone", "datetime", "timestamp", "timestamp_us", "timestamp without time zone", "timestamptz",
		"timestamp with time zone", "timestamp_ms", "timestamp_ns", "timestamp_s", "time_ns", "int1", "tinyint", "ubigint", "uint64",
		"uhugeint", "uint128", "uint32", "uinteger", "uint16", "usmallint", "uint8", "utinyint", "guid", "uuid", "bpchar", "char",
		"char(3)", "character", "nvarchar", "string", "text", "varchar", "varchar(10)", "character varying(10)", "char varying", "variant",
		"timestamp(0)", "timestamp(1)", "timestamp(3)", "timestamp(4)", "timestamp(6)", "timestamp(7)", "timestamp(9)",
		`struct("A b" int, c text[3])`, "row(a int)", `struct("select" int, "end" int, "Ü" int)`, "map(int, text)", "int[][3]",
		"union(a int, b text)", "enum('a','b''c')", "struct(a struct(b map(date, time)))[]",
	} {
		rows, err := s.Query(t.Context(), "select typeof(null::"+written+")", 1)
		if err != nil {
			t.Errorf("DuckDB refuses %s: %v", written, err)
			continue
		}
		want := rows.Values[0][0]
		if got, ok := (duckdb.Dialect{}).NativeType(written); !ok || got != want {
			t.Errorf("NativeType(%q) = %q, %t; DuckDB says %q", written, got, ok, want)
		}
		if again, ok := (duckdb.Dialect{}).NativeType(want.(string)); !ok || again != want {
			t.Errorf("NativeType(%q) = %q, %t; it is spelled so already", want, again, ok)
		}
	}
}

func TestTypesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, written := range []string{
		"", "bigintt", `"bigint"`, "bigint(3)", "time(3)", "decimal(40,2)", "decimal(3,5)", "decimal(1,1,1)", "float(60)", "timestamp(10)",
		"map(int)", "enum(1)", "struct()", "int)", "uuid(uuid)", "varchar('a')", "list", "enum", "union(int)",
	} {
		if got, ok := (duckdb.Dialect{}).TypeName(written); ok {
			t.Errorf("TypeName(%q) = %q, want nothing", written, got)
		}
	}
}

// TestLogicalTypesGoBothWays writes every logical type in DuckDB's words and reads it back.
func TestLogicalTypesGoBothWays(t *testing.T) {
	t.Parallel()
	more := []string{"int8[]", "decimal(38,9)", `struct(a int8, "b c" instant)`, "map(string, float32[])", "decimal(10,2)"}
	for _, logical := range append(more, relation.Logical...) {
		if logical == "decimal(p,s)" {
			continue
		}
		native, ok := duckdb.Dialect{}.TypeName(logical)
		if !ok {
			t.Errorf("TypeName(%q) gives nothing", logical)
		}
		if back, ok := (duckdb.Dialect{}).LogicalType(native); !ok || back != logical {
			t.Errorf("LogicalType(%q) = %q, %t; want %q", native, back, ok, logical)
		}
	}
	for _, native := range []string{"HUGEINT", "TIMESTAMP_NS", "ENUM('a')", "INTEGER[3]", `"my type"`, "STRUCT(INTEGER)", "VARIANT[]"} {
		if got, ok := (duckdb.Dialect{}).LogicalType(native); ok {
			t.Errorf("LogicalType(%q) = %q, want nothing", native, got)
		}
	}
}

func TestLogicalNamesWinInAProject(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"int8": "TINYINT", "Int64": "BIGINT", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMP WITH TIME ZONE",
		"int8[]": "TINYINT[]", "map(int8, int4)": "MAP(TINYINT, INTEGER)", "hugeint": "HUGEINT", "list(instant)": "TIMESTAMP WITH TIME ZONE[]",
	} {
		if got, ok := (duckdb.Dialect{}).TypeName(written); !ok || got != want {
			t.Errorf("TypeName(%q) = %q, %t; want %q", written, got, ok, want)
		}
	}
}
