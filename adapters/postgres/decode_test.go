//go:build cgo

package postgres

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	pgquery "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// TestTreeHasTheParsersNumbers compares every node and every field with the parser's own schema.
func TestTreeHasTheParsersNumbers(t *testing.T) {
	t.Parallel()
	nodes := (&pgquery.Node{}).ProtoReflect().Descriptor().Fields()
	seen := map[reflect.Type]bool{}
	for number, typ := range nodeTypes {
		field := nodes.ByNumber(protoreflect.FieldNumber(number))
		if field == nil || !sameName(typ.Name(), string(field.Message().Name())) {
			t.Errorf("node %d is %v, not %s", number, field, typ.Name())
			continue
		}
		compareMessage(t, typ, field.Message(), seen)
	}
	compareMessage(t, reflect.TypeFor[parseResult](), (&pgquery.ParseResult{}).ProtoReflect().Descriptor(), seen)
	if len(seen) < len(nodeTypes) {
		t.Errorf("only %d messages were compared", len(seen))
	}
}

// sameName knows that names here start with a small letter, and that some end in "Node" or have an
// underscore less.
func sameName(ours, theirs string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return plain(ours) == plain(theirs) || plain(strings.TrimSuffix(ours, "Node")) == plain(theirs)
}

func compareMessage(t *testing.T, typ reflect.Type, message protoreflect.MessageDescriptor, seen map[reflect.Type]bool) {
	t.Helper()
	if seen[typ] {
		return
	}
	seen[typ] = true
	for i := range typ.NumField() {
		own := typ.Field(i)
		number, err := strconv.Atoi(own.Tag.Get("pb"))
		if err != nil {
			t.Errorf("%s.%s has no number", typ.Name(), own.Name)
			continue
		}
		field := message.Fields().ByNumber(protoreflect.FieldNumber(number))
		if field == nil || !sameName(own.Name, string(field.Name())) {
			t.Errorf("%s.%s has the number of %v", typ.Name(), own.Name, field)
			continue
		}
		inner := own.Type
		if inner.Kind() == reflect.Slice {
			if inner = inner.Elem(); !field.IsList() {
				t.Errorf("%s.%s is no list", typ.Name(), own.Name)
			}
		} else if field.IsList() {
			t.Errorf("%s.%s is a list", typ.Name(), own.Name)
		}
		switch {
		case inner == nodeType:
			if field.Message() == nil || field.Message().Name() != "Node" {
				t.Errorf("%s.%s is no node", typ.Name(), own.Name)
			}
		case inner.Kind() == reflect.Pointer:
			if field.Message() == nil || !sameName(inner.Elem().Name(), string(field.Message().Name())) {
				t.Errorf("%s.%s is no %s", typ.Name(), own.Name, inner.Elem().Name())
				continue
			}
			compareMessage(t, inner.Elem(), field.Message(), seen)
		}
	}
}

// TestEnumsHaveTheParsersNumbers compares the constants of tree.go.
func TestEnumsHaveTheParsersNumbers(t *testing.T) {
	t.Parallel()
	for ours, theirs := range map[int]pgquery.SetOperation{
		opNone: pgquery.SetOperation_SETOP_NONE, opUnion: pgquery.SetOperation_SETOP_UNION,
		opIntersect: pgquery.SetOperation_SETOP_INTERSECT, opExcept: pgquery.SetOperation_SETOP_EXCEPT,
	} {
		if ours != int(theirs) {
			t.Errorf("%v is %d", theirs, ours)
		}
	}
	for ours, theirs := range map[int]pgquery.JoinType{
		joinInner: pgquery.JoinType_JOIN_INNER, joinLeft: pgquery.JoinType_JOIN_LEFT,
		joinFull: pgquery.JoinType_JOIN_FULL, joinRight: pgquery.JoinType_JOIN_RIGHT,
	} {
		if ours != int(theirs) {
			t.Errorf("%v is %d", theirs, ours)
		}
	}
	for ours, theirs := range map[int]pgquery.SubLinkType{
		subExists: pgquery.SubLinkType_EXISTS_SUBLINK, subAll: pgquery.SubLinkType_ALL_SUBLINK, subAny: pgquery.SubLinkType_ANY_SUBLINK,
		subExpr: pgquery.SubLinkType_EXPR_SUBLINK, subArray: pgquery.SubLinkType_ARRAY_SUBLINK,
	} {
		if ours != int(theirs) {
			t.Errorf("%v is %d", theirs, ours)
		}
	}
	for ours, theirs := range map[int]pgquery.A_Expr_Kind{
		exprOp: pgquery.A_Expr_Kind_AEXPR_OP, exprOpAny: pgquery.A_Expr_Kind_AEXPR_OP_ANY, exprOpAll: pgquery.A_Expr_Kind_AEXPR_OP_ALL,
		exprDistinct: pgquery.A_Expr_Kind_AEXPR_DISTINCT, exprNotDistinct: pgquery.A_Expr_Kind_AEXPR_NOT_DISTINCT,
		exprNullif: pgquery.A_Expr_Kind_AEXPR_NULLIF, exprIn: pgquery.A_Expr_Kind_AEXPR_IN,
	} {
		if ours != int(theirs) {
			t.Errorf("%v is %d", theirs, ours)
		}
	}
	for op, f := range valueFunctions {
		name := strings.TrimSuffix(strings.TrimPrefix(pgquery.SQLValueFunctionOp(op).String(), "SVFOP_"), "_N")
		if op > 0 && strings.ToLower(name) != f.name {
			t.Errorf("function %d is %s, not %s", op, name, f.name)
		}
	}
	for op, name := range xmlNames {
		if want := strings.TrimPrefix(pgquery.XmlExprOp(op).String(), "IS_"); op > 0 && strings.ToLower(want) != name {
			t.Errorf("XML expression %d is %s, not %s", op, want, name)
		}
	}
}

func TestDamagedTreesAreRefused(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"\x12", "\x12\x05\x0a", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x13", "\x10\x01", "\x12\x03\x0a\x01\x01"} {
		if tree, err := decodeTree([]byte(data)); err == nil {
			t.Errorf("decodeTree(%q) = %v", data, tree)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x12\x05\x0a\x03\xc2\x07\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := decodeTree(data)
		if err == nil && tree == nil {
			t.Error("neither tree nor error")
		}
	})
}
