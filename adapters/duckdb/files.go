//go:build cgo

package duckdb

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
)

// Load makes a table of a file's rows.
func (s *session) Load(ctx context.Context, load engine.Load) (int64, error) {
	return s.CreateTable(ctx, load.Into, "select * from "+Dialect{}.FileScan(load.Path, load.Format))
}

// Export writes a query's rows to a file.
func (s *session) Export(ctx context.Context, export engine.Export) (int64, error) {
	query, err := oneQuery(export.Query)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, around("copy (", query, "\n) to "+textLiteral(export.Path)+" (format "+export.Format+")"))
}
