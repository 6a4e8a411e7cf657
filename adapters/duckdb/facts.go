package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// factFinder collects on the way what lints look at.
type factFinder struct {
	facts lineage.Facts
	// products are the joins without a condition, by the relations on both sides.
	products []sidesReads
	// links are conditions: inputs that one of them compares.
	links [][2][]int32
}

type sidesReads struct{ left, right []int32 }

func (x *factFinder) addVolatile(name string) {
	if !slices.Contains(x.facts.Volatile, name) {
		x.facts.Volatile = append(x.facts.Volatile, name)
	}
}

// call notes a call of a function whose value differs from run to run.
func (x *factFinder) call(f *fold, n int32) {
	name := f.member(n, "name")
	if written := volatileFunctions[name]; written != "" {
		x.addVolatile(written)
	}
	// With one argument, age counts from today.
	if name == "age" && f.count(f.get(n, "children")) == 1 {
		x.addVolatile(name)
	}
}

// connect notes that a condition connects what it reads.
func (x *factFinder) connect(a, b []int32) { x.links = append(x.links, [2][]int32{a, b}) }

// cross notes a join without a condition. A side of one row multiplies nothing.
func (x *factFinder) cross(s sides) {
	if len(s.left.reads) > 0 && len(s.right.reads) > 0 && !s.left.single && !s.right.single {
		x.products = append(x.products, sidesReads{s.left.reads, s.right.reads})
	}
}

// join notes what a comparison of columns says of a join.
func (x *factFinder) join(f *fold, n int32, s sides, kind string) {
	sideLeft, sideRight := "left", "right"
	switch kind {
	case "INNER", "LEFT":
	case "RIGHT": // the same with its sides the other way round
		sideLeft, sideRight = sideRight, sideLeft
		s.left, s.right = s.right, s.left
	default:
		return
	}
	fact := lineage.JoinFact{Outer: kind != "INNER"}
	whole := s.left.of >= 0 && s.right.of >= 0 && !s.right.narrowed
	for c := f.first(n, "conditions"); c > 0; c = f.next(c) {
		left, okLeft := f.joinKey(f.get(c, sideLeft), s.left)
		right, okRight := f.joinKey(f.get(c, sideRight), s.right)
		if !okLeft || !okRight || f.member(c, "comparison") != "COMPARE_EQUAL" {
			whole = false
			continue
		}
		if left.cast || right.cast {
			x.facts.Casts = append(x.facts.Casts, lineage.Cast{
				Left: left.input, Right: right.input, LeftType: left.spelled, RightType: right.spelled,
			})
		}
		whole = whole && !left.lossy && !right.lossy && left.read == s.left.of && right.read == s.right.of
		fact.Left, fact.Right = append(fact.Left, left.input), append(fact.Right, right.input)
	}
	if whole && len(fact.Left) > 0 {
		x.facts.Joins = append(x.facts.Joins, fact)
	}
}

// joinKey is a side of a comparison that is a column of a relation, maybe cast by the engine.
type joinKey struct {
	input   lineage.Input
	read    int
	spelled string
	// cast says that the engine casts it, lossy that different values may become equal.
	cast, lossy bool
}

// integers are types that cast to each other without loss.
var integers = ansi.Words("TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT")

func (f *fold) joinKey(e int32, side rows) (joinKey, bool) {
	var k joinKey
	if f.member(e, "expression_class") == "BOUND_CAST" {
		child := f.get(e, "child")
		if !f.implicitCast(e, child) {
			return k, false
		}
		k.cast = true
		k.lossy = !integers[f.member(f.get(child, "return_type"), "id")] || !integers[f.member(f.get(e, "return_type"), "id")]
		e = child
	}
	if f.member(e, "type") != "BOUND_REF" {
		return k, false
	}
	c, err := f.reference(e, side.cells)
	spelled, ok := f.spelledType(f.get(e, "return_type"))
	if err != nil || !ok || c.kind != lineage.Passthrough || len(c.inputs) != 1 || c.opaque {
		return k, false
	}
	k.input, k.spelled, k.read = f.inputs[c.inputs[0]], spelled, f.readOfInput(c.inputs[0])
	return k, true
}

func (f *fold) readOfInput(id int32) int {
	return slices.IndexFunc(f.reads, func(r read) bool { return id >= r.base && id < r.base+int32(len(r.columns)) })
}

// implicitCast reports whether the engine cast a column by itself. A cast that is written stands at
// its own place in the text; the engine's stands at the column's, or nowhere where USING joins.
func (f *fold) implicitCast(cast, column int32) bool {
	if f.get(cast, "query_location") == 0 {
		return true
	}
	at := int(f.number(cast, "query_location")) - len(planPrefix)
	if at < 0 || at >= len(f.query) || !names(f.query[at:], f.member(column, "alias")) {
		return false
	}
	next := func(at int) int { return sqltoken.Blank(f.query, sqltoken.Piece(f.query, at)) }
	for at < len(f.query) {
		if at = next(at); !strings.HasPrefix(f.query[at:], ".") {
			return !strings.HasPrefix(f.query[at:], "::")
		}
		at = next(at)
	}
	return false
}

// tell writes what was found into a query's answer.
func (x *factFinder) tell(f *fold, q *lineage.Query) {
	text := readText(f.query)
	for _, name := range text.volatile {
		x.addVolatile(name)
	}
	slices.Sort(x.facts.Volatile)
	for _, name := range text.expands {
		q.Reads = append(q.Reads, lineage.Read{Function: name})
	}
	sortReads(q.Reads)
	if !text.crossed {
		x.facts.CrossJoins = x.unconnected(f)
	}
	q.Facts = x.facts
}

// unconnected counts the products whose sides no chain of conditions connects.
func (x *factFinder) unconnected(f *fold) int {
	if len(x.products) == 0 {
		return 0
	}
	group := make([]int, len(f.reads))
	for i := range group {
		group[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		if group[i] != i {
			group[i] = root(group[i])
		}
		return group[i]
	}
	for _, link := range x.links {
		first := -1
		for _, side := range link {
			for _, id := range side {
				at := f.readOfInput(id)
				if first < 0 {
					first = at
				}
				group[root(at)] = root(first)
			}
		}
	}
	n := 0
	for _, p := range x.products {
		connected := slices.ContainsFunc(p.left, func(l int32) bool {
			return slices.ContainsFunc(p.right, func(r int32) bool { return root(int(l)) == root(int(r)) })
		})
		if !connected {
			n++
		}
	}
	return n
}
