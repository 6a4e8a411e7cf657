//go:build !cgo

package postgres

import "github.com/quernsql/quern/adapters"

// describers gives nil: the parser is written in C.
func describers() func(adapters.Config) adapters.Describer { return nil }
