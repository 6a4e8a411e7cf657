package postgres

import (
	"context"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
)

// defaultSchema is where PostgreSQL looks for relations that name no schema.
const defaultSchema = "public"

// Adapter gives the adapter.
func Adapter() adapters.Adapter {
	return adapters.Adapter{
		Dialect:       Dialect{},
		DefaultSchema: defaultSchema,
		Settings:      settingNames(),
		Describer:     describers(),
		Open: func(_ context.Context, config adapters.Config) (adapters.Engine, error) {
			if err := checkSettings(config.Settings); err != nil {
				return nil, err
			}
			return nil, engine.Errorf("Connection", "PostgreSQL targets can be compiled but not built in this version").
				WithHint("compile, ls and lineage work on this target; to build, choose a DuckDB target with --target")
		},
	}
}
