package postgres

// The parse tree as libpg_query writes it, as far as queries need it. A field's tag is its number in
// the protobuf message of the same name; a test compares all of them with the published schema.
// Locations are byte offsets in the query.

// node is one of the pointers below, or nil.
type node any

type parseResult struct {
	Stmts []*rawStmt `pb:"2"`
}

type rawStmt struct {
	Stmt node `pb:"1"`
	// StmtLocation is where the statement starts, with the blanks and comments in front of it.
	StmtLocation int `pb:"2"`
}

type selectStmt struct {
	DistinctClause []node      `pb:"1"`
	IntoClause     *intoClause `pb:"2"`
	TargetList     []node      `pb:"3"`
	FromClause     []node      `pb:"4"`
	WhereClause    node        `pb:"5"`
	GroupClause    []node      `pb:"6"`
	HavingClause   node        `pb:"8"`
	WindowClause   []node      `pb:"9"`
	ValuesLists    []node      `pb:"10"`
	SortClause     []node      `pb:"11"`
	LimitOffset    node        `pb:"12"`
	LimitCount     node        `pb:"13"`
	WithClause     *withClause `pb:"16"`
	Op             int         `pb:"17"`
	All            bool        `pb:"18"`
	Larg           *selectStmt `pb:"19"`
	Rarg           *selectStmt `pb:"20"`
}

// The values of selectStmt.Op.
const (
	opNone = iota + 1
	opUnion
	opIntersect
	opExcept
)

type intoClause struct {
	Rel *rangeVar `pb:"1"`
}

type withClause struct {
	Ctes      []node `pb:"1"`
	Recursive bool   `pb:"2"`
}

type commonTableExpr struct {
	Ctename       string           `pb:"1"`
	Aliascolnames []node           `pb:"2"`
	Ctequery      node             `pb:"4"`
	SearchClause  *cTESearchClause `pb:"5"`
	CycleClause   *cTECycleClause  `pb:"6"`
	Location      int              `pb:"7"`
}

type cTESearchClause struct {
	SearchSeqColumn string `pb:"3"`
}

type cTECycleClause struct {
	CycleMarkColumn string `pb:"2"`
	CyclePathColumn string `pb:"5"`
}

type alias struct {
	Aliasname string `pb:"1"`
	Colnames  []node `pb:"2"`
}

type rangeVar struct {
	Catalogname string `pb:"1"`
	Schemaname  string `pb:"2"`
	Relname     string `pb:"3"`
	Alias       *alias `pb:"6"`
	Location    int    `pb:"7"`
}

type rangeSubselect struct {
	Lateral  bool   `pb:"1"`
	Subquery node   `pb:"2"`
	Alias    *alias `pb:"3"`
}

type rangeFunction struct {
	Ordinality bool   `pb:"2"`
	IsRowsfrom bool   `pb:"3"`
	Functions  []node `pb:"4"`
	Alias      *alias `pb:"5"`
	Coldeflist []node `pb:"6"`
}

type rangeTableFunc struct {
	Docexpr node   `pb:"2"`
	Rowexpr node   `pb:"3"`
	Columns []node `pb:"5"`
	Alias   *alias `pb:"6"`
}

type rangeTableFuncCol struct {
	Colname       string    `pb:"1"`
	TypeName      *typeName `pb:"2"`
	ForOrdinality bool      `pb:"3"`
	Colexpr       node      `pb:"5"`
	Coldefexpr    node      `pb:"6"`
}

type rangeTableSample struct {
	Relation   node   `pb:"1"`
	Args       []node `pb:"3"`
	Repeatable node   `pb:"4"`
}

type columnDef struct {
	Colname  string    `pb:"1"`
	TypeName *typeName `pb:"2"`
}

type joinExpr struct {
	Jointype       int    `pb:"1"`
	IsNatural      bool   `pb:"2"`
	Larg           node   `pb:"3"`
	Rarg           node   `pb:"4"`
	UsingClause    []node `pb:"5"`
	JoinUsingAlias *alias `pb:"6"`
	Quals          node   `pb:"7"`
	Alias          *alias `pb:"8"`
}

// The values of joinExpr.Jointype. A cross join is an inner one without a condition.
const (
	joinInner = iota + 1
	joinLeft
	joinFull
	joinRight
)

type resTarget struct {
	Name     string `pb:"1"`
	Val      node   `pb:"3"`
	Location int    `pb:"4"`
}

type sortBy struct {
	Node node `pb:"1"`
}

type groupingSet struct {
	Kind    int    `pb:"1"`
	Content []node `pb:"2"`
}

type windowDef struct {
	Name            string `pb:"1"`
	Refname         string `pb:"2"`
	PartitionClause []node `pb:"3"`
	OrderClause     []node `pb:"4"`
	StartOffset     node   `pb:"6"`
	EndOffset       node   `pb:"7"`
	Location        int    `pb:"8"`
}
