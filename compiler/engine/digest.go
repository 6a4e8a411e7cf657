package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/relation"
)

// Digest tells whether two relations hold the same rows: they do where all three parts are equal.
type Digest struct {
	Rows int64
	// Columns is HashColumns of the relation's columns.
	Columns string
	// Content is a hash of the rows, whatever their order. It names the engine's version, within which
	// alone it can be compared.
	Content string
}

// IsComparable reports whether the content of another digest was made by the same version of the engine.
func (d Digest) IsComparable(content string) bool {
	version := func(content string) string { return content[:max(strings.LastIndexByte(content, ':'), 0)] }
	return version(d.Content) == version(content)
}

// Shape is what a catalog tells of a relation without reading it.
type Shape struct {
	Object relation.Object
	// Columns is as in Digest; Fields are the columns of a table, nil for a view.
	Columns string
	Fields  []relation.Column
	// Rows is -1 where the catalog does not say, as for views.
	Rows int64
	// Definition is a hash of a view's text as the engine keeps it.
	Definition string
}

// HashColumns gives a hash of the names and types of columns, in their order. Whether they may be
// NULL does not count.
func HashColumns(columns []relation.Column) string {
	hash := sha256.New()
	var text []byte
	for _, c := range columns {
		text = strconv.AppendQuote(text[:0], c.Name)
		text = strconv.AppendQuote(text, c.Type)
		hash.Write(text)
	}
	const enough = 16 // bytes
	return hex.EncodeToString(hash.Sum(nil)[:enough])
}
