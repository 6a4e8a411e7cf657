package postgres

// The nodes of expressions; see tree.go.

type columnRef struct {
	Fields   []node `pb:"1"`
	Location int    `pb:"2"`
}

type paramRef struct {
	Number   int `pb:"1"`
	Location int `pb:"2"`
}

type aStar struct{}

type stringNode struct {
	Sval string `pb:"1"`
}

type integerNode struct {
	Ival int `pb:"1"`
}

type floatNode struct {
	Fval string `pb:"1"`
}

type booleanNode struct {
	Boolval bool `pb:"1"`
}

type bitString struct {
	Bsval string `pb:"1"`
}

type listNode struct {
	Items []node `pb:"1"`
}

// aConst has one of its values, or is NULL.
type aConst struct {
	Ival     *integerNode `pb:"1"`
	Fval     *floatNode   `pb:"2"`
	Boolval  *booleanNode `pb:"3"`
	Sval     *stringNode  `pb:"4"`
	Bsval    *bitString   `pb:"5"`
	Isnull   bool         `pb:"10"`
	Location int          `pb:"11"`
}

type aExpr struct {
	Kind     int    `pb:"1"`
	Name     []node `pb:"2"`
	Lexpr    node   `pb:"3"`
	Rexpr    node   `pb:"4"`
	Location int    `pb:"5"`
}

// The values of aExpr.Kind that matter.
const (
	exprOp          = 1
	exprOpAny       = 2
	exprOpAll       = 3
	exprDistinct    = 4
	exprNotDistinct = 5
	exprNullif      = 6
	exprIn          = 7
)

type boolExpr struct {
	Boolop int    `pb:"2"`
	Args   []node `pb:"3"`
}

const boolAnd = 1

type nullTest struct {
	Arg node `pb:"2"`
}

type booleanTest struct {
	Arg node `pb:"2"`
}

type typeName struct {
	Names       []node `pb:"1"`
	Setof       bool   `pb:"3"`
	PctType     bool   `pb:"4"`
	Typmods     []node `pb:"5"`
	ArrayBounds []node `pb:"7"`
}

type typeCast struct {
	Arg      node      `pb:"1"`
	TypeName *typeName `pb:"2"`
}

type collateClause struct {
	Arg node `pb:"1"`
}

type aIndirection struct {
	Arg         node   `pb:"1"`
	Indirection []node `pb:"2"`
}

type aIndices struct {
	IsSlice bool `pb:"1"`
	Lidx    node `pb:"2"`
	Uidx    node `pb:"3"`
}

type aArrayExpr struct {
	Elements []node `pb:"1"`
}

type rowExpr struct {
	Args []node `pb:"2"`
}

type funcCall struct {
	Funcname       []node     `pb:"1"`
	Args           []node     `pb:"2"`
	AggOrder       []node     `pb:"3"`
	AggFilter      node       `pb:"4"`
	Over           *windowDef `pb:"5"`
	AggWithinGroup bool       `pb:"6"`
	AggStar        bool       `pb:"7"`
	AggDistinct    bool       `pb:"8"`
	FuncVariadic   bool       `pb:"9"`
	Location       int        `pb:"11"`
}

type namedArgExpr struct {
	Arg node `pb:"2"`
}

type groupingFunc struct {
	Args []node `pb:"2"`
}

type subLink struct {
	SubLinkType int  `pb:"2"`
	Testexpr    node `pb:"4"`
	Subselect   node `pb:"6"`
	Location    int  `pb:"7"`
}

// The values of subLink.SubLinkType that queries can have.
const (
	subExists = 1
	subAll    = 2
	subAny    = 3
	subExpr   = 5
	subArray  = 7
)

type caseExpr struct {
	Arg       node   `pb:"4"`
	Args      []node `pb:"5"`
	Defresult node   `pb:"6"`
}

type caseWhen struct {
	Expr   node `pb:"2"`
	Result node `pb:"3"`
}

type coalesceExpr struct {
	Args []node `pb:"4"`
}

type minMaxExpr struct {
	Op   int    `pb:"5"`
	Args []node `pb:"6"`
}

type sQLValueFunction struct {
	Op int `pb:"2"`
}

type xmlExpr struct {
	Op        int    `pb:"2"`
	NamedArgs []node `pb:"4"`
	Args      []node `pb:"6"`
}

type xmlSerialize struct {
	Expr     node      `pb:"2"`
	TypeName *typeName `pb:"3"`
}

type jsonOutput struct {
	TypeName *typeName `pb:"1"`
}

type jsonValueExpr struct {
	RawExpr node `pb:"1"`
}

type jsonKeyValue struct {
	Key   node           `pb:"1"`
	Value *jsonValueExpr `pb:"2"`
}

type jsonIsPredicate struct {
	Expr node `pb:"1"`
}

type jsonObjectConstructor struct {
	Exprs  []node      `pb:"1"`
	Output *jsonOutput `pb:"2"`
}

type jsonArrayConstructor struct {
	Exprs  []node      `pb:"1"`
	Output *jsonOutput `pb:"2"`
}

type jsonArrayQueryConstructor struct {
	Query  node        `pb:"1"`
	Output *jsonOutput `pb:"2"`
}

type jsonAggConstructor struct {
	Output    *jsonOutput `pb:"1"`
	AggFilter node        `pb:"2"`
	AggOrder  []node      `pb:"3"`
	Over      *windowDef  `pb:"4"`
}

type jsonObjectAgg struct {
	Constructor *jsonAggConstructor `pb:"1"`
	Arg         *jsonKeyValue       `pb:"2"`
}

type jsonArrayAgg struct {
	Constructor *jsonAggConstructor `pb:"1"`
	Arg         *jsonValueExpr      `pb:"2"`
}

// otherNode is a node that queries have no use for.
type otherNode struct{ number int }
