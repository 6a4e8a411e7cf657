package duckdb

import (
	"context"

	"github.com/quernsql/quern/adapters"
)

// catalog is the name under which the target's own database is attached and used by default. Names
// without a database mean it, and no message shows it.
const catalog = "quern_target"

// defaultSchema is where DuckDB looks for relations that name no schema.
const defaultSchema = "main"

// Adapter gives the adapter. Engines opened by one Adapter value never open one file twice.
func Adapter() adapters.Adapter {
	opened := &openFiles{}
	return adapters.Adapter{
		Dialect:       Dialect{},
		DefaultSchema: defaultSchema,
		Settings:      settingNames(),
		Version:       libraryVersion,
		Open: func(ctx context.Context, config adapters.Config) (adapters.Engine, error) {
			s, err := parseSettings(config)
			if err != nil {
				return nil, err
			}
			return open(ctx, s, opened)
		},
		Describer: describers(),
	}
}
