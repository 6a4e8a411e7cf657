package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/lineage"
)

// crossJoins reports relations that no condition connects.
func (l *linter) crossJoins() {
	if l.known.Facts.CrossJoins == 0 {
		return
	}
	l.tokenize()
	at := start()
	for _, s := range l.selections {
		for _, e := range s.from {
			if e.join >= 0 && l.is(e.join, ",") {
				at = e.tokens
				break
			}
		}
		if at != start() {
			break
		}
	}
	l.warn(diag.CrossJoin, at, "no condition connects this relation with the others: each of its rows meets each of theirs").
		Hintf(`add the condition, or write "cross join" where that is meant`)
}

// casts reports keys of joins that are of different kinds.
func (l *linter) casts() {
	for _, c := range l.known.Facts.Casts {
		if !apart(c.LeftType, c.RightType) {
			continue
		}
		l.tokenize()
		l.warn(diag.JoinCast, l.compared(c), "the join compares %s, which is %s, with %s, which is %s",
			l.column(c.Left), c.LeftType, l.column(c.Right), c.RightType).
			Hintf("cast one of them where it comes from; equal values may be written in different ways")
	}
}

// apart reports whether two types differ in more than size.
func apart(a, b string) bool {
	x, y := family(a), family(b)
	return x != y && x != "" && y != ""
}

// families are the words that types begin with, by what their values are.
var families = map[string]string{
	"TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer", "HUGEINT": "integer",
	"UTINYINT": "integer", "USMALLINT": "integer", "UINTEGER": "integer", "UBIGINT": "integer", "UHUGEINT": "integer", "DECIMAL": "integer",
	"NUMERIC": "integer", "INT": "integer",
	"FLOAT": "float", "DOUBLE": "float", "REAL": "float",
	"VARCHAR": "text", "TEXT": "text", "CHARACTER": "text",
	"DATE": "date", "BOOLEAN": "boolean", "UUID": "uuid", "TIME": "time",
	"TIMESTAMP": "timestamp", "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp",
	"TIMESTAMPTZ": "instant", "TIMESTAMP WITH TIME ZONE": "instant",
}

// family gives what the values of a type are; "" where that is not known.
func family(spelled string) string {
	if strings.HasSuffix(spelled, "]") {
		return ""
	}
	word, _, _ := strings.Cut(strings.ToUpper(spelled), "(")
	if f, ok := families[word]; ok {
		return f
	}
	word, _, _ = strings.Cut(word, " ")
	return families[word]
}

// column names a column for people.
func (l *linter) column(in lineage.Input) string {
	if i, ok := l.p.ParentOf(l.n.Index, in.Relation); ok {
		return fmt.Sprintf("%q of %q", in.Column, l.p.Graph.Nodes[i].Name)
	}
	return fmt.Sprintf("%q", in.Column)
}

// compared gives the place of a comparison of two columns, else that of one of them.
func (l *linter) compared(c lineage.Cast) tokens {
	var one tokens
	for _, i := range slices.Concat(l.find(c.Left.Column), l.find(c.Right.Column)) {
		first := i
		if l.is(i-1, ".") && l.isName(i-2) {
			first = i - 2
		}
		if one.last == 0 {
			one = tokens{first, i + 1}
		}
		if !l.is(i+1, "=") {
			continue
		}
		for j := i + 2; j < i+5; j++ {
			if l.called(j, c.Right.Column) || l.called(j, c.Left.Column) {
				return tokens{first, j + 1}
			}
		}
	}
	if one.last == 0 {
		return start()
	}
	return one
}

// fanOut reports joins in which rows of both sides may meet several of the other.
func (l *linter) fanOut() {
	for _, j := range l.known.Facts.Joins {
		left, leftKey, ok := l.side(j.Left)
		right, rightKey, both := l.side(j.Right)
		if !ok || !both || l.unique.of(left, leftKey) || l.unique.of(right, rightKey) {
			continue
		}
		l.tokenize()
		if s := l.outermost(); s != nil && l.is(s.first+1, "distinct") {
			return // rows that a join repeats are taken out again
		}
		l.warn(diag.FanOut, l.joined(right), "neither %s of %q nor %s of %q is known to be unique: the join may multiply rows",
			diag.Quoted(leftKey), l.p.Graph.Nodes[left].Name, diag.Quoted(rightKey), l.p.Graph.Nodes[right].Name).
			Hintf("put the test %s on the side that has one row for a key, or group it by the key first", l.test(right, rightKey))
	}
}

func (l *linter) test(node int, key []string) string {
	name := l.p.Graph.Nodes[node].Name
	if len(key) == 1 {
		return fmt.Sprintf("unique, as on %q of %q,", key[0], name)
	}
	return fmt.Sprintf("unique_combination, as on %s of %q,", diag.Quoted(key), name)
}

// side gives the one node that a side of a join is rows of, and the columns of its key.
func (l *linter) side(inputs []lineage.Input) (node int, key []string, ok bool) {
	for k, in := range inputs {
		i, known := l.p.ParentOf(l.n.Index, in.Relation)
		if !known || k > 0 && i != node {
			return 0, nil, false
		}
		node = i
		if !slices.Contains(key, in.Column) {
			key = append(key, in.Column)
		}
	}
	slices.Sort(key)
	return node, key, len(key) > 0
}

// joined gives the place where a join reads a node.
func (l *linter) joined(node int) tokens {
	at := start()
	for _, s := range l.selections {
		for _, e := range s.from {
			if e.node == node && (e.join >= 0 || at == start()) {
				at = tokens{e.first, e.first + 1}
			}
		}
	}
	return at
}
