package lint

// selection is one select, as far as its tokens tell: what does not look as expected is no selection.
type selection struct {
	tokens
	depth int
	ctes  []cte
	items []tokens
	from  []element
	group []tokens
	// compound says that it is one of several that union, intersect or except connect.
	compound bool
}

// cte is a query of a with clause.
type cte struct {
	name int // token
	body tokens
	// data says that it does more than select.
	data bool
}

// element is a relation in a from clause.
type element struct {
	tokens
	// node is the index of the node that is read, -1 where it is none.
	node int
	// name is the token of a plain name, such as that of a query in with; -1 for others.
	name int
	// alias is the token of the alias, or -1.
	alias int
	// join is the token of the word join, or of the comma, before it; -1 for the first one.
	join int
}

// parser finds the selections of a query.
type parser struct{ *query }

// all looks at the whole query, and at every bracket that opens one.
func (p *parser) all() {
	p.body(tokens{0, len(p.toks)}, 0)
	for i := range p.toks {
		if p.is(i, "(") && p.match[i] > i && p.is(i+1, "select", "with") {
			p.body(tokens{i + 1, p.match[i]}, 1)
		}
	}
}

// body reads a query from its first token on.
func (p *parser) body(at tokens, depth int) {
	ctes, i, ok := p.with(at)
	if !ok {
		return
	}
	var found []*selection
	for {
		s := &selection{tokens: tokens{i, at.last}, depth: depth, ctes: ctes}
		next, ok := p.selection(s)
		if ok {
			found = append(found, s)
		}
		compound := false
		for next < at.last && !compound {
			if compound = p.is(next, "union", "intersect", "except"); !compound {
				next = p.skip(next)
			}
		}
		s.compound = compound || len(found) > 1
		if !compound {
			break
		}
		i = next + 1
		for p.is(i, "all", "distinct", "by", "name") {
			i++
		}
		ctes = nil
	}
	for _, s := range found {
		s.compound = s.compound || len(found) > 1
	}
	p.selections = append(p.selections, found...)
}

// with reads a with clause, where there is one, and gives the index after it.
func (p *parser) with(at tokens) (ctes []cte, next int, ok bool) {
	i := at.first
	if !p.is(i, "with") {
		return nil, i, true
	}
	i++
	if p.is(i, "recursive") {
		i++
	}
	for i < at.last {
		c := cte{name: i}
		if !p.isName(i) {
			return nil, i, false
		}
		i++
		if p.is(i, "(") {
			i = p.skip(i)
		}
		if p.is(i, "using") && p.is(i+1, "key") && p.is(i+2, "(") {
			i = p.skip(i + 2)
		}
		if !p.is(i, "as") {
			return nil, i, false
		}
		i++
		if p.is(i, "not") {
			i++
		}
		if p.is(i, "materialized") {
			i++
		}
		if !p.is(i, "(") || p.match[i] < 0 {
			return nil, i, false
		}
		c.body = tokens{i + 1, p.match[i]}
		c.data = p.is(i+1, "insert", "update", "delete", "merge")
		ctes = append(ctes, c)
		i = p.match[i] + 1
		if !p.is(i, ",") {
			return ctes, i, true
		}
		i++
	}
	return nil, i, false
}

// selection reads one select and gives the index after what it understood.
func (p *parser) selection(s *selection) (next int, ok bool) {
	i := s.first
	if !p.is(i, "select") {
		return i, false
	}
	i++
	switch {
	case p.is(i, "all"):
		i++
	case p.is(i, "distinct"):
		i++
		if p.is(i, "on") && p.is(i+1, "(") {
			i = p.skip(i + 1)
		}
	}
	i, s.items = p.list(i, s.last)
	if p.is(i, "from") {
		if i, ok = p.fromClause(s, i+1); !ok {
			return i, false
		}
	}
	for i < s.last && !p.is(i, "group", "union", "intersect", "except") {
		i = p.skip(i)
	}
	if p.is(i, "group") && p.is(i+1, "by") {
		i, s.group = p.list(i+2, s.last)
	}
	return i, len(s.items) > 0
}

// list reads what commas part, up to the next clause.
func (p *parser) list(i, last int) (next int, items []tokens) {
	item := tokens{first: i}
	flush := func(end int) {
		if item.last = end; item.last > item.first {
			items = append(items, item)
		}
		item.first = end + 1
	}
	for i < last && !p.isClause(i) {
		if p.is(i, ",") {
			flush(i)
		}
		i = p.skip(i)
	}
	i = min(i, last)
	flush(i)
	return i, items
}

// isClause reports whether a clause of a select begins at a token.
func (p *parser) isClause(i int) bool {
	if i < 0 || i >= len(p.toks) || !p.clauses[i] {
		return false
	}
	switch {
	case p.is(i, "from"):
		return !p.is(i-1, "distinct") || !p.is(i-2, "is", "not")
	case p.is(i, "using"):
		return p.is(i+1, "sample")
	}
	return true
}

// notAliases are the words that follow a relation and are no alias of it.
var notAliases = []string{
	"on", "using", "join", "natural", "inner", "left", "right", "full", "outer", "cross", "semi", "anti", "asof", "positional", "lateral",
	"pivot", "unpivot", "at", "with",
}

// fromClause reads the relations of a from clause.
func (p *parser) fromClause(s *selection, i int) (next int, ok bool) {
	join := -1
	for {
		e, ok := p.element(i, s.last)
		if !ok {
			return i, false
		}
		e.join = join
		s.from = append(s.from, e)
		i = e.last
		for i < s.last && !p.isClause(i) && !p.is(i, ",", "join") {
			i = p.skip(i)
		}
		i = min(i, s.last)
		if !p.is(i, ",", "join") || i >= s.last {
			return i, true
		}
		join = i
		i++
	}
}

// element reads a relation with its alias.
func (p *parser) element(i, last int) (element, bool) {
	e := element{tokens: tokens{first: i}, node: -1, name: -1, alias: -1}
	if p.is(i, "lateral") {
		i++
	}
	if i >= last {
		return e, false
	}
	switch node, isHole := p.hole(i); {
	case isHole:
		e.node = node
		i++
	case p.is(i, "("):
		i = p.skip(i)
	case p.isName(i) && !p.isClause(i):
		e.name = i
		i++
		for p.is(i, ".") && p.isName(i+1) {
			e.name = -1
			i += 2
		}
		if p.is(i, "(") {
			e.name = -1
			i = p.skip(i)
		}
	default:
		return e, false
	}
	switch {
	case i >= last:
	case p.is(i, "as") && p.isName(i+1):
		e.alias = i + 1
		i += 2
	case p.isName(i) && !p.isClause(i) && !p.is(i, notAliases...):
		e.alias = i
		i++
	}
	if e.alias >= 0 && i < last && p.is(i, "(") {
		i = p.skip(i)
	}
	e.last = i
	return e, true
}
