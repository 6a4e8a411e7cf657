//go:build !cgo

package duckdb

import (
	"context"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
)

// ahead starts nothing.
type ahead struct{}

func (*ahead) start() func() { return func() {} }

func open(context.Context, *settings, *openFiles, *ahead) (adapters.Engine, error) {
	return nil, &engine.Error{
		Class: engine.Permanent, Kind: "Connection", Position: -1,
		Message: "this quern was built without DuckDB",
		Hint:    "build it with CGO_ENABLED=1 and a C++ compiler, or use a released binary",
	}
}

func libraryVersion() string { return "" }
