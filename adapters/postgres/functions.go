package postgres

import (
	"sync"

	"github.com/quernsql/quern/adapters/ansi"
)

// volatileNames are functions that give something else in every run.
var volatileNames = ansi.Words(`
	age clock_timestamp current_date current_query current_setting current_time current_timestamp
	currval gen_random_uuid lastval localtime localtimestamp nextval now pg_backend_pid
	pg_current_snapshot pg_current_wal_lsn pg_current_xact_id pg_postmaster_start_time random
	random_normal setseed set_config setval statement_timestamp timeofday transaction_timestamp
	txid_current txid_current_snapshot uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7
`)

// readerNames are functions that read what the query does not name: files, other databases, the
// catalog, relations named in a text.
var readerNames = ansi.Words(`
	cursor_to_xml cursor_to_xmlschema database_to_xml database_to_xml_and_xmlschema
	database_to_xmlschema lo_get pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir pg_ls_tmpdir
	pg_ls_waldir pg_read_binary_file pg_read_file pg_stat_file query_to_xml
	query_to_xml_and_xmlschema query_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema
	schema_to_xmlschema table_to_xml table_to_xml_and_xmlschema table_to_xmlschema ts_stat
`)

// windowNames are the built-in functions that need OVER.
var windowNames = ansi.Words(`
	cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
`)

// rowFunctions are the built-in functions that take a whole row as their one argument, so that t.name
// may mean a call.
var rowFunctions = ansi.Words(`
	array_agg any_value count format_type hash_record hash_record_extended json_agg json_build_array
	jsonb_agg jsonb_build_array num_nonnulls num_nulls pg_collation_for pg_column_compression
	pg_column_size pg_typeof quote_literal quote_nullable record_out record_send row_to_json to_json
	to_jsonb concat first_value last_value lag lead mode
`)

// functionNames are PostgreSQL's own functions that a query may call, without those that serve its
// types and indexes; what they give depends on their arguments alone. A test compares them with the
// server's. The set is made when it is first asked for: most runs have no PostgreSQL target.
var functionNames = sync.OnceValue(func() map[string]bool { return ansi.Words(functionList) })

const functionList = `

	abbrev abs acos acosd acosh age area array_append array_cat array_dims array_fill array_length
	array_lower array_ndims array_position array_positions array_prepend array_remove array_replace
	array_reverse array_sample array_shuffle array_sort array_to_json array_to_string
	array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh bit
	bit_count bit_length bool box bpchar broadcast btrim cardinality casefold cash_words cbrt ceil
	ceiling center char char_length character_length chr cidr circle clock_timestamp concat
	concat_ws convert convert_from convert_to cos cosd cosh cot cotd crc32 current_database
	current_query current_schema current_schemas current_setting current_user currval date date_add
	date_bin date_part date_subtract date_trunc datemultirange daterange decode degrees diagonal
	diameter div encode enum_first enum_last enum_range erf erfc exp extract factorial family
	float4 float8 floor format format_type gcd gen_random_uuid generate_series generate_subscripts
	get_bit get_byte get_current_ts_config getdatabaseencoding has_any_column_privilege
	has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege
	has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege
	has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege
	has_type_privilege height host hostmask inet_client_addr inet_client_port inet_merge
	inet_same_family inet_server_addr inet_server_port initcap int2 int4 int4multirange int4range
	int8 int8multirange int8range interval is_normalized isclosed isempty isfinite ishorizontal
	isopen isparallel isperp isvertical json_array_elements json_array_elements_text
	json_array_length json_build_array json_build_object json_each json_each_text json_extract_path
	json_extract_path_text json_object json_object_keys json_populate_record
	json_populate_recordset json_scalar json_serialize json_strip_nulls json_to_record
	json_to_recordset json_to_tsvector json_typeof jsonb_array_elements jsonb_array_elements_text
	jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
	jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys
	jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query
	jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first
	jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_recordset
	jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
	jsonb_to_tsvector jsonb_typeof justify_days justify_hours justify_interval lastval lcm left
	length line ln log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8
	macaddr8_set7bit make_date make_interval make_time make_timestamp make_timestamptz masklen md5
	min_scale mod money multirange name netmask network nextval normalize now npoints num_nonnulls
	num_nulls numeric nummultirange numnode numrange octet_length oid overlaps overlay parse_ident
	path pclose pg_collation_for pg_column_size pg_size_bytes pg_size_pretty pg_typeof
	phraseto_tsquery pi plainto_tsquery point polygon popen position pow power querytree
	quote_ident quote_literal quote_nullable radians radius random random_normal range_merge
	regclass regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
	regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right round
	row_to_json rpad rtrim scale session_user set_bit set_byte set_config set_masklen setseed
	setval setweight sha224 sha256 sha384 sha512 shell_in shell_out sign similar_escape
	similar_to_escape sin sind sinh slope split_part sqrt starts_with statement_timestamp
	string_to_array string_to_table strip strpos substr substring tan tand tanh text time timeofday
	timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb
	to_number to_oct to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array
	trim_scale trunc ts_delete ts_filter ts_headline ts_parse ts_rank ts_rank_cd ts_rewrite
	ts_token_type tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array
	txid_current txid_current_if_assigned txid_current_snapshot txid_snapshot_xip
	txid_snapshot_xmax txid_snapshot_xmin txid_status txid_visible_in_snapshot unistr unnest upper
	upper_inc upper_inf uuidv4 uuidv7 varbit varchar version websearch_to_tsquery width
	width_bucket xid xml xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document
	xmlcomment xmlexists xmltext xmlvalidate xpath xpath_exists
`
