//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// readOptions are the options of writing that reading has to know, and their names there.
var readOptions = map[string]map[string]string{
	"csv": {
		"delim": "delim", "delimiter": "delim", "sep": "delim", "quote": "quote", "escape": "escape", "header": "header",
		"null": "nullstr", "nullstr": "nullstr", "compression": "compression",
		"dateformat": "dateformat", "date_format": "dateformat", "timestampformat": "timestampformat", "timestamp_format": "timestampformat",
	},
	"json": {
		"compression": "compression",
		"dateformat":  "dateformat", "date_format": "dateformat", "timestampformat": "timestampformat", "timestamp_format": "timestampformat",
	},
}

// ExportScan gives the query that reads what an export wrote. Names and types are those of the export's
// columns and never guessed from the values; a NULL and an empty text stay apart.
func (s *session) ExportScan(export engine.Export, rows int64) string {
	partitioned := len(export.PartitionBy) > 0
	inFolders := func(name string) bool {
		return partitioned && !isOn(exportOption(export, "write_partition_columns")) &&
			slices.ContainsFunc(export.PartitionBy, func(column string) bool { return strings.EqualFold(column, name) })
	}
	shown, typed := make([]string, 0, len(export.Columns)), make([]string, 0, len(export.Columns))
	hive := false
	for _, c := range export.Columns {
		from := Dialect{}.Quote(c.Name)
		switch {
		case partitioned && rows == 0:
			from = "null"
		case inFolders(c.Name):
			hive, from = true, Dialect{}.Quote(folderName(c.Name))
		default:
			typed = append(typed, textLiteral(c.Name)+": "+textLiteral(fileType(export.Format, c.Type)))
		}
		shown = append(shown, from+"::"+c.Type+" as "+Dialect{}.Quote(c.Name))
	}
	if len(shown) == 0 {
		shown = []string{"*"}
	}
	query := "select " + strings.Join(shown, ", ")
	if partitioned && rows == 0 { // no file tells what the columns are
		return query + " where false"
	}
	path := Dialect{}.Pattern(export.Path)
	if partitioned {
		path += "/**/*." + export.Format + "*"
	}
	arguments := []string{textLiteral(path), "hive_partitioning = " + strconv.FormatBool(hive)}
	if hive {
		arguments = append(arguments, "hive_types_autocast = false")
	}
	arguments = append(arguments, readArguments(export)...)
	if export.Format != "parquet" && len(typed) > 0 {
		arguments = append(arguments, "columns = {"+strings.Join(typed, ", ")+"}")
	}
	return query + " from read_" + export.Format + "(" + strings.Join(arguments, ", ") + ")"
}

// readArguments gives the arguments of reading that follow from the format and the options.
func readArguments(export engine.Export) []string {
	set := map[string]string{}
	switch export.Format {
	case "csv":
		set = map[string]string{
			"auto_detect": "false", "allow_quoted_nulls": "false", "header": "true", "delim": "','", "quote": `'"'`, "nullstr": "''",
		}
	case "json":
		set = map[string]string{"format": "'auto'"}
	}
	for name, value := range export.Options {
		switch argument := readOptions[export.Format][strings.ToLower(name)]; argument {
		case "":
		case "header":
			set[argument] = strconv.FormatBool(isOn(value))
		default:
			set[argument] = textLiteral(value)
		}
	}
	if len(export.Columns) == 0 {
		delete(set, "auto_detect")
	}
	if export.Format == "csv" && set["escape"] == "" {
		set["escape"] = set["quote"]
	}
	out := make([]string, 0, len(set))
	for name, value := range set {
		out = append(out, name+" = "+value)
	}
	slices.Sort(out)
	return out
}

func exportOption(export engine.Export, name string) string {
	for key, value := range export.Options {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return "false"
}

func isOn(value string) bool {
	switch strings.ToLower(value) {
	case "false", "0", "no", "off":
		return false
	}
	return true
}

// folderName writes a column as the folders of its partitions do.
func folderName(column string) string {
	var b strings.Builder
	for i := range len(column) {
		c := column[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.-~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// fileType gives the type a column has in a file: readers of JSON make doubles of numbers with a
// fraction, so that long decimals stand there as text.
func fileType(format, columnType string) string {
	var width, scale int
	if n, _ := fmt.Sscanf(columnType, "DECIMAL(%d,%d)", &width, &scale); format != "json" || n != 2 ||
		columnType != fmt.Sprintf("DECIMAL(%d,%d)", width, scale) || scale == 0 || width <= 15 {
		return columnType
	}
	return "VARCHAR"
}

// writable gives what stands around a query whose columns have other types in the file.
func writable(export engine.Export) (before, after string) {
	var casts []string
	for _, c := range export.Columns {
		if in := fileType(export.Format, c.Type); in != c.Type {
			name := Dialect{}.Quote(c.Name)
			casts = append(casts, name+"::"+in+" as "+name)
		}
	}
	if casts == nil {
		return "", ""
	}
	return "select * replace (" + strings.Join(casts, ", ") + ") from (", ")"
}

// readBack makes sure that every row that was written can be read, value by value where the format
// keeps text.
func (s *session) readBack(ctx context.Context, export engine.Export, rows int64) error {
	counts := "count(*)"
	if export.Format != "parquet" {
		counts += ", count(columns(*))"
	}
	var found int64
	if info, err := os.Stat(export.Path); err == nil && info.IsDir() && len(export.PartitionBy) == 0 {
		return engine.Errorf("IO", "its options make many files").WithHint("take them out, or name columns under partition_by")
	}
	if err := lostInFolders(export, rows); err != nil {
		return err
	}
	err := s.each(ctx, statement{text: "select " + counts + " from (" + s.ExportScan(export, rows) + ")"}, func(row []driver.Value) error {
		found, _ = row[0].(int64)
		return nil
	})
	if ctx.Err() == nil && err == nil && found != rows {
		err = fmt.Errorf("%d rows were written and %d are read", rows, found)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	e := engine.Errorf("IO", "what was written cannot be read again: %s", firstLine(err))
	e.Cause = err
	return e.WithHint("look at the options of the export")
}

// lostInFolders refuses a partition of the text NULL, in any case: readers take its folder for that of
// no value, whose own is called __HIVE_DEFAULT_PARTITION__. A text of that name cannot be told from it.
func lostInFolders(export engine.Export, rows int64) error {
	if len(export.PartitionBy) == 0 || rows == 0 || isOn(exportOption(export, "write_partition_columns")) {
		return nil
	}
	return filepath.WalkDir(export.Path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			return nil
		}
		if column, value, _ := strings.Cut(entry.Name(), "="); strings.EqualFold(value, "null") {
			return engine.Errorf("Settings", "the text %q in %q would be read again as no value", value, column).
				WithHint("give it another name in the model, or take the column out of partition_by")
		}
		return nil
	})
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
