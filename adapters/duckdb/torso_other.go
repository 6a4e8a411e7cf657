//go:build !unix

package duckdb

import (
	"errors"
	"os"
)

// Elsewhere nothing here tells whether somebody holds a file.
func lockWhole(*os.File) error { return errors.ErrUnsupported }
