package fingerprint

import (
	"strings"
	"unicode"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// Order is what IsOrdered needs to know besides the query.
type Order struct {
	IsAggregate func(function string) bool
	// Inexact says that the query reads values that may be equal without being the same; see IsInexact.
	Inexact bool
}

// IsOrdered reports whether the rows of a query may depend on the order in which it reads those of others, as with
// LIMIT, row numbers and first(), and where it keeps one of several values that are equal, or adds up floating point
// numbers. It looks at words alone and says yes where it is not sure. The order of the rows themselves does not count.
func IsOrdered(sql string, order Order) bool {
	sql = PlainSpaces(sql)
	toks := sqltoken.Code(sql)
	inexact, merges := order.Inexact, false
	for i, tok := range toks {
		word := strings.ToLower(tok.Text(sql))
		if len(word) > 1 && word[0] == '"' {
			word = word[1 : len(word)-1]
			if word == "rowid" || word == "ctid" {
				return true
			}
		} else if tok.Kind == sqltoken.Word && (picking[word] || word == "distinct" && i+1 < len(toks) && toks[i+1].Is(sql, "on")) {
			return true
		}
		inexact = inexact || word == "/" || IsInexact(word)
		distinctFrom := word == "distinct" && i+1 < len(toks) && toks[i+1].Is(sql, "from")
		merges = merges || tok.Kind == sqltoken.Word && merging[word] && !distinctFrom
		if i+1 < len(toks) && toks[i+1].Text(sql) == "(" && order.IsAggregate(word) {
			if !unordered[word] {
				return true
			}
			inexact, merges = inexact || averaging[word], true
		}
	}
	return inexact && merges
}

// IsInexact reports whether values of a type may be equal without being the same, as a month and 30 days, or add up
// to something else in another order.
func IsInexact(kind string) bool {
	kind = strings.ToLower(kind)
	for _, word := range []string{"interval", "float", "double", "real"} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return false
}

// PlainSpaces writes all that an engine takes for a space as one.
func PlainSpaces(sql string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && (unicode.IsSpace(r) || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF) {
			return ' '
		}
		return r
	}, sql)
}

// merging are words that make one row of several.
var merging = map[string]bool{"distinct": true, "group": true, "union": true, "intersect": true, "except": true}

// averaging are aggregates that give floating point numbers.
var averaging = map[string]bool{
	"stddev": true, "stddev_samp": true, "stddev_pop": true, "variance": true, "var_samp": true, "var_pop": true,
	"corr": true, "covar_pop": true, "covar_samp": true, "regr_slope": true, "regr_intercept": true, "regr_r2": true,
}

// picking are words that pick some rows, number them or put them side by side.
var picking = map[string]bool{
	"limit": true, "fetch": true, "offset": true, "sample": true, "tablesample": true, "over": true, "rowid": true,
	"ctid": true, "positional": true, "asof": true, "qualify": true, "array": true, "pivot": true, "pivot_wider": true,
	"recursive": true, "match_recognize": true,
}

// unordered are aggregates that come to the same in whatever order they read, but for the last digits of floating
// point numbers.
var unordered = map[string]bool{
	"count": true, "count_star": true, "count_if": true, "countif": true, "sum": true, "min": true, "max": true,
	"avg": true, "mean": true, "bool_and": true, "bool_or": true, "every": true, "bit_and": true, "bit_or": true,
	"bit_xor": true, "stddev": true, "stddev_samp": true, "stddev_pop": true, "variance": true, "var_samp": true,
	"var_pop": true, "median": true, "quantile_cont": true, "quantile_disc": true, "percentile_cont": true,
	"percentile_disc": true, "corr": true, "covar_pop": true, "covar_samp": true, "regr_slope": true,
	"regr_intercept": true, "regr_r2": true, "regr_count": true, "sum_no_overflow": true,
}
