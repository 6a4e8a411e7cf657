// Package replace writes files as a whole.
//
// It takes a name and what writes the content, and puts the new file in the place of the old one in
// one step, so that nobody ever sees half of it. Where it fails, the old file stays as it was.
package replace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/compiler/diag"
)

// File writes a file to a temporary name beside its own and renames it; the folder is made where there
// is none. A file that is there keeps its permissions, a new one gets mode.
func File(name string, mode fs.FileMode, write func(io.Writer) error) error {
	if err := file(name, mode, write); err != nil {
		return fmt.Errorf("write %s: %w", name, diag.Cause(err))
	}
	return nil
}

func file(name string, mode fs.FileMode, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := create(filepath.Dir(name))
	if err != nil {
		return err
	}
	err = write(temporary)
	if err == nil {
		err = temporary.Chmod(mode)
	}
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // the first error is the one to tell
	}
	return err
}

func create(dir string) (*os.File, error) {
	const pattern = ".quern-*"
	f, err := os.CreateTemp(dir, pattern)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		return os.CreateTemp(dir, pattern)
	}
	return f, err
}
