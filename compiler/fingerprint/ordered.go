package fingerprint

import (
	"strings"

	"github.com/quernsql/quern/compiler/sqltoken"
)

// IsOrdered reports whether the rows of a query may depend on the order in which it reads those of others, as with
// LIMIT, row numbers and first(). It looks at words alone and says yes where it is not sure. The order of the rows
// themselves does not count.
func IsOrdered(sql string, isAggregate func(function string) bool) bool {
	toks := sqltoken.Code(sql)
	for i, tok := range toks {
		word := strings.ToLower(tok.Text(sql))
		quoted := len(word) > 1 && word[0] == '"'
		if tok.Kind == sqltoken.Word && (picking[word] || word == "distinct" && i+1 < len(toks) && toks[i+1].Is(sql, "on")) {
			return true
		}
		called := i+1 < len(toks) && toks[i+1].Text(sql) == "("
		if called && quoted {
			word = word[1 : len(word)-1]
		}
		if called && isAggregate(word) && !unordered[word] {
			return true
		}
	}
	return false
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
