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
	return with(os.Rename, name, mode, write)
}

// Derived is File for what can be made again: where the whole system fails soon after, the file may be
// empty. It is faster, since a rename onto a file makes some systems write the new one to the disk first.
func Derived(name string, mode fs.FileMode, write func(io.Writer) error) error {
	return with(swap, name, mode, write)
}

// swap is a rename that goes on without the disk where it can.
func swap(from, to string) error {
	if info, err := os.Lstat(to); err == nil && info.Mode().IsRegular() && exchange(from, to) == nil {
		_ = os.Remove(from) // it is the old file, and no use
		return nil
	}
	return os.Rename(from, to)
}

// with writes a file and gives it its name with rename.
func with(rename func(from, to string) error, name string, mode fs.FileMode, write func(io.Writer) error) error {
	if err := file(rename, name, mode, write); err != nil {
		return fmt.Errorf("write %s: %w", name, diag.Cause(err))
	}
	return nil
}

func file(rename func(from, to string) error, name string, mode fs.FileMode, write func(io.Writer) error) error {
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
		err = rename(temporary.Name(), name)
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
