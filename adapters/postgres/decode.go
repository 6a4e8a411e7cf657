package postgres

import (
	"encoding/binary"
	"errors"
	"reflect"
	"strconv"
	"sync"
)

// The parser hands its tree over as protobuf. The generated package for it registers 500 messages when
// a process starts, which takes more time and memory than all the rest of the start: so the few that
// queries need are decoded here.

var errBadTree = errors.New("the parser's tree cannot be read")

// Wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// nodeTypes gives the type of a node by its number in the message Node.
var nodeTypes = map[int]reflect.Type{
	2: reflect.TypeFor[rangeVar](), 8: reflect.TypeFor[groupingFunc](), 12: reflect.TypeFor[namedArgExpr](),
	17: reflect.TypeFor[boolExpr](), 18: reflect.TypeFor[subLink](), 28: reflect.TypeFor[caseExpr](),
	29: reflect.TypeFor[caseWhen](), 32: reflect.TypeFor[rowExpr](), 34: reflect.TypeFor[coalesceExpr](),
	35: reflect.TypeFor[minMaxExpr](), 36: reflect.TypeFor[sQLValueFunction](), 37: reflect.TypeFor[xmlExpr](),
	40: reflect.TypeFor[jsonValueExpr](), 42: reflect.TypeFor[jsonIsPredicate](), 43: reflect.TypeFor[nullTest](),
	44: reflect.TypeFor[booleanTest](), 53: reflect.TypeFor[joinExpr](), 57: reflect.TypeFor[typeName](),
	58: reflect.TypeFor[columnRef](), 59: reflect.TypeFor[paramRef](), 60: reflect.TypeFor[aExpr](),
	61: reflect.TypeFor[typeCast](), 62: reflect.TypeFor[collateClause](), 64: reflect.TypeFor[funcCall](),
	65: reflect.TypeFor[aStar](), 66: reflect.TypeFor[aIndices](), 67: reflect.TypeFor[aIndirection](),
	68: reflect.TypeFor[aArrayExpr](), 69: reflect.TypeFor[resTarget](), 71: reflect.TypeFor[sortBy](),
	72: reflect.TypeFor[windowDef](), 73: reflect.TypeFor[rangeSubselect](), 74: reflect.TypeFor[rangeFunction](),
	75: reflect.TypeFor[rangeTableFunc](), 76: reflect.TypeFor[rangeTableFuncCol](), 77: reflect.TypeFor[rangeTableSample](),
	78: reflect.TypeFor[columnDef](), 83: reflect.TypeFor[xmlSerialize](), 95: reflect.TypeFor[groupingSet](),
	103: reflect.TypeFor[commonTableExpr](), 108: reflect.TypeFor[jsonKeyValue](), 109: reflect.TypeFor[jsonObjectConstructor](),
	110: reflect.TypeFor[jsonArrayConstructor](), 111: reflect.TypeFor[jsonArrayQueryConstructor](),
	113: reflect.TypeFor[jsonObjectAgg](), 114: reflect.TypeFor[jsonArrayAgg](), 120: reflect.TypeFor[selectStmt](),
	244: reflect.TypeFor[integerNode](), 245: reflect.TypeFor[floatNode](), 246: reflect.TypeFor[booleanNode](),
	247: reflect.TypeFor[stringNode](), 248: reflect.TypeFor[bitString](), 249: reflect.TypeFor[listNode](),
	252: reflect.TypeFor[aConst](),
}

var nodeType = reflect.TypeFor[node]()

// decodeTree reads a ParseResult.
func decodeTree(data []byte) (*parseResult, error) {
	var out parseResult
	return &out, decodeInto(data, reflect.ValueOf(&out).Elem())
}

// decodeInto reads a message into a struct; fields the struct does not have are passed over.
func decodeInto(data []byte, into reflect.Value) error {
	fields := fieldsOf(into.Type())
	for len(data) > 0 {
		number, wire, value, n := nextField(data)
		if n <= 0 {
			return errBadTree
		}
		start := data
		data = data[n:]
		at, ok := fields[number]
		if !ok {
			continue
		}
		if err := setField(into.Field(at), wire, value, start[:n]); err != nil {
			return err
		}
	}
	return nil
}

// nextField gives a field's number, wire type and value, and the length of all of it. The value of
// bytes is their number: they are the last ones of the length.
func nextField(data []byte) (number, wire int, value uint64, length int) {
	tag, n := binary.Uvarint(data)
	if n <= 0 {
		return 0, 0, 0, 0
	}
	wire = int(tag & 7)
	switch wire {
	case wireVarint, wireBytes:
		v, m := binary.Uvarint(data[n:])
		if m <= 0 {
			return 0, 0, 0, 0
		}
		n += m
		value = v
		if wire == wireBytes {
			if v > uint64(len(data)-n) {
				return 0, 0, 0, 0
			}
			n += int(v)
		}
	case wireFixed64:
		n += 8
	case wireFixed32:
		n += 4
	default:
		return 0, 0, 0, 0
	}
	if n > len(data) {
		return 0, 0, 0, 0
	}
	return int(tag >> 3), wire, value, n
}

func setField(field reflect.Value, wire int, value uint64, encoded []byte) error {
	if wire == wireVarint {
		switch field.Kind() {
		case reflect.Int:
			field.SetInt(int64(value))
			return nil
		case reflect.Bool:
			field.SetBool(value != 0)
			return nil
		default:
			return errBadTree
		}
	}
	if wire != wireBytes {
		return errBadTree
	}
	payload := encoded[len(encoded)-int(value):]
	switch field.Kind() {
	case reflect.String:
		field.SetString(string(payload))
		return nil
	case reflect.Slice:
		element := reflect.New(field.Type().Elem()).Elem()
		if err := setMessage(element, payload); err != nil {
			return err
		}
		field.Set(reflect.Append(field, element))
		return nil
	default:
		return setMessage(field, payload)
	}
}

// setMessage reads a message into a pointer to a struct, or a node.
func setMessage(field reflect.Value, payload []byte) error {
	switch {
	case field.Type() == nodeType:
		n, err := decodeNode(payload)
		if n != nil {
			field.Set(reflect.ValueOf(n))
		}
		return err
	case field.Kind() == reflect.Pointer:
		message := reflect.New(field.Type().Elem())
		field.Set(message)
		return decodeInto(payload, message.Elem())
	default:
		return errBadTree
	}
}

// decodeNode reads a Node, which holds one message; an empty one is nil.
func decodeNode(data []byte) (node, error) {
	if len(data) == 0 {
		return nil, nil
	}
	number, wire, value, n := nextField(data)
	if n <= 0 || wire != wireBytes {
		return nil, errBadTree
	}
	t, ok := nodeTypes[number]
	if !ok {
		return &otherNode{number}, nil
	}
	out := reflect.New(t)
	err := decodeInto(data[n-int(value):n], out.Elem())
	return out.Interface(), err
}

// structs keeps the fields of the types that were met.
var structs sync.Map // of reflect.Type to map[int]int

// fieldsOf gives the index of a struct's field by its number in the message.
func fieldsOf(t reflect.Type) map[int]int {
	if known, ok := structs.Load(t); ok {
		fields, _ := known.(map[int]int)
		return fields
	}
	fields := make(map[int]int, t.NumField())
	for i := range t.NumField() {
		if number, err := strconv.Atoi(t.Field(i).Tag.Get("pb")); err == nil {
			fields[number] = i
		}
	}
	structs.Store(t, fields)
	return fields
}
