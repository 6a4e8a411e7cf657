package plan

import (
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// isRowwise reports whether it depends on a row alone whether a test finds it wrong: the query reads one
// relation once, in its FROM, and has nothing in which rows meet. It looks at words alone and says no where it is
// not sure, as with functions that init_sql may have made.
func (b *builder) isRowwise(n *link.Node) bool {
	query, ok := b.p.Canonical(n.ID)
	if !ok || b.opts.Settings != "" || n.Test.Generic != nil && n.Test.Generic.Counts.Value != "" {
		return false
	}
	text := query.Text
	if strings.Count(text, check.Placeholder) != 1 {
		return false
	}
	toks := sqltoken.Code(text)
	selects, froms := 0, 0
	for i, tok := range toks {
		word := strings.Trim(strings.ToLower(tok.Text(text)), `"`)
		called := i+1 < len(toks) && toks[i+1].Text(text) == "("
		compares := i > 0 && (toks[i-1].Is(text, "is") || toks[i-1].Is(text, "not")) && i+1 < len(toks) && toks[i+1].Is(text, "from")
		switch {
		case called && b.opts.Dialect.IsAggregate(word):
			return false
		case tok.Kind != sqltoken.Word:
		case word == "distinct" && compares:
		case meeting[word]:
			return false
		case word == "select":
			selects++
			if i > 0 && !(i > 1 && toks[i-1].Text(text) == "(" && toks[i-2].Is(text, "from")) {
				return false
			}
		case word == "from" && !(i > 0 && toks[i-1].Is(text, "distinct")):
			froms++
		}
	}
	return selects == froms
}

// meeting are words of queries in which rows are put together, compared, counted or picked.
var meeting = map[string]bool{
	"group": true, "having": true, "distinct": true, "union": true, "intersect": true, "except": true, "limit": true,
	"offset": true, "fetch": true, "sample": true, "tablesample": true, "over": true, "qualify": true, "window": true,
	"join": true, "with": true, "recursive": true, "pivot": true, "pivot_wider": true, "unpivot": true, "lateral": true,
	"exists": true, "rowid": true, "ctid": true, "match_recognize": true,
}
