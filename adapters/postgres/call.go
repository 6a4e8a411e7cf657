package postgres

import (
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// call is a function, an aggregate or a window function.
func (b *binder) call(sc *scope, n *funcCall) value {
	name, own := functionName(n)
	if v, ok := b.fieldCall(sc, n, name); ok {
		return v
	}
	args := make([]value, len(n.Args))
	for i, arg := range n.Args {
		args[i] = b.expr(sc, arg)
	}
	parts := args[:len(args):len(args)]
	for _, o := range n.AggOrder {
		if by, ok := o.(*sortBy); ok {
			parts = append(parts, b.expr(sc, by.Node))
		}
	}
	parts = append(parts, b.expr(sc, n.AggFilter))
	out := derive(parts...)
	if n.Over != nil {
		b.window(sc, n.Over)
	}
	if name != "age" || len(args) == 1 { // with one argument it counts from today
		b.noteFunction(name)
	}
	if _, rows := tableFunctions[name]; own && (rows || name == "unnest") {
		sc.effects.add(lineage.Join, out.in)
	}
	aggregates := own && aggregateNames[name]
	if n.Over != nil || aggregates || n.AggStar || n.AggDistinct || n.AggFilter != nil || len(n.AggOrder) > 0 {
		out.kind = lineage.Aggregated
	}
	if !own || !functionNames()[name] && !aggregateNames[name] && !windowNames[name] {
		out.opaque = true // a function of the user's may read what its arguments do not say
		if out.kind == lineage.Constant {
			out.kind = lineage.Derived
		}
		return out
	}
	out.typ = functionType(name, args)
	if neverNull[name] {
		out.nullable = relation.NeverNull
	}
	return out
}

// functionName gives the name of a function, and whether it can only be one of PostgreSQL's own.
func functionName(n *funcCall) (name string, own bool) {
	names := fieldNames(n.Funcname)
	if len(names) == 0 {
		return "", false
	}
	return names[len(names)-1], len(names) == 1 || names[0] == "pg_catalog"
}

// fieldCall is col(t), which is t.col where there is no function of the name.
func (b *binder) fieldCall(sc *scope, n *funcCall, name string) (value, bool) {
	if len(n.Args) != 1 || len(n.Funcname) != 1 || n.Over != nil || functionNames()[name] || aggregateNames[name] {
		return value{}, false
	}
	of := bareName(n.Args[0])
	if of == "" || b.anyColumn(sc, of) {
		return value{}, false
	}
	it := b.relationNamed(sc, "", of, n.Location)
	if it == nil {
		return value{}, false
	}
	found, several := it.lookup(name)
	if found == nil || several {
		return value{}, false
	}
	return found.value, true
}

// noteFunction notes what matters of a function beside its value.
func (b *binder) noteFunction(name string) {
	if volatileNames[name] {
		b.volatile[name] = true
	}
	if readerNames[name] || strings.HasPrefix(name, "dblink") {
		b.reads[lineage.Read{Function: name}] = true
	}
}

func (b *binder) valueFunction(n *sQLValueFunction) value {
	if n.Op < 1 || n.Op >= len(valueFunctions) {
		return unknownValue
	}
	f := valueFunctions[n.Op]
	if volatileNames[f.name] {
		b.volatile[f.name] = true
	}
	v := constant(f.typ)
	if f.mayBeNull {
		v.nullable = 0
	}
	return v
}

// valueFunctions are the functions of standard SQL that have no parentheses, by number.
var valueFunctions = []struct {
	name, typ string
	mayBeNull bool
}{
	1: {name: "current_date", typ: "date"},
	2: {name: "current_time", typ: "time with time zone"}, 3: {name: "current_time"},
	4: {name: "current_timestamp", typ: "timestamp with time zone"}, 5: {name: "current_timestamp"},
	6: {name: "localtime", typ: "time without time zone"}, 7: {name: "localtime"},
	8: {name: "localtimestamp", typ: "timestamp without time zone"}, 9: {name: "localtimestamp"},
	10: {name: "current_role", typ: "name"}, 11: {name: "current_user", typ: "name"}, 12: {name: "user", typ: "name"},
	13: {name: "session_user", typ: "name"}, 14: {name: "current_catalog", typ: "name"},
	15: {name: "current_schema", typ: "name", mayBeNull: true},
}

// fixedTypes are functions of one type whatever their arguments.
var fixedTypes = map[string]string{
	"count": "bigint", "row_number": "bigint", "rank": "bigint", "dense_rank": "bigint", "ntile": "integer",
	"percent_rank": "double precision", "cume_dist": "double precision", "bool_and": "boolean", "bool_or": "boolean", "every": "boolean",
	"now": "timestamp with time zone", "transaction_timestamp": "timestamp with time zone",
	"clock_timestamp": "timestamp with time zone", "statement_timestamp": "timestamp with time zone", "timeofday": "text",
	"concat": "text", "concat_ws": "text", "format": "text", "initcap": "text", "replace": "text", "md5": "text",
	"to_char": "text", "to_date": "date", "to_timestamp": "timestamp with time zone", "to_number": "numeric",
	"split_part": "text", "left": "text", "right": "text", "repeat": "text", "translate": "text", "lpad": "text", "rpad": "text",
	"regexp_replace": "text", "quote_ident": "text", "quote_literal": "text", "array_to_string": "text", "chr": "text",
	"strpos": "integer", "char_length": "integer", "character_length": "integer", "ascii": "integer",
	"random": "double precision", "pi": "double precision", "gen_random_uuid": "uuid",
	"make_date": "date", "make_timestamp": "timestamp without time zone", "make_interval": "interval", "justify_days": "interval",
	"json_build_object": "json", "json_build_array": "json", "json_agg": "json", "json_object_agg": "json", "to_json": "json", "row_to_json": "json",
	"jsonb_build_object": "jsonb", "jsonb_build_array": "jsonb", "jsonb_agg": "jsonb", "jsonb_object_agg": "jsonb", "to_jsonb": "jsonb",
	"json_typeof": "text", "jsonb_typeof": "text", "string_to_array": "text[]", "regexp_split_to_array": "text[]", "regexp_match": "text[]",
	"array_length": "integer", "cardinality": "integer", "array_position": "integer", "num_nulls": "integer", "num_nonnulls": "integer",
	"current_database": "name", "pg_typeof": "regtype", "starts_with": "boolean",
}

// neverNull are functions that never give NULL.
var neverNull = ansi.Words("count row_number rank dense_rank percent_rank cume_dist now random num_nulls num_nonnulls concat gen_random_uuid")

// functionType gives the type of what one of PostgreSQL's own functions makes, where that is sure.
func functionType(name string, args []value) string {
	if typ := fixedTypes[name]; typ != "" && (name != "random" || len(args) == 0) {
		return typ
	}
	if len(args) == 0 || args[0].literal {
		return ""
	}
	first := baseType(args[0].typ)
	switch name {
	case "sum":
		return sumTypes[first]
	case "avg":
		return averageTypes[first]
	case "min", "max":
		if isNumber(first) || strings.HasPrefix(first, "timestamp") || first == "date" || first == "text" || first == "interval" {
			return first
		}
	case "lag", "lead", "first_value", "last_value", "nth_value":
		if len(args) <= 2 && !strings.Contains(args[0].typ, "(") {
			return first
		}
	case "abs":
		if isNumber(first) {
			return first
		}
	case "lower", "upper", "btrim", "ltrim", "rtrim", "string_agg", "reverse":
		if isTextual(first) {
			return "text"
		}
	case "length":
		if isTextual(first) {
			return "integer"
		}
	case "unnest":
		return elementOf(first, false)
	case "array_agg":
		return arrayOf(first)
	case "round", "ceil", "ceiling", "floor", "trunc":
		return roundedType(first, len(args))
	case "date_trunc", "timezone":
		return ""
	}
	return ""
}

func roundedType(first string, args int) string {
	switch {
	case first == "numeric" && args <= 2:
		return "numeric"
	case args == 1 && isNumber(first):
		return "double precision"
	case args == 2 && (first == "integer" || first == "bigint" || first == "smallint"):
		return "numeric"
	}
	return ""
}

var sumTypes = map[string]string{
	"smallint": "bigint", "integer": "bigint", "bigint": "numeric", "numeric": "numeric", "real": "real",
	"double precision": "double precision", "interval": "interval", "money": "money",
}

var averageTypes = map[string]string{
	"smallint": "numeric", "integer": "numeric", "bigint": "numeric", "numeric": "numeric", "real": "double precision",
	"double precision": "double precision", "interval": "interval",
}
