package diag

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Cause gives what the system says of a file without the paths: a message names the one that counts,
// and others are long and mostly temporary.
func Cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// Quoted gives names in quotes, with commas between them.
func Quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }
