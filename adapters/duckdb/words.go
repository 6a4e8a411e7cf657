package duckdb

import "strings"

// aggregateNames are the aggregate functions of DuckDB 1.5.5 and the macros made of them, without
// those that need OVER; a test compares them with the engine's own list.
var aggregateNames = wordSet(`
	any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null
	arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin array_agg avg bit_and
	bit_or bit_xor bitstring_agg bool_and bool_or corr count count_if count_star countif covar_pop
	covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram histogram_exact
	json_group_array json_group_object json_group_structure kahan_sum kurtosis kurtosis_pop last
	list listagg mad max max_by mean median min min_by mode product quantile quantile_cont
	quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
	regr_syy reservoir_quantile sem skewness stddev stddev_pop stddev_samp string_agg sum
	sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg
`)

// keywords are the words that cannot stand as a name without quotes everywhere: DuckDB's own list
// less the unreserved ones; a test compares them with the engine's.
var keywords = wordSet(`
	all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint
	binary bit boolean both by case cast char character check coalesce collate collation column
	columns concurrently constraint create cross dec decimal default deferrable desc describe distinct
	do else end except exists extract false fetch float for foreign freeze from full generated glob
	group grouping grouping_id having ilike in initially inner inout int integer intersect interval
	into is isnull join lambda lateral leading left like limit map national natural nchar none not
	notnull null nullif numeric offset on only or order out outer overlaps overlay pivot pivot_longer
	pivot_wider placing position positional precision primary qualify real references returning right
	row select semi setof show similar smallint some struct substring summarize symmetric table
	tablesample then time timestamp to trailing treat trim true try_cast union unique unpack unpivot
	using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement
	xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}
