//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/engine"
)

// Export writes a query's rows to exactly the path that is given: a file, or with PartitionBy a
// folder of folders named column=value. A file that is there is replaced, a folder must be empty.
// What a failed export has written is taken away again.
func (s *session) Export(ctx context.Context, export engine.Export) (int64, error) {
	query, err := oneQuery(export.Query)
	if err != nil {
		return 0, err
	}
	options, err := copyOptions(export)
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Dir(export.Path), 0o777); err != nil {
		return 0, writeError(export.Path, err)
	}
	_, before := os.Lstat(export.Path)
	if left, _ := os.ReadDir(export.Path); len(left) > 0 {
		return 0, writeError(export.Path, errors.New("it is a folder that is not empty"))
	}
	open, shut := writable(export)
	n, err := s.count(ctx, around("copy ("+open, query, "\n"+shut+") to "+textLiteral(export.Path)+options))
	if err == nil && len(export.Columns) > 0 {
		err = s.readBack(ctx, export, n)
	}
	if err == nil {
		return n, nil
	}
	if errors.Is(before, os.ErrNotExist) {
		_ = os.RemoveAll(export.Path) // the error that matters is the one before
	}
	return 0, s.betterError(ctx, err, query)
}

func copyOptions(export engine.Export) (string, error) {
	if !slices.Contains([]string{"csv", "parquet", "json"}, export.Format) {
		return "", engine.Errorf("Settings", "files of the format %q cannot be written", export.Format).
			WithHint("the formats are csv, parquet and json")
	}
	options := []string{"format " + export.Format}
	if len(export.PartitionBy) > 0 {
		columns := make([]string, len(export.PartitionBy))
		for i, name := range export.PartitionBy {
			columns[i] = Dialect{}.Quote(name)
		}
		options = append(options, "partition_by ("+strings.Join(columns, ", ")+")")
	}
	for _, name := range slices.Sorted(maps.Keys(export.Options)) {
		if !ansi.IsPlain(name) || slices.Contains([]string{"format", "partition_by"}, strings.ToLower(name)) {
			return "", engine.Errorf("Settings", "the option %q is not one of an export's", name).
				WithHint("options are DuckDB's of COPY, such as compression: zstd")
		}
		options = append(options, name+" "+textLiteral(export.Options[name]))
	}
	return " (" + strings.Join(options, ", ") + ")", nil
}

func writeError(path string, err error) error {
	e := engine.Errorf("IO", "the file %q cannot be written: %s", path, reason(err))
	e.Cause = err
	return e
}
