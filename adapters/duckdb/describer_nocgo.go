//go:build !cgo

package duckdb

import "github.com/quernsql/quern/adapters"

// describers gives nil: without DuckDB nothing can be told.
func describers() func(adapters.Config) adapters.Describer { return nil }
