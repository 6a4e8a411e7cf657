package lint

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/source"
)

// unusedCTEs reports queries of a with clause that nothing reads. Whatever else has the name counts as
// a reader: a column, a text, a part of the template that was not rendered.
func (l *linter) unusedCTEs() {
	if !has(l.sql, "with") {
		return
	}
	l.tokenize()
	for _, s := range l.selections {
		for _, c := range s.ctes {
			if !c.data && !l.mentioned(c) {
				l.warn(diag.UnusedCTE, tokens{c.name, c.name + 1}, "%q is never read", l.name(c.name)).
					Hintf("remove it, or read it")
			}
		}
	}
}

// mentioned reports whether the name of a query in with stands anywhere else.
func (l *linter) mentioned(c cte) bool {
	name := l.name(c.name)
	for _, i := range l.find(name) {
		if i < c.name || i >= c.body.last {
			return true
		}
	}
	for _, text := range l.texts {
		if mentions(text, name) {
			return true
		}
	}
	return l.elsewhere(name, c)
}

// elsewhere reports whether a name stands in the template outside its definition.
func (l *linter) elsewhere(name string, c cte) bool {
	body := l.body()
	if body.IsZero() {
		return false
	}
	text := body.Text()
	first := l.filled.Locate(l.toks[c.name].Start, l.toks[c.name].End)
	end := l.toks[c.body.last]
	last := l.filled.Locate(end.Start, end.End)
	if len(first) != 1 || len(last) != 1 || first[0].File != body.File || last[0].File != body.File || last[0].End < first[0].Start {
		return mentions(text, name)
	}
	return mentions(body.File.Text[body.Start:first[0].Start], name) || mentions(body.File.Text[last[0].End:body.End], name)
}

// mentions reports whether a name stands in a text as a word.
func mentions(text, name string) bool {
	for {
		i := indexFold(text, name)
		if i < 0 {
			return false
		}
		end := i + len(name)
		if (i == 0 || !isWord(text[i-1])) && (end == len(text) || !isWord(text[end])) {
			return true
		}
		text = text[i+1:]
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'z' || c >= 0x80
}

// body gives the template of the node, as it is written.
func (l *linter) body() source.Span {
	switch l.n.Kind {
	case link.Model:
		return l.n.Model.Body
	case link.Test:
		if l.n.Test.Singular != nil {
			return l.n.Test.Singular.Body
		}
	default:
	}
	return source.Span{}
}

// has reports whether a text holds a word's letters; it is quick.
func has(text, word string) bool { return indexFold(text, word) >= 0 }

// indexFold gives the first place of one text in another, or -1; the case of letters does not count.
func indexFold(text, part string) int {
	if part == "" {
		return 0
	}
	low, up := lower(part[0]), upper(part[0])
	for i := 0; i+len(part) <= len(text); i++ {
		if (text[i] == low || text[i] == up) && strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// star reports a model under contract whose columns are whatever the relations it reads happen to have.
func (l *linter) star() {
	if !l.n.Model.Contract.Enforced {
		return
	}
	l.tokenize()
	for _, s := range l.selections {
		if s.depth > 0 {
			break
		}
		if at, node, ok := l.openStar(s, 0); ok {
			l.warn(diag.StarInContract, at, "%q is under contract and takes whatever columns %q has", l.n.Name, l.p.Graph.Nodes[node].Name).
				Hintf("name the columns: with * the contract breaks when a column is added there")
			return
		}
	}
}

// openStar looks for a star over a relation of the project whose columns nothing holds. It follows
// stars into queries of a with clause.
func (l *linter) openStar(s *selection, depth int) (at tokens, node int, ok bool) {
	for _, item := range s.items {
		star := item.last - 1
		if !l.is(star, "*") || item.last-item.first != 1 && (item.last-item.first != 3 || !l.is(star-1, ".")) {
			continue
		}
		for _, e := range s.from {
			if item.last-item.first == 3 && !l.calledElement(e, l.name(item.first)) {
				continue
			}
			if e.node >= 0 && !l.held(e.node) {
				return item, e.node, true
			}
			if inner := l.cteBody(e); inner != nil && depth < 20 {
				if _, node, ok := l.openStar(inner, depth+1); ok {
					return item, node, true
				}
			}
		}
	}
	return tokens{}, 0, false
}

// held reports whether the columns of a node cannot change unnoticed.
func (l *linter) held(node int) bool {
	n := l.p.Graph.Nodes[node]
	return n.Kind == link.Model && n.Model.Contract.Enforced
}

// calledElement reports whether a name means a relation of a from clause.
func (l *linter) calledElement(e element, name string) bool {
	switch {
	case e.alias >= 0:
		return strings.EqualFold(l.name(e.alias), name)
	case e.name >= 0:
		return strings.EqualFold(l.name(e.name), name)
	case e.node >= 0:
		return strings.EqualFold(l.p.Nodes[e.node].Relation.Identifier, name)
	}
	return false
}

// cteBody gives the selection of the query in with that a relation names.
func (l *linter) cteBody(e element) *selection {
	if e.name < 0 {
		return nil
	}
	for _, outer := range l.selections {
		for _, c := range outer.ctes {
			if strings.EqualFold(l.name(c.name), l.name(e.name)) {
				return l.selectionAt(c.body.first)
			}
		}
	}
	return nil
}

// selectionAt gives the selection that begins at a token.
func (l *linter) selectionAt(first int) *selection {
	for _, s := range l.selections {
		if s.first == first {
			return s
		}
	}
	return nil
}
