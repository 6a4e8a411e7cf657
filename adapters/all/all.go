// Package all names the adapters this binary has. It is the one place that knows them.
package all

import (
	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/adapters/postgres"
)

// Registry gives the adapters by the type that quern.yml names.
func Registry() map[string]adapters.Adapter {
	return map[string]adapters.Adapter{
		"duckdb":   duckdb.Adapter(),
		"postgres": postgres.Adapter(),
	}
}
