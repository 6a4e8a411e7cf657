package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/cache"
)

// cache says where a project keeps what a compile found; nil where nothing is to be kept.
func (a *App) cache(project string) *compiler.Cache {
	if a.Flags.NoCache {
		a.hardWork()
		return nil
	}
	return &compiler.Cache{
		Folder: cacheFolder(project), Stamp: stamp(), ReadAll: a.Flags.NoStatCache, Now: a.Now,
		Missed: a.hardWork, Later: func(do func()) { a.later = append(a.later, do) },
	}
}

func cacheFolder(project string) string { return filepath.Join(project, "target", "cache") }

// hardWork says that much memory will be made.
func (a *App) hardWork() {
	if a.Collect != nil {
		a.Collect()
	}
}

// stamp names this program. One that was built anew may find something else in the same files.
func stamp() cache.Digest {
	text := Version
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			text = fmt.Sprint(text, "\x00", path, "\x00", info.Size(), "\x00", info.ModTime().UnixNano())
		}
	}
	return cache.Sum([]byte(text))
}
