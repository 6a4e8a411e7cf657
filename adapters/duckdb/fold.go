package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// fold computes, bottom-up over a bound plan, where every column comes from. A reference of the plan
// counts over the columns of an operator's children, one child after the other.
type fold struct {
	*planTree
	// table gives what was defined at a place, nil for other tables.
	table func(place) *table

	inputs []lineage.Input // by number; a cell's inputs are numbers
	reads  []read
	byRead map[relation.Name]int
	// functions are table functions that read what the query does not name.
	functions []string
	roles     [lineage.Window + 1][]int32
	// tableOnly is a table that stands for a view, of which the query wants what only tables have.
	tableOnly *table
	// window0 is where the influences of the last operator of windows start.
	window0 int

	// bound are the columns of operators by their table index, for the few references by name.
	bound map[int64][]cell
	ctes  map[int64]*cte
	// delims are the columns that the joins around this one hand down to their right side.
	delims [][]cell
	facts  factFinder
	// transforms counts how often lambdas were looked at for one item of a list.
	transforms int
	// query is the text.
	query string
}

// planPrefix makes a statement of a query whose plan names the columns.
const planPrefix = "create table k as "

// read is a relation that is read; its inputs are numbered from base on.
type read struct {
	name    relation.Name
	columns []string
	base    int32
	table   *table
}

// cell is a column of an operator.
type cell struct {
	inputs []int32 // sorted, without repetitions, never changed
	// kind is Passthrough for a column that is handed on, whatever it is called on the way.
	kind   lineage.Kind
	opaque bool
	never  bool // never NULL
	// copied marks DuckDB's own copies of columns of the query around a correlated one.
	copied bool
	// tableOnly marks what only tables have, of a table that stands for a view.
	tableOnly *table
	parts     *parts // of a nested value that the query makes
}

// rows are what an operator gives.
type rows struct {
	cells []cell
	// of is the read whose rows these are, each at most once; -1 where they are of several or none.
	of int
	// narrowed says that some of the rows may be missing.
	narrowed bool
	// single says that there is at most one row.
	single bool
	// reads are the relations among whose rows these are looked for.
	reads []int32
}

var constant = cell{kind: lineage.Constant}

// unresolved is an operator or a reference that the fold does not know.
type unresolved string

func (u unresolved) Error() string { return "the plan has an unknown part: " + string(u) }

// run gives where the columns of the operator at the root come from.
func (f *fold) run(root int32, names []string) (cells []cell, err error) {
	f.collectReads(root)
	out, err := f.operator(root)
	if err != nil {
		return nil, err
	}
	if len(out.cells) != len(names) {
		return nil, unresolved("columns")
	}
	return out.cells, nil
}

// collectReads finds every scan, also those that the fold does not reach, and every function.
func (f *fold) collectReads(n int32) {
	switch f.member(n, "type") {
	case "LOGICAL_GET":
		f.readOf(n)
	case "BOUND_FUNCTION":
		f.facts.call(f, n)
	case "LOGICAL_SAMPLE":
		// A sample with a seed is the same every time.
		if f.number(f.get(n, "sample_options"), "seed") < 0 {
			f.facts.addVolatile("sample")
		}
	}
	for c := f.nodes[n].first; c > 0; c = f.next(c) {
		if f.nodes[c].kind == '{' || f.nodes[c].kind == '[' {
			f.collectReads(c)
		}
	}
}

// generators are table functions that read nothing but their arguments.
var generators = ansi.Words(`
	range generate_series unnest json_each json_tree repeat repeat_row
`)

// readOf gives the number of the relation a scan reads, -1 for generators, -2 for other functions.
func (f *fold) readOf(get int32) int {
	data := f.get(get, "function_data")
	name := f.member(data, "table")
	if data == 0 || name == "" || f.member(get, "name") != "seq_scan" {
		function := f.member(get, "name")
		if generators[function] {
			return -1
		}
		if !slices.Contains(f.functions, function) {
			f.functions = append(f.functions, strings.Clone(function))
		}
		return -2
	}
	at := place{
		strings.ToLower(f.member(data, "catalog")), strings.ToLower(f.member(data, "schema")), strings.ToLower(name),
	}
	defined := f.table(at)
	full := relation.Name{
		Database: f.member(data, "catalog"), Schema: f.member(data, "schema"), Identifier: name,
	}
	if full.Database == catalog {
		full.Database = ""
	}
	if defined != nil {
		full = defined.name
	}
	if i, ok := f.byRead[full]; ok {
		return i
	}
	return f.addRead(get, full, defined)
}

func (f *fold) addRead(get int32, name relation.Name, defined *table) int {
	r := read{base: int32(len(f.inputs)), table: defined, name: relation.Name{
		Database: strings.Clone(name.Database), Schema: strings.Clone(name.Schema),
		Identifier: strings.Clone(name.Identifier),
	}}
	for c := f.first(get, "names"); c > 0; c = f.next(c) {
		column := strings.Clone(f.nodes[c].text)
		r.columns = append(r.columns, column)
		f.inputs = append(f.inputs, lineage.Input{Relation: r.name, Column: column})
	}
	f.reads = append(f.reads, r)
	f.byRead[r.name] = len(f.reads) - 1
	return len(f.reads) - 1
}

// influence notes that cells decide about rows.
func (f *fold) influence(role lineage.Role, cells ...cell) {
	for _, c := range cells {
		f.roles[role] = append(f.roles[role], c.inputs...)
	}
}

// result puts together what is told of a query. Without cells its columns are opaque.
func (f *fold) result(columns []relation.Column, cells []cell) *lineage.Query {
	q := &lineage.Query{Columns: columns, From: make([]lineage.Column, len(columns))}
	for i := range columns {
		if cells == nil {
			q.From[i] = lineage.Column{Kind: lineage.Derived, Certainty: lineage.Opaque}
			continue
		}
		q.From[i] = f.column(columns[i].Name, cells[i])
		if cells[i].never {
			columns[i].Nullable = relation.NeverNull
		}
	}
	for role, ids := range f.roles {
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			q.Influences = append(q.Influences, lineage.Influence{Input: f.inputs[id], Role: lineage.Role(role)})
		}
	}
	slices.SortFunc(q.Influences, lineage.Influence.Compare)
	q.Reads = f.allReads()
	f.facts.tell(f, q)
	return q
}

func (f *fold) column(name string, c cell) lineage.Column {
	out := lineage.Column{Kind: c.kind, Certainty: lineage.Resolved}
	if c.opaque {
		out.Certainty = lineage.Opaque
	}
	for _, id := range c.inputs {
		out.Inputs = append(out.Inputs, f.inputs[id])
		if c.kind == lineage.Passthrough && !strings.EqualFold(f.inputs[id].Column, name) {
			out.Kind = lineage.Renamed
		}
	}
	slices.SortFunc(out.Inputs, lineage.Input.Compare)
	return out
}

func (f *fold) allReads() []lineage.Read {
	out := make([]lineage.Read, 0, len(f.reads)+len(f.functions))
	for _, r := range f.reads {
		out = append(out, lineage.Read{Relation: r.name})
	}
	for _, name := range f.functions {
		out = append(out, lineage.Read{Function: name})
	}
	sortReads(out)
	return out
}

func sortReads(reads []lineage.Read) { slices.SortFunc(reads, lineage.Read.Compare) }
