package postgres

import "github.com/quernsql/quern/adapters/ansi"

// aggregateNames are the built-in aggregate functions, without the hypothetical-set ones, which are
// window functions too; a test compares them with the server's.
var aggregateNames = ansi.Words(`
	any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp
	every json_agg json_arrayagg json_object_agg json_objectagg jsonb_agg jsonb_object_agg max min
	mode percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy
	regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop
	stddev_samp string_agg sum var_pop var_samp variance xmlagg
`)

// keywords are the words that cannot stand as a name without quotes everywhere: all key words of
// PostgreSQL up to 18 but the unreserved ones; a test compares them with the server's.
var keywords = ansi.Words(`
	all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
	boolean both case cast char character check coalesce collate collation column concurrently
	constraint create cross current_catalog current_date current_role current_schema current_time
	current_timestamp current_user dec decimal default deferrable desc distinct do else end except
	exists extract false fetch float for foreign freeze from full grant greatest group grouping
	having ilike in initially inner inout int integer intersect interval into is isnull join json
	json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
	json_serialize json_table json_value lateral leading least left like limit localtime
	localtimestamp merge_action national natural nchar none normalize not notnull null nullif
	numeric offset on only or order out outer overlaps overlay placing position precision primary
	real references returning right row select session_user setof similar smallint some substring
	symmetric system_user table tablesample then time timestamp to trailing treat trim true union
	unique user using values varchar variadic verbose when where window with xmlattributes
	xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
	xmltable
`)
