package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// queryText is what a query's text tells that its plan does not.
type queryText struct {
	// volatile are calls of functions whose value differs from run to run; the binder may have
	// replaced them by values.
	volatile []string
	// expands are calls of table functions that stand for a query or a table, and readers those that
	// read files.
	expands, readers []string
	// crossed says that a join is written so that it needs no condition.
	crossed bool
}

// volatileFunctions have a value that differs from run to run; the others have none that is told
// from their name. The value is the name people write.
var volatileFunctions = map[string]string{
	"random": "random", "setseed": "setseed", "uuid": "uuid", "gen_random_uuid": "gen_random_uuid",
	"uuidv4": "uuidv4", "uuidv7": "uuidv7", "now": "now", "today": "today",
	"current_date": "current_date", "current_time": "current_time", "get_current_time": "current_time",
	"current_timestamp": "current_timestamp", "get_current_timestamp": "current_timestamp",
	"localtime": "localtime", "current_localtime": "localtime", "localtimestamp": "localtimestamp",
	"current_localtimestamp": "localtimestamp", "transaction_timestamp": "transaction_timestamp",
	"nextval": "nextval", "currval": "currval", "txid_current": "txid_current",
	"current_transaction_id": "current_transaction_id", "current_connection_id": "current_connection_id",
	"current_query": "current_query", "current_query_id": "current_query_id",
	"current_setting": "current_setting", "getvariable": "getvariable", "getenv": "getenv",
	"pg_conf_load_time": "pg_conf_load_time", "pg_postmaster_start_time": "pg_postmaster_start_time",
}

// fileReaders are table functions of files whose names do not start with read_.
var fileReaders = ansi.Words(`
	glob sniff_csv parquet_scan parquet_metadata parquet_schema parquet_file_metadata parquet_kv_metadata
	parquet_bloom_probe parquet_full_metadata sqlite_scan postgres_scan mysql_scan iceberg_scan delta_scan
`)

// readText looks at every word of a query once.
func readText(query string) queryText {
	var out queryText
	before, before2 := "", ""
	for at, token := range sqltoken.Pieces(query, 0) {
		out.word(token, before, before2, query[at+len(token):])
		before2, before = before, token
	}
	return out
}

func (t *queryText) word(token, before, before2, after string) {
	if len(token) > 32 {
		return
	}
	after = after[sqltoken.Blank(after, 0):]
	if !strings.HasPrefix(after, "(") {
		// Joins that need no condition.
		switch len(token) {
		case len("cross"), len("positional"):
			t.crossed = t.crossed || strings.EqualFold(token, "cross") || strings.EqualFold(token, "positional")
		case len("1"), len("true"):
			t.crossed = t.crossed || strings.EqualFold(before, "on") && (token == "1" || strings.EqualFold(token, "true"))
		}
		return
	}
	if before == "." && !strings.EqualFold(before2, defaultSchema) || strings.EqualFold(before, "as") {
		return
	}
	name := strings.ToLower(token)
	list := &t.volatile
	switch {
	case name == "query" || name == "query_table":
		list = &t.expands
	case strings.HasPrefix(name, "read_") || fileReaders[name]:
		list = &t.readers
	case volatileFunctions[name] != "":
		name = volatileFunctions[name]
	default:
		return
	}
	if !slices.Contains(*list, name) && !namesColumns(after) {
		*list = append(*list, name)
	}
}

// namesColumns reports whether what starts with a parenthesis are the columns of a common table
// expression: name (column, …) as (…).
func namesColumns(text string) bool {
	depth := 0
	for i := 0; i < len(text); i = sqltoken.Piece(text, i) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth > 0 {
			continue
		}
		words := firstWords(text[i+1:], 2)
		if words[0] == "using" && words[1] == "key" {
			return true
		}
		return words[0] == "as" && (words[1] == "(" || words[1] == "materialized" || words[1] == "not")
	}
	return false
}
