package duckdb

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/held"
)

// openFiles are the database files that this process holds. DuckDB's lock keeps other processes out
// but not this one, and two instances on one file destroy it.
type openFiles struct {
	mu    sync.Mutex
	paths map[string]bool
}

// hold takes a path; release gives it back. In-memory databases are never held twice.
func (o *openFiles) hold(path, shown string) (release func(), err error) {
	if path == memory {
		return func() {}, nil
	}
	key := realPath(path)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.paths[key] {
		e := engine.Errorf("IO", "the database %q is already open in this run", shown)
		e.Class = engine.Locked
		return nil, e
	}
	if o.paths == nil {
		o.paths = map[string]bool{}
	}
	o.paths[key] = true
	letRead := held.Hold(key, key+".wal")
	return func() {
		letRead()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.paths, key)
	}, nil
}

// holdBoth takes the paths of a database and of the base that it reads.
func (o *openFiles) holdBoth(s *settings) (func(), error) {
	release, err := o.hold(s.path, s.shown(s.path))
	if err != nil || s.base == "" {
		return release, err
	}
	releaseBase, err := o.hold(s.base, s.shown(s.base))
	if err != nil {
		release()
		return nil, err
	}
	return func() { releaseBase(); release() }, nil
}

// realPath follows links as far as the path exists.
func realPath(path string) string {
	if end, err := filepath.EvalSymlinks(path); err == nil {
		return end
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return filepath.Clean(path)
}

// checkPlace finds what DuckDB would say in words that do not help. It must not open the file:
// closing it again would drop this process's locks on it.
func checkPlace(path, shown string, readOnly bool) error {
	if path == memory {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return engine.Errorf("IO", "the path %q is a folder, not a database file", shown).
			WithHint("name a file in it, such as " + filepath.Join(shown, "warehouse.duckdb"))
	case err == nil:
		return nil
	case !os.IsNotExist(err):
		return engine.Errorf("IO", "the database %q cannot be reached: %s", shown, reason(err))
	case readOnly:
		e := engine.Errorf("IO", "the database %q does not exist", shown).WithHint(`build it first, with "quern build"`)
		e.Cause = fs.ErrNotExist
		return e
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return engine.Errorf("IO", "the folder %q of the database does not exist", filepath.Dir(shown)).
			WithHint("make the folder, or change the path in the target")
	}
	return nil
}

// reason gives an error's innermost text, without the path that a message already names.
func reason(err error) string {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err.Error()
		}
		err = inner.Unwrap()
	}
}
