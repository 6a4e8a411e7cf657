package duckdb

import (
	"slices"

	"github.com/quernsql/quern/compiler/lineage"
)

// sides are the two children of a join.
type sides struct{ left, right rows }

func (s sides) all() []cell { return slices.Concat(s.left.cells, s.right.cells) }

// both folds the children of a join. A join of a correlated query hands columns of its left side
// down to its right side.
func (f *fold) both(n int32) (s sides, err error) {
	left := f.first(n, "children")
	if left == 0 || f.next(left) == 0 {
		return s, unresolved("a join")
	}
	if f.member(n, "delim_flipped") == "true" {
		return s, unresolved("a flipped join")
	}
	if s.left, err = f.operator(left); err != nil {
		return s, err
	}
	down := f.get(n, "duplicate_eliminated_columns")
	if down > 0 && f.nodes[down].first > 0 {
		var cells []cell
		for e := f.nodes[down].first; e > 0; e = f.next(e) {
			c, err := f.expr(e, s.left.cells)
			if err != nil {
				return s, err
			}
			c.copied = true
			cells = append(cells, c)
		}
		f.delims = append(f.delims, cells)
		defer func() { f.delims = f.delims[:len(f.delims)-1] }()
	}
	s.right, err = f.operator(f.next(left))
	return s, err
}

func (f *fold) join(n int32) (rows, error) {
	kind := f.member(n, "join_type")
	filters, joins := len(f.roles[lineage.Filter]), len(f.roles[lineage.Join])
	s, err := f.both(n)
	if err != nil {
		return rows{}, err
	}
	role := lineage.Join
	switch kind {
	case "SEMI", "ANTI", "RIGHT_SEMI", "RIGHT_ANTI":
		role = lineage.Filter
	}
	var mark mix
	for c := f.first(n, "conditions"); c > 0; c = f.next(c) {
		if err := f.joinCondition(c, s, role, kind, &mark); err != nil {
			return rows{}, err
		}
	}
	if c := f.get(n, "condition"); c > 0 {
		in := s.all()
		if kind == "MARK" {
			if err := f.mixed(c, in, &mark); err != nil {
				return rows{}, err
			}
		} else if err := f.condition(c, in, role); err != nil {
			return rows{}, err
		}
	}
	if f.member(n, "type") == "LOGICAL_COMPARISON_JOIN" {
		f.facts.join(f, n, s, kind)
	}
	// Sides that leave columns out come from the optimiser, which does not run.
	if f.first(n, "left_projection_map") > 0 || f.first(n, "right_projection_map") > 0 {
		return rows{}, unresolved("a join")
	}
	out, err := joined(s, kind)
	if err != nil || kind != "MARK" {
		return out, err
	}
	if len(mark.inputs) == 0 {
		// EXISTS: whether there is a row, which the conditions of the subquery decide.
		mark.inputs = slices.Concat(f.roles[lineage.Filter][filters:], f.roles[lineage.Join][joins:])
		mark.aggregated = mark.aggregated || len(mark.inputs) == 0
	}
	made := mark.cell()
	out.cells = append(slices.Clip(out.cells), made)
	f.bound[f.number(n, "mark_index")] = []cell{made}
	return out, nil
}

// joinCondition notes one comparison of a join. Those that DuckDB adds, to find the row of the query
// around a correlated one again, compare copies and say nothing.
func (f *fold) joinCondition(n int32, s sides, role lineage.Role, kind string, mark *mix) error {
	left, err := f.expr(f.get(n, "left"), s.left.cells)
	if err != nil {
		return err
	}
	right, err := f.expr(f.get(n, "right"), s.right.cells)
	if err != nil {
		return err
	}
	if f.member(n, "comparison") == "COMPARE_NOT_DISTINCT_FROM" && (left.copied || right.copied) {
		return nil
	}
	if kind == "MARK" {
		mark.add(left)
		mark.add(right)
		return nil
	}
	f.influence(role, left, right)
	f.facts.connect(left.inputs, right.inputs)
	return nil
}

// joined gives the columns of a join.
func joined(s sides, kind string) (rows, error) {
	out := rows{of: -1, reads: united(s.left.reads, s.right.reads)}
	switch kind {
	case "SEMI", "ANTI", "MARK":
		s.left.narrowed = s.left.narrowed || kind != "MARK"
		return s.left, nil
	case "RIGHT_SEMI", "RIGHT_ANTI":
		s.right.narrowed = true
		return s.right, nil
	case "INNER":
		out.cells = s.all()
	case "LEFT", "SINGLE":
		out.cells = slices.Concat(s.left.cells, nullable(s.right.cells))
	case "RIGHT":
		out.cells = slices.Concat(nullable(s.left.cells), s.right.cells)
	case "FULL", "OUTER":
		out.cells = slices.Concat(nullable(s.left.cells), nullable(s.right.cells))
	default:
		return rows{}, unresolved(kind)
	}
	if kind == "SINGLE" {
		out.of, out.narrowed, out.single = s.left.of, s.left.narrowed, s.left.single
	}
	return out, nil
}

// nullable gives cells on the outer side of a join: there they may be NULL.
func nullable(cells []cell) []cell {
	out := slices.Clone(cells)
	for i := range out {
		out[i].never = false
	}
	return out
}

func (f *fold) product(n int32, kind string) (rows, error) {
	s, err := f.both(n)
	if err != nil {
		return rows{}, err
	}
	if kind == "LOGICAL_POSITIONAL_JOIN" {
		return joined(s, "FULL")
	}
	f.facts.cross(s)
	out := rows{
		of: -1, cells: s.all(), single: s.left.single && s.right.single,
		reads: united(s.left.reads, s.right.reads),
	}
	switch {
	case s.right.single:
		out.of, out.narrowed = s.left.of, s.left.narrowed
	case s.left.single:
		out.of, out.narrowed = s.right.of, s.right.narrowed
	}
	return out, nil
}

// delimGet gives the columns that the join around it hands down.
func (f *fold) delimGet(n int32) (rows, error) {
	types := 0
	for c := f.first(n, "chunk_types"); c > 0; c = f.next(c) {
		types++
	}
	if len(f.delims) == 0 || len(f.delims[len(f.delims)-1]) != types {
		return rows{}, unresolved("a correlated column")
	}
	return f.keep(n, rows{cells: f.delims[len(f.delims)-1], of: -1}), nil
}
