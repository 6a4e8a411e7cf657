// Package postgres is Quern's adapter for PostgreSQL. In this version it compiles projects and does
// not build them: it opens no connection.
//
// It takes a target's settings and gives an adapters.Adapter with a pure Dialect. It refuses settings
// that can never work, and to open any target.
package postgres
