package postgres

import (
	"cmp"
	"slices"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// table is a relation that a catalog was told of.
type table struct {
	name    relation.Name
	columns []relation.Column
	// complete says that columns are all.
	complete bool
}

func (t *table) schema() string { return cmp.Or(t.name.Schema, defaultSchema) }

// catalog holds tables by schema and identifier.
type catalog map[[2]string]*table

func (c catalog) define(t lineage.Table) {
	schema := cmp.Or(t.Name.Schema, defaultSchema)
	c[[2]string{schema, t.Name.Identifier}] = &table{t.Name, t.Columns, t.Columns != nil}
}

// binder resolves the names of one query.
type binder struct {
	query  string
	tables catalog
	// err is the first mistake that was found; what is found after it is of no use.
	err *engine.Error

	// inputs are the columns that are read, by number; first is where a table's begin. An input without
	// a column is a hole: it stands for a column of a recursive query that is not known yet.
	inputs []lineage.Input
	first  map[*table]int32
	reads  map[lineage.Read]bool
	// subqueries are the first names of the subqueries that were met, by which columns may be named.
	subqueries map[*subLink]string
	volatile   map[string]bool
	facts      lineage.Facts
	ids        int32 // of values that were given
}

func newBinder(tables catalog, query string) *binder {
	return &binder{
		query: query, tables: tables, first: map[*table]int32{}, reads: map[lineage.Read]bool{},
		subqueries: map[*subLink]string{}, volatile: map[string]bool{},
	}
}

// describe binds a statement, the only one of the query.
func (b *binder) describe(stmt *rawStmt) (*lineage.Query, error) {
	query, ok := stmt.Stmt.(*selectStmt)
	if !ok {
		e := b.refuse(b.firstToken(stmt.StmtLocation), "Parser", "only queries can be described")
		e.Subtype = "SYNTAX_ERROR"
		return nil, e
	}
	out := b.selectStmt(&scope{effects: &effects{}}, query)
	if b.err != nil {
		return nil, b.err
	}
	return b.result(query, out), nil
}

// firstToken gives the offset of the first token from an offset on.
func (b *binder) firstToken(from int) int {
	for at := range sqltoken.Pieces(b.query, from) {
		return at
	}
	return -1
}

// number gives the number of a table's column.
func (b *binder) number(t *table, column int) int32 {
	first, ok := b.first[t]
	if !ok {
		first = int32(len(b.inputs))
		b.first[t] = first
		for _, c := range t.columns {
			b.inputs = append(b.inputs, lineage.Input{Relation: t.name, Column: c.Name})
		}
	}
	return first + int32(column)
}

// identify gives the columns of a relation that comes into sight ids of their own. Literals among them
// are texts by then.
func (b *binder) identify(c *columns) {
	c.list = slices.Clone(c.list)
	for i := range c.list {
		b.ids++
		c.list[i].id, c.list[i].literal = b.ids, false
	}
}

// hole gives the number of an input that is filled in later.
func (b *binder) hole() int32 {
	b.inputs = append(b.inputs, lineage.Input{})
	return int32(len(b.inputs) - 1)
}

// result puts together what is told of a query.
func (b *binder) result(query *selectStmt, r *output) *lineage.Query {
	q := &lineage.Query{Facts: b.facts}
	if r.unknown == "" {
		q.Columns = make([]relation.Column, len(r.list))
		q.From = make([]lineage.Column, len(r.list))
		for i, c := range r.list {
			q.Columns[i] = relation.Column{Name: c.name, Type: c.typ, Nullable: c.nullable}
			q.From[i] = b.from(c)
		}
	}
	q.Facts.Repeated = repeated(r.list)
	q.Unknown = r.unknown
	for role, in := range r.effects {
		for _, number := range in {
			q.Influences = append(q.Influences, lineage.Influence{Input: b.inputs[number], Role: lineage.Role(role)})
		}
	}
	slices.SortFunc(q.Influences, lineage.Influence.Compare)
	for read := range b.reads {
		q.Reads = append(q.Reads, read)
	}
	slices.SortFunc(q.Reads, lineage.Read.Compare)
	for name := range b.volatile {
		q.Facts.Volatile = append(q.Facts.Volatile, name)
	}
	slices.Sort(q.Facts.Volatile)
	q.Facts.Ordered = len(query.SortClause) > 0 && query.LimitCount == nil && query.LimitOffset == nil
	return q
}

// repeated gives the columns whose names stand before them.
func repeated(list []column) []lineage.Repetition {
	var out []lineage.Repetition
	seen := make(map[string]bool, len(list))
	for _, c := range list {
		if seen[c.name] {
			out = append(out, lineage.Repetition{Name: c.name, Position: c.at})
		}
		seen[c.name] = true
	}
	return out
}

func (b *binder) from(c column) lineage.Column {
	out := lineage.Column{Kind: c.kind, Certainty: lineage.Resolved}
	if c.opaque {
		out.Certainty = lineage.Opaque
	}
	for _, number := range c.in {
		out.Inputs = append(out.Inputs, b.inputs[number])
		if c.kind == lineage.Passthrough && b.inputs[number].Column != c.name {
			out.Kind = lineage.Renamed
		}
	}
	slices.SortFunc(out.Inputs, lineage.Input.Compare)
	return out
}
