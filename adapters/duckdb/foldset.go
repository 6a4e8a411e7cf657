package duckdb

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
)

// cte is a common table expression. It is folded when it is first read: what nobody reads decides
// about nothing.
type cte struct {
	node   int32
	delims [][]cell
	rows   *rows
	// open says that it is being folded.
	open bool
}

// either gives a column that is one of two, row by row.
func either(a, b cell) cell {
	out := cell{
		kind: a.kind, opaque: a.opaque || b.opaque, never: a.never && b.never, copied: a.copied && b.copied,
	}
	switch {
	case a.kind == lineage.Constant:
		out.kind = b.kind
	case b.kind != lineage.Constant:
		out.kind = max(a.kind, b.kind)
	}
	out.inputs, out.parts = united(a.inputs, b.inputs), eitherParts(a, b)
	return out
}

// united gives what is in either of two sorted lists, without repetitions. Lists are never changed,
// so one of them may be given back.
func united(a, b []int32) []int32 {
	if len(a) == 0 || len(b) > 0 && slices.Equal(a, b) {
		return b
	}
	if len(b) == 0 {
		return a
	}
	merged := slices.Concat(a, b)
	slices.Sort(merged)
	return slices.Clip(slices.Compact(merged))
}

func (f *fold) setOperation(n int32, kind string) (rows, error) {
	out := rows{of: -1}
	for c := f.first(n, "children"); c > 0; c = f.next(c) {
		in, err := f.operator(c)
		if err != nil {
			return rows{}, err
		}
		out.reads = united(out.reads, in.reads)
		if c == f.first(n, "children") {
			out.cells = slices.Clone(in.cells)
			continue
		}
		if len(in.cells) != len(out.cells) {
			return rows{}, unresolved("a set operation")
		}
		if kind != "LOGICAL_UNION" {
			f.influence(lineage.Filter, out.cells...)
			f.influence(lineage.Filter, in.cells...)
			continue
		}
		for i := range out.cells {
			out.cells[i] = either(out.cells[i], in.cells[i])
		}
	}
	return f.keep(n, out), nil
}

// materialized is a common table expression and the query that may read it.
func (f *fold) materialized(n int32) (rows, error) {
	definition := f.first(n, "children")
	if definition == 0 || f.next(definition) == 0 {
		return rows{}, unresolved("a common table expression")
	}
	f.ctes[f.number(n, "table_index")] = &cte{node: definition, delims: slices.Clone(f.delims)}
	return f.operator(f.next(definition))
}

func (f *fold) cteRef(n int32) (rows, error) {
	c := f.ctes[f.number(n, "cte_index")]
	if c == nil {
		return rows{}, unresolved("a common table expression")
	}
	if c.rows == nil {
		if c.open {
			return rows{}, unresolved("a common table expression")
		}
		c.open = true
		around := f.delims
		f.delims = c.delims
		out, err := f.operator(c.node)
		f.delims = around
		if err != nil {
			return rows{}, err
		}
		c.rows = &out
	}
	out := *c.rows
	types := f.get(n, "chunk_types")
	if f.count(types) != len(out.cells) {
		return rows{}, unresolved("the columns of a common table expression")
	}
	return f.keep(n, out), nil
}

// mostTurns limits the turns of a recursion; each adds an input at least, so few take many.
const mostTurns = 1000

// recursive folds the recursive part until nothing new comes in.
func (f *fold) recursive(n int32) (rows, error) {
	anchor := f.first(n, "children")
	if anchor == 0 || f.next(anchor) == 0 {
		return rows{}, unresolved("a recursion")
	}
	out, err := f.operator(anchor)
	if err != nil {
		return rows{}, err
	}
	out = rows{cells: slices.Clone(out.cells), of: -1, reads: out.reads}
	c := &cte{rows: &out}
	f.ctes[f.number(n, "table_index")] = c
	for range mostTurns {
		in, err := f.operator(f.next(anchor))
		if err != nil {
			return rows{}, err
		}
		if len(in.cells) != len(out.cells) {
			return rows{}, unresolved("a recursion")
		}
		changed := false
		next := rows{cells: make([]cell, len(out.cells)), of: -1, reads: out.reads}
		for i := range out.cells {
			next.cells[i] = either(out.cells[i], in.cells[i])
			changed = changed || !sameCell(next.cells[i], out.cells[i])
		}
		out = next
		c.rows = &next
		if !changed {
			if f.member(n, "union_all") != "true" {
				f.influence(lineage.Group, out.cells...)
			}
			return f.keep(n, out), nil
		}
	}
	return rows{}, unresolved("a deep recursion")
}

func sameCell(a, b cell) bool {
	return a.kind == b.kind && a.opaque == b.opaque && a.never == b.never && slices.Equal(a.inputs, b.inputs) &&
		sameParts(a.parts, b.parts)
}
