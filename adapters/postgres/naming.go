package postgres

// nameOf gives the name that PostgreSQL gives a column that has no alias, "" where it depends on what
// is not known.
func (b *binder) nameOf(n node) string {
	name, strength := b.figure(n)
	if strength == 0 {
		return "?column?"
	}
	return name
}

// figure gives a name and how strong it is: 0 is none, 1 that of a type or of CASE, which a stronger
// one inside replaces, 2 any other.
func (b *binder) figure(n node) (name string, strength int) {
	switch n := n.(type) {
	case *columnRef:
		if parts := fieldNames(n.Fields); len(parts) > 0 { // t.* is called t
			return parts[len(parts)-1], 2
		}
	case *aIndirection:
		if parts := fieldNames(n.Indirection); len(parts) > 0 {
			return parts[len(parts)-1], 2
		}
		return b.figure(n.Arg)
	case *funcCall:
		name, _ := functionName(n)
		return name, 2
	case *aExpr:
		if n.Kind == exprNullif {
			return "nullif", 2
		}
	case *typeCast:
		if name, strength = b.figure(n.Arg); strength < 2 && n.TypeName != nil {
			if parts := fieldNames(n.TypeName.Names); len(parts) > 0 {
				return parts[len(parts)-1], 1
			}
		}
		return name, strength
	case *collateClause:
		return b.figure(n.Arg)
	case *groupingFunc:
		return "grouping", 2
	case *subLink:
		return b.figureSubLink(n)
	case *caseExpr:
		if name, strength = b.figure(n.Defresult); strength < 2 {
			return "case", 1
		}
		return name, strength
	case *aArrayExpr:
		return "array", 2
	case *rowExpr:
		return "row", 2
	case *coalesceExpr:
		return "coalesce", 2
	case *minMaxExpr:
		if n.Op == 1 {
			return "greatest", 2
		}
		return "least", 2
	case *sQLValueFunction:
		if n.Op > 0 && n.Op < len(valueFunctions) {
			return valueFunctions[n.Op].name, 2
		}
	case *xmlExpr:
		if n.Op > 0 && n.Op < len(xmlNames) {
			return xmlNames[n.Op], 2
		}
	case *xmlSerialize:
		return "xmlserialize", 2
	case *jsonObjectConstructor:
		return "json_object", 2
	case *jsonArrayConstructor, *jsonArrayQueryConstructor:
		return "json_array", 2
	case *jsonObjectAgg:
		return "json_objectagg", 2
	case *jsonArrayAgg:
		return "json_arrayagg", 2
	}
	return "", 0
}

var xmlNames = []string{1: "xmlconcat", "xmlelement", "xmlforest", "xmlparse", "xmlpi", "xmlroot"}

func (b *binder) figureSubLink(n *subLink) (string, int) {
	switch n.SubLinkType {
	case subExists:
		return "exists", 2
	case subArray:
		return "array", 2
	case subExpr:
		return b.subqueries[n], 2 // "" where its name is not known
	}
	return "", 0
}
