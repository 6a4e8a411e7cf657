package postgres

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/relation"
)

// logicalNames are PostgreSQL's names of the logical types; it has no integers of 8 bits and none
// without a sign.
var logicalNames = map[string]string{
	"bool": "boolean", "int16": "smallint", "int32": "integer", "int64": "bigint", "float32": "real",
	"float64": "double precision", "string": "text", "bytes": "bytea", "date": "date", "time": "time without time zone",
	"timestamp": "timestamp without time zone", "instant": "timestamp with time zone", "interval": "interval",
	"uuid": "uuid", "json": "json",
}

// nativeNames are the names by which PostgreSQL knows its own types, in its catalog and in the words of
// standard SQL. A line has the name that format_type gives and, after the colon, the names it goes by.
var nativeNames = ansi.TypeNames(`
	bigint: int8, bigint
	bit: bit
	bit varying: varbit, bit varying
	boolean: bool, boolean
	box: box
	bytea: bytea
	character: char, character, national char, national character, nchar
	character varying: varchar, character varying, char varying, national char varying, national character varying
	cidr: cidr
	circle: circle
	date: date
	datemultirange: datemultirange
	daterange: daterange
	double precision: float8, double precision
	inet: inet
	int4multirange: int4multirange
	int4range: int4range
	int8multirange: int8multirange
	int8range: int8range
	integer: int, int4, integer
	interval: interval
	json: json
	jsonb: jsonb
	jsonpath: jsonpath
	line: line
	lseg: lseg
	macaddr: macaddr
	macaddr8: macaddr8
	money: money
	name: name
	numeric: numeric, decimal, dec
	nummultirange: nummultirange
	numrange: numrange
	oid: oid
	path: path
	point: point
	polygon: polygon
	real: float4, real
	regclass: regclass
	regtype: regtype
	smallint: int2, smallint
	text: text
	time with time zone: timetz, time with time zone
	time without time zone: time, time without time zone
	timestamp with time zone: timestamptz, timestamp with time zone
	timestamp without time zone: timestamp, timestamp without time zone
	tsmultirange: tsmultirange
	tsquery: tsquery
	tsrange: tsrange
	tstzmultirange: tstzmultirange
	tstzrange: tstzrange
	tsvector: tsvector
	uuid: uuid
	xid: xid
	xml: xml
`)

// TypeName gives the type that a project's `type` means: a logical one or, failing that, one in
// PostgreSQL's own words.
func (Dialect) TypeName(written string) (string, bool) { return spellType(written, true) }

// NativeType gives a type in PostgreSQL's own words as its catalog spells it.
func (Dialect) NativeType(written string) (string, bool) { return spellType(written, false) }

// LogicalType gives the logical name of a type of PostgreSQL's; some have none.
func (Dialect) LogicalType(native string) (string, bool) {
	t, ok := relation.ParseType(native)
	suffix := ""
	for ok && t.Word == "list" {
		suffix += "[]"
		t = t.Of[0]
	}
	if !ok || t.Quoted || len(t.Of) > 0 {
		return "", false
	}
	name := nativeNames[t.Word]
	switch {
	case name == "numeric" && len(t.Args) == 2:
		return "decimal(" + t.Args[0] + "," + t.Args[1] + ")" + suffix, true
	case name == "jsonb":
		return "json" + suffix, true
	}
	for logical, native := range logicalNames {
		if native == name && len(t.Args) == 0 {
			return logical + suffix, true
		}
	}
	return "", false
}

func spellType(written string, logical bool) (string, bool) {
	t, ok := relation.ParseType(written)
	array := ""
	for ok && (t.Word == "list" || t.Word == "array") && len(t.Of) == 1 {
		array = "[]" // arrays of arrays are arrays
		t = t.Of[0]
	}
	if !ok || t.Quoted || len(t.Of) > 0 || t.Fields != nil {
		return "", false
	}
	if name, found := logicalNames[t.Word]; found && logical && len(t.Args) == 0 {
		return name + array, true
	}
	numbers, ok := t.Numbers()
	if !ok {
		return "", false
	}
	name := spelled(t.Word, numbers)
	return name + array, name != ""
}

// spelled gives a type as format_type spells it, from one of its names and its numbers; "" where that
// is not known.
func spelled(word string, numbers []int) string {
	if word == "float" {
		return floatName(numbers)
	}
	name := nativeNames[word]
	switch name {
	case "numeric":
		return numericName(numbers)
	case "character", "bit":
		if len(numbers) == 0 {
			numbers = []int{1}
		}
	}
	switch {
	case name == "" || len(numbers) > 1:
		return ""
	case len(numbers) == 0:
		return name
	}
	n := "(" + strconv.Itoa(numbers[0]) + ")"
	switch name {
	case "character", "character varying", "bit", "bit varying":
		if numbers[0] < 1 {
			return ""
		}
		return name + n
	case "time with time zone", "time without time zone", "timestamp with time zone", "timestamp without time zone":
		if numbers[0] < 0 || numbers[0] > 6 {
			return ""
		}
		first, rest, _ := strings.Cut(name, " ")
		return first + n + " " + rest
	}
	return ""
}

func floatName(numbers []int) string {
	switch {
	case len(numbers) == 0:
		return "double precision"
	case len(numbers) > 1 || numbers[0] < 1 || numbers[0] > 53:
		return ""
	case numbers[0] <= 24:
		return "real"
	}
	return "double precision"
}

func numericName(numbers []int) string {
	precision, scale := 0, 0
	switch len(numbers) {
	case 0:
		return "numeric"
	case 1:
		precision = numbers[0]
	case 2:
		precision, scale = numbers[0], numbers[1]
	}
	const most = 1000
	if precision < 1 || precision > most || scale < -most || scale > most {
		return ""
	}
	return "numeric(" + strconv.Itoa(precision) + "," + strconv.Itoa(scale) + ")"
}
