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
	opened, instances := &openFiles{}, &ahead{}
	return adapters.Adapter{
		Dialect:       Dialect{},
		DefaultSchema: defaultSchema,
		Settings:      settingNames(),
		Base:          base,
		EnvironmentFile: func(config adapters.Config) (string, error) {
			s, err := parseSettings(config)
			if err != nil {
				return "", err
			}
			return s.path, nil
		},
		Version: libraryVersion,
		Open: func(ctx context.Context, config adapters.Config) (adapters.Engine, error) {
			s, err := parseSettings(config)
			if err != nil {
				return nil, err
			}
			return open(ctx, s, opened, instances)
		},
		Start:     instances.start,
		Files:     files,
		Describer: describers(),
	}
}

// files gives the databases and their logs: the target's, those that an environment reads, and those that are attached.
// These may be no files, and init_sql may attach others, so that with either they are not all.
func files(config adapters.Config) ([]string, bool) {
	s, err := parseSettings(config)
	if err != nil || s.path == memory {
		return nil, false
	}
	out := []string{s.path, s.path + ".wal"}
	if s.base != "" {
		out = append(out, s.base, s.base+".wal")
	}
	for _, a := range s.attach {
		if a.isFile() {
			out = append(out, a.path, a.path+".wal")
		}
	}
	return out, len(s.attach)+len(s.initSQL) == 0
}
