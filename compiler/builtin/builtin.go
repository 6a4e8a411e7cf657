// Package builtin holds the generic tests that come with Quern, as templates.
//
// Each is a file NAME.sql: front matter that declares the arguments, then a query that selects the
// wrong rows of {{ .model }}, written as a project would write a generic test of its own. The
// package gives the files and knows nothing of what is in them.
package builtin

import "embed"

// FS holds one file per generic test, NAME.sql, at its root.
//
//go:embed *.sql
var FS embed.FS
