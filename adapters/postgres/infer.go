package postgres

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
)

// families are types that PostgreSQL casts to later ones of the same family where they meet.
var families = [][]string{
	{"smallint", "integer", "bigint", "numeric", "real", "double precision"},
	{"date", "timestamp without time zone", "timestamp with time zone"},
}

// family gives the family of a type, and its place there.
func family(typ string) (of []string, rank int) {
	for _, f := range families {
		if i := slices.Index(f, typ); i >= 0 {
			return f, i
		}
	}
	return nil, -1
}

func isNumber(typ string) bool {
	_, rank := family(typ)
	return rank >= 0 && slices.Contains(families[0], typ)
}

func isTextual(typ string) bool { return typ == "text" || typ == "character varying" }

// baseType takes the numbers off a type. What is left of some types has no sure spelling.
func baseType(typ string) string {
	open := strings.IndexByte(typ, '(')
	if open < 0 {
		return typ
	}
	end := strings.IndexByte(typ, ')')
	base := typ[:open] + typ[end+1:]
	if strings.HasPrefix(base, "character") && !strings.HasPrefix(base, "character varying") || base == "bit" {
		return ""
	}
	return base
}

// commonType gives the type of a value that is one of several. Literals take that of the others.
func commonType(values []value) string {
	typ, literals := "", 0
	for _, v := range values {
		switch {
		case v.literal:
			literals++
		case v.typ == "":
			return ""
		case typ == "" || typ == v.typ:
			typ = v.typ
		default:
			if typ = wider(baseType(typ), baseType(v.typ)); typ == "" {
				return ""
			}
		}
	}
	switch {
	case literals == len(values):
		return "text"
	case literals > 0:
		return baseType(typ)
	}
	return typ
}

// wider gives what two types come to. Texts of two types cast to each other: the first one stays.
func wider(a, b string) string {
	if a == b || isTextual(a) && isTextual(b) {
		return a
	}
	of, i := family(a)
	j := slices.Index(of, b)
	if i < 0 || j < 0 {
		return ""
	}
	return of[max(i, j)]
}

// numberType gives the type of a number as it is written.
func numberType(text string) string {
	if strings.ContainsAny(text, ".eE") && !strings.HasPrefix(text, "0x") {
		return "numeric"
	}
	n, err := strconv.ParseInt(text, 0, 64)
	switch {
	case err != nil:
		return "numeric"
	case n == int64(int32(n)):
		return "integer"
	}
	return "bigint"
}

// typeOf gives the type of a cast, "" for those that are not PostgreSQL's own.
func typeOf(t *typeName) string {
	if t == nil || t.Setof || t.PctType {
		return ""
	}
	names := fieldNames(t.Names)
	var word string
	switch {
	case len(names) == 2 && names[0] == "pg_catalog":
		word = names[1]
		if word == "bpchar" && len(t.Typmods) > 0 {
			word = "character"
		}
	case len(names) == 1 && names[0] != "char" && names[0] != "character": // "char" in quotes is another
		word = names[0]
	}
	var numbers []int
	for _, n := range t.Typmods {
		c, ok := n.(*aConst)
		if !ok || c.Ival == nil {
			return ""
		}
		numbers = append(numbers, c.Ival.Ival)
	}
	typ := spelled(word, numbers)
	if len(t.ArrayBounds) > 0 {
		return arrayOf(typ)
	}
	return typ
}

func arrayOf(typ string) string {
	if typ == "" || strings.HasSuffix(typ, "[]") {
		return typ
	}
	return typ + "[]"
}

// elementOf gives the type of an element of an array, or of a slice.
func elementOf(typ string, slice bool) string {
	element, ok := strings.CutSuffix(typ, "[]")
	switch {
	case !ok:
		return ""
	case slice:
		return typ
	}
	return element
}

// comparisons give booleans for all of PostgreSQL's own types.
var comparisons = ansi.Words("= <> < > <= >= ~ ~* !~ !~* ~~ !~~ ~~* !~~* @> <@ && ? ?| ?& @@ @?")

// operatorType gives the type of what an operator makes, where that is sure.
func operatorType(op string, unary bool, l, r value) string {
	left, right := baseType(l.typ), baseType(r.typ)
	switch {
	case unary && !r.literal && isNumber(right) && (op == "-" || op == "+"):
		return right
	case unary, left == "" || right == "":
		return ""
	case op == "&&" && left == "tsquery":
		return left
	case comparisons[op]:
		return "boolean"
	case op == "||":
		return joinedText(l, r)
	case left == "json" || left == "jsonb":
		return documentPart(op, left)
	case l.literal || r.literal:
		return ""
	case isNumber(left) && isNumber(right) && strings.Contains("+-*/%", op):
		return arithmetic(left, right)
	case op == "+" || op == "-":
		return timeArithmetic[left+" "+op+" "+right]
	}
	return ""
}

// nullifType gives the type that the first value has where it is compared with the second.
func nullifType(l, r value) string {
	left, right := baseType(l.typ), baseType(r.typ)
	switch {
	case l.literal || l.typ == "":
		return ""
	case isTextual(left) && (r.literal || isTextual(right)):
		return "text"
	case r.literal || left == right || isInteger(left) && isInteger(right):
		return l.typ
	case isNumber(left) && isNumber(right) && isInteger(left):
		return arithmetic(left, right)
	}
	return ""
}

func isInteger(typ string) bool { return typ == "smallint" || typ == "integer" || typ == "bigint" }

func joinedText(l, r value) string {
	scalar := func(v value) bool {
		return v.literal || isTextual(baseType(v.typ)) || isNumber(baseType(v.typ)) || v.typ == "boolean" || v.typ == "date"
	}
	textual := func(v value) bool { return !v.literal && isTextual(baseType(v.typ)) }
	if textual(l) && scalar(r) || scalar(l) && textual(r) || l.literal && r.literal {
		return "text"
	}
	return ""
}

func documentPart(op, document string) string {
	switch op {
	case "->>", "#>>":
		return "text"
	case "->", "#>":
		return document
	}
	return ""
}

// arithmetic knows that real numbers of two sizes meet as the larger.
func arithmetic(left, right string) string {
	if left != right && (left == "real" || right == "real") {
		return "double precision"
	}
	return wider(left, right)
}

var timeArithmetic = map[string]string{
	"date - date": "integer", "date + integer": "date", "date - integer": "date",
	"integer + date":  "date",
	"date + interval": "timestamp without time zone", "date - interval": "timestamp without time zone",
	"timestamp without time zone + interval":                    "timestamp without time zone",
	"timestamp without time zone - interval":                    "timestamp without time zone",
	"timestamp with time zone + interval":                       "timestamp with time zone",
	"timestamp with time zone - interval":                       "timestamp with time zone",
	"timestamp without time zone - timestamp without time zone": "interval",
	"timestamp with time zone - timestamp with time zone":       "interval",
	"interval + interval":                                       "interval", "interval - interval": "interval",
}
