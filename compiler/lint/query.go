package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// tokens is a range of a query's tokens; last is not part of it.
type tokens struct{ first, last int }

// query is a node's query, cut into tokens. In the place of a relation that the project knows stands a
// word of our own.
type query struct {
	p      *check.Program
	n      *link.Node
	known  *check.Node
	filled *template.Filled
	sql    string
	toks   []sqltoken.Token
	// match is, per token, the index of the bracket that belongs to it, or -1.
	match []int
	// selections are all that were understood, the outermost first.
	selections []*selection
	cut        bool
	// clauses says of tokens whether a clause of a select may begin with them.
	clauses []bool
	texts   []string
	// names are the tokens of each name, in small letters. They are found when the first is asked for.
	names map[string][]int
}

// isClauseWord reports whether a clause of a select may begin with a word.
func isClauseWord(word string) bool {
	var small [len("tablesample")]byte
	if len(word) < len("from") || len(word) > len(small) {
		return false
	}
	for i := range len(word) {
		small[i] = lower(word[i])
	}
	switch string(small[:len(word)]) {
	case "from", "using", "where", "group", "having", "window", "qualify", "order", "limit", "offset", "union", "intersect", "except", "tablesample":
		return true
	}
	return false
}

const standIn = "quern_relation_"

func newQuery(p *check.Program, n *link.Node, known *check.Node) *query {
	q := &query{p: p, n: n, known: known}
	k := 0
	q.filled = known.SQL.Fill(func(hole template.Hole) template.Filling {
		k++
		switch hole.Kind {
		case template.HoleRunTime, template.HoleBatchStart, template.HoleBatchEnd:
			return template.Filling{SQL: "timestamp '2000-01-01 00:00:00'"}
		case template.HoleTargetSchema:
			return template.Filling{SQL: "quern_schema"}
		default:
			return template.Filling{SQL: standIn + strconv.Itoa(k-1)}
		}
	})
	q.sql = q.filled.SQL
	return q
}

// tokenize cuts the query, once a lint needs it.
func (q *query) tokenize() {
	if q.cut {
		return
	}
	q.cut = true
	q.toks = sqltoken.Code(q.sql)
	q.match = make([]int, len(q.toks))
	q.clauses = make([]bool, len(q.toks))
	var open []int
	for i, tok := range q.toks {
		q.match[i] = -1
		switch tok.Kind {
		case sqltoken.Word:
			q.clauses[i] = isClauseWord(tok.Text(q.sql))
		case sqltoken.String:
			q.texts = append(q.texts, tok.Text(q.sql))
		default:
		}
		if tok.Kind != sqltoken.Operator {
			continue
		}
		switch tok.Text(q.sql) {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if len(open) > 0 {
				last := open[len(open)-1]
				q.match[i], q.match[last] = last, i
				open = open[:len(open)-1]
			}
		}
	}
	p := parser{query: q}
	p.all()
}

// is reports whether a token is one of the words or operators.
func (q *query) is(i int, words ...string) bool {
	if i < 0 || i >= len(q.toks) {
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool { return q.toks[i].Is(q.sql, word) })
}

// isName reports whether a token can be a name.
func (q *query) isName(i int) bool {
	return i >= 0 && i < len(q.toks) && q.toks[i].IsName()
}

func (q *query) name(i int) string { return q.toks[i].Name(q.sql) }

// called reports whether a token is a name that equals another, however it is written.
func (q *query) called(i int, name string) bool {
	return q.isName(i) && strings.EqualFold(q.name(i), name)
}

// skip gives the index after a token or, where it opens a bracket, after the one that closes it.
func (q *query) skip(i int) int {
	if q.match[i] > i {
		return q.match[i] + 1
	}
	return i + 1
}

// hole gives the node whose relation stands at a token.
func (q *query) hole(i int) (int, bool) {
	if i < 0 || i >= len(q.toks) || q.toks[i].Kind != sqltoken.Word {
		return 0, false
	}
	number, ok := strings.CutPrefix(q.toks[i].Text(q.sql), standIn)
	if !ok {
		return 0, false
	}
	k, err := strconv.Atoi(number)
	if err != nil || k >= len(q.known.SQL.Holes) {
		return 0, false
	}
	hole := q.known.SQL.Holes[k]
	if hole.Kind != template.HoleRelation {
		return 0, false
	}
	n := q.p.Graph.Find(hole.Node)
	if n == nil {
		return 0, false
	}
	return n.Index, true
}

// columns gives the columns of a node, where they are known to be all.
func (q *query) columns(node int) ([]string, bool) {
	known := &q.p.Nodes[node]
	if known.Columns == nil {
		return nil, false
	}
	out := make([]string, len(known.Columns))
	for i, c := range known.Columns {
		out[i] = c.Name
	}
	return out, true
}

func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// place gives the place of a range of tokens in the node's file. A range that does not stand there in
// one piece is where it begins.
func (q *query) place(at tokens) source.Span {
	fallback := q.n.Properties().NameSpan
	if q.n.Unit != nil {
		fallback = q.n.Unit.Span
	}
	if len(q.toks) == 0 || at.first < 0 || at.first >= len(q.toks) {
		return firstLine(fallback)
	}
	first, last := q.toks[at.first], q.toks[max(min(at.last, len(q.toks))-1, at.first)]
	spans := q.filled.Locate(first.Start, first.End)
	if len(spans) == 0 {
		return firstLine(fallback)
	}
	ends := q.filled.Locate(last.Start, last.End)
	if len(spans) == 1 && len(ends) == 1 && ends[0].File == spans[0].File && ends[0].End >= spans[0].Start {
		return spans[0].File.Span(spans[0].Start, ends[0].End)
	}
	return spans[0]
}

func firstLine(s source.Span) source.Span {
	if i := strings.IndexByte(s.Text(), '\n'); i >= 0 {
		s.End = s.Start + i
	}
	return s
}

// start is the first token of the query.
func start() tokens { return tokens{0, 1} }

// find gives the tokens of that name.
func (q *query) find(name string) []int {
	if q.names == nil {
		q.names = make(map[string][]int, len(q.toks)/2)
		for i := range q.toks {
			if q.isName(i) {
				own := strings.ToLower(q.name(i))
				q.names[own] = append(q.names[own], i)
			}
		}
	}
	return q.names[strings.ToLower(name)]
}
