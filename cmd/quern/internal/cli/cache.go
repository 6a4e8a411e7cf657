package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/project"
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

// known gives the project as the cache has it; nil where that is not how it is.
func (a *App) known(ctx context.Context) *project.Project {
	if a.Flags.NoCache {
		return nil
	}
	r, _, err := a.CompileFor(ctx, renderOnly, &compiler.Want{OnlyKnown: true})
	if err != nil || !r.Warm {
		return nil
	}
	return r.Project
}

func cacheFolder(project string) string { return filepath.Join(project, "target", "cache") }

// hardWork says that a project is compiled anew.
func (a *App) hardWork() {
	if a.HardWork != nil {
		a.HardWork()
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
