package duckdb

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// FileScan gives the table function that reads the files; the path may be a pattern. Folders named
// key=value become columns, as DuckDB does by default.
func (Dialect) FileScan(path, format string) string {
	return "read_" + format + "(" + textLiteral(path) + ")"
}

// SomeFiles names all files, since DuckDB takes columns and types from several of them, and leaves it to a condition on
// their names which are read: DuckDB passes over the others where the option is filename=true.
func (d Dialect) SomeFiles(all, some []string, format string, columns []relation.Column) string {
	patterns := make([]string, len(all))
	for i, path := range all {
		patterns[i] = d.Pattern(path)
	}
	scan := "read_" + format + "(" + textList("[", patterns, "]")
	if slices.Equal(all, some) {
		return "(select * from " + scan + "))"
	}
	option, name := "true", "filename"
	for isColumn(columns, name) {
		name += "_"
		option = textLiteral(name)
	}
	read, rest := some, ""
	if format == "csv" && len(some) == 1 && some[0] != all[0] {
		// A CSV file that is the only one left is read by the places that columns have in the first. So that one is read
		// too, and its rows are left out by a condition that does not tell beforehand which files it needs.
		read = append(slices.Clone(some), all[0])
		rest = " and (" + name + " = " + textLiteral(some[0]) + " or random() < 0)"
	}
	return "(select * exclude (" + name + ") from " + scan + ", filename=" + option + ") where " + name + " in " +
		textList("(", read, ")") + rest + ")"
}

// ListFiles asks DuckDB itself, whose patterns are its own.
func (Dialect) ListFiles(pattern string) string {
	return "select file from glob(" + textLiteral(pattern) + ")"
}

func textList(before string, texts []string, after string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = textLiteral(text)
	}
	return before + strings.Join(quoted, ", ") + after
}

func isColumn(columns []relation.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c relation.Column) bool { return strings.EqualFold(c.Name, name) })
}
