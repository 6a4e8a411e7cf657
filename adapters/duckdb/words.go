package duckdb

import "github.com/quernsql/quern/adapters/ansi"

// aggregateNames are the aggregate functions of DuckDB 1.5.5 and the macros made of them, without
// those that need OVER; a test compares them with the engine's own list.
var aggregateNames = ansi.Words(`
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
var keywords = ansi.Words(`
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

// softKeywords are the other keywords: they can stand as a name, but DuckDB quotes them where it
// writes a type.
var softKeywords = ansi.Words(`
	abort absolute access action add admin after aggregate also alter always assertion assignment attach
	attribute backward before begin cache call called cascade cascaded catalog centuries century chain
	characteristics checkpoint class close cluster comment comments commit committed compression
	configuration conflict connection constraints content continue conversion copy cost csv cube current
	cursor cycle data database day days deallocate decade decades declare defaults deferred definer
	delete delimiter delimiters depends detach dictionary disable discard document domain double drop
	each enable encoding encrypted enum error escape event exclude excluding exclusive execute explain
	export export_state extension extensions external family filter first following force forward
	function functions global grant granted groups handler header hold hour hours identity if ignore
	immediate immutable implicit import include including increment index indexes inherit inherits
	inline input insensitive insert install instead invoker isolation json key label language large last
	leakproof level listen load local location lock locked logged macro mapping match matched
	materialized maxvalue merge method microsecond microseconds millennia millennium millisecond
	milliseconds minute minutes minvalue mode month months move name names new next no nothing notify
	nowait nulls object of off oids old operator option options ordinality others over overriding owned
	owner parallel parser partial partition partitioned passing password percent persistent plans policy
	pragma preceding prepare prepared preserve prior privileges procedural procedure program publication
	quarter quarters quote range read reassign recheck recursive ref referencing refresh reindex
	relative release rename repeatable replace replica reset respect restart restrict returns revoke
	role rollback rollup rows rule sample savepoint schema schemas scope scroll search second seconds
	secret security sequence sequences serializable server session set sets share simple skip snapshot
	sorted source sql stable standalone start statement statistics stdin stdout storage stored strict
	strip subscription sysid system tables tablespace target temp template temporary text ties
	transaction transform trigger truncate trusted type types unbounded uncommitted unencrypted unknown
	unlisten unlogged until update use user vacuum valid validate validator value variable varying
	version view views virtual volatile week weeks whitespace within without work wrapper write xml year
	years yes zone
`)
