// Package postgres is Quern's adapter for PostgreSQL. In this version it compiles projects and does
// not build them: it opens no connection.
//
// It takes a target's settings and gives an adapters.Adapter: a pure Dialect and, in binaries that
// were built with cgo, a Describer that needs no server. That parses with PostgreSQL's own grammar and
// resolves names by PostgreSQL's rules over the tables it was told of. It gives names, lineage, and the
// types that are certain without a catalog of functions and operators; others are "".
//
// It refuses what a server would refuse, as far as it is sure: where a relation, a function or a row
// of unknown shape is in sight, columns are opaque or not known. Two things are taken for granted: the
// search path is the default one, and a function over whole rows is written f(t), so that t.f is a
// column.
package postgres
