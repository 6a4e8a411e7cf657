package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/replace"
)

// compiledPath gives where the SQL of a node is written, below target/compiled: models and singular
// tests under their own path, other tests by their name.
func compiledPath(n *link.Node) string {
	if n.Kind != link.Test || n.Test.Singular != nil {
		return n.Path
	}
	return path.Join("generic_tests", fileName(n.Name)+".sql")
}

// fileName gives a name that can be a file's: no separators, not too long, still different for
// different names.
func fileName(name string) string {
	const longest = 120
	safe := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if safe == name && len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.ToValidUTF8(safe[:min(len(safe), longest)], "") + "_" + hex.EncodeToString(sum[:4])
}

// writeCompiled writes files below a folder, where they differ. With stale it removes the .sql
// files that are not among them.
func writeCompiled(dir string, files map[string]string, stale bool) error {
	names := slices.Sorted(maps.Keys(files))
	errs := make([]error, len(names))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(names)/64) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				errs[i] = writeChanged(filepath.Join(dir, filepath.FromSlash(names[i])), files[names[i]])
			}
		})
	}
	wg.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	if !stale {
		return nil
	}
	if err := removeStale(dir, files); err != nil {
		return fmt.Errorf("remove old files below %s: %w", dir, err)
	}
	return nil
}

// writeChanged writes a file unless it holds that text.
func writeChanged(name, text string) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == text {
		return nil
	}
	return writeWhole(name, []byte(text))
}

func removeStale(dir string, files map[string]string) error {
	var folders []string
	err := filepath.WalkDir(dir, func(full string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, full)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			folders = append(folders, full)
			return nil
		}
		if _, ok := files[filepath.ToSlash(name)]; ok || filepath.Ext(name) != ".sql" {
			return nil
		}
		return os.Remove(full)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for i := len(folders) - 1; i > 0; i-- {
		_ = os.Remove(folders[i]) // only where it is empty
	}
	return err
}

// writeWhole writes a file so that no half of it is ever seen.
func writeWhole(name string, data []byte) error {
	return replace.File(name, 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
