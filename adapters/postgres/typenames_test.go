package postgres

import (
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/relation"
)

// nativeTypes are types in PostgreSQL's words; a test with a server compares their spelling.
var nativeTypes = map[string]string{
	"int8": "bigint", "bigint": "bigint", "int": "integer", "INT4": "integer", "smallint": "smallint", "bool": "boolean",
	"numeric": "numeric", "decimal(10,2)": "numeric(10,2)", "dec(5)": "numeric(5,0)", "real": "real", "float": "double precision",
	"float(24)": "real", "float(25)": "double precision", "float8": "double precision", "double precision": "double precision",
	"text": "text", "varchar": "character varying", "varchar(10)": "character varying(10)", "character varying(3)": "character varying(3)",
	"char": "character(1)", "char(3)": "character(3)", "character": "character(1)", "nchar(2)": "character(2)", "name": "name", "bit": "bit(1)",
	"bit(3)": "bit(3)", "varbit": "bit varying", "bit varying(5)": "bit varying(5)", "time": "time without time zone",
	"timetz": "time with time zone", "time(3) with time zone": "time(3) with time zone", "timestamp": "timestamp without time zone",
	"timestamp(0)": "timestamp(0) without time zone", "timestamptz": "timestamp with time zone", "timestamptz(3)": "timestamp(3) with time zone",
	"timestamp(6) with time zone": "timestamp(6) with time zone", "interval": "interval", "json": "json", "jsonb": "jsonb", "uuid": "uuid",
	"bytea": "bytea", "inet": "inet", "int4range": "int4range", "tsvector": "tsvector", "point": "point", "money": "money",
	"int[]": "integer[]", "int[][]": "integer[]", "text[3]": "text[]", "numeric(10,2)[]": "numeric(10,2)[]", "xml": "xml", "oid": "oid",
}

func TestNativeType(t *testing.T) {
	t.Parallel()
	for written, want := range nativeTypes {
		if got, ok := (Dialect{}).NativeType(written); !ok || got != want {
			t.Errorf("NativeType(%q) = %q, %t; want %q", written, got, ok, want)
		}
		if again, ok := (Dialect{}).NativeType(want); !ok || again != want {
			t.Errorf("NativeType(%q) = %q, %t; it is spelled so already", want, again, ok)
		}
	}
	for _, written := range []string{
		"", "bigintt", `"bigint"`, "bigint(3)", "numeric(0)", "numeric(1,2,3)", "numeric(2000)", "float(60)", "float(1,2)", "timestamp(7)",
		"varchar(0)", "varchar('a')", "struct(a int)", "map(int, int)", "my_enum", "interval(3)", "int)",
	} {
		if got, ok := (Dialect{}).TypeName(written); ok {
			t.Errorf("TypeName(%q) = %q, want nothing", written, got)
		}
	}
}

// TestLogicalTypesGoBothWays writes the logical types in PostgreSQL's words and reads them back.
func TestLogicalTypesGoBothWays(t *testing.T) {
	t.Parallel()
	for _, logical := range append([]string{"decimal(38,9)", "decimal(10,2)[]", "int64[]"}, relation.Logical...) {
		if logical == "decimal(p,s)" || logical == "int8" {
			continue
		}
		native, ok := Dialect{}.TypeName(logical)
		if strings.HasPrefix(logical, "uint") {
			if ok {
				t.Errorf("TypeName(%q) = %q, want nothing", logical, native)
			}
			continue
		}
		if back, known := (Dialect{}).LogicalType(native); !ok || !known || back != logical {
			t.Errorf("TypeName(%q) = %q; LogicalType of it = %q, %t", logical, native, back, known)
		}
	}
	if got, _ := (Dialect{}).TypeName("int8"); got != "bigint" {
		t.Errorf(`TypeName("int8") = %q: an engine without integers of 8 bits uses its own word`, got)
	}
	if got, _ := (Dialect{}).LogicalType("jsonb"); got != "json" {
		t.Errorf(`LogicalType("jsonb") = %q`, got)
	}
	for _, native := range []string{"numeric", "money", "character varying(3)", "timestamp(3) without time zone", `"my type"`, "int4range"} {
		if got, ok := (Dialect{}).LogicalType(native); ok {
			t.Errorf("LogicalType(%q) = %q, want nothing", native, got)
		}
	}
}
