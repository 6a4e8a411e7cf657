package postgres

import (
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// expr gives what is known of an expression.
func (b *binder) expr(sc *scope, n node) value {
	switch n := n.(type) {
	case nil:
		return value{kind: lineage.Constant}
	case *columnRef:
		return b.columnRef(sc, n)
	case *aConst:
		return constantOf(n)
	case *typeCast:
		return b.cast(sc, n)
	case *funcCall:
		return b.call(sc, n)
	case *aExpr:
		return b.operator(sc, n)
	case *boolExpr:
		return b.parts(sc, n.Args...).typed("boolean")
	case *nullTest:
		v := b.parts(sc, n.Arg).typed("boolean")
		v.nullable = relation.NeverNull
		return v
	case *booleanTest:
		v := b.parts(sc, n.Arg).typed("boolean")
		v.nullable = relation.NeverNull
		return v
	case *subLink:
		return b.subLink(sc, n)
	case *caseExpr:
		return b.caseExpr(sc, n)
	case *coalesceExpr:
		return b.choice(sc, n.Args)
	case *minMaxExpr:
		return b.choice(sc, n.Args)
	case *collateClause:
		v := b.expr(sc, n.Arg)
		out := derive(v)
		out.typ, out.literal, out.nullable = v.typ, v.literal, v.nullable
		return out
	case *aIndirection:
		return b.indirection(sc, n)
	case *aArrayExpr:
		return b.array(sc, n)
	case *rowExpr:
		return b.parts(sc, n.Args...)
	case *listNode:
		return b.parts(sc, n.Items...)
	case *namedArgExpr:
		return b.expr(sc, n.Arg)
	case *groupingFunc:
		return b.parts(sc, n.Args...).typed("integer")
	case *sQLValueFunction:
		return b.valueFunction(n)
	case *paramRef:
		e := b.refuse(n.Location, "Parser", "the query has a parameter that has no value")
		e.Subtype = "SYNTAX_ERROR"
		e.Hint = "write the value itself, or quote the sign if it is text"
		return unknownValue
	case *resTarget: // in XMLFOREST and the like
		return b.expr(sc, n.Val)
	default:
		return b.documents(sc, n)
	}
}

// parts gives an expression over others.
func (b *binder) parts(sc *scope, list ...node) value {
	values := make([]value, len(list))
	for i, n := range list {
		values[i] = b.expr(sc, n)
	}
	return derive(values...)
}

// columnRef is a column, a relation as a whole, or a part of one.
func (b *binder) columnRef(sc *scope, n *columnRef) value {
	parts := fieldNames(n.Fields)
	if isStar(n.Fields) { // t.* in the place of a value
		if len(parts) == 0 {
			return columnsOf(sc.seen())
		}
		if it := b.relationNamed(sc, "", parts[len(parts)-1], n.Location); it != nil {
			return wholeRow(it)
		}
		return unknownValue
	}
	switch len(parts) {
	case 1:
		return b.column(sc, parts[0], n.Location)
	case 2:
		return b.qualified(sc, "", parts[0], parts[1], n.Location)
	case 3, 4:
		parts = parts[len(parts)-3:]
		return b.qualified(sc, parts[0], parts[1], parts[2], n.Location)
	default:
		return unknownValue
	}
}

// seen gives all columns in sight of the scope itself.
func (sc *scope) seen() []column {
	var out []column
	for _, it := range sc.items {
		if it.open && sc.sees(it) {
			out = append(out, it.list...)
		}
	}
	return out
}

func constantOf(n *aConst) value {
	switch {
	case n.Isnull:
		return value{kind: lineage.Constant, literal: true, typ: "text"}
	case n.Ival != nil:
		return constant("integer")
	case n.Fval != nil:
		return constant(numberType(n.Fval.Fval))
	case n.Boolval != nil:
		return constant("boolean")
	case n.Sval != nil:
		v := constant("text")
		v.literal = true
		return v
	case n.Bsval != nil:
		return constant("")
	}
	return constant("integer") // 0 has no value on the wire
}

func (b *binder) cast(sc *scope, n *typeCast) value {
	v := b.expr(sc, n.Arg)
	out := derive(v)
	out.nullable = v.nullable
	out.typ = typeOf(n.TypeName)
	if out.typ == "" {
		out.nullable = 0 // a cast of the user's own may give NULL
	}
	return out
}

// operator knows the types of what is sure to be a boolean, and of arithmetic.
func (b *binder) operator(sc *scope, n *aExpr) value {
	if row, ok := n.Lexpr.(*rowExpr); ok {
		if sub, ok := n.Rexpr.(*subLink); ok && sub.SubLinkType == subExpr {
			return b.rowCompare(sc, row, sub)
		}
	}
	l, r := b.expr(sc, n.Lexpr), b.expr(sc, n.Rexpr)
	out := derive(l, r)
	switch n.Kind {
	case exprOp:
		out.typ = operatorType(operatorName(n), n.Lexpr == nil, l, r)
		if n.Lexpr == nil && r.kind == lineage.Constant {
			out.nullable = r.nullable
		}
	case exprNullif:
		out.typ = nullifType(l, r)
	case exprDistinct, exprNotDistinct:
		out.typ, out.nullable = "boolean", relation.NeverNull
	default:
		out.typ = "boolean" // ANY, ALL, IN, BETWEEN and LIKE demand it
	}
	return out
}

func operatorName(n *aExpr) string {
	if len(n.Name) != 1 {
		return ""
	}
	return textOf(n.Name[0])
}

func (b *binder) caseExpr(sc *scope, n *caseExpr) value {
	conditions := []value{b.expr(sc, n.Arg)}
	var results []value
	for _, arg := range n.Args {
		if when, ok := arg.(*caseWhen); ok {
			conditions = append(conditions, b.expr(sc, when.Expr))
			results = append(results, b.expr(sc, when.Result))
		}
	}
	otherwise := value{kind: lineage.Constant, literal: true, typ: "text"}
	if n.Defresult != nil {
		otherwise = b.expr(sc, n.Defresult)
	}
	results = append(results, otherwise)
	out := derive(append(conditions, results...)...)
	// What stands after ELSE is looked at first.
	out.typ, out.literal = commonType(append([]value{otherwise}, results...)), allLiteral(results)
	out.nullable = relation.NeverNull
	for _, r := range results {
		if r.nullable != relation.NeverNull {
			out.nullable = 0
		}
	}
	return out
}

// choice is COALESCE, GREATEST or LEAST: never NULL where one of its parts never is.
func (b *binder) choice(sc *scope, args []node) value {
	values := make([]value, len(args))
	for i, n := range args {
		values[i] = b.expr(sc, n)
	}
	out := derive(values...)
	out.typ, out.literal = commonType(values), allLiteral(values)
	for _, v := range values {
		if v.nullable == relation.NeverNull {
			out.nullable = relation.NeverNull
		}
	}
	return out
}

func allLiteral(values []value) bool {
	for _, v := range values {
		if !v.literal {
			return false
		}
	}
	return true
}

func (b *binder) array(sc *scope, n *aArrayExpr) value {
	values := make([]value, len(n.Elements))
	for i, e := range n.Elements {
		values[i] = b.expr(sc, e)
	}
	out := derive(values...)
	if len(values) > 0 {
		out.typ = arrayOf(commonType(values))
		out.nullable = relation.NeverNull
	}
	return out
}

// indirection is a subscript or a field of a value.
func (b *binder) indirection(sc *scope, n *aIndirection) value {
	if ref, ok := b.rowField(sc, n); ok {
		return b.columnRef(sc, ref)
	}
	v := b.expr(sc, n.Arg)
	list := []value{v}
	typ := v.typ
	for _, part := range n.Indirection {
		switch part := part.(type) {
		case *aIndices:
			list = append(list, b.expr(sc, part.Lidx), b.expr(sc, part.Uidx))
			typ = elementOf(typ, part.IsSlice)
		default:
			typ = ""
		}
	}
	if len(n.Indirection) > 1 {
		typ = ""
	}
	out := derive(list...)
	out.typ = typ
	return out
}

// rowField turns (t).c into t.c where t is a relation.
func (b *binder) rowField(sc *scope, n *aIndirection) (*columnRef, bool) {
	ref, ok := n.Arg.(*columnRef)
	if !ok || len(n.Indirection) != 1 || len(fieldNames(n.Indirection)) != 1 {
		return nil, false
	}
	of := bareName(ref)
	if of == "" || b.anyColumn(sc, of) || b.relationNamed(sc, "", of, ref.Location) == nil {
		return nil, false
	}
	return &columnRef{Fields: []node{ref.Fields[0], n.Indirection[0]}, Location: ref.Location}, true
}
