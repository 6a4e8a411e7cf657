package postgres

import "github.com/quernsql/quern/compiler/lineage"

// documents is for expressions that make and read XML and JSON.
func (b *binder) documents(sc *scope, n node) value {
	switch n := n.(type) {
	case *xmlExpr:
		const isDocument = 8
		v := b.parts(sc, append(n.NamedArgs[:len(n.NamedArgs):len(n.NamedArgs)], n.Args...)...)
		if n.Op == isDocument {
			return v.typed("boolean")
		}
		return v.typed("xml")
	case *xmlSerialize:
		return b.parts(sc, n.Expr).typed(typeOf(n.TypeName))
	case *jsonValueExpr:
		return b.expr(sc, n.RawExpr)
	case *jsonKeyValue:
		if n.Value == nil {
			return b.parts(sc, n.Key)
		}
		return b.parts(sc, n.Key, n.Value)
	case *jsonIsPredicate:
		return b.parts(sc, n.Expr).typed("boolean")
	case *jsonObjectConstructor:
		return b.parts(sc, n.Exprs...)
	case *jsonArrayConstructor:
		return b.parts(sc, n.Exprs...)
	case *jsonArrayQueryConstructor:
		return b.subquery(sc, n.Query).whole()
	case *jsonObjectAgg:
		var arg node
		if n.Arg != nil {
			arg = n.Arg
		}
		return b.jsonAggregate(sc, n.Constructor, arg)
	case *jsonArrayAgg:
		var arg node
		if n.Arg != nil {
			arg = n.Arg
		}
		return b.jsonAggregate(sc, n.Constructor, arg)
	default:
		return unknownValue
	}
}

func (b *binder) jsonAggregate(sc *scope, c *jsonAggConstructor, arg node) value {
	list := []node{arg}
	if c != nil {
		list = append(list, c.AggFilter)
		for _, o := range c.AggOrder {
			if by, ok := o.(*sortBy); ok {
				list = append(list, by.Node)
			}
		}
		if c.Over != nil {
			b.window(sc, c.Over)
		}
	}
	v := b.parts(sc, list...)
	v.kind = lineage.Aggregated
	return v
}
