package duckdb

import (
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// readingOptions are the options of COPY that a reader has to know, as it calls them.
var readingOptions = map[string]string{
	"compression": "compression", "dateformat": "dateformat", "timestampformat": "timestampformat",
	"header": "header", "delim": "delim", "delimiter": "delim", "sep": "delim",
	"quote": "quote", "escape": "escape", "null": "nullstr", "nullstr": "nullstr",
}

// ExportScan gives the table function that reads what an export has written. Nothing but the types is
// left to guess: a text with semicolons would make them the delimiter.
func (d Dialect) ExportScan(export engine.Export) string {
	pattern, partitioned := d.Pattern(export.Path), "false"
	if len(export.PartitionBy) > 0 {
		pattern, partitioned = pattern+"/**/*."+export.Format, "true"
	}
	options := map[string]string{"hive_partitioning": partitioned}
	switch export.Format {
	case "csv":
		maps.Copy(options, map[string]string{
			"header": "true", "delim": "','", "quote": `'"'`, "escape": `'"'`,
			"allow_quoted_nulls": "false", "sample_size": "-1",
		})
	case "json":
		options["sample_size"] = "-1"
	}
	for _, name := range slices.Sorted(maps.Keys(export.Options)) {
		reading := readingOptions[strings.ToLower(name)]
		switch value := export.Options[name]; {
		case reading == "" || export.Format == "parquet":
		case reading == "header":
			options[reading] = textLiteral(value) + "::boolean"
		default:
			options[reading] = textLiteral(value)
		}
	}
	out := "read_" + export.Format + "(" + textLiteral(pattern)
	for _, name := range slices.Sorted(maps.Keys(options)) {
		out += ", " + name + "=" + options[name]
	}
	return out + ")"
}
