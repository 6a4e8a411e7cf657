// Package held knows the files that this process holds by locks, as an embedded engine does with its database.
//
// A process loses all its locks on a file as soon as it closes any descriptor of that file, also one by which it only
// read (fcntl, IEEE Std 1003.1-2017). Whoever reads files that were named by a pattern, or just to see whether they
// changed, reads them through this package, so that it never reads one that is held.
package held

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// ErrHeld says that this process holds a file, so that it must not be opened.
var ErrHeld = errors.New("this process holds the file as its database")

var files registry

// Hold notes that this process is about to lock files, which need not be there yet. It waits until nobody reads one. What
// it gives takes the note back, once the files are closed.
func Hold(paths ...string) (release func()) { return files.hold(paths) }

// Read calls a function that opens a file, reads it and closes it, unless the file is held: then it gives ErrHeld. The
// function must not call Read itself.
func Read(name string, read func() error) error { return files.read(name, read) }

// registry is safe for concurrent use.
type registry struct {
	mu    sync.RWMutex
	paths []string
}

func (r *registry) hold(paths []string) func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paths = append(r.paths, paths...)
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, path := range paths {
			if i := slices.Index(r.paths, path); i >= 0 {
				r.paths = slices.Delete(r.paths, i, i+1)
			}
		}
	})
}

func (r *registry) read(name string, read func() error) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.isHeld(name) {
		return &fs.PathError{Op: "open", Path: name, Err: ErrHeld}
	}
	return read()
}

// isHeld reports whether a file is held, by whatever name.
func (r *registry) isHeld(name string) bool {
	if len(r.paths) == 0 {
		return false
	}
	file, err := os.Stat(name)
	return err == nil && slices.ContainsFunc(r.paths, func(path string) bool {
		other, err := os.Stat(path)
		return err == nil && os.SameFile(file, other)
	})
}
