package duckdb

import (
	"cmp"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// place is where a table is in DuckDB's catalog, in small letters.
type place struct{ database, schema, table string }

func whereIs(name relation.Name) place {
	return place{
		strings.ToLower(cmp.Or(name.Database, catalog)), strings.ToLower(cmp.Or(name.Schema, defaultSchema)),
		strings.ToLower(name.Identifier),
	}
}

// table is a relation as it was defined.
type table struct {
	name    relation.Name
	columns []relation.Column
	view    bool
	// behind is the number of the table behind a real view, zero where there is none.
	behind int
}
