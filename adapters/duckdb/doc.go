// Package duckdb runs Quern on DuckDB, in process.
//
// It takes a target's settings and gives an adapters.Adapter: a pure Dialect, and, in binaries that
// were built with cgo, an Engine on a database file or in memory. It never downloads anything and
// refuses what cannot be done with an *engine.Error that says what to do instead.
//
// The target's file is attached under a name of our own (catalog), never under the file's: a schema
// with the name of its file would otherwise be ambiguous in every statement.
package duckdb
